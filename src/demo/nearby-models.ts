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

async function lookAt(port: number): Promise<NearbyModel | undefined> {
  const url = `http://127.0.0.1:${port}/v1`;
  try {
    const response = await fetch(`${url}/models`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const listed = Listed.safeParse(await response.json());
    return listed.success ? { url, name: listed.data.data[0].id } : undefined;
  } catch {
    return undefined; // nobody listens, or something else does
  }
}
