import { type DatabaseCatalog, DEFAULT_SCHEMA, type Engine } from '#src/domain/catalog.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';

/** A table that an asker may read: its visible columns in the order they are declared, and those kept from them. */
export interface TableScope extends TableUse {
  readonly hidden?: readonly string[];
}

/** What one asker may read in one database. Settled before retrieval; the guard checks every statement against it. */
export interface Scope {
  readonly databaseId: string;
  readonly engine: Engine;
  /** Who asks, as the engine's row policies know them (`app.asker`). */
  readonly asker?: string;
  readonly tables: readonly TableScope[];
  /** Schemas in which unqualified names are looked up, in order. */
  readonly searchPath: readonly string[];
  /** Names of tables differ by case (MySQL on most servers). */
  readonly caseSensitive?: boolean;
  /** Functions of the company's own that an admin allowed, `schema.name` or `name`. */
  readonly userFunctions?: readonly string[];
  /** Functions and operators that the database defines under names of the engine's own, or beside them. */
  readonly ownCode?: DatabaseCatalog['ownCode'];
}

/** The scope of somebody who may read the whole catalog. */
export function wholeCatalog(catalog: DatabaseCatalog): Scope {
  const standard = DEFAULT_SCHEMA[catalog.engine];
  const schemas = new Set(catalog.tables.flatMap((table) => (table.schema === undefined ? [] : [table.schema])));
  const others = [...schemas].filter((schema) => schema !== standard).sort();
  return {
    databaseId: catalog.databaseId,
    engine: catalog.engine,
    tables: catalog.tables.map((table) => ({
      ...(table.schema === undefined ? {} : { schema: table.schema }),
      name: table.name,
      columns: table.columns.map((column) => column.name),
    })),
    searchPath: [
      ...(standard !== undefined && schemas.has(standard) ? [standard] : []),
      ...others,
      ...(catalog.schemaName === undefined ? [] : [catalog.schemaName]),
    ],
    ...(catalog.caseSensitive ? { caseSensitive: true } : {}),
    ...(catalog.ownCode ? { ownCode: catalog.ownCode } : {}),
  };
}
