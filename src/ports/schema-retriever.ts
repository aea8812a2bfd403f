import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnHit, NamedValue, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { NearQuestions } from './question-index.ts';

export interface RetrieveRequest {
  readonly text: string;
  /** Only these databases may appear (rights are settled before retrieval). All, if absent. */
  readonly databaseIds?: readonly string[];
  /** What is known of databases before the question is read, as logits to be added to their scores. */
  readonly prior?: ReadonlyMap<string, number>;
  /** Known questions near to this one, of databases that may appear. */
  readonly near?: readonly NearQuestions[];
  /** How many tables to return. */
  readonly limit: number;
  /** The clusters of columns that the question is near to are wanted, too, however it is ranked. */
  readonly explain?: boolean;
}

/** Finds the tables and databases that a question is about. schemas-index fulfils it. */
export interface SchemaRetriever {
  retrieve(request: RetrieveRequest, signal: AbortSignal): Promise<SchemaSlice>;
  catalogOf(databaseId: string): DatabaseCatalog | undefined;
  /** The columns of one database that are near any of the phrases, a few a phrase. */
  columnsNear(request: NearColumnsRequest, signal: AbortSignal): Promise<readonly ColumnHit[]>;
  /** The stored values of one database that a text names, the surest first. */
  valuesNamed(databaseId: string, text: string): readonly NamedValue[];
}

export interface NearColumnsRequest {
  readonly databaseId: string;
  /** The whole question: it says which tables are meant. */
  readonly question: string;
  readonly phrases: readonly string[];
  /** Columns a phrase. */
  readonly limit: number;
}
