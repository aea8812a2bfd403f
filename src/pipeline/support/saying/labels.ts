import { isReference } from '#src/domain/column-meaning.ts';
import { displayedCell, saidCell } from '#src/domain/display.ts';
import { monthName } from '#src/domain/own-order.ts';
import { listed, pluralPhrase } from '#src/domain/plain-names.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { sayPeriodCell } from './period.ts';
import type { ResultPart, Row } from './reading.ts';
import { isLabel, type ReadSelect, referenceWords, type SourceColumn } from './sources.ts';

/** Characters of a name in a sentence. */
const LONGEST_NAME = 60;

/** What a row of a result is called by its columns: "Norway", "Ada Lovelace", "level 1", "May 2026"; undefined where there is none. */
export function labelOf(row: Row, dimensions: readonly ResultPart[]): string | undefined {
  const said = dimensions.map((one) => cellLabel(row, one));
  if (!said.length || said.some((one) => one === '')) return undefined;
  return said.join(isPersonName(dimensions) ? ' ' : ', ');
}

function cellLabel(row: Row, { at, part, words, form }: ResultPart): string {
  const cell = row[at] ?? null;
  if (cell === null || cell === '') return `no ${words}`;
  if (part.kind === 'period') {
    const number = Number(cell);
    if (part.unit === 'month' && /^\d{1,2}$/.test(String(cell))) return monthName(number) ?? String(cell);
    if (part.unit === 'quarter' && /^[1-4]$/.test(String(cell))) return `Q${cell}`;
    const text = displayedCell(cell, form);
    return part.unit === 'year' || part.unit === 'month' || part.unit === 'quarter' || part.unit === 'day'
      ? sayPeriodCell(text)
      : `${words} ${text}`;
  }
  const text = cut(saidCell(cell, form));
  if (typeof cell === 'boolean') return `${words}: ${text}`;
  const numeric = part.kind === 'column' && part.of.column.kind === 'number';
  return numeric
    ? `${part.of.column.name.match(/(?:^|_)id$/i) ? referenceWords(part.of.column.name) : words} ${text}`.trim()
    : text;
}

const cut = (text: string): string => (text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text);

/** The first and the last name of somebody. */
function isPersonName(parts: readonly ResultPart[]): boolean {
  if (parts.length !== 2) return false;
  const [first, last] = parts.map(({ part }) => (part.kind === 'column' ? part.of : undefined));
  if (!first || !last || first.source.key !== last.source.key) return false;
  const [a, b] = [splitIdentifier(first.column.name).join(' '), splitIdentifier(last.column.name).join(' ')];
  return /\b(?:first|given|fore)/.test(a) && /\b(?:last|family|sur)/.test(b);
}

/** What the groups by some columns are: "countries", "sales reps", "combinations of platform and country". */
export function groupsOf(
  dimensions: readonly ResultPart[],
  read: ReadSelect,
): { readonly one: string; readonly many: string } {
  const [first] = dimensions;
  const named = dimensions.find(({ part }) => part.kind === 'column' && isLabel(part.of, read));
  const label = isPersonName(dimensions) ? first : dimensions.length === 1 ? named : undefined;
  if (label?.part.kind === 'column') {
    const { source } = label.part.of;
    const twice = read.sources.some((one) => one !== source && one.table === source.table);
    return twice ? { one: source.role, many: pluralPhrase(source.role) } : source.things;
  }
  if (dimensions.length === 1 && first?.part.kind === 'column' && isKeyOf(first.part.of))
    return first.part.of.source.things;
  if (dimensions.length === 1 && first) {
    const one =
      first.part.kind === 'column' && /_id$/i.test(first.part.of.column.name)
        ? referenceWords(first.part.of.column.name)
        : first.words;
    return { one, many: pluralPhrase(one) };
  }
  const said = listed(dimensions.map(({ words }) => words));
  return { one: `combination of ${said}`, many: `combinations of ${said}` };
}

const isKeyOf = ({ source, column }: SourceColumn): boolean =>
  source.table.primaryKey.length === 1 && source.table.primaryKey[0] === column.name;

/** Columns that say what a row is called, of those that a list shows: its name, first and last name, else a text that tells them apart. */
export function labelParts(
  parts: readonly ResultPart[],
  read: ReadSelect,
  rows: readonly Row[],
): readonly ResultPart[] {
  const texts = parts.filter(({ part }) => part.kind === 'column' && part.of.column.kind === 'text');
  for (const [at, one] of texts.entries()) {
    const pair = texts.slice(at, at + 2);
    if (pair.length === 2 && isPersonName(pair)) return pair;
    if (one.part.kind === 'column' && isLabel(one.part.of, read) && one.part.of.source === read.finest) return [one];
  }
  const own = texts.filter(({ part }) => part.kind === 'column' && isLabel(part.of, read));
  // A text that is another in each row may name it; a status does not.
  const telling = texts.filter(({ at }) => rows.length > 1 && new Set(rows.map((row) => row[at])).size === rows.length);
  const [first] = own.length ? own : telling;
  return first ? [first] : [];
}

/** Whether a column of a list is a number that says how much. */
export const isFigure = ({ part }: ResultPart, { catalog }: ReadSelect): boolean =>
  part.kind === 'column' &&
  part.of.column.kind === 'number' &&
  !isReference({ table: part.of.source.table, column: part.of.column }, catalog);
