/** A set of unit vectors searched by cosine similarity. Rows keep the order in which they were given. */
export interface VectorIndex {
  readonly size: number;
  readonly dimensions: number;
  /** The `limit` rows most similar to the query within [from, to), best first; ties by row. */
  search(query: Float32Array, limit: number, from?: number, to?: number): readonly VectorHit[];
}

export interface VectorHit {
  readonly row: number;
  /** Cosine similarity, −1 to 1. */
  readonly score: number;
}

/** Makes, saves and loads vector sets; what an adapter in adapters/vector offers. */
export interface VectorStore {
  build(vectors: readonly Float32Array[], dimensions: number): VectorIndex;
  save(index: VectorIndex, file: string): Promise<void>;
  load(file: string, dimensions: number): Promise<VectorIndex>;
}
