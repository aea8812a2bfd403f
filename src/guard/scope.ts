import { type ColumnKind, type DatabaseCatalog, DEFAULT_SCHEMA, type Engine, type Table } from '#src/domain/catalog.ts';
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
  /** Who that is to the company, for the same policies. */
  readonly identity?: string;
  readonly tables: readonly TableScope[];
  /** Tables that are there and not to be read: a bare name that finds one first is refused. */
  readonly hiddenTables?: readonly { readonly schema?: string; readonly name: string }[];
  /** Schemas in which unqualified names are looked up, in order. */
  readonly searchPath: readonly string[];
  /** Names of tables differ by case (MySQL on most servers). */
  readonly caseSensitive?: boolean;
  /** Functions of the company's own that an admin allowed, `schema.name` or `name`. */
  readonly userFunctions?: readonly string[];
  /** Functions and operators that the database defines under names of the engine's own, or beside them. */
  readonly ownCode?: DatabaseCatalog['ownCode'];
  /** With own code: the kind of every column name that is of one kind throughout. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
}

/** What may be seen of a database: tables by name or `schema.name`, less the columns hidden in them. */
export interface AccessView {
  readonly tables: readonly string[];
  readonly hiddenColumns: Readonly<Record<string, readonly string[]>>;
  readonly userFunctions: readonly string[];
}

/** The scope of somebody who may read the whole catalog. */
export function wholeCatalog(catalog: DatabaseCatalog): Scope {
  return scopeOfTables(
    catalog,
    catalog.tables.map((table) => ({ ...namesOf(table), columns: table.columns.map((column) => column.name) })),
  );
}

/** The scope of somebody who may read everything, of each database; one object a catalog, because the gate keeps what it prepares. */
export function wholeScopes(
  catalogOf: (databaseId: string) => DatabaseCatalog | undefined,
): (databaseId: string) => Scope | undefined {
  const scopes = new WeakMap<DatabaseCatalog, Scope>();
  return (databaseId) => {
    const catalog = catalogOf(databaseId);
    if (!catalog) return undefined;
    const scope = scopes.get(catalog) ?? wholeCatalog(catalog);
    scopes.set(catalog, scope);
    return scope;
  };
}

/** The scope of somebody who may read what a view shows. Names that the catalog lacks show nothing. */
export function scopeOf(catalog: DatabaseCatalog, view: AccessView): Scope {
  const shown = catalog.tables.filter((table) => view.tables.some((name) => isNamed(table, name, catalog)));
  const tables = shown.map((table): TableScope => {
    const hidden = Object.entries(view.hiddenColumns)
      .filter(([name]) => isNamed(table, name, catalog))
      .flatMap(([, columns]) => columns.map((column) => column.toLowerCase()));
    const [closed, open] = [true, false].map((wanted) =>
      table.columns.map((column) => column.name).filter((name) => hidden.includes(name.toLowerCase()) === wanted),
    );
    return { ...namesOf(table), columns: open!, ...(closed!.length ? { hidden: closed! } : {}) };
  });
  return { ...scopeOfTables(catalog, tables), userFunctions: view.userFunctions };
}

/** Does a rule's `name` or `schema.name` mean this table? Without a schema it means the table that a bare name finds. */
export function isNamed(table: Pick<Table, 'schema' | 'name'>, name: string, catalog: DatabaseCatalog): boolean {
  const fold = (text: string) => (catalog.caseSensitive || catalog.engine === 'postgres' ? text : text.toLowerCase());
  const schema = table.schema ?? catalog.schemaName;
  if (schema !== undefined && fold(name) === `${fold(schema)}.${fold(table.name)}`) return true;
  if (fold(name) !== fold(table.name)) return false;
  const path = searchPathOf(catalog);
  return table.schema === undefined || path[0] === table.schema;
}

const namesOf = ({ schema, name }: Table) => ({ ...(schema === undefined ? {} : { schema }), name });

function scopeOfTables(catalog: DatabaseCatalog, tables: readonly TableScope[]): Scope {
  const seen = new Set(tables.map((table) => keyOf(table)));
  const hidden = catalog.tables.filter((table) => !seen.has(keyOf(table))).map(namesOf);
  return {
    databaseId: catalog.databaseId,
    engine: catalog.engine,
    tables,
    ...(hidden.length ? { hiddenTables: hidden } : {}),
    searchPath: searchPathOf(catalog),
    ...(catalog.caseSensitive ? { caseSensitive: true } : {}),
    ...(catalog.ownCode ? { ownCode: catalog.ownCode, kinds: kindsOf(catalog) } : {}),
  };
}

/** Names that mean a column of another kind in some other table are left out. */
function kindsOf(catalog: DatabaseCatalog): Readonly<Record<string, ColumnKind>> {
  const kinds = new Map<string, ColumnKind | undefined>();
  for (const { name, kind } of catalog.tables.flatMap((table) => table.columns)) {
    kinds.set(name, !kinds.has(name) || kinds.get(name) === kind ? kind : undefined);
  }
  return Object.fromEntries([...kinds].filter((entry): entry is [string, ColumnKind] => entry[1] !== undefined));
}

const keyOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>) => `${schema ?? ''}\n${name}`;

/** Where bare names are looked up: the standard schema alone if it holds anything, else every schema. */
function searchPathOf(catalog: DatabaseCatalog): readonly string[] {
  if (catalog.schemaName !== undefined) return [catalog.schemaName];
  const standard = DEFAULT_SCHEMA[catalog.engine];
  const schemas = new Set(catalog.tables.flatMap((table) => (table.schema === undefined ? [] : [table.schema])));
  return standard !== undefined && schemas.has(standard) ? [standard] : [...schemas].sort();
}
