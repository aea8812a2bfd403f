/** A set of unit vectors searched by cosine similarity. Rows keep the order in which they were given. */
export interface VectorIndex {
  readonly size: number;
  readonly dimensions: number;
  /**
   * The `limit` rows most similar to the query, best first; ties by row. Only rows `among` those given: what some databases own, or
   * those that a mask has a 1 for.
   */
  search(query: Float32Array, limit: number, among?: ReadonlySet<string> | Uint8Array): readonly VectorHit[];
}

export interface VectorHit {
  readonly row: number;
  /** Cosine similarity, −1 to 1. */
  readonly score: number;
}

/** Makes, saves and loads vector sets; what an adapter in adapters/vector offers. */
export interface VectorStore {
  /** @param owners the databases that each row belongs to; a search may be narrowed to some of them. */
  build(vectors: readonly Float32Array[], dimensions: number, owners: readonly (readonly string[])[]): VectorIndex;
  save(index: VectorIndex, file: string): Promise<void>;
  load(file: string, dimensions: number, owners: readonly (readonly string[])[]): Promise<VectorIndex>;
}
