import type { DatabaseCatalog } from '#src/domain/catalog.ts';

/** The plain-English names of a schema beside those of the database. */
export function titled(catalog: DatabaseCatalog, schemas: readonly DatabaseCatalog[]): DatabaseCatalog {
  const schema = schemas.find((one) => one.databaseId === catalog.databaseId);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return {
    ...catalog,
    tables: catalog.tables.map((table) => {
      const known = schema?.tables.find((one) => same(one.name, table.name));
      if (!known) return table;
      const columns = table.columns.map((column) => {
        const title = known.columns.find((one) => same(one.name, column.name))?.title;
        return title ? { ...column, title } : column;
      });
      return { ...table, columns, ...(known.title ? { title: known.title } : {}) };
    }),
  };
}

/** What of a schema is indexed: its plain-English names where it has any, or the identifiers of the database alone. */
export const TITLES = ['plain', 'names'] as const;
export type Titles = (typeof TITLES)[number];

/** A schema as its database spells it, without plain-English names of tables and columns. */
export function untitled(catalog: DatabaseCatalog): DatabaseCatalog {
  return {
    ...catalog,
    tables: catalog.tables.map(({ title: _, ...table }) => ({
      ...table,
      columns: table.columns.map(({ title: _, ...column }) => column),
    })),
  };
}

/** What is indexed of some schemas: a catalogue without plain-English names has nothing but identifiers. */
export const titlesOf = (catalogs: readonly DatabaseCatalog[]): Titles =>
  catalogs.some(({ tables }) =>
    tables.some(({ title, columns }) => title !== undefined || columns.some((column) => column.title !== undefined)),
  )
    ? 'plain'
    : 'names';
