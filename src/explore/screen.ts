import type { Rejection } from '#src/domain/explored-pair.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { type IrNode, type QueryIr, visit } from '#src/sql/query-ir.ts';

/** A result of more rows is only kept of a plain list. */
export const MOST_ROWS = 1_000;

/** What speaks against a query by what came of it; an empty result is the caller's to keep or not. */
export function screenResult({ rows, truncated }: ResultTable, isList: boolean): Rejection | undefined {
  const cells = rows.flat();
  if (!rows.length || (rows.length === 1 && cells.every((cell) => Number(cell) === 0 && cell !== null && cell !== '')))
    return 'empty';
  if (cells.every((cell) => cell === null)) return 'constant';
  const texts = new Set(
    rows.map((row) => JSON.stringify(row, (_, cell: unknown) => (typeof cell === 'bigint' ? `${cell}` : cell))),
  );
  if (rows.length > 1 && texts.size === 1) return 'constant';
  if (truncated && !isList) return 'too many rows';
  return undefined;
}

/** Whether the question, or what was said with it, has each literal of the query: nobody could write it otherwise. */
export function saysLiterals(query: QueryIr, question: string): boolean {
  const said = question.toLowerCase();
  let all = true;
  visit(query, (node) => {
    const literal = literalOf(node);
    if (literal !== undefined && !said.includes(literal)) all = false;
  });
  return all;
}

const DAY = /^(\d{4})-\d\d-\d\d/;

/** What a question must have of a literal: of a day its year; a text as it is, without the wildcards of LIKE. */
function literalOf(node: IrNode): string | undefined {
  if (node.kind !== 'text' && node.kind !== 'date' && node.kind !== 'timestamp') return undefined;
  const text = String(node.value).toLowerCase();
  const year = DAY.exec(text)?.[1];
  // the end of a year's span is the first day of the next
  if (year !== undefined) return text.endsWith('-01-01') ? undefined : year;
  return text.replace(/^%|%$/g, '');
}

/** Keeps what is new: of one skeleton over the same columns so many, each question once. */
export interface Novelty {
  isNew(skeleton: string, columns: readonly string[], question: string): boolean;
}

const SAME_QUERIES = 3;

export function openNovelty(): Novelty {
  const queries = new Map<string, number>();
  const questions = new Set<string>();
  return {
    isNew(skeleton, columns, question) {
      const key = `${skeleton}\n${[...columns].sort().join('\n')}`;
      const asked = question.toLowerCase();
      const times = queries.get(key) ?? 0;
      if (times >= SAME_QUERIES || questions.has(asked)) return false;
      queries.set(key, times + 1);
      questions.add(asked);
      return true;
    },
  };
}
