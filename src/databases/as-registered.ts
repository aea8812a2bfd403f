import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { withRoles } from '#src/domain/roles/infer-roles.ts';

/**
 * A catalog that was just read, with what an admin said of its columns and the role of each: both are stored with it, so that
 * what reads roles later needs neither values nor settings.
 */
export function asRegistered(catalog: DatabaseCatalog, database: RegisteredDatabase): DatabaseCatalog {
  const tables = catalog.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => marked(column, { table, catalog, database })),
  }));
  return withRoles({ ...catalog, tables });
}

interface Place {
  readonly table: Table;
  readonly catalog: DatabaseCatalog;
  readonly database: RegisteredDatabase;
}

/** Marks a column whose values an admin opened to search or closed to it, or whose role they set. */
function marked(column: Column, { table, catalog, database }: Place): Column {
  const { searchValues = [], hideValues = [], columnRoles = {} } = database;
  const schema = table.schema ?? catalog.schemaName;
  const names = [table.name, ...(schema === undefined ? [] : [`${schema}.${table.name}`])];
  const isNamed = (one: string) => names.some((name) => one.toLowerCase() === `${name}.${column.name}`.toLowerCase());
  const indexed = hideValues.some(isNamed) ? false : searchValues.some(isNamed) ? true : undefined;
  const role = Object.entries(columnRoles).find(([name]) => isNamed(name))?.[1];
  // Always in this order: a stored catalog is told from another by its text.
  const { distinct, nullShare, ...before } = column;
  return {
    ...before,
    ...(indexed === undefined ? {} : { indexValues: indexed }),
    ...(distinct === undefined ? {} : { distinct }),
    ...(nullShare === undefined ? {} : { nullShare }),
    ...(role ? { role: { role, because: 'set by an admin', configured: true } } : {}),
  };
}
