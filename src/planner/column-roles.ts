import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { isReference, isYear } from '#src/domain/column-meaning.ts';
import type { AggregateFunction } from '#src/sql/query-ir.ts';
import type { ColumnRef } from './lexicon.ts';

/** Names of numbers that add up: "amount by country" means their sum, while "age by country" would not. */
export const ADDS_UP = /total|amount|revenue|cost|spend|quantity|sales|value|price/i;

/** Names of what one piece costs or is worth: these add up over pieces, but rank as they are. */
export const OF_ONE = /price|value/i;

/** Whether a column identifies rows, of its own table or of another. */
export function isKey({ table, column: { name } }: ColumnRef): boolean {
  return (
    table.primaryKey.includes(name) ||
    table.foreignKeys.some((key) => key.columns.includes(name)) ||
    /(^|_)id$/i.test(name)
  );
}

/** Whether a number may be measured so: what identifies is never added up or averaged, and years are not added up. */
export function mayMeasure(ref: ColumnRef, name: AggregateFunction, catalog: DatabaseCatalog): boolean {
  if (name !== 'sum' && name !== 'avg') return true;
  return ref.column.kind === 'number' && !isReference(ref, catalog) && !(name === 'sum' && isYear(ref.column));
}
