import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { ColumnRef } from './lexicon.ts';

/** How many of something a row is of, what one of it costs, and the share of that which is taken off. */
interface Factors {
  readonly quantity: Column;
  readonly price: Column;
  readonly discount?: Discount;
}

interface Discount {
  readonly column: Column;
  /** What it would be were all taken off: 100 where it is a percentage, else 1. */
  readonly whole: 1 | 100;
}

const factors = new WeakMap<Column, Factors>();
const amounts = new WeakMap<Table, ColumnRef | undefined>();

/** Of an amount that no column holds, the two columns of its table that it is reckoned from; nothing for a stored column. */
export const factorsOf = (column: Column): Factors | undefined => factors.get(column);

/** Words of a name that say how many, and at what price. */
export const QUANTITY = /^(?:qty|quantity|units|pieces|pcs)$/;
export const PRICE = /^(?:price|cost|rate)$/;
/** What would have to be taken off or added. */
const BESIDE = /^(?:discount|disc|dsc|rebate|tax|vat|surcharge)$/;
const DISCOUNT = /^(?:discount|disc|dsc|rebate)$/;
const PERCENT = /^(?:pct|percent|percentage|perc)$/;

const wordsOf = ({ name, title }: Column) => splitIdentifier(title ?? name);

/**
 * What a row is worth that says how many and at what price, and no amount: `quantity` times `unit_price`, less a discount that is a share
 * of it. Nothing where there are two of either, or something is taken off or added whose unit nobody says.
 */
export function lineAmount(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  if (amounts.has(table)) return amounts.get(table);
  const numbers = table.columns.filter(
    (column) => column.kind === 'number' && isMeasureRole(roleOf({ table, column }, catalog)),
  );
  const [quantity, ...quantities] = numbers.filter((column) => wordsOf(column).some((word) => QUANTITY.test(word)));
  const [price, ...prices] = numbers.filter((column) => wordsOf(column).some((word) => PRICE.test(word)));
  const [beside, ...others] = table.columns.filter((column) => wordsOf(column).some((word) => BESIDE.test(word)));
  const discount = beside && discountOf(beside);
  const isOne = quantity && price && quantity !== price && !quantities.length && !prices.length && !others.length;
  const isWhole = beside === undefined || discount !== undefined;
  const made = isOne && isWhole ? { quantity, price, ...(discount ? { discount } : {}) } : undefined;
  const ref = made && { table, column: product(made) };
  amounts.set(table, ref);
  return ref;
}

/** A discount that is a share of the amount, by its name or by what it holds: 10 or 0.1. */
function discountOf(column: Column): Discount | undefined {
  const words = wordsOf(column);
  const shares = column.values.map(Number);
  if (column.kind !== 'number' || !words.some((word) => DISCOUNT.test(word)) || !shares.length) return undefined;
  const most = Math.max(...shares);
  if (!(Math.min(...shares) >= 0 && most <= 100)) return undefined;
  if (most < 1 && most > 0) return { column, whole: 1 };
  return words.some((word) => PERCENT.test(word)) && most > 1 ? { column, whole: 100 } : undefined;
}

function product(both: Factors): Column {
  const column: Column = {
    name: `${both.quantity.name} times ${both.price.name}${both.discount ? ` less ${both.discount.column.name}` : ''}`,
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
