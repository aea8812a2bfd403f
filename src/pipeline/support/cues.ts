import type { Engine } from '#src/domain/catalog.ts';
import type { NamedValue } from '#src/domain/schema-slice.ts';
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

/**
 * Words of a question that a query does not answer to: "on average" without an average, "both" with one condition on one row, a stored
 * value of several words that no text of it is like.
 */
export function unansweredCues(
  question: string,
  sql: string,
  engine: Engine,
  values: readonly NamedValue[] = [],
): readonly string[] {
  const asked = CUES.filter((cue) => cue.asked.test(question));
  const named = Map.groupBy(
    values.filter(({ asked: words }) => /\w\s+\w/.test(words)),
    ({ asked: words }) => words,
  );
  if (!asked.length && !named.size) return [];
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
    ...[...named].flatMap(([words, stored]) => (stored.some(({ value }) => isSaid(value)) ? [] : [words])),
  ];
}

/** Whether it reads a table twice, as a query may that wants two things of one. */
function readsTwice(nodes: readonly IrNode[]): boolean {
  const tables = nodes.filter(({ kind }) => kind === 'table').map(({ name }) => String(name).toLowerCase());
  return new Set(tables).size < tables.length;
}
