import type { Calendar } from './calendar.ts';
import type { ChannelId, DatabaseId, RunId, TeamId, UserId } from './ids.ts';
import type { ReadingChange } from './reading.ts';
import { fail, ok, type Result } from './result.ts';

/** Who asks; rights hang on it. The command line asks as OPERATOR. */
export interface Asker {
  readonly teamId: TeamId;
  readonly userId: UserId;
  /** User groups that they are in. */
  readonly groups?: readonly string[];
  /** User groups of which nobody says whether they are in them. */
  readonly unknownGroups?: readonly string[];
  /** Where they are, an IANA name; the configured zone, if absent. */
  readonly timeZone?: string;
  /** Who they are to the company (an e-mail address, an employee's number), as configured: row policies can use it. */
  readonly identity?: string;
}

export const OPERATOR: Asker = { teamId: 'local', userId: 'operator' };

/** Where it was asked: what is usual there counts (src/pipeline/support/prior.ts), and what is granted there. */
export type Place =
  | { readonly kind: 'terminal' }
  | { readonly kind: 'direct' }
  | { readonly kind: 'channel'; readonly channelId: ChannelId };

/** The channel of a place that is one. */
export const channelOf = (place: Place): ChannelId | undefined =>
  place.kind === 'channel' ? place.channelId : undefined;

/** One earlier turn of the same thread, from our own store: what was asked and how it was answered; no rows. */
export interface Turn {
  readonly text: string;
  readonly databaseId?: DatabaseId;
  readonly sql?: string;
  /** Somebody said that this answer was wrong. */
  readonly wrong?: boolean;
}

/** What was said and settled before in the same thread. */
export interface Thread {
  /** Earlier turns, oldest first, at most MAX_TURNS. */
  readonly earlier: readonly Turn[];
  /** The database that somebody chose earlier: nearly settled, but evidence for another can outweigh it. */
  readonly pinnedId?: DatabaseId;
  /** Databases that the last message offered, if it was a question back: the same is not asked twice in a row. */
  readonly offered?: readonly DatabaseId[];
  /** Databases that were turned down ("None of these", "Wrong database"). */
  readonly turnedDown: readonly DatabaseId[];
  /** How often this question was asked back about: each time its asker chose, and that left something open. */
  readonly askedBack?: number;
}

export const NEW_THREAD: Thread = { earlier: [], turnedDown: [] };

/** What its asker wants to be done about a question. */
export type Intent =
  /** An answer from whichever database fits. */
  | { readonly kind: 'any' }
  /** An answer from this database. A preference, never a permission. */
  | { readonly kind: 'from'; readonly databaseId: DatabaseId }
  /** An answer from the next best database, without being asked back: the first was said to be wrong. */
  | { readonly kind: 'next' }
  /** The rows of this query, which they chose: none is written. `costAccepted`: it may cost what it costs. */
  | {
      readonly kind: 'chosen';
      readonly databaseId: DatabaseId;
      readonly sql: string;
      readonly costAccepted: boolean;
      /** It came of a change to how another query was read. */
      readonly changed?: ReadingChange;
      /** The data team wrote it or found it right. */
      readonly verified?: true;
    };

/** The database that an intent names. */
export const databaseOf = (intent: Intent): DatabaseId | undefined =>
  'databaseId' in intent ? intent.databaseId : undefined;

export interface Question {
  readonly text: string;
  readonly asker: Asker;
  readonly place: Place;
  readonly thread: Thread;
  readonly intent: Intent;
  /** How its asker reckons time, with today. */
  readonly calendar: Calendar;
  /** The run that answers it: the audit and the trace are kept under it. */
  readonly runId: RunId;
  /** What is known of it besides: a definition, a note of the asker's. Models read it beside the question. */
  readonly hint?: string;
}

const MAX_QUESTION_LENGTH = 2_000;
export const MAX_TURNS = 5;
/** A question is asked back about so often; then it is answered by what is likeliest, and that is said. */
export const MAX_ASKED_BACK = 2;

export const isAskedEnough = ({ askedBack = 0 }: Thread): boolean => askedBack >= MAX_ASKED_BACK;

/** Whether a text can be asked: it holds a letter or digit, and is not too long. */
export function checkQuestion(text: string): Result<void> {
  const { length } = text.trim();
  if (!/[\p{L}\p{N}]/u.test(text)) return fail({ kind: 'empty-question' });
  return length > MAX_QUESTION_LENGTH
    ? fail({ kind: 'question-too-long', length, limit: MAX_QUESTION_LENGTH })
    : ok(undefined);
}
