/** What a text is to a search: asked, or looked among. Some models want to be told which. */
export type TextKind = 'question' | 'text';

/** Turns texts into unit vectors whose dot product is their similarity. */
export interface Embedder {
  /** Model id and revision; stored with an index, so that vectors of two models never meet. */
  readonly id: string;
  readonly dimensions: number;
  /** What its model wants to read before a question and before a text; absent where it wants nothing. */
  readonly prefixes?: Readonly<Record<TextKind, string>>;
  /** One unit vector a text, in order; they are texts unless said otherwise. Rejects with EmbedderUnavailable when the model cannot be reached. */
  embed(texts: readonly string[], signal?: AbortSignal, kind?: TextKind): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export class EmbedderUnavailable extends Error {
  override name = 'EmbedderUnavailable';
}
