import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { identifies, isDateRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { AggregateFunction } from '#src/sql/query-ir.ts';
import type { ColumnRef } from './lexicon.ts';

/** Numbers that add up: "amount by country" means their sum, while "age by country" would not, nor a price. */
export const addsUp = (ref: ColumnRef, catalog: DatabaseCatalog): boolean =>
  ref.column.kind === 'number' && roleOf(ref, catalog) === 'additive measure';

/** Numbers that are compared and averaged: of several rows the mean says more than the sum. */
export const isCompared = (ref: ColumnRef, catalog: DatabaseCatalog): boolean =>
  ref.column.kind === 'number' && roleOf(ref, catalog) === 'other measure';

/** Whether a column identifies rows, of its own table or of another. */
export function isKey(ref: ColumnRef, catalog: DatabaseCatalog): boolean {
  const { table, column } = ref;
  const role = roleOf(ref, catalog);
  return role === 'key' || role === 'reference' || table.primaryKey.includes(column.name);
}

/** Whether a number may be measured so: what identifies is never added up or averaged, and dates are not added up. */
export function mayMeasure(ref: ColumnRef, name: AggregateFunction, catalog: DatabaseCatalog): boolean {
  const role = roleOf(ref, catalog);
  if (role === 'flag') return false; // "the highest paid" is no largest of yes and no
  if (name !== 'sum' && name !== 'avg') return true;
  return ref.column.kind === 'number' && !identifies(role) && !(name === 'sum' && isDateRole(role));
}
