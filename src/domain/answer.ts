import type { Decision, Judgement } from './confidence.ts';
import type { ResultDisplay } from './display.ts';
import type { Edl } from './edl.ts';
import type { Failure } from './failure.ts';
import type { DatabaseId } from './ids.ts';
import type { NameReading } from './name-reading.ts';
import { failedChecks, type NumberCheck } from './number-check.ts';
import type { Question } from './question.ts';
import type { Reading, ReadingChange } from './reading.ts';
import type { ResultTable } from './result-table.ts';
import type { DatabaseScore } from './schema-slice.ts';
import type { TraceEntry } from './trace.ts';

/** SQL under consideration and who wrote it. */
export interface Candidate {
  readonly generator: string;
  readonly sql: string;
  /** The tables that it reads, as its generator names them. */
  readonly tables: readonly string[];
  /** Choices the generator made that a reader should know, one sentence each. */
  readonly assumptions: readonly string[];
  /** Samples of the reply that came to it, where several were asked for; 1, if absent. */
  readonly samples?: number;
  /** The model's likeliest reply, not one of several that were drawn. */
  readonly likeliest?: true;
  /** Mean log-probability of a token of the reply that wrote it, the greatest of several; absent where the server tells none. */
  readonly logprob?: number;
  /** The SQL of the candidate that the refiner made this one of; absent on what a generator wrote. */
  readonly mends?: string;
  /** The rules by which the program made it of that one, in order; absent where a model did. */
  readonly mendedBy?: readonly string[];
  /** Names of it that the database lacks, and what they were read as by the program that mended it. */
  readonly readAs?: readonly NameReading[];
  /** Tables that the program left out of it, because nothing that was asked needs them. */
  readonly leftOut?: readonly string[];
  /** Days before which its periods were made to end by the program, as those of the question do. */
  readonly endsBefore?: readonly string[];
  /** Keys by which the program told apart rows of one name that its groups added together. */
  readonly toldApart?: readonly string[];
  /** What rows are called, shown by the program where it showed their keys. */
  readonly labelled?: readonly string[];
  /** The steps by which a decomposition came to it, for the trace. */
  readonly steps?: readonly { readonly question: string; readonly sql: string }[];
}

export type AttemptSummary =
  | { readonly kind: 'ran'; readonly rowCount: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** One database to choose, told from the others by what it alone has. */
export interface ClarificationOption {
  readonly databaseId: DatabaseId;
  readonly tables: readonly string[];
  readonly description?: string;
  /** A column that matches the question and that no other option has, as `table.column`. */
  readonly column?: string;
  /** Tables that none of the other options holds. */
  readonly onlyHere: readonly string[];
  /** Rows of its first table, where the engine knows, and the latest date that a sample of it held. */
  readonly rows?: number;
  readonly latest?: string;
  /** Of near copies, who owns it and how often it answered where this is asked: it holds what the others hold. */
  readonly owner?: string;
  readonly used?: number;
}

/** A doubt about the database: ends the run as an answer; the reply starts a new run with both turns. */
export interface Clarification {
  readonly kind: 'clarification';
  readonly question: Question;
  readonly prompt: string;
  readonly options: readonly ClarificationOption[];
  /** Why it is asked: for the trace and the command line. */
  readonly reason: string;
  readonly trace: readonly TraceEntry[];
}

/** One of several results that a question may mean, told by what it says. */
export interface OutcomeOption {
  /** "placed orders: 1,204": the result in a few words. */
  readonly label: string;
  /** What only this query does, in the words of its explanation. */
  readonly differs: readonly string[];
  readonly sql: string;
}

/** A doubt about what was asked that changes the result: the person chooses among outcomes. */
export interface OutcomeQuestion {
  readonly kind: 'outcomes';
  readonly question: Question;
  readonly databaseId: DatabaseId;
  readonly prompt: string;
  readonly outcomes: readonly OutcomeOption[];
  readonly reason: string;
  readonly candidates: readonly (Candidate & { readonly attempt: AttemptSummary })[];
  readonly trace: readonly TraceEntry[];
}

/** How an answer was come by. */
export interface AnswerOrigin {
  /** The generator of the chosen query. */
  readonly generator: string;
  /** Generators with a result that agree with it, and all that had one. */
  readonly agreeing: number;
  readonly voting: number;
  /** True where a model server is configured but gave nothing: the planner stood in. */
  readonly withoutModel: boolean;
  /** The question as it was understood, where a model rewrote a follow-up. */
  readonly readAs?: string;
  /** What a person changed of the reading of another query. */
  readonly changed?: ReadingChange;
  /** The data team wrote the query or found it right. */
  readonly verified?: true;
}

/**
 * A query that differs from the answer's by one change. Where that has no rows: without a condition, or with a stored value near one that
 * no row has; else without rows that may not have been meant.
 */
export interface Remedy {
  readonly sql: string;
  readonly change: ReadingChange;
  readonly near?: string;
  /** Rows that it has, where that is known. */
  readonly rows?: number;
  /** A check's sentence tells why it is offered. */
  readonly isTold?: true;
}

export interface Answered {
  readonly kind: 'answer';
  readonly question: Question;
  readonly databaseId: DatabaseId;
  readonly probability: number;
  readonly databases: readonly DatabaseScore[];
  readonly sql: string;
  readonly edl: Edl;
  /** How the query reads, and what of it can be changed; absent where it cannot be said in a line. */
  readonly reading?: Reading;
  readonly takeaway: string;
  /** How the columns of the table are shown; by their names, if absent. */
  readonly display?: ResultDisplay;
  readonly table: ResultTable;
  readonly tables: readonly string[];
  readonly caveats: readonly string[];
  /** What its numbers were tested for. */
  readonly checks: readonly NumberCheck[];
  /** What could be asked instead; none, if absent. */
  readonly remedies?: readonly Remedy[];
  readonly origin: AnswerOrigin;
  /** How likely it is right; absent where a person chose the query. */
  readonly judgement?: Judgement;
  readonly candidates: readonly (Candidate & { readonly attempt?: AttemptSummary })[];
  readonly trace: readonly TraceEntry[];
}

/** A question that would be answered right now from one database, offered where another was not. */
export interface OfferedQuestion {
  readonly text: string;
  readonly databaseId: DatabaseId;
}

export interface Failed {
  readonly kind: 'failure';
  readonly question: Question;
  readonly failure: Failure;
  readonly databaseId?: DatabaseId;
  readonly databases: readonly DatabaseScore[];
  readonly sql?: string;
  /** Near questions that would be answered; none, if absent. */
  readonly offered?: readonly OfferedQuestion[];
  readonly candidates?: readonly (Candidate & { readonly attempt: AttemptSummary })[];
  readonly trace: readonly TraceEntry[];
}

/** An answer about the databases themselves, from the catalog: complete, and no query ran. */
export interface CatalogAnswer {
  readonly kind: 'catalog';
  readonly question: Question;
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly trace: readonly TraceEntry[];
}

/** A reply to what is no question of data: a greeting, thanks, a call for help. No query ran and no model was asked. */
export interface Courtesy {
  readonly kind: 'courtesy';
  readonly question: Question;
  readonly text: string;
  readonly offered: readonly OfferedQuestion[];
  readonly trace: readonly TraceEntry[];
}

/** What the pipeline does with a question. */
export function decisionOf(given: Answer): Decision {
  switch (given.kind) {
    case 'answer':
      return given.judgement?.decision ?? (failedChecks(given.checks).length ? 'check' : 'post');
    case 'catalog':
    case 'courtesy':
      return 'post';
    case 'clarification':
    case 'outcomes':
      return 'ask';
    case 'failure':
      return 'decline';
  }
}

export type Answer = Answered | CatalogAnswer | Courtesy | Clarification | OutcomeQuestion | Failed;
