import { type Embedder, EmbedderUnavailable, type TextKind } from '#src/ports/embedder.ts';

/** Vectors by their texts, each text embedded once. */
export class TextVectors {
  readonly #embedder: Pick<Embedder, 'embed'>;
  readonly #known = new Map<string, Float32Array>();

  constructor(embedder: Pick<Embedder, 'embed'>) {
    this.#embedder = embedder;
  }

  get size(): number {
    return this.#known.size;
  }

  has(text: string): boolean {
    return this.#known.has(text);
  }

  /** Embeds texts in one request. Rejects with EmbedderUnavailable when that gives too few vectors. */
  async embed(texts: readonly string[], signal?: AbortSignal, kind?: TextKind): Promise<void> {
    const vectors = await this.#embedder.embed(texts, signal, kind);
    for (const [at, text] of texts.entries()) this.#known.set(text, vectors[at] ?? noVector());
  }

  /** The vector of a text; throws EmbedderUnavailable where it was never embedded. */
  of(text: string): Float32Array {
    return this.#known.get(text) ?? noVector();
  }
}

/** Throws EmbedderUnavailable. */
export function noVector(): never {
  throw new EmbedderUnavailable('the embedder gave no vector for a text');
}

/** The vectors of some texts. */
export async function embedTexts(
  embedder: Pick<Embedder, 'embed'>,
  texts: readonly string[],
  signal?: AbortSignal,
  kind?: TextKind,
): Promise<TextVectors> {
  const vectors = new TextVectors(embedder);
  await vectors.embed(texts, signal, kind);
  return vectors;
}

/** The vector of a question. */
export async function embedQuestion(
  embedder: Pick<Embedder, 'embed'>,
  text: string,
  signal?: AbortSignal,
): Promise<Float32Array> {
  return (await embedTexts(embedder, [text], signal, 'question')).of(text);
}
