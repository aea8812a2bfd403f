import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { holdsNumerals } from '#src/domain/column-meaning.ts';
import { identifies, isDateRole, isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { AggregateFunction } from '#src/sql/query-ir.ts';
import type { ColumnRef } from './lexicon.ts';

/** Numbers, and texts that hold measures: `weight VARCHAR(20)`. */
export const isNumeric = (ref: ColumnRef, catalog: DatabaseCatalog): boolean =>
  ref.column.kind === 'number' || (holdsNumerals(ref.column) && isMeasureRole(roleOf(ref, catalog)));

/** Whether rows may be ranked by a column: numbers, and what lies on a time axis. */
export const isRanked = (ref: ColumnRef, catalog: DatabaseCatalog): boolean =>
  isNumeric(ref, catalog) || ref.column.kind === 'date' || ref.column.kind === 'timestamp';

/** Numbers that add up: "amount by country" means their sum, while "age by country" would not, nor a price. */
export const addsUp = (ref: ColumnRef, catalog: DatabaseCatalog): boolean =>
  isNumeric(ref, catalog) && roleOf(ref, catalog) === 'additive measure';

/** Numbers that are compared and averaged: of several rows the mean says more than the sum. */
export const isCompared = (ref: ColumnRef, catalog: DatabaseCatalog): boolean =>
  isNumeric(ref, catalog) && roleOf(ref, catalog) === 'other measure';

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
  return isNumeric(ref, catalog) && !identifies(role) && !(name === 'sum' && isDateRole(role));
}
