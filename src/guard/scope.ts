import { type DatabaseCatalog, DEFAULT_SCHEMA, type Engine } from '#src/domain/catalog.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';

/** What one asker may read in one database. Settled before retrieval; the guard checks every statement against it. */
export interface Scope {
  readonly databaseId: string;
  readonly engine: Engine;
  readonly tables: readonly TableUse[];
  /** Schemas in which unqualified names are looked up, in order. */
  readonly searchPath: readonly string[];
}

/** The scope of somebody who may read the whole catalog. Narrower scopes come with access grants. */
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
  };
}
