import type { Column, Table } from '../catalog.ts';
import type { RoleReading } from './column-role.ts';
import { isOneOf, wordsOf } from './name-words.ts';
import { ADDED, CODED, COMPARED, OF_EACH } from './role-words.ts';

const COUNTS = /^(?:(?:number|no|num|nr|nbr|count|anzahl|anz) (?:of |der |von )?|total |gesamt|summe )/;
const PART_OF_DATE =
  /^(?:month|monat|quarter|quartal|week|woche|kw|weekday|dow|hour of day|day of (?:week|month|year))$/;
const HIGHEST_PART = 366;

/** The role of a number that is neither a key nor a flag nor refers to anything. */
export function roleOfNumber(column: Column, table: Table): RoleReading {
  const words = wordsOf(column);
  if (PART_OF_DATE.test(words.join(' ')) && isWithin(column, 0, HIGHEST_PART))
    return { role: 'other date', because: 'holds a part of a date' };
  if (holdsMoments(column, words)) return { role: 'other date', because: 'holds moments as numbers' };
  return namedNumber(column, words) ?? numberByValues(column, table);
}

/** The role that a name gives a number that is held as text. */
export function roleOfNumeral(column: Column): RoleReading | undefined {
  const { values } = column;
  if (!values.length || !values.every((value) => /^-?[\d,]+(?:\.\d+)?$/.test(value.trim()))) return undefined;
  const named = namedNumber(column, wordsOf(column));
  return named && { ...named, because: `${named.because}; its numbers are held as text` };
}

/** The last word that says something decides: `sales_rank` is a rank; but what is said of each makes any number one. */
function namedNumber(column: Column, words: readonly string[]): RoleReading | undefined {
  const name = words.join(' ');
  const of = words.find((word) => OF_EACH.has(word));
  if (COUNTS.test(name) && words.length > 1 && !of) return { role: 'additive measure', because: `named as a count` };
  if (of) return { role: 'other measure', because: `“${of}” is not added up` };
  for (const word of words.toReversed()) {
    if (isOneOf(word, COMPARED)) return { role: 'other measure', because: `“${word}” is compared, not added up` };
    if (isOneOf(word, ADDED)) return { role: 'additive measure', because: `“${word}” adds up` };
    if (CODED.has(word) && isShort(column)) return { role: 'category', because: `“${word}” stands for one of several` };
  }
  return undefined;
}

/** Distinct values up to which numbers may be codes. */
const MOST_CODES = 30;
/** A number that few values make up, and many rows share, is one of several things rather than an amount. */
const FEW = 5;
const ROWS_EACH = 20;

const isShort = ({ values, distinct }: Column) => (distinct ?? values.length) <= MOST_CODES && values.every(isWhole);

function numberByValues(column: Column, table: Table): RoleReading {
  const { values, valuesComplete } = column;
  const { rowEstimate = 0 } = table;
  if (countsRows(column, table)) return { role: 'key', because: 'the first column, counted up row by row' };
  const numbers = values.map(Number);
  if (values.length > 1 && numbers.every((one) => one >= 0 && one <= 1) && !values.every(isWhole))
    return { role: 'other measure', because: 'holds shares between 0 and 1' };
  if (valuesComplete && values.length > 0 && values.length <= FEW && values.every(isWhole)) {
    if (rowEstimate >= ROWS_EACH * values.length)
      return { role: 'category', because: `holds ${values.length} whole numbers that many rows share` };
  }
  return { role: 'additive measure', because: 'a number that nothing says is compared only' };
}

/** Seconds or milliseconds since 1970, or days written as numbers (`20260131`), under the name of a date. */
function holdsMoments({ values }: Column, words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  if (!/^(?:date|datum|dat|dt|at|on|timestamp|ts|time|epoch)$|date$|datum$/.test(last) || !values.length) return false;
  return values.slice(0, 50).every((value) => /^(?:19|20)\d{6}$|^1\d{9}$|^1\d{12}$/.test(value));
}

/** Rows from which on whole numbers that go up one by one are no accident. */
const ENOUGH_ROWS = 4;

/** A table without a declared key whose first column goes up by one: `a`, `nr`. */
function countsRows({ name, values, distinct }: Column, { columns, primaryKey, rowEstimate = 0 }: Table): boolean {
  if (primaryKey.length || columns[0]?.name !== name || rowEstimate < ENOUGH_ROWS || distinct !== rowEstimate)
    return false;
  const numbers = values.map(Number);
  return values.every(isWhole) && Math.max(...numbers) - Math.min(...numbers) < rowEstimate;
}

const isWhole = (value: string) => /^-?\d+(?:\.0+)?$/.test(value);

const isWithin = ({ values }: Column, low: number, high: number) =>
  values.every((value) => isWhole(value) && Number(value) >= low && Number(value) <= high);
