import type { Column, DatabaseCatalog, Table } from './catalog.ts';
import { findColumn, findTable } from './catalog.ts';
import type { DatabaseId } from './ids.ts';

/**
 * What the company says of its data in its own words. It stands in the place of what the database says of a table or column, wherever that is
 * read: prompts, the index, explanations. The same store holds words of other kinds, which is why each says what it is about.
 */
export interface Description {
  readonly databaseId: DatabaseId;
  readonly about: DescribedThing;
  readonly text: string;
}

export type DescribedThing =
  | { readonly kind: 'table'; readonly table: string; readonly schema?: string }
  | { readonly kind: 'column'; readonly table: string; readonly schema?: string; readonly column: string };

export const DESCRIPTION_LENGTH = 500;

/** The table or column that a name means: `table`, `schema.table`, either with `.column`. */
export function thingNamed(name: string, catalog: DatabaseCatalog): DescribedThing | undefined {
  const parts = name.split('.');
  const whole = parts.length === 2 ? findTable(catalog, parts[1]!, parts[0]) : findTable(catalog, name);
  if (whole) return tableThing(whole);
  const column = parts.at(-1)!;
  const owner = parts.length === 3 ? findTable(catalog, parts[1]!, parts[0]) : findTable(catalog, parts[0] ?? '');
  const found = parts.length > 1 && owner ? findColumn(owner, column) : undefined;
  return owner && found ? { ...tableThing(owner), kind: 'column', column: found.name } : undefined;
}

const tableThing = ({ schema, name }: Table) =>
  ({ kind: 'table', table: name, ...(schema ? { schema } : {}) }) as const;

/** `table`, `schema.table`, `table.column`. */
export const sayThing = (about: DescribedThing): string =>
  [about.schema, about.table, about.kind === 'column' ? about.column : undefined].filter(Boolean).join('.');

/** What is said of a thing now, the company's words or the database's. */
export function saidOf(about: DescribedThing, catalog: DatabaseCatalog): string | undefined {
  const table = findTable(catalog, about.table, about.schema);
  return about.kind === 'table' ? table?.comment : table && findColumn(table, about.column)?.comment;
}

/** A catalog with the company's words, and with nothing of words that were taken back. What it lacks is passed over. */
export function describedCatalog(catalog: DatabaseCatalog, descriptions: readonly Description[]): DatabaseCatalog {
  const own = descriptions.filter(({ databaseId }) => databaseId === catalog.databaseId);
  if (!own.length && !catalog.tables.some(isDescribed)) return catalog;
  const textOf = (table: Table, column?: Column) =>
    own.find(
      ({ about }) =>
        about.table === table.name &&
        about.schema === table.schema &&
        (about.kind === 'column' ? about.column === column?.name : column === undefined),
    )?.text;
  return {
    ...catalog,
    tables: catalog.tables.map((table) => ({
      ...described(table, textOf(table)),
      columns: table.columns.map((column) => described(column, textOf(table, column))),
    })),
  };
}

const isDescribed = ({ described, columns }: Table) => described !== undefined || columns.some((one) => one.described);

/** The same thing with these words, or with the database's own. */
function described<T extends Table | Column>(thing: T, text: string | undefined): T {
  const before = thing.described ? thing.described.comment : thing.comment;
  if (text === undefined && !thing.described) return thing;
  const { comment: _, described: _was, ...bare } = thing;
  const comment = text ?? before;
  return {
    ...bare,
    ...(comment === undefined ? {} : { comment }),
    ...(text === undefined ? {} : { described: before === undefined ? {} : { comment: before } }),
  } as T;
}
