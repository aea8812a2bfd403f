import { z } from 'zod';
import type { Answer } from '#src/domain/answer.ts';
import { DECISIONS } from '#src/domain/confidence.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { cellText, type ResultTable } from '#src/domain/result-table.ts';
import { type Acceptance, type AcceptedResult, accepts } from '../accept.ts';
import { KeptEvidence } from './kept-evidence.ts';

/** Rows of an answer that are kept with it, to be looked at. */
const KEPT_ROWS = 5;

/** What came of a question: `refused` is right of one that cannot be answered, `declined` wrong of one that can. */
export const OUTCOMES = ['right', 'wrong', 'declined', 'refused', 'asked'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What was answered, as a person saw it. */
const Shown = z.object({
  kind: z.enum(['answer', 'failure', 'clarification', 'outcomes', 'catalog', 'courtesy']),
  database: z.string().exactOptional(),
  sql: z.string().exactOptional(),
  text: z.string().exactOptional(),
  columns: z.array(z.string()).exactOptional(),
  rows: z.array(z.array(z.string())).exactOptional(),
  rowCount: z.number().exactOptional(),
  options: z.array(z.string()).exactOptional(),
});

/** What came of one question or turn, with what it cost. */
export const CompanyCase = z.object({
  id: z.string(),
  department: z.string(),
  kind: z.string(),
  question: z.string(),
  outcome: z.enum(OUTCOMES),
  /** The database is one that the question is meant for. */
  databaseRight: z.boolean(),
  /** Of a question back: what was meant is among the options, and what came of choosing it. */
  offered: z.boolean().exactOptional(),
  chosen: z.enum(OUTCOMES).exactOptional(),
  /** What the product does with it where it may ask, and how likely it holds it to be right, 0–1. */
  decision: z.enum(DECISIONS).exactOptional(),
  confidence: z.number().exactOptional(),
  /** What spoke for it, of which that confidence is made. */
  evidence: KeptEvidence.exactOptional(),
  ms: z.number(),
  calls: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  shown: Shown,
  /** What was shown after an option was chosen. */
  chosenShown: Shown.exactOptional(),
});
export type CompanyCase = z.infer<typeof CompanyCase>;

/** What a question wants, with the results of its gold queries. */
export type Wanted =
  | { readonly kind: 'rows'; readonly accepted: readonly AcceptedAnswer[]; readonly acceptance: Acceptance }
  | { readonly kind: 'names'; readonly mentions: readonly string[] }
  /** No rows: the databases lack it, or it is no question to them. */
  | { readonly kind: 'nothing' };

export interface AcceptedAnswer extends AcceptedResult {
  readonly database: string;
}

/** What came of an answer; a question back is no verdict on what was meant. */
export function outcomeOf(given: Answer, wanted: Wanted): Outcome {
  if (given.kind === 'clarification' || given.kind === 'outcomes') return 'asked';
  switch (wanted.kind) {
    case 'rows':
      if (given.kind !== 'answer') return 'declined';
      return isAccepted(given.databaseId, given.table, wanted) ? 'right' : 'wrong';
    case 'names':
      if (given.kind === 'failure') return 'declined';
      return given.kind === 'catalog' && namesAll(given, wanted.mentions) ? 'right' : 'wrong';
    case 'nothing':
      return given.kind === 'answer' ? 'wrong' : 'refused';
  }
}

export const isAccepted = (
  databaseId: string,
  table: ResultTable,
  { accepted, acceptance }: Extract<Wanted, { readonly kind: 'rows' }>,
) => accepted.some((one) => one.database === databaseId && accepts(one, table, acceptance));

function namesAll({ text, columns, rows }: Extract<Answer, { readonly kind: 'catalog' }>, names: readonly string[]) {
  const said = [text, ...columns, ...rows.flat()].join(' ').toLowerCase();
  const has = (name: string) =>
    new RegExp(`(?<![\\p{L}\\p{N}_])${name.toLowerCase()}(?![\\p{L}\\p{N}_])`, 'u').test(said);
  return names.every(has);
}

/** An answer as it is kept. */
export function shownOf(given: Answer): CompanyCase['shown'] {
  switch (given.kind) {
    case 'answer': {
      const { columns, rows } = given.table;
      return {
        kind: given.kind,
        database: given.databaseId,
        sql: given.sql,
        text: given.takeaway,
        columns: columns.map(({ name }) => name),
        rows: rows.slice(0, KEPT_ROWS).map((row) => row.map(cellText)),
        rowCount: rows.length,
      };
    }
    case 'failure':
      return {
        kind: given.kind,
        text: sayFailure(given.failure),
        ...(given.databaseId === undefined ? {} : { database: given.databaseId }),
        ...(given.sql === undefined ? {} : { sql: given.sql }),
      };
    case 'clarification':
      return { kind: given.kind, text: given.prompt, options: given.options.map(({ databaseId }) => databaseId) };
    case 'outcomes':
      return {
        kind: given.kind,
        database: given.databaseId,
        text: given.prompt,
        options: given.outcomes.map(({ label, sql }) => `${label}: ${sql}`),
      };
    case 'courtesy':
      return { kind: given.kind, text: given.text };
    case 'catalog':
      return {
        kind: given.kind,
        text: given.text,
        columns: [...given.columns],
        rows: given.rows.slice(0, KEPT_ROWS).map((row) => [...row]),
        rowCount: given.rows.length,
      };
  }
}
