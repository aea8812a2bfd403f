import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import type { QueryIr, SelectIr } from '#src/sql/query-ir.ts';

/** A statement that ran and its result, as checks see them. */
export interface Subject {
  /** With the table of every column found. */
  readonly query: QueryIr;
  readonly table: ResultTable;
  readonly catalog: DatabaseCatalog;
  readonly calendar: Calendar;
  readonly question: string;
}

/** The query that a failed check would have instead. */
export interface Correction {
  readonly query: QueryIr;
  /** What was changed, one sentence. */
  readonly says: string;
  /** Whether its result is what the change was made for. */
  readonly isBetter?: (table: ResultTable) => boolean;
}

/** A query that may have been meant instead. */
export interface Instead {
  readonly query: QueryIr;
  /** What was read, a condition or all rows, and what becomes of it. */
  readonly from: string;
  readonly to: string;
}

export type Verdict =
  | { readonly kind: 'not-applicable' | 'untested' }
  /** It holds. */
  | { readonly kind: 'passed'; readonly says: string }
  /** It is as it is and the reader should know; what they may have meant instead. */
  | { readonly kind: 'told'; readonly says: string; readonly without?: Instead }
  | { readonly kind: 'failed'; readonly says: string; readonly instead?: Correction };

/** What must be asked of the database first. */
export interface Look {
  readonly kind: 'look';
  readonly query: QueryIr;
  read(table: ResultTable): Finding;
}

export type Finding = Verdict | Look;

/** One test of a statement and its result: a pure function, whose probe is a query that somebody else runs. */
export type Check = (subject: Subject) => Finding;

export const NOT_APPLICABLE: Verdict = { kind: 'not-applicable' };
export const passed = (says: string): Verdict => ({ kind: 'passed', says });
export const told = (says: string, without?: Instead): Verdict => ({
  kind: 'told',
  says,
  ...(without ? { without } : {}),
});
export const failed = (says: string, instead?: Correction): Verdict => ({
  kind: 'failed',
  says,
  ...(instead ? { instead } : {}),
});
export const look = (query: QueryIr, read: Look['read']): Look => ({ kind: 'look', query, read });

/** The outermost SELECT, where it reads tables alone; what stands on common tables or other results is not looked into. */
export const outerSelect = ({ query }: Pick<Subject, 'query'>): SelectIr | undefined =>
  query.kind === 'select' && !query.ctes.length ? query : undefined;

/** The number in the first row of a probe. */
export function numberAt({ rows }: ResultTable, at: number): number | undefined {
  const cell = rows[0]?.[at] ?? null;
  return cell === null || cell === '' || !Number.isFinite(Number(cell)) ? undefined : Number(cell);
}

/** 1204 → "1,204". */
export const counted = (count: number): string => count.toLocaleString('en-US');
