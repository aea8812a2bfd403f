import type { Result } from '#src/domain/result.ts';

/** A statement as somebody had it run, and how often. */
export interface LoggedStatement {
  readonly text: string;
  readonly calls: number;
}

/** Statements that a server counted, or that somebody wrote down. Their literals are masked by whoever reads them (src/query-log). */
export interface QueryLog {
  /** The most frequent first, at most LOGGED_MOST; without those of the role that reads it, where the server tells whose they are. */
  loggedStatements(): Promise<Result<readonly LoggedStatement[]>>;
}

export const LOGGED_MOST = 1_000;
/** A longer statement is passed over: cut, it could not be read. */
export const LOGGED_LONGEST = 4_000;
