import { z } from 'zod';

/** Where model servers listen unless they are told otherwise: vLLM, llama.cpp, LM Studio, Ollama. */
const USUAL_PORTS = [8000, 8080, 1234, 11_434] as const;
/** Whoever listens on this machine answers at once. */
const PATIENCE_MS = 500;

const Listed = z.object({ data: z.tuple([z.looseObject({ id: z.string() })], z.unknown()) });

export interface NearbyModel {
  /** For MODEL_URL and MODEL_NAME. */
  readonly url: string;
  readonly name: string;
}

/** The first model server that answers on one of the usual ports of this machine. It is asked what it serves, and nothing else. */
export async function nearbyModel(ports: readonly number[] = USUAL_PORTS): Promise<NearbyModel | undefined> {
  const found = await Promise.all(ports.map(lookAt));
  return found.find((one) => one !== undefined);
}

const lookAt = (port: number) => modelAt(`http://127.0.0.1:${port}/v1`);

/** The first model that a server lists; undefined where none answers. */
export async function modelAt(
  url: string,
  apiKey?: string,
  patienceMs = PATIENCE_MS,
): Promise<NearbyModel | undefined> {
  try {
    const response = await fetch(`${url}/models`, {
      signal: AbortSignal.timeout(patienceMs),
      ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
    });
    const listed = Listed.safeParse(await response.json());
    return listed.success ? { url, name: listed.data.data[0].id } : undefined;
  } catch {
    return undefined; // nobody listens, or something else does
  }
}
