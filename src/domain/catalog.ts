import type { RoleReading } from './roles/column-role.ts';
import { isInstantText } from './time-zone.ts';

/** What was extracted from a company database. Everything that retrieval, linking and the guard know of it is here. */

export type Engine = 'sqlite' | 'postgres' | 'mysql' | 'mariadb';

/** The class of a column's type: what may be compared, summed or put on a time axis. */
export type ColumnKind = 'number' | 'text' | 'date' | 'timestamp' | 'boolean' | 'binary' | 'other';

export interface Column {
  readonly name: string;
  /** The engine's own type text, as declared. */
  readonly type: string;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  readonly comment?: string;
  /** Where `comment` is the company's own description: what the database says of it, if anything. */
  readonly described?: { readonly comment?: string };
  /** A plain-English name where the source gives one (Spider's `column_names`). */
  readonly title?: string;
  /** Distinct stored values seen in a bounded sample, most frequent first; text is cut at 100 characters. */
  readonly values: readonly string[];
  /** True when `values` holds every distinct value of the column. */
  readonly valuesComplete: boolean;
  /** Set by an admin: whether its values may be searched for; if absent, unless they look personal. */
  readonly indexValues?: boolean;
  /** Estimated number of distinct values, if known. */
  readonly distinct?: number;
  /** Share of nulls in the sample, 0–1. */
  readonly nullShare?: number;
  /** What it is to whoever asks: inferred when the catalog was read, or set by an admin. */
  readonly role?: RoleReading;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly targetSchema?: string;
  readonly targetTable: string;
  readonly targetColumns: readonly string[];
}

export interface Table {
  /** Absent where the engine has no schemas (SQLite). */
  readonly schema?: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly comment?: string;
  /** As of a column. */
  readonly described?: { readonly comment?: string };
  readonly title?: string;
  readonly columns: readonly Column[];
  /** Row policies are on: what of it is seen depends on who asks. */
  readonly rowSecurity?: boolean;
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** From the engine's statistics, or counted up to a bound; absent when unknown. */
  readonly rowEstimate?: number;
}

export interface OwnCode {
  /** Without its schema. */
  readonly name: string;
  /** PostgreSQL's categories of the types that it takes (pg_type.typcategory); absent where any arguments might fit. */
  readonly takes?: readonly string[];
}

export interface DatabaseCatalog {
  /** The id under which the database is registered. */
  readonly databaseId: string;
  /** The name that people use, where it differs from the id. */
  readonly title?: string;
  readonly engine: Engine;
  readonly serverVersion: string;
  /** MySQL and MariaDB: the schema that all tables lie in, by which a statement may qualify them. */
  readonly schemaName?: string;
  readonly description?: string;
  /** MySQL and MariaDB: the server knows time zones by name. */
  readonly namedTimeZones?: boolean;
  /** MySQL: tables `a` and `A` are two. */
  readonly caseSensitive?: boolean;
  /** Functions and operators that the company defined itself: a call by such a name may run its code. */
  readonly ownCode?: { readonly functions: readonly OwnCode[]; readonly operators: readonly OwnCode[] };
  readonly tables: readonly Table[];
  /** What extraction had to leave out, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Whether a column holds instants, of which a time zone makes days: PostgreSQL's timestamps with time zone, MySQL's TIMESTAMP,
 * which follows the session's zone, and texts of SQLite that bear their offset. Dates, and what some clock showed, are none.
 */
export function isInstant({ kind, type, values }: Column, engine: Engine): boolean {
  switch (engine) {
    case 'postgres':
      return /^timestamp(?:\(\d\))? with time zone$|^timestamptz\b/i.test(type);
    case 'mysql':
    case 'mariadb':
      return /^timestamp\b/i.test(type);
    case 'sqlite':
      return kind === 'timestamp' && values.length > 0 && values.every(isInstantText);
  }
}

/** The schema that an unqualified name is looked up in. */
export const DEFAULT_SCHEMA: Readonly<Record<Engine, string | undefined>> = {
  sqlite: undefined,
  postgres: 'public',
  mysql: undefined,
  mariadb: undefined,
};

/** How a table is written for people and compared in tests: `schema.table`, the default schema left out. */
export function tableLabel(table: { readonly schema?: string; readonly name: string }, engine: Engine): string {
  return table.schema === undefined || table.schema === DEFAULT_SCHEMA[engine]
    ? table.name
    : `${table.schema}.${table.name}`;
}

/** Finds a table by schema and name, ignoring case as SQL does for plain names. */
export function findTable(catalog: DatabaseCatalog, name: string, schema?: string): Table | undefined {
  const wanted = name.toLowerCase();
  const inSchema = (table: Table) =>
    schema === undefined || (table.schema ?? catalog.schemaName)?.toLowerCase() === schema.toLowerCase();
  return (
    catalog.tables.find((table) => table.name === name && inSchema(table)) ??
    catalog.tables.find((table) => table.name.toLowerCase() === wanted && inSchema(table))
  );
}

export function findColumn(table: Table, name: string): Column | undefined {
  const wanted = name.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === wanted);
}

/** The keys of a table that refer to another one. */
export const keysTo = ({ foreignKeys }: Table, { name, schema }: Table): readonly ForeignKey[] =>
  foreignKeys.filter(
    ({ targetTable, targetSchema }) =>
      targetTable.toLowerCase() === name.toLowerCase() &&
      (targetSchema === undefined || schema === undefined || targetSchema.toLowerCase() === schema.toLowerCase()),
  );
