import type { DatabaseCatalog, Table } from './catalog.ts';

/** Why a table was retrieved: one matched thing, in words a person can check. */
export interface Evidence {
  readonly kind: 'table-name' | 'column-name' | 'database-name' | 'value';
  /** The word of the question, as asked. */
  readonly term: string;
  readonly target: string;
}

export interface TableScore {
  readonly databaseId: string;
  readonly table: Table;
  readonly score: number;
}

export interface DatabaseScore {
  readonly databaseId: string;
  /** Share of the probability over all databases the asker may query; they sum to 1. */
  readonly probability: number;
  readonly score: number;
  readonly tables: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** What retrieval gives: tables over all databases, best first, and how sure it is of each database. */
export interface SchemaSlice {
  readonly tables: readonly TableScore[];
  readonly databases: readonly DatabaseScore[];
  /** Share of the question's content words that the best database's schema or values mention, 0–1. */
  readonly coverage: number;
  readonly searchedTables: number;
}

/** The catalog of the chosen database and its tables in the order of relevance. */
export interface LinkedSchema {
  readonly catalog: DatabaseCatalog;
  readonly ranked: readonly Table[];
}
