import type { Column, Table } from '../catalog.ts';
import { looksPersonal } from '../personal.ts';
import type { RoleReading } from './column-role.ts';
import { isOneOf, wordsOf } from './name-words.ts';
import { roleOfNumeral } from './role-of-number.ts';
import { ADDED, CURRENCY_CODES, CURRENCY_NAME, DATED, READ, SHARED, UNIT_NAME, UNITS } from './role-words.ts';

/** The role of a text that is neither a key nor a flag nor refers to anything; whether it is its table's label is asked of all columns together. */
export function roleOfText(column: Column, table: Table): RoleReading {
  const words = wordsOf(column);
  return (
    currencyOrUnit(column, words) ??
    roleOfNumeral(column) ??
    dateInText(column, words) ??
    personal(column, table) ??
    readOrShared(column, table, words)
  );
}

function currencyOrUnit(column: Column, words: readonly string[]): RoleReading | undefined {
  const name = words.join(' ');
  const { values } = column;
  const areCodes = values.length > 0 && values.every((value) => CURRENCY_CODES.has(value));
  if (CURRENCY_NAME.test(name) && values.every((value) => value.length <= LONGEST_CURRENCY))
    return { role: 'currency', because: 'named as one' };
  // countries have codes of three letters, too
  if (areCodes && !/country|land|nation/.test(name)) return { role: 'currency', because: 'holds codes of currencies' };
  const areUnits = values.length > 0 && values.every((value) => UNITS.has(value.trim().toLowerCase()));
  if (areUnits) return { role: 'unit', because: 'holds units of measure' };
  if (UNIT_NAME.test(name) && values.every((value) => value.length <= LONGEST_UNIT))
    return { role: 'unit', because: 'named as one' };
  return undefined;
}

const LONGEST_CURRENCY = 30;
const LONGEST_UNIT = 15;

/** "31.12.2025", "12/31/2025 10:00", "10:30": a day or a time that the engine holds as text. */
const LIKE_DATE =
  /^\d{1,2}[./ -](?:\d{1,2}|[a-z]{3,9})[./ -](?:\d{2}|\d{4})(?:[ T]\d{1,2}:\d{2}.*)?$|^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[ T]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?$|^(?:19|20)\d{6}$/i;

function dateInText({ values }: Column, words: readonly string[]): RoleReading | undefined {
  const sample = values.slice(0, 50);
  if (words.some((word) => ADDED.has(word))) return undefined; // `4:27` of a duration is no time of day
  const alike = sample.filter((value) => LIKE_DATE.test(value.trim())).length;
  if (sample.length > 0 && alike === sample.length && !/^\d{8}$/.test(sample[0] ?? ''))
    return { role: 'other date', because: 'holds dates or times as text' };
  const named = isOneOf(words.at(-1) ?? '', DATED);
  if (named && sample.length > 0 && alike * 2 > sample.length)
    return { role: 'other date', because: 'holds dates or times as text' };
  return undefined;
}

/** A list of codes that many rows share tells of nobody: `M` and `F`. */
const MOST_CODES = 10;
const LONGEST_CODE = 20;

function personal(column: Column, table: Table): RoleReading | undefined {
  if (!looksPersonal(column, table.name)) return undefined;
  const { values, valuesComplete } = column;
  const codes =
    valuesComplete &&
    values.length > 0 &&
    values.length <= MOST_CODES &&
    values.every((value) => value.length <= LONGEST_CODE) &&
    (table.rowEstimate ?? 0) >= 2 * values.length;
  return codes ? undefined : { role: 'personal', because: 'its name or its values speak of a person' };
}

/** Values longer than this on average are sentences. */
const LONG = 40;
const MANY_WORDS = 6;
/** Values that this share of the rows, or fewer, make up are shared by rows. */
const SHARED_BY = 0.5;
/** Values of a text that is named as one to read, up to which it is a list all the same. */
const MOST_SHARED = 20;

function readOrShared(column: Column, table: Table, words: readonly string[]): RoleReading {
  const { values, distinct, kind } = column;
  if (kind !== 'text') return { role: 'free text', because: `its type ${column.type} holds no single value` };
  const last = words.at(-1) ?? '';
  const sample = values.slice(0, 50);
  const length = mean(sample.map((value) => value.length));
  const wordCount = mean(sample.map((value) => value.trim().split(/\s+/).length));
  if (length > LONG || wordCount > MANY_WORDS) return { role: 'free text', because: 'holds sentences' };
  const rows = table.rowEstimate ?? 0;
  const repeats = rows > 0 && distinct !== undefined && distinct > 0 && distinct <= SHARED_BY * rows;
  if (isOneOf(last, READ) && !(repeats && distinct <= MOST_SHARED))
    return { role: 'free text', because: `“${last}” is for reading` };
  if (repeats) return { role: 'category', because: `${distinct} values that rows share` };
  if (words.some((word) => isOneOf(word, SHARED))) return { role: 'category', because: `named as what rows share` };
  if (!sample.length) return { role: 'free text', because: 'text of which no value is known' };
  return { role: 'category', because: 'short values' };
}

const mean = (numbers: readonly number[]) =>
  numbers.length ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : 0;
