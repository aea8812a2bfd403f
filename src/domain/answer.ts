import type { Edl } from './edl.ts';
import type { Failure } from './failure.ts';
import type { Question } from './question.ts';
import type { ResultTable } from './result-table.ts';
import type { DatabaseScore } from './schema-slice.ts';

/** SQL under consideration and who wrote it. */
export interface Candidate {
  readonly generator: string;
  readonly sql: string;
  /** The tables that it reads, as its generator names them. */
  readonly tables: readonly string[];
  /** Choices the generator made that a reader should know, one sentence each. */
  readonly assumptions: readonly string[];
}

export type Attempt =
  | { readonly kind: 'ran'; readonly rowCount: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** One stage's entry in the trace: what it spent and what it decided. */
export interface TraceEntry {
  readonly stage: string;
  readonly ms: number;
  readonly note: string;
}

/** One database to choose, told from the others by what it alone has. */
export interface ClarificationOption {
  readonly databaseId: string;
  readonly tables: readonly string[];
  readonly description?: string;
  /** A column that matches the question and that no other option has, as `table.column`. */
  readonly column?: string;
  /** Tables that none of the other options holds. */
  readonly onlyHere: readonly string[];
  /** Rows of its first table, where the engine knows, and the latest date that a sample of it held. */
  readonly rows?: number;
  readonly latest?: string;
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

export interface Answered {
  readonly kind: 'answer';
  readonly question: Question;
  readonly databaseId: string;
  readonly probability: number;
  readonly databases: readonly DatabaseScore[];
  readonly sql: string;
  readonly edl: Edl;
  readonly takeaway: string;
  readonly table: ResultTable;
  readonly tables: readonly string[];
  readonly caveats: readonly string[];
  readonly candidates: readonly (Candidate & { readonly attempt?: Attempt })[];
  readonly trace: readonly TraceEntry[];
}

export interface Failed {
  readonly kind: 'failure';
  readonly question: Question;
  readonly failure: Failure;
  readonly databaseId?: string;
  readonly databases: readonly DatabaseScore[];
  readonly sql?: string;
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

export type Answer = Answered | CatalogAnswer | Clarification | Failed;
