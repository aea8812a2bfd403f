import type { Column, DatabaseCatalog, Table } from './catalog.ts';
import type { QuestionKind } from './known-question.ts';
import type { MSchema } from './m-schema.ts';

/** Why a table was retrieved: one matched thing, in words a person can check. */
export interface Evidence {
  readonly kind: 'table-name' | 'column-name' | 'database-name' | 'value' | `${QuestionKind}-question`;
  /** The word of the question, as asked; of a known question all words that both have. */
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
  /** Share of the probability over all databases the asker may query; they sum to 1, less the share of those turned down. */
  readonly probability: number;
  readonly score: number;
  readonly tables: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** Columns of one kind that a question is near to. */
export interface ClusterHit {
  /** What it is of, by the nearest text. */
  readonly label: string;
  /** How many columns that the asker may see are of it. */
  readonly size: number;
  /** What a column of it weighs in the ranking by clusters: 1 / size. */
  readonly weight: number;
  /** How near the nearest text is, 0–1, among what the question finds. */
  readonly similarity: number;
  /** A few of the columns found. */
  readonly columns: readonly { readonly databaseId: string; readonly table: Table; readonly column: Column }[];
}

/** What retrieval gives: tables over all databases, best first, and how sure it is of each database. */
export interface SchemaSlice {
  readonly tables: readonly TableScore[];
  readonly databases: readonly DatabaseScore[];
  /** Share of the question's content words that the best database's schema or values mention, 0–1. */
  readonly coverage: number;
  readonly searchedTables: number;
  /** Where they were asked for: the clusters of columns that the question is near to, those that say most first. */
  readonly clusters?: readonly ClusterHit[];
}

/** A column near one phrase of a question, 0–1. */
export interface ColumnHit {
  readonly table: Table;
  readonly column: Column;
  readonly phrase: string;
  readonly score: number;
}

/** A stored value that a question names. */
export interface NamedValue {
  readonly table: Table;
  readonly column: Column;
  /** The value, as stored. */
  readonly value: string;
  /** The words of the question that name it. */
  readonly asked: string;
}

/** The catalog of a database and its tables in the order of relevance: all that the built-in planner reads. */
export interface RankedSchema {
  readonly catalog: DatabaseCatalog;
  readonly ranked: readonly Table[];
}

/** What schema linking leaves of the chosen database for a prompt. */
export interface LinkedSchema extends RankedSchema {
  /** What the question seems to need; the same as `wide` where the database is small. */
  readonly precise: MSchema;
  /** With what it may need besides (the second of XiYan's schemas). */
  readonly wide: MSchema;
  readonly values: readonly NamedValue[];
}
