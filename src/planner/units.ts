import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { currencyOf, isMoney } from '#src/domain/roles/currency-of.ts';
import { splitIdentifier } from '#src/domain/words.ts';

/** What is measured, and how many of its smallest unit one of this is; money is not reckoned into other money. */
export interface Unit {
  readonly of: 'time' | 'length' | 'weight' | 'volume' | 'share' | 'money' | 'age';
  readonly size: number;
  /** Of money: which. */
  readonly currency?: string;
}

const named = (of: Unit['of'], size: number, words: string, currency?: string) =>
  words.split(' ').map((word): readonly [string, Unit] => [word, { of, size, ...(currency ? { currency } : {}) }]);

/** Units as people say them and as names of columns shorten them. */
export const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...named('time', 1, 's sec secs second seconds'),
  ...named('time', 60, 'min mins minute minutes'),
  ...named('time', 3600, 'h hr hrs hour hours'),
  ...named('time', 86_400, 'day days'),
  ...named('time', 604_800, 'week weeks'),
  ...named('length', 0.001, 'mm millimeter millimeters millimetre millimetres'),
  ...named('length', 0.01, 'cm centimeter centimeters centimetre centimetres'),
  ...named('length', 1, 'm meter meters metre metres'),
  ...named('length', 1000, 'km kms kilometer kilometers kilometre kilometres'),
  ...named('length', 1609.344, 'mi mile miles'),
  ...named('length', 0.3048, 'ft foot feet'),
  ...named('weight', 0.001, 'g gram grams'),
  ...named('weight', 1, 'kg kgs kilo kilos kilogram kilograms'),
  ...named('weight', 1000, 'tonne tonnes'),
  ...named('weight', 0.45359237, 'lb lbs pound pounds'),
  ...named('volume', 1, 'l litre litres liter liters'),
  ...named('share', 1, 'percent pct perc percentage'),
  ...named('money', 1, 'euro euros eur', 'EUR'),
  ...named('money', 1, 'dollar dollars usd', 'USD'),
  ...named('money', 1, 'gbp', 'GBP'),
  ...named('money', 1, 'nok', 'NOK'),
  ...named('money', 1, 'sek', 'SEK'),
  ...named('money', 1, 'chf', 'CHF'),
  ...named('age', 1, 'year years'),
]);

/** The unit that a column's name ends in. */
export function unitOf({ column }: ColumnOf): Unit | undefined {
  const words = splitIdentifier(column.title ?? column.name);
  return UNITS.get(words.at(-1) ?? '');
}

/** How far something has gone, in whatever unit its country counts: nobody asks for any other. */
const isMileage = ({ column }: ColumnOf): boolean =>
  column.kind === 'number' && /^(?:mileage|odometer)(?:_?reading)?$/i.test(column.name);

/** Columns of a table that are measured in such a unit, by their names. */
export const columnsIn = (table: Table, unit: Unit): readonly ColumnOf[] =>
  table.columns
    .filter(({ kind }) => kind === 'number')
    .map((column) => ({ table, column }))
    .filter((ref) => unitOf(ref)?.of === unit.of || (unit.of === 'length' && isMileage(ref)));

/** A number said in a unit as the column holds it; undefined where the two are of different things, or nobody knows. */
export function inUnitOf(ref: ColumnOf, value: number, said: Unit, catalog: DatabaseCatalog): number | undefined {
  const own = unitOf(ref);
  if (said.of === 'money') {
    const other = own?.of === 'money' && own.currency !== said.currency;
    const money = own?.of === 'money' || isMoney(ref, catalog) || saysThis(ref, said);
    return money && !other && !saysOther(ref, said) && !currencyOf(ref, catalog) ? value : undefined;
  }
  if (own) return own.of === said.of ? (value * said.size) / own.size : undefined;
  if (said.of === 'length' && isMileage(ref)) return value;
  if (said.of === 'age') return /(?:^|_)(?:age|alter|years?|jahre)/i.test(ref.column.name) ? value : undefined;
  if (said.of === 'share') return /percent|pct|rate|share|ratio/i.test(ref.column.name) ? value : undefined;
  return undefined;
}

/** Whether a figure may be told in a currency: it is money, and nothing says that it is other money, in all rows or in some. */
export const mayBeIn = (ref: ColumnOf, said: Unit, catalog: DatabaseCatalog): boolean =>
  said.of === 'money' && inUnitOf(ref, 0, said, catalog) !== undefined;

/** The comment names this currency: "including tax, in euro". */
const saysThis = ({ column }: ColumnOf, { currency }: Unit): boolean =>
  splitIdentifier(column.comment ?? '').some((word) => UNITS.get(word)?.currency === currency);

/** The comment names another currency. */
const saysOther = ({ column }: ColumnOf, { currency }: Unit): boolean =>
  [...UNITS.values()].some(
    (unit) =>
      unit.currency !== undefined &&
      unit.currency !== currency &&
      new RegExp(`\\b${unit.currency}\\b`).test(column.comment ?? ''),
  );
