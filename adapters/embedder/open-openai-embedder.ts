import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { type Embedder, EmbedderUnavailable, type TextKind } from '#src/ports/embedder.ts';

export interface OpenAiEmbedderOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly dimensions: number;
  readonly apiKey?: string;
  /** What the model wants to read before a question and before a text; what is known of it, if absent. */
  readonly prefixes?: Partial<Readonly<Record<TextKind, string>>>;
}

const BATCH = 64;

/** What models want before a question and a text, as their authors say, by their names. */
const KNOWN_PREFIXES: readonly (readonly [name: RegExp, prefixes: Readonly<Record<TextKind, string>>])[] = [
  [/\be5-(?:small|base|large)(?!.*instruct)/i, { question: 'query: ', text: 'passage: ' }],
  [
    /\bbge-(?:small|base|large)-en/i,
    { question: 'Represent this sentence for searching relevant passages: ', text: '' },
  ],
  [/\bnomic-embed-text/i, { question: 'search_query: ', text: 'search_document: ' }],
];

/** The prefixes of a model: those that were set, else those that are known; undefined where it wants none. */
function prefixesOf({ model, prefixes: given }: OpenAiEmbedderOptions): Readonly<Record<TextKind, string>> | undefined {
  const known = KNOWN_PREFIXES.find(([name]) => name.test(model))?.[1];
  const made = { question: given?.question ?? known?.question ?? '', text: given?.text ?? known?.text ?? '' };
  return made.question || made.text ? made : undefined;
}

/** A part of the embedder's id: vectors with other prefixes are another model's. */
const digestOf = (prefixes: Readonly<Record<TextKind, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify([prefixes.question, prefixes.text]))
    .digest('hex')
    .slice(0, 8);

/** Any OpenAI-compatible `/v1/embeddings` (vLLM, TEI). Vectors are normalised here: servers differ. */
export function openOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const client = new OpenAI({
    baseURL: options.baseUrl,
    apiKey: options.apiKey ?? 'none',
    timeout: 30_000,
    maxRetries: 1,
  });
  const prefixes = prefixesOf(options);
  return {
    id: `${options.model}@${options.dimensions}${prefixes ? `+${digestOf(prefixes)}` : ''}`,
    dimensions: options.dimensions,
    ...(prefixes ? { prefixes } : {}),
    async embed(texts, signal, kind = 'text') {
      const before = prefixes?.[kind] ?? '';
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        const input = texts.slice(at, at + BATCH).map((text) => `${before}${text.trim() || '-'}`);
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
