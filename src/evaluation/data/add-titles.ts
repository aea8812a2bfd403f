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
