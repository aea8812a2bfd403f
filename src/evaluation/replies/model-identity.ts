import { z } from 'zod';

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string(), meta: z.unknown().optional() })) });

/** A server that is busy with replies may take long to say what it serves. */
const PATIENCE_MS = 60_000;

/**
 * What tells a model from every other, as far as its server tells: its name with what `/v1/models` says of its weights (llama.cpp: sizes
 * and vocabulary; vLLM: where they came from). The name alone where it says nothing of them. Throws where no server answers: kept replies of
 * another identity would be passed over in silence.
 */
export async function identityOf(baseUrl: string, name: string): Promise<string> {
  const response = await fetch(`${baseUrl}/models`, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
    throw new Error(`No model server answers at ${baseUrl}: start it, or give its address with --model-url.`);
  });
  const listed = Listed.safeParse(await response.json().catch(() => undefined));
  const { data } = listed.success ? listed.data : { data: [] };
  const found = data.find(({ id }) => id === name) ?? (data.length === 1 ? data[0] : undefined);
  if (!found) return name;
  const { id, meta, root } = found;
  return JSON.stringify({ name, id, meta, root });
}
