import type { KnownQuestion } from '#src/domain/known-question.ts';

/** A known question near to one that is asked. */
export interface NearQuestion {
  readonly question: KnownQuestion;
  /** 0–1: 1 for the same content words. */
  readonly similarity: number;
}

/** What the known questions of a database have in common with one that is asked. */
export interface NearQuestions {
  readonly databaseId: string;
  /** How many questions of the database are known. */
  readonly known: number;
  /** The nearest ones, the nearest first; at least one. */
  readonly nearest: readonly NearQuestion[];
}

export interface NearQuestionsRequest {
  readonly text: string;
  /** Only questions of these databases count. All, if absent. */
  readonly databaseIds?: readonly string[];
}

/** Questions whose database is known, to be asked for those near to a new one. schemas-index/questions fulfils it in memory. */
export interface QuestionIndex {
  /** Per database that has any, in no order. What is not among the databases asked for changes nothing of it. */
  near(request: NearQuestionsRequest, signal: AbortSignal): Promise<readonly NearQuestions[]>;
}
