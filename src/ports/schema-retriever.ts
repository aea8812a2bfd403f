import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';

export interface RetrieveRequest {
  readonly text: string;
  /** Only these databases may appear (rights are settled before retrieval). All, if absent. */
  readonly databaseIds?: readonly string[];
  /** What is known of databases before the question is read, as logits to be added to their scores. */
  readonly prior?: ReadonlyMap<string, number>;
  /** How many tables to return. */
  readonly limit: number;
}

/** Finds the tables and databases that a question is about. schemas-index fulfils it. */
export interface SchemaRetriever {
  retrieve(request: RetrieveRequest, signal: AbortSignal): Promise<SchemaSlice>;
  catalogOf(databaseId: string): DatabaseCatalog | undefined;
}
