import type { DatabaseId } from '#src/domain/ids.ts';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import type { Result } from '#src/domain/result.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { CountTokens, ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { ExampleBank } from '#src/ports/example-bank.ts';
import type { Reranker } from '#src/ports/reranker.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { DatabaseFacts } from './stages/answer-from-catalog.ts';

/** What one question is answered with. All of it is as its asker may see it. */
export interface AnswerPorts {
  readonly retriever: SchemaRetriever;
  /** Opens a registered database; the failure says why it cannot be. */
  readonly database: (id: DatabaseId) => Promise<Result<Database>>;
  /** Databases that the asker may read; settled before retrieval. */
  readonly readable: readonly DatabaseId[];
  /** What of a database the asker may read: what every statement is checked against. */
  readonly scopeOf: (id: DatabaseId) => Scope | undefined;
  /** Earlier answers of the asker's workspace, the latest first. */
  readonly pastAnswers: readonly PastAnswer[];
  /** The model server's models; absent where none is configured: the built-in planner answers then. */
  readonly models?: ModelRoles;
  /** Says which near database answers a question best, where a server for that is configured. */
  readonly reranker?: Reranker;
  /** Earlier questions with right answers, for the prompts of this one. */
  readonly bank?: ExampleBank;
  /** The database of the verified answer to this very question. */
  readonly verifiedIn: (question: string) => DatabaseId | undefined;
  readonly countTokens: CountTokens;
  /** What is known of a database besides its catalog. */
  readonly factsOf: (id: DatabaseId) => Promise<DatabaseFacts>;
  /** The near copies of a database: the same tables of another year, country or owner. */
  readonly copiesOf: (id: DatabaseId) => readonly DatabaseId[];
  /** What a question back costs where this one is asked, in wrong answers (0–1); at 1 nothing is asked. */
  readonly askingPrice: number;
  /** Milliseconds that only rise, for the trace. */
  readonly now: () => number;
}

type Given = Pick<AnswerPorts, 'retriever' | 'database' | 'readable' | 'scopeOf' | 'countTokens'>;

/**
 * The ports of one question, put together here alone: for the service, the command line, evaluation and the safety runs. Where
 * nothing else is given there is no model, nothing is known from before, and nothing is asked back.
 */
export function answerPorts(given: Given & Partial<AnswerPorts>): AnswerPorts {
  return {
    pastAnswers: [],
    verifiedIn: () => undefined,
    factsOf: async () => ({}),
    copiesOf: () => [],
    askingPrice: 1,
    now: () => performance.now(),
    ...given,
  };
}
