import type { Column, DatabaseCatalog, Table } from '../catalog.ts';
import { type ColumnOf, flagOf, isReference, isYear } from '../column-meaning.ts';
import { looksPersonal } from '../personal.ts';
import type { ColumnRole, RoleReading } from './column-role.ts';
import { eventDateOf } from './event-date.ts';
import { labelColumns } from './label-columns.ts';
import { isOwnWord, wordsOf } from './name-words.ts';
import { roleOfNumber } from './role-of-number.ts';
import { roleOfText } from './role-of-text.ts';

/** The roles of all columns of a table, from keys, types, names, statistics and values; what an admin said stays. */
export function inferRoles(table: Table, catalog: DatabaseCatalog): ReadonlyMap<Column, RoleReading> {
  const said = (column: Column) => (column.role?.configured ? column.role : undefined);
  const roles = new Map(
    table.columns.map((column) => [column, said(column) ?? roleAlone({ table, column }, catalog)] as const),
  );
  const isSaid = (role: ColumnRole) => table.columns.some((column) => said(column)?.role === role);
  if (!isSaid('label'))
    for (const { column, because } of labelColumns(table, roles))
      if (!said(column)) roles.set(column, { role: 'label', because });
  if (!isSaid('event date')) {
    const dates = table.columns.filter((column) => roles.get(column)?.role === 'other date' && !said(column));
    const event = eventDateOf(table, dates);
    if (event) roles.set(event.column, { role: 'event date', because: event.because });
  }
  return roles;
}

/** The role of a column before its table's label and event date are chosen. */
function roleAlone(ref: ColumnOf, catalog: DatabaseCatalog): RoleReading {
  const { table, column } = ref;
  const refers = table.foreignKeys.find((key) => key.columns.includes(column.name));
  if (refers) return { role: 'reference', because: `a foreign key to ${refers.targetTable}` };
  const isDate = column.kind === 'date' || column.kind === 'timestamp';
  if (isDate) return { role: 'other date', because: `its type is ${column.type}` };
  const apart = table.primaryKey.length > 1 && isYear(column);
  if (table.primaryKey.includes(column.name) && !apart)
    return { role: 'key', because: table.primaryKey.length === 1 ? 'the primary key' : 'a part of the primary key' };
  if (isYear(column)) return { role: 'other date', because: 'holds years' };
  if (flagOf(column, catalog.engine) || column.kind === 'boolean') return { role: 'flag', because: 'says yes or no' };
  if (isReference(ref, catalog)) return identifying(ref);
  if (column.kind === 'number') return roleOfNumber(column, table);
  return roleOfText(column, table);
}

/** A column that its name says identifies: its own rows, or something else. */
function identifying({ table, column }: ColumnOf): RoleReading {
  if (looksPersonal(column, table.name)) return { role: 'personal', because: 'its name speaks of a person' };
  const words = wordsOf(column);
  const own = words.length === 1 || words.slice(0, -1).every((word) => isOwnWord(word, table));
  const rows = table.rowEstimate;
  const repeats = rows !== undefined && column.distinct !== undefined && column.distinct < rows;
  return own && !repeats && !table.primaryKey.length
    ? { role: 'key', because: 'named as one, another in each row' }
    : { role: 'reference', because: 'named as what identifies' };
}

/** The catalog with the role of each column in it, to be stored with it. */
export function withRoles(catalog: DatabaseCatalog): DatabaseCatalog {
  const tables = catalog.tables.map((table) => {
    const roles = inferRoles(table, catalog);
    return { ...table, columns: table.columns.map((column) => ({ ...column, role: roles.get(column)! })) };
  });
  return { ...catalog, tables };
}
