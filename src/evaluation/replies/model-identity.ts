import { z } from 'zod';

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string(), meta: z.unknown().optional() })) });

/**
 * What tells a model from every other, as far as its server tells: its name with what `/v1/models` says of its weights (llama.cpp: sizes
 * and vocabulary; vLLM: where they came from). The name alone where it says nothing.
 */
export async function identityOf(baseUrl: string, name: string): Promise<string> {
  try {
    const response = await fetch(`${baseUrl}/models`, { signal: AbortSignal.timeout(5_000) });
    const { data } = Listed.parse(await response.json());
    const found = data.find(({ id }) => id === name) ?? (data.length === 1 ? data[0] : undefined);
    if (!found) return name;
    const { id, meta, root } = found;
    return JSON.stringify({ name, id, meta, root });
  } catch {
    return name;
  }
}
