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
