import type { Engine } from '#src/domain/catalog.ts';

/** An earlier question with the SQL that answers it. */
export interface Example {
  readonly question: string;
  /** The question with its values and names masked (sources.md#question-skeleton). */
  readonly masked: string;
  readonly sql: string;
  readonly engine: Engine;
  readonly databaseId: string;
  /** Only the tables and columns that the SQL uses, a table a line: `author(id, name)`. */
  readonly schema: string;
  readonly tableCount: number;
  /** Said to be right by somebody of this company; the others are from a shipped or synthesised bank. */
  readonly verified: boolean;
  /** Written over its database before anybody asked (docs/exploring.md). */
  readonly explored?: true;
}

export interface NearExample {
  readonly example: Example;
  /** Cosine of the masked questions, −1 to 1. */
  readonly similarity: number;
}

export interface NearRequest {
  readonly masked: string;
  readonly limit: number;
  /** Databases that the asker may read: verified answers of others stay out of the prompt. */
  readonly readable: readonly string[];
}

export interface ExploredRequest {
  readonly masked: string;
  readonly limit: number;
  /** The database that is asked. */
  readonly databaseId: string;
}

/** Questions with answers to learn from: the company's verified answers, a bank that was built beforehand, and what was explored. */
export interface ExampleBank {
  /** The examples whose masked questions are nearest, best first; none that was explored. */
  near(request: NearRequest, signal: AbortSignal): Promise<readonly NearExample[]>;
  /** The nearest of those that were explored over the database that is asked, of what the asker may read; absent where nothing was. */
  explored?(request: ExploredRequest, signal: AbortSignal): Promise<readonly NearExample[]>;
}

/** What was explored over one database, and which of it the asker may read. */
export interface ExploredExamples {
  readonly examples: readonly Example[];
  readonly mayShow: (example: Example) => Promise<boolean>;
}
