import OpenAI from 'openai';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';

export interface OpenAiEmbedderOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly dimensions: number;
  readonly apiKey?: string;
}

const BATCH = 64;

/** Any OpenAI-compatible `/v1/embeddings` (vLLM, TEI). Vectors are normalised here: servers differ. */
export function openOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const client = new OpenAI({
    baseURL: options.baseUrl,
    apiKey: options.apiKey ?? 'none',
    timeout: 30_000,
    maxRetries: 1,
  });
  return {
    id: `${options.model}@${options.dimensions}`,
    dimensions: options.dimensions,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        const input = texts.slice(at, at + BATCH).map((text) => text.trim() || '-');
        vectors.push(...(await request(client, options, input, signal)));
      }
      return vectors;
    },
    close: async () => undefined,
  };
}

async function request(
  client: OpenAI,
  options: OpenAiEmbedderOptions,
  input: string[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  try {
    const reply = await client.embeddings.create(
      { model: options.model, input, encoding_format: 'float' },
      signal ? { signal } : {},
    );
    const ordered = [...reply.data].sort((a, b) => a.index - b.index).map((item) => unit(item.embedding));
    const wrong = ordered.find((vector) => vector.length !== options.dimensions);
    if (wrong)
      throw new EmbedderUnavailable(
        `the server returns ${wrong.length} dimensions, ${options.dimensions} are configured`,
      );
    if (ordered.length !== input.length) throw new EmbedderUnavailable('the server returned too few vectors');
    return ordered;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EmbedderUnavailable) throw error;
    throw new EmbedderUnavailable('the embedding server is not answering', { cause: error });
  }
}

function unit(values: readonly number[]): Float32Array {
  const norm = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / norm);
}
