import type { Calendar } from './calendar.ts';
import { fail, ok, type Result } from './result.ts';

/** Who asks; rights hang on it. The command line is the operator and has a principal of its own. */
export interface Asker {
  readonly teamId: string;
  readonly userId: string;
  /** User groups that they are in. */
  readonly groups?: readonly string[];
}

export const OPERATOR: Asker = { teamId: 'local', userId: 'operator' };

/** One earlier turn of the same thread, from our own store: what was asked and how it was answered; no rows. */
export interface Turn {
  readonly text: string;
  readonly databaseId?: string;
  readonly sql?: string;
  /** Somebody said that this answer was wrong. */
  readonly wrong?: boolean;
}

/** What is asked, by whom and where, and how its asker reckons time. */
export interface Question extends Calendar {
  readonly text: string;
  readonly asker: Asker;
  /** The run that answers it, for the audit; drawn where there is none. */
  readonly runId?: string;
  /** Earlier turns, oldest first, at most five. */
  readonly earlier: readonly Turn[];
  /** The database that the thread, the channel or the caller settled on. A preference, never a permission. */
  readonly databaseId?: string;
  /** Where it was asked; what is usual there counts (src/pipeline/support/prior.ts), and what is granted there. */
  readonly channelId?: string;
  /** The database that somebody chose earlier in the thread: nearly settled, but evidence for another can outweigh it. */
  readonly pinnedId?: string;
  /** Databases that the last message of the thread offered, if it was a question back: the same is not asked twice in a row. */
  readonly offered?: readonly string[];
  /** What is known of it besides: a definition, a note of the asker's. Models read it beside the question. */
  readonly hint?: string;
  /** The query that somebody chose among the outcomes of this question: it is run, and none is written. */
  readonly chosenSql?: string;
  /** The asker said to run that query although it costs a lot. */
  readonly costAccepted?: boolean;
  /** Databases the asker has turned down in this thread ("None of these"). */
  readonly notDatabases: readonly string[];
}

export const MAX_QUESTION_LENGTH = 2_000;
export const MAX_TURNS = 5;

/** Whether a text can be asked: it holds a letter or digit, and is not too long. */
export function checkQuestion(text: string): Result<void> {
  const { length } = text.trim();
  if (!/[\p{L}\p{N}]/u.test(text)) return fail({ kind: 'empty-question' });
  return length > MAX_QUESTION_LENGTH
    ? fail({ kind: 'question-too-long', length, limit: MAX_QUESTION_LENGTH })
    : ok(undefined);
}
