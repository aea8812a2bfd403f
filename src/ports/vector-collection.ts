/**
 * A shared collection of points with a dense and a sparse vector each, for several replicas of the bot (Qdrant). Writes go to a
 * generation that nobody reads until it is published, so answers go on while an index is built.
 */
export interface VectorCollection {
  /** Starts an empty generation. What it was made with is kept beside it. */
  begin(made: IndexMetadata): Promise<Generation>;
  /** The generation that is published now; undefined when none is. Rejects with VectorsUnavailable when the server cannot be reached. */
  published(): Promise<PublishedGeneration | undefined>;
  /** That one, and after it the one before, which stays for those who hold it. */
  generations(): Promise<readonly PublishedGeneration[]>;
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
  /** The points of each search, best first, in one round trip. Rejects with VectorsUnavailable when the server cannot be reached. */
  search(requests: readonly VectorSearch[]): Promise<readonly (readonly ScoredPoint[])[]>;
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

/** What a search can be narrowed by, and what points are grouped by. */
export type PayloadField = 'workspace' | 'kind' | 'database' | 'schema' | 'table';

export interface Point {
  /** An unsigned integer of at most 53 bits, the same for the same thing. */
  readonly id: number;
  readonly dense: Float32Array;
  /** BM25 weights of the document's terms without their rarity, which the search works out. */
  readonly sparse?: SparseVector;
  readonly payload: Payload;
}

export interface Payload {
  readonly workspace: string;
  readonly kind: 'table' | 'column' | 'group';
  /** The databases, schemas and tables that it belongs to: one of each for a table, several for a column text that they share. */
  readonly database: readonly string[];
  readonly schema: readonly string[];
  readonly table: readonly string[];
  /** Of a column text: the cluster of columns that it is in, and how many columns are. */
  readonly cluster?: number;
  readonly clusterSize?: number;
  /** Of a table: what each of its words weighs, by the word. */
  readonly words?: WordWeights;
}

/** For each word, what it weighs in BM25 without its rarity, and by the best place where it is found. */
export type WordWeights = Readonly<Record<string, readonly [bm25: number, place: number]>>;

export interface SparseVector {
  /** Numbers of terms, each once. */
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** All conditions must hold; of each, one of the values. */
export type Conditions = Readonly<Partial<Record<PayloadField, readonly string[]>>>;

/** Conditions, and beside them, where `either` is given, those of one of its entries. */
export interface VectorFilter extends Conditions {
  readonly either?: readonly Conditions[];
}

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
  /** Words whose weights come back with each point that has them. */
  readonly words?: readonly string[];
}

export interface ScoredPoint {
  readonly id: number;
  readonly score: number;
  /** Of the words asked for, those that it has. */
  readonly words?: WordWeights;
}

export interface PointGroup {
  readonly group: string;
  readonly points: readonly ScoredPoint[];
}

export class VectorsUnavailable extends Error {
  override name = 'VectorsUnavailable';
}
