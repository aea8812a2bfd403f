import type { ChannelId, DatabaseId, RunId, UserId } from './ids.ts';
import type { ReadingChange } from './reading.ts';

/** What earlier answers say about where a question may belong: which databases were asked, by whom, where, and how it went. */

/** One earlier answer that named a database. */
export interface PastAnswer {
  readonly channelId: ChannelId;
  readonly userId: UserId;
  readonly text: string;
  readonly databaseId: DatabaseId;
  /** What was run, where something was. */
  readonly sql?: string;
  /** `wrong`: somebody said that this was the wrong database; `confirmed`: chosen by a person or marked as right. */
  readonly verdict: 'wrong' | 'confirmed' | 'unknown';
}

/** Questions back in a channel, and how many of them nobody took up. */
export interface AskedBack {
  readonly asked: number;
  readonly ignored: number;
}

/** A question with the query that somebody said is right. */
export interface VerifiedAnswer {
  readonly text: string;
  readonly databaseId: DatabaseId;
  readonly sql: string;
}

/** A question whose right database is known, or one that is not it. */
export interface LabelledQuestion {
  readonly text: string;
  readonly databaseId: DatabaseId;
  readonly right: boolean;
}

/** A reading that somebody changed: the answer that it was of, and what was changed. A later fit learns from these. */
export interface ChangedReading {
  readonly runId: RunId;
  readonly userId: UserId;
  /** When, ISO 8601. */
  readonly at: string;
  /** The question. */
  readonly text: string;
  readonly databaseId: DatabaseId;
  readonly sql: string;
  readonly change: ReadingChange;
}
