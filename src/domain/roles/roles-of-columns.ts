import type { Column, DatabaseCatalog, Table } from '../catalog.ts';
import type { ColumnOf } from '../column-meaning.ts';
import type { ColumnRole, RoleReading } from './column-role.ts';
import { inferRoles } from './infer-roles.ts';

const inferred = new WeakMap<Table, ReadonlyMap<Column, RoleReading>>();

/** The role of a column: the one stored with the catalog, else the one that it says by itself. */
export function roleReadingOf({ table, column }: ColumnOf, catalog: DatabaseCatalog): RoleReading {
  if (column.role) return column.role;
  let roles = inferred.get(table);
  if (!roles) {
    roles = inferRoles(table, catalog);
    inferred.set(table, roles);
  }
  return roles.get(column) ?? { role: 'free text', because: 'no column of its table' };
}

export const roleOf = (ref: ColumnOf, catalog: DatabaseCatalog): ColumnRole => roleReadingOf(ref, catalog).role;

/** Columns of a table that have a role, in the order of the table. */
export const columnsWithRole = (table: Table, role: ColumnRole, catalog: DatabaseCatalog): readonly Column[] =>
  table.columns.filter((column) => roleOf({ table, column }, catalog) === role);

/** What rows of a table are called: a column, a first and a last name, or nothing. */
export const labelsOf = (table: Table, catalog: DatabaseCatalog) => columnsWithRole(table, 'label', catalog);

/** The date that periods are read on. */
export const eventDateOfTable = (table: Table, catalog: DatabaseCatalog): Column | undefined =>
  columnsWithRole(table, 'event date', catalog)[0];

const MEASURES: ReadonlySet<ColumnRole> = new Set<ColumnRole>(['additive measure', 'other measure']);
const IDENTIFIES: ReadonlySet<ColumnRole> = new Set<ColumnRole>(['key', 'reference', 'label', 'personal']);

export const isMeasureRole = (role: ColumnRole): boolean => MEASURES.has(role);

/** Roles whose numbers tell things apart: added up or averaged they mean nothing. */
export const identifies = (role: ColumnRole): boolean => IDENTIFIES.has(role);

export const isDateRole = (role: ColumnRole): boolean => role === 'event date' || role === 'other date';
