import type { ExploredPair } from '#src/domain/explored-pair.ts';
import type { DatabaseId } from '#src/domain/ids.ts';

/** Questions with their queries that were written over databases before anybody asked. One transaction a call. */
export interface ExploredStore {
  /** Of a database, in the order in which they were written; one that another version wrote is left out. */
  exploredPairs(id: DatabaseId): Promise<readonly ExploredPair[]>;
  /** Changes whenever the pairs of a database do; empty where there are none. */
  exploredStamp(id: DatabaseId): Promise<string>;
  /** Keeps them in the place of those that there are; false where the database is not registered. */
  saveExplored(id: DatabaseId, pairs: readonly ExploredPair[]): Promise<boolean>;
}
