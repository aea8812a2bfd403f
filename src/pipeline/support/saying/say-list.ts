import { numberOf, saidCell } from '#src/domain/display.ts';
import { listed, pluralPhrase } from '#src/domain/plain-names.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { isFigure, labelOf, labelParts } from './labels.ts';
import { extremeWord, superlativeOf } from './order.ts';
import { type ReadResult, type ResultPart, type Row, restrictionSaid } from './reading.ts';
import { type Asked, MOST_LISTED } from './say-groups.ts';
import { columnIn, isLabel } from './sources.ts';

/** Columns of one row that a sentence tells. */
const MOST_COLUMNS = 4;

/** Rows that are shown as they are: how many, what they are, and which is first; undefined where it is open what a row is. */
export function sayList({ read, parts }: ReadResult, table: ResultTable, asked: Asked): string | undefined {
  const { rows } = table;
  const { finest, select } = read;
  if (!finest || parts.some(({ part }) => part.kind === 'measure')) return undefined;
  const said = restrictionSaid(read);
  if (select.distinct && !showsKey(parts, read)) return sayDistinct({ read, parts }, table, said);
  const names = labelParts(parts, read, rows);
  const own = names.every(({ part }) => part.kind === 'column' && part.of.source === finest);
  const { one, many } = finest.things;
  const number = rows.length.toLocaleString('en-US');
  const best = superlativeOf(read, many);
  const cut = select.limit !== undefined && rows.length >= select.limit;
  if (rows.length === 1) {
    const name = labelOf(rows[0]!, names);
    const rest = parts.filter((part) => !names.includes(part)).slice(0, MOST_COLUMNS);
    const cells = rest.map(
      ({ at, words, form }) => `${words} ${rows[0]![at] === null ? 'unknown' : saidCell(rows[0]![at] ?? null, form)}`,
    );
    const told = listed([...(name ? [name] : []), ...cells]);
    if (cut && best)
      return name && own && rest.length <= 1
        ? `${name} has ${best}${said}${cells.length ? `: ${saidCell(rows[0]![rest[0]!.at] ?? null, rest[0]!.form)}` : ''}`
        : `the ${one} with ${best}${said}: ${told}`;
    return `${cut ? 'one' : '1'} ${one}${said}: ${told}`;
  }
  const sorted = sortedPart({ read, parts });
  const first = names.length ? labelOf(rows[0]!, names) : undefined;
  if (cut && best) {
    const what = `the ${number} ${many} with ${best}${said}`;
    if (first && sorted && own) return `${first} is first with ${valueWith(sorted, rows[0]!)}, of ${what}`;
    return `${what}${names.length && rows.length <= MOST_LISTED ? `: ${allNames(rows, names)}` : ''}`;
  }
  const lead = table.truncated
    ? `the first ${number} ${many}${said}`
    : cut
      ? `${number} ${many}${said}, as many as were asked for`
      : `${number} ${many}${said}`;
  if (table.truncated || cut) return lead;
  const starred = select.items.some(({ expression }) => expression.kind === 'star');
  const figures = starred ? [] : parts.filter((part) => isFigure(part, read));
  const by = sorted ?? (figures.length === 1 ? figures[0] : undefined);
  const extreme = by && first !== undefined ? extremeOf(rows, by, names, { least: asked.least, own }) : undefined;
  if (rows.length <= MOST_LISTED && names.length && parts.length === names.length)
    return `${lead}: ${allNames(rows, names)}`;
  return extreme ? `${lead}; ${extreme}` : lead;
}

const allNames = (rows: ResultTable['rows'], names: readonly ResultPart[]): string =>
  listed(rows.map((row) => labelOf(row, names) ?? '—'));

/** A figure with its name: "price 219.00", "29,694 visits". */
function valueWith({ at, words, form }: ResultPart, row: Row): string {
  const value = saidCell(row[at] ?? null, form);
  return extremeWord(words, true) === 'most' ? `${value} ${words}` : `${words} ${value}`;
}

/** The row with the most of a number, where it is one alone. */
function extremeOf(
  rows: readonly Row[],
  by: ResultPart,
  names: readonly ResultPart[],
  { least, own }: { readonly least: boolean; readonly own: boolean },
): string | undefined {
  const { at, words, form, part } = by;
  if (part.kind !== 'column' || part.of.column.kind !== 'number') return undefined;
  const values = rows.flatMap((row) => {
    const value = numberOf(row[at] ?? null);
    return value === undefined ? [] : [{ row, value }];
  });
  const best = least ? Math.min(...values.map(({ value }) => value)) : Math.max(...values.map(({ value }) => value));
  const first = values.filter(({ value }) => value === best);
  if (first.length !== 1) return undefined;
  const label = labelOf(first[0]!.row, names);
  const value = saidCell(first[0]!.row[at] ?? null, form);
  const extreme = extremeWord(words, !least);
  if (label === undefined) return undefined;
  return own
    ? `${label} has the ${extreme} ${words}, ${value}`
    : `the ${extreme} ${words} is ${value} (${names[0]!.words} ${label})`;
}

/** The shown column that the rows are sorted by first. */
function sortedPart({ read, parts }: ReadResult): ResultPart | undefined {
  const [key] = read.select.orderBy;
  const by = key && columnIn(key.expression, read);
  return (
    by &&
    parts.find(
      ({ part }) => part.kind === 'column' && part.of.source.key === by.source.key && part.of.column === by.column,
    )
  );
}

const showsKey = (parts: readonly ResultPart[], { finest }: ReadResult['read']): boolean =>
  parts.some(
    ({ part }) =>
      part.kind === 'column' &&
      part.of.source === finest &&
      part.of.source.table.primaryKey.includes(part.of.column.name),
  );

/** "11 different countries of customers", "3 different names …". */
function sayDistinct({ read, parts }: ReadResult, table: ResultTable, said: string): string | undefined {
  const { rows } = table;
  const { finest } = read;
  if (!finest || table.truncated || read.select.limit !== undefined) return undefined;
  const [only] = parts;
  const words =
    parts.length === 1 && only
      ? distinctWords(only, read)
      : `combinations of ${listed(parts.map((part) => part.words))}`;
  const many = parts.length === 1 ? pluralOfWords(words, rows.length) : words;
  const names = rows.length <= MOST_LISTED && parts.length === 1 ? `: ${allNames(rows, parts)}` : '';
  return `${rows.length.toLocaleString('en-US')} different ${many} of ${finest.things.many}${said}${names}`;
}

const pluralOfWords = (words: string, count: number) => (count === 1 ? words : pluralPhrase(words));

/** The names of others are no more than names: two customers may share one. */
function distinctWords({ part, words }: ResultPart, read: ReadResult['read']): string {
  const other = part.kind === 'column' && part.of.source !== read.finest && isLabel(part.of, read);
  return other ? `${part.of.source.role} ${splitIdentifier(part.of.column.name).at(-1)}` : words;
}
