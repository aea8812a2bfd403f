/** Turns texts into unit vectors whose dot product is their similarity. */
export interface Embedder {
  /** Model id and revision; stored with an index, so that vectors of two models never meet. */
  readonly id: string;
  readonly dimensions: number;
  /** One unit vector a text, in order. Rejects with EmbedderUnavailable when the model cannot be reached. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export class EmbedderUnavailable extends Error {
  override name = 'EmbedderUnavailable';
}
