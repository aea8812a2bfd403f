/**
 * A shared collection of points with a dense and a sparse vector each, for several replicas of the bot (Qdrant). Writes go to a
 * generation that nobody reads until it is published, so answers go on while an index is built.
 */
export interface VectorCollection {
  /** Starts an empty generation. What it was made with is kept beside it. */
  begin(made: IndexMetadata): Promise<Generation>;
  /** The generation that is published now; undefined when none is. Rejects with VectorsUnavailable when the server cannot be reached. */
  published(): Promise<PublishedGeneration | undefined>;
}

/** An index under construction. Ids are given twice without harm: the last point of an id counts. */
export interface Generation {
  upsert(points: readonly Point[]): Promise<void>;
  delete(filter: VectorFilter): Promise<void>;
  count(): Promise<number>;
  /**
   * It is the published one from now on. The one before stays for those who hold it, unless it is to be `alone` (what the others
   * hold was removed); what is older is dropped.
   */
  publish(alone?: 'alone'): Promise<void>;
}

/**
 * One generation as it was published. Whoever holds it reads this very one, whatever is published later, so that its rows mean
 * what they meant when it was looked at. Once it is dropped, it rejects with VectorsUnavailable.
 */
export interface PublishedGeneration {
  readonly made: IndexMetadata;
  /** Its points, best first. Rejects with VectorsUnavailable when the server cannot be reached. */
  search(request: VectorSearch): Promise<readonly ScoredPoint[]>;
  /** The best points of each of the best groups, by a field of the payload. */
  searchGroups(
    request: VectorSearch & { readonly groupBy: PayloadField; readonly groupSize: number },
  ): Promise<readonly PointGroup[]>;
}

export interface IndexMetadata {
  readonly embedder: string;
  readonly dimensions: number;
  readonly textVersion: number;
  /** Digest of the catalogs. */
  readonly catalogs: string;
  /** Digest of the groups of tables: an embedder that is not quite the same each time may group the same catalogs otherwise. */
  readonly groups: string;
}

export type PayloadField = 'workspace' | 'database' | 'kind' | 'table';

export interface Point {
  /** A UUID, the same for the same thing. */
  readonly id: string;
  readonly dense: Float32Array;
  /** BM25 weights of the document's terms without their rarity, which the search works out. */
  readonly sparse?: SparseVector;
  readonly payload: Payload;
}

export interface Payload {
  readonly workspace: string;
  /** The databases that it belongs to: one for a table, several for a column text that they share. */
  readonly database: readonly string[];
  readonly kind: 'table' | 'column' | 'group';
  /** What points are grouped by: the id of the table, or of the first table that has a column text. */
  readonly table: string;
  /** Its row in the index that it was made from. */
  readonly row: number;
}

export interface SparseVector {
  /** Numbers of terms, each once. */
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** All conditions must hold; of each, one of the values. */
export type VectorFilter = Readonly<Partial<Record<PayloadField, readonly string[]>>>;

export interface VectorSearch {
  readonly dense?: Float32Array;
  /** Query weights of terms, usually 1; multiplied by each term's rarity among the points of `rarityAmong`. */
  readonly sparse?: SparseVector;
  readonly rarityAmong?: VectorFilter;
  /** How the two lists become one, when both vectors are given: reciprocal ranks (k, weights), or scores scaled by their spread. */
  readonly fusion?:
    | { readonly kind: 'rrf'; readonly k: number; readonly weights?: readonly [number, number] }
    | { readonly kind: 'dbsf' };
  readonly filter: VectorFilter;
  readonly limit: number;
}

export interface ScoredPoint {
  readonly id: string;
  readonly score: number;
  readonly payload: Payload;
}

export interface PointGroup {
  readonly group: string;
  readonly points: readonly ScoredPoint[];
}

export class VectorsUnavailable extends Error {
  override name = 'VectorsUnavailable';
}
