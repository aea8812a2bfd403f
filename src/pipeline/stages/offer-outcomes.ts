import type { OutcomeOption } from '#src/domain/answer.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { cellText, columnHeading, type ResultTable } from '#src/domain/result-table.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import type { ResultGroup, Selection } from './select.ts';

/** The outcomes that a tied selection leaves open; undefined where the difference does not matter. */
export function openOutcomes({ tied }: Selection, catalog: DatabaseCatalog): readonly OutcomeOption[] | undefined {
  if (!tied || !matters(tied)) return undefined;
  const steps = tied.map(({ candidates: [first] }) =>
    explainExecuted(first!.sql, catalog.engine, catalog).short.map(({ text }) => text),
  );
  const options = tied.map(({ candidates: [first] }, at) => ({
    label: inWords(first!.attempt.table),
    differs: steps[at]!.filter((line) => !steps[1 - at]!.includes(line)).map((line) => ownParts(line, steps[1 - at]!)),
    sql: first!.sql,
  }));
  return options[0]!.label === options[1]!.label ? undefined : options;
}

/** Of a line's conditions those that the other query does not have: what both do tells them not apart. */
function ownParts(line: string, others: readonly string[]): string {
  const [, lead, conditions] = /^(.*? where )(.*)\.$/s.exec(line) ?? [];
  if (!lead || !conditions || conditions.includes(' between ')) return line; // its "and" joins no conditions
  const own = conditions.split(' and ').filter((part) => !others.some((other) => other.includes(part)));
  return own.length ? `${lead}${own.join(' and ')}.` : line;
}

/** Not where one result is empty, or says what the other says with columns besides: the fuller answer serves both. */
function matters([one, other]: readonly [ResultGroup, ResultGroup]): boolean {
  const [a, b] = [one, other].map(({ candidates: [first] }) => first!.attempt.table) as [ResultTable, ResultTable];
  if (!a.rows.length || !b.rows.length) return false;
  const [few, many] = a.columns.length <= b.columns.length ? [a, b] : [b, a];
  const texts = (table: ResultTable, at: number) =>
    table.rows
      .map((row) => cellText(row[at] ?? null))
      .sort()
      .join('\n');
  const held = new Set(many.columns.map((_, at) => texts(many, at)));
  return few.rows.length !== many.rows.length || !few.columns.every((_, at) => held.has(texts(few, at)));
}

const LABEL_CELLS = 3;

/** A result in a few words: its one cell, or how many rows and the first of them. */
function inWords({ columns, rows }: ResultTable): string {
  const said = (at: number, row: number) => {
    const cell = rows[row]![at] ?? null;
    if (cell === null) return 'no value';
    const number = typeof cell === 'number' || typeof cell === 'bigint';
    return number ? cell.toLocaleString('en-US', { maximumFractionDigits: 2 }) : cellText(cell);
  };
  const named = (at: number) => columnHeading(columns[at]!.name);
  if (rows.length === 1)
    return columns
      .slice(0, LABEL_CELLS)
      .map((_, at) => `${named(at)}: ${said(at, 0)}`)
      .join(', ');
  const first = columns
    .slice(0, LABEL_CELLS)
    .map((_, at) => said(at, 0))
    .join(', ');
  return `${rows.length.toLocaleString('en-US')} rows, the first: ${first}`;
}
