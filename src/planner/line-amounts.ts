import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { ColumnRef } from './lexicon.ts';

/** How many of something a row is of, and what one of it costs. */
interface Factors {
  readonly quantity: Column;
  readonly price: Column;
}

const factors = new WeakMap<Column, Factors>();
const amounts = new WeakMap<Table, ColumnRef | undefined>();

/** Of an amount that no column holds, the two columns of its table that it is reckoned from; nothing for a stored column. */
export const factorsOf = (column: Column): Factors | undefined => factors.get(column);

const QUANTITY = /^(?:qty|quantity|units|pieces|pcs)$/;
const PRICE = /^(?:price|cost|rate)$/;
/** What would have to be taken off or added, whose sign and unit nobody says. */
const BESIDE = /^(?:discount|disc|dsc|rebate|tax|vat|surcharge)$/;

const wordsOf = ({ name, title }: Column) => splitIdentifier(title ?? name);

/**
 * What a row is worth that says how many and at what price, and no amount: `quantity` times `unit_price`. Nothing where there are two of
 * either, or a discount is taken off besides.
 */
export function lineAmount(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  if (amounts.has(table)) return amounts.get(table);
  const numbers = table.columns.filter(
    (column) => column.kind === 'number' && isMeasureRole(roleOf({ table, column }, catalog)),
  );
  const [quantity, ...quantities] = numbers.filter((column) => wordsOf(column).some((word) => QUANTITY.test(word)));
  const [price, ...prices] = numbers.filter((column) => wordsOf(column).some((word) => PRICE.test(word)));
  const beside = table.columns.some((column) => wordsOf(column).some((word) => BESIDE.test(word)));
  const isOne = quantity && price && quantity !== price && !quantities.length && !prices.length && !beside;
  const ref = isOne ? { table, column: product({ quantity, price }) } : undefined;
  amounts.set(table, ref);
  return ref;
}

function product(both: Factors): Column {
  const column: Column = {
    name: `${both.quantity.name} times ${both.price.name}`,
    title: 'amount',
    type: both.price.type,
    kind: 'number',
    nullable: both.quantity.nullable || both.price.nullable,
    values: [],
    valuesComplete: false,
    role: { role: 'additive measure', because: 'how many, times what one costs' },
  };
  factors.set(column, both);
  return column;
}
