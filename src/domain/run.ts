import type { OfferedQuestion } from './answer.ts';
import type { Failure } from './failure.ts';
import type { ChannelId, DatabaseId, RunId, TeamId, UserId } from './ids.ts';
import type { Intent } from './question.ts';
import type { ReadingChange } from './reading.ts';

/** A question from Slack as it was recorded, before anything was done about it. */
export interface NewRun {
  readonly id: RunId;
  readonly team: TeamId;
  readonly channel: ChannelId;
  /** Timestamp of the thread's first message. */
  readonly thread: string;
  /** Timestamp of the message that asked. */
  readonly message: string;
  /** What it came of; with team and channel it makes the run one, however often it is delivered or pressed. */
  readonly cause: RunCause;
  readonly user: UserId;
  readonly text: string;
  readonly intent: Intent;
  /** Databases that were turned down for this question. */
  readonly turnedDown: readonly DatabaseId[];
  /** The question back that it settles: its text is that question's, and nothing of it is read as a choice again. */
  readonly settles?: RunId;
  /** The run that it asks once more: its database was not chosen by a person. */
  readonly reruns?: RunId;
  /** The conversation's kind as the delivery gave it; `external` is refused. */
  readonly direct: boolean;
  readonly external: boolean;
  /** So many questions wait in its thread that it is not queued behind them: whoever asked is told, and may ask again. */
  readonly turnedAway?: number;
  /** It came long after it was asked: it is not answered until whoever asked says so. */
  readonly late?: true;
  /** Files were attached to the message that asked: they are not read, and whoever asked is told so. */
  readonly attached?: true;
}

/** What was asked for, without what came of it. */
export function requestOf(run: Run): NewRun {
  const { state: _, attempts: _attempts, result: _result, ...request } = run;
  return request;
}

/** The question back that a run settled itself: by a press, or by words that were read as a choice. One that only repeats it settled none. */
export const settledBy = ({ settles, cause }: NewRun): RunId | undefined =>
  cause.kind === 'choice' || cause.kind === 'message' ? settles : undefined;

/** What a run came of. */
export type RunCause =
  | { readonly kind: 'message' }
  /** Pressed under the answer of a run, granted to its asker since, or answered by the data team. `at`: when, where each press is one of its own. */
  | {
      readonly kind: 'rerun' | 'choice' | 'wrong-database' | 'anyway' | 'offer' | 'edit' | 'granted' | 'review';
      readonly of: RunId;
      readonly at?: string;
    };

/** What was chosen of a question back: one of its options by place, none of them, or a database that it did not offer. */
export type Choice =
  | { readonly kind: 'option'; readonly at: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'database'; readonly id: DatabaseId };

/** `expired`: it asked back and was not answered in time. */
export type RunState = 'queued' | 'running' | 'clarifying' | 'done' | 'failed' | 'stopped' | 'expired';

/** Why a run was ended before it had an answer. */
export const STOP_REASONS = ['pressed', 'superseded', 'edited', 'deleted', 'deactivated', 'late'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** How many runs go on at once. */
export interface RunLimits {
  readonly perPerson: number;
  readonly perTeam: number;
}

export interface Run extends NewRun {
  readonly state: RunState;
  readonly attempts: number;
  /** What the answer was, without its rows. */
  readonly result?: RunResult;
}

/** What a question back offers: as its button says it, the words by which a reply may mean it, and what it leads to. */
export interface RunOption {
  readonly label: string;
  readonly words: string;
  readonly target:
    | { readonly kind: 'database'; readonly id: DatabaseId }
    | { readonly kind: 'query'; readonly databaseId: DatabaseId; readonly sql: string };
}

/** A query that is offered in the place of the answer's, by what it changes. */
export interface RunRemedy {
  readonly sql: string;
  readonly change: ReadingChange;
}

/** What came of a run. `text` is the question that was answered: for a typed choice the one that was asked back about. */
export type RunResult = {
  readonly text: string;
  /** The direct message that it went to, because not everybody in the channel may see it or it could not be posted there. */
  readonly movedTo?: MovedTo;
} & (
  | {
      readonly kind: 'answer';
      readonly databaseId: DatabaseId;
      readonly sql: string;
      /** Queries that its buttons offer in its place. */
      readonly remedies?: readonly RunRemedy[];
      /** It was posted with something to check. */
      readonly unsure?: true;
    }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'stopped'; readonly why: StopReason }
  | { readonly kind: 'courtesy'; readonly offered: readonly OfferedQuestion[] }
  | {
      readonly kind: 'question-back';
      readonly about: 'database' | 'outcome';
      readonly prompt: string;
      readonly options: readonly RunOption[];
    }
  | {
      readonly kind: 'failure';
      readonly databaseId?: DatabaseId;
      readonly sql?: string;
      /** Why. */
      readonly failure?: Failure['kind'];
      /** It failed because its query costs too much: a reply may narrow it. */
      readonly costly?: true;
      /** What its engine expects of it, in words. */
      readonly costs?: string;
      /** Its asker may not read what it needs: they may ask for that. */
      readonly wantsAccess?: true;
      /** What was offered in its place. */
      readonly offered?: readonly OfferedQuestion[];
    }
);

export interface MovedTo {
  readonly channel: ChannelId;
  /** The message there that it follows: earlier private answers of the same thread stand below it. */
  readonly thread?: string;
}

/** The query that a run ran or would have run, with its database. */
export function queryOf(
  result: RunResult | undefined,
): { readonly databaseId: DatabaseId; readonly sql: string } | undefined {
  if (result?.kind !== 'answer' && result?.kind !== 'failure') return undefined;
  const { databaseId, sql } = result;
  return databaseId === undefined || sql === undefined ? undefined : { databaseId, sql };
}

/** The questions that a run's reply offers. */
export const offeredBy = (result: RunResult | undefined): readonly OfferedQuestion[] =>
  (result && 'offered' in result && result.offered) || [];
