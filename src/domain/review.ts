import { type Failure, isForWantOfAccess, isOfQuestion } from './failure.ts';
import type { DatabaseId, RunId, UserId } from './ids.ts';
import { databaseOf } from './question.ts';
import type { ReadingChange } from './reading.ts';
import type { NewRun, Run, RunResult } from './run.ts';

/** What the data team looks at: answers that somebody doubts, questions without one, and what became of them. */

/** What somebody says is wrong with an answer. */
export const FAULTS = ['wrong-database', 'wrong-filter', 'wrong-column', 'wrong-number', 'not-asked', 'other'] as const;
export type AnswerFault = (typeof FAULTS)[number];

export const FAULT_WORDS: Readonly<Record<AnswerFault, string>> = {
  'wrong-database': 'The wrong database',
  'wrong-filter': 'A wrong or missing filter',
  'wrong-column': 'The wrong column or table',
  'wrong-number': 'The number is wrong',
  'not-asked': 'Not what I asked',
  other: 'Something else',
};

/** Why somebody calls an answer bad. */
export interface Complaint {
  readonly fault?: AnswerFault;
  /** In their own words. */
  readonly note?: string;
}

/** Why a question is looked at, by whom and since when. Who asked is behind what nobody pressed. */
export type ReviewReason = { readonly by: UserId; readonly at: string } & (
  | { readonly kind: 'handed-over' }
  | { readonly kind: 'bad-answer'; readonly fault?: AnswerFault; readonly note?: string }
  | { readonly kind: 'wrong-database' }
  | { readonly kind: 'reading-changed'; readonly change: ReadingChange }
  | { readonly kind: 'declined' }
  | { readonly kind: 'unsure' }
);
export type ReasonKind = ReviewReason['kind'];

/** What was decided about one, and whether those who wait for that have heard of it. */
export interface Settlement {
  readonly how: 'verified' | 'dismissed';
  readonly by: UserId;
  readonly at: string;
  /** What its asker is told besides. */
  readonly note?: string;
  readonly told: boolean;
}

/** A question on the data team's list. */
export interface Review {
  readonly run: Run;
  readonly askedAt: string;
  /** The latest first. */
  readonly reasons: readonly ReviewReason[];
  /** The last decision; a reason that came after it opens the question again. */
  readonly settled?: Settlement;
}

/** A question with the query that the data team says is right: later questions are answered by it. */
export interface NewVerified {
  readonly databaseId: DatabaseId;
  readonly question: string;
  readonly sql: string;
}

/** A verified answer as it is listed. */
export interface StoredVerified extends NewVerified {
  /** Version of the catalog that it was written over; 0 where none was read. */
  readonly catalogVersion: number;
  readonly runId: RunId;
  readonly by: UserId;
  readonly at: string;
}

/** What a decision comes with: the answer that holds from now on, and the run that posts it where it was asked. */
export interface VerifiedOutcome {
  readonly verified: NewVerified;
  readonly next: NewRun;
}

/** What is waited for most comes first. */
const URGENCY: readonly ReasonKind[] = [
  'handed-over',
  'bad-answer',
  'wrong-database',
  'reading-changed',
  'declined',
  'unsure',
];

/** The database that a question was answered from, or was asked of. */
export function databaseOfRun({ result, intent }: Run): DatabaseId | undefined {
  const own = result && 'databaseId' in result ? result.databaseId : undefined;
  return own ?? databaseOf(intent);
}

const urgencyOf = ({ reasons }: Pick<Review, 'reasons'>): number =>
  Math.min(...reasons.map(({ kind }) => URGENCY.indexOf(kind)));

/** The most urgent first, of these the latest. */
export const byUrgency = (reviews: readonly Review[]): readonly Review[] =>
  [...reviews].sort((a, b) => urgencyOf(a) - urgencyOf(b) || (a.askedAt < b.askedAt ? 1 : -1));

export const isOpen = ({ reasons, settled }: Pick<Review, 'reasons' | 'settled'>): boolean =>
  !settled || reasons.some(({ at }) => at > settled.at);

/** Those who wait to hear what was decided: they handed it over, or said what is wrong. */
export function waitingFor({ reasons }: Pick<Review, 'reasons'>): readonly UserId[] {
  const waiting = reasons.filter(({ kind }) => kind === 'handed-over' || kind === 'bad-answer');
  return [...new Set(waiting.map(({ by }) => by))];
}

/** Why a result is looked at though nobody said anything of it. */
export function reviewedAs(result: RunResult): 'declined' | 'unsure' | undefined {
  if (result.kind === 'answer') return result.unsure ? 'unsure' : undefined;
  return result.kind === 'failure' && result.failure !== undefined && isDecline(result.failure)
    ? 'declined'
    : undefined;
}

const NO_QUESTION: ReadonlySet<Failure['kind']> = new Set(['empty-question', 'question-too-long', 'other-language']);

/** A question that could not be answered, though it was one. */
const isDecline = (kind: Failure['kind']) =>
  isOfQuestion({ kind }) && !isForWantOfAccess({ kind }) && !NO_QUESTION.has(kind);

/** One reason in a person's words, after the one whose it is. */
export function sayReason(reason: ReviewReason): string {
  switch (reason.kind) {
    case 'handed-over':
      return 'asked the data team';
    case 'bad-answer': {
      const fault = reason.fault ? `: ${FAULT_WORDS[reason.fault].toLowerCase()}` : '';
      return `called the answer bad${fault}${reason.note ? ` (“${reason.note}”)` : ''}`;
    }
    case 'wrong-database':
      return 'said that it is the wrong database';
    case 'reading-changed':
      return `changed how it was read: “${reason.change.to}” in place of “${reason.change.from}”`;
    case 'declined':
      return 'got no answer';
    case 'unsure':
      return 'got an answer that was not sure';
  }
}

/** A list of reasons in short: "3 bad answers, 1 declined". */
export const REASON_NAMES: Readonly<Record<ReasonKind, readonly [one: string, many: string]>> = {
  'handed-over': ['question to the data team', 'questions to the data team'],
  'bad-answer': ['bad answer', 'bad answers'],
  'wrong-database': ['wrong database', 'wrong databases'],
  'reading-changed': ['changed reading', 'changed readings'],
  declined: ['unanswered question', 'unanswered questions'],
  unsure: ['unsure answer', 'unsure answers'],
};

/** What a review is mainly about: its most urgent reason. */
export const mainReason = ({ reasons }: Pick<Review, 'reasons'>): ReasonKind =>
  URGENCY.find((kind) => reasons.some((reason) => reason.kind === kind)) ?? 'unsure';

export function countReasons(reviews: readonly Review[]): string {
  const counts = URGENCY.flatMap((kind) => {
    const count = reviews.filter((review) => mainReason(review) === kind).length;
    return count ? [`${count} ${REASON_NAMES[kind][count === 1 ? 0 : 1]}`] : [];
  });
  return counts.join(', ');
}
