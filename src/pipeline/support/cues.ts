import type { Engine } from '#src/domain/catalog.ts';
import type { NamedValue } from '#src/domain/schema-slice.ts';
import type { DateSpan } from '#src/planner/date-span.ts';
import { type IrNode, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';

/** A word of a question that a query must answer to. Six others were tried and changed no answer (docs/figures.md). */
const CUES: readonly {
  readonly word: string;
  readonly asked: RegExp;
  /** Whether the parts of a query answer to it. */
  readonly answers: (nodes: readonly IrNode[]) => boolean;
}[] = [
  {
    word: 'average',
    asked: /\b(?:average|averages|avg|mean)\b/i,
    answers: (nodes) =>
      nodes.some(({ kind, name, operator }) => (kind === 'aggregate' && name === 'avg') || operator === '/'),
  },
  {
    word: 'both',
    asked: /\bboth\b/i,
    answers: (nodes) =>
      nodes.some(({ operator, having }) => operator === 'INTERSECT' || having !== undefined) || readsTwice(nodes),
  },
];

/** What of a question was found by its words before a query is written. */
export interface AskedParts {
  readonly values?: readonly NamedValue[];
  readonly periods?: readonly Pick<DateSpan, 'from' | 'to'>[];
}

/** Whether a part of a query says today, or a day or year of a period. */
function isWithin({ kind, value, text }: IrNode, periods: NonNullable<AskedParts['periods']>): boolean {
  if (kind === 'current' || (kind === 'text' && value === 'now')) return true;
  const said =
    kind === 'number' ? text : kind === 'text' || kind === 'date' || kind === 'timestamp' ? value : undefined;
  const years = [...String(said ?? '').matchAll(/(?<!\d)(?:19|20)\d{2}(?!\d)/g)].map(([year]) => year);
  const yearOf = (day: string) => Number(day.slice(0, 4));
  // "after 2000" begins in 2001 and may be said by either.
  return years.some((year) =>
    periods.some(({ from = '0001', to = '9999' }) => Number(year) >= yearOf(from) - 1 && Number(year) <= yearOf(to)),
  );
}

/**
 * Words of a question that a query does not answer to: "on average" without an average, "both" with one condition on one row, a stored
 * value of several words that no text of it is like, a period without a day or a year of it.
 */
export function unansweredCues(
  question: string,
  sql: string,
  engine: Engine,
  { values = [], periods = [] }: AskedParts = {},
): readonly string[] {
  const asked = CUES.filter((cue) => cue.asked.test(question));
  const named = Map.groupBy(
    values.filter(({ asked: words }) => /\w\s+\w/.test(words)),
    ({ asked: words }) => words,
  );
  if (!asked.length && !named.size && !periods.length) return [];
  const parsed = parseSql(sql, engine);
  if (!parsed.ok || parsed.value.kind === 'verbatim-query') return [];
  const nodes: IrNode[] = [];
  visit(parsed.value, (node) => nodes.push(node));
  const texts = nodes.flatMap(({ kind, value }) =>
    kind === 'text' && typeof value === 'string' ? [value.toLowerCase().replaceAll('%', '').trim()] : [],
  );
  const isSaid = (value: string) => texts.some((text) => text !== '' && value.toLowerCase().includes(text));
  return [
    ...asked.filter(({ answers }) => !answers(nodes)).map(({ word }) => word),
    ...(periods.length && !nodes.some((node) => isWithin(node, periods)) ? ['period'] : []),
    ...[...named].flatMap(([words, stored]) => (stored.some(({ value }) => isSaid(value)) ? [] : [words])),
  ];
}

/** Whether it reads a table twice, as a query may that wants two things of one. */
function readsTwice(nodes: readonly IrNode[]): boolean {
  const tables = nodes.filter(({ kind }) => kind === 'table').map(({ name }) => String(name).toLowerCase());
  return new Set(tables).size < tables.length;
}
