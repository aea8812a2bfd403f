import type { CalendarSettings } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { HealthCheck } from '#src/domain/health.ts';
import type { DatabaseId, TeamId, UserId } from '#src/domain/ids.ts';
import type { KnownQuestion, QuestionKind } from '#src/domain/known-question.ts';
import type { Progress } from '#src/domain/progress.ts';
import type { Result } from '#src/domain/result.ts';
import type { RunLimits } from '#src/domain/run.ts';
import type { ThreadMode } from '#src/domain/thread-mode.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import type { AuditLog } from '#src/ports/audit.ts';
import type { CountTokens, ModelServer } from '#src/ports/chat-model.ts';
import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { Example, ExampleBank, ExploredExamples } from '#src/ports/example-bank.ts';
import type { KeptSchemas } from '#src/ports/kept-schemas.ts';
import type { QuestionIndex } from '#src/ports/question-index.ts';
import type { Reranker } from '#src/ports/reranker.ts';
import type { SchemaIndexes } from '#src/ports/schema-indexes.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import type { Store } from '#src/ports/store.ts';

/** What the service is put together from: adapters that fulfil ports, settings, and the world's clock and ids. */
export interface ServiceParts {
  readonly store: Store;
  readonly audit: AuditLog;
  readonly vault: SecretVault;
  readonly opener: DatabaseOpener;
  readonly embedder: Embedder;
  readonly indexes: SchemaIndexes;
  /** An index of one catalog, which is kept in a folder if one is given. */
  readonly indexOnce: (
    catalog: DatabaseCatalog,
    folder: string | undefined,
    onProgress: Progress,
    signal: AbortSignal,
  ) => Promise<SchemaRetriever>;
  readonly keptSchemas: KeptSchemas;
  readonly models?: ModelServer;
  readonly reranker?: Reranker;
  /** The shipped examples with some verified ones besides, and with what was explored over each database. */
  readonly banks: () => Promise<
    (verified: readonly Example[], exploredOf?: (id: DatabaseId) => Promise<ExploredExamples>) => ExampleBank
  >;
  /** Examples of a database in the shipped bank: how many there are, which taking them out or giving them its new name says, too. */
  readonly countExamples: (id: DatabaseId) => Promise<number>;
  readonly removeExamples: (id: DatabaseId) => Promise<number>;
  readonly renameExamples: (id: DatabaseId, name: DatabaseId) => Promise<number>;
  /** An index of known questions. */
  readonly questionIndex: (known: readonly KnownQuestion[]) => QuestionIndex;
  readonly countTokens: CountTokens;
  /** Keeps other bots from this state until it is released or this process ends; the failure says who holds it. */
  readonly holdState: () => Result<() => void>;
  /** Who somebody is to the company, as configured. */
  readonly identityOf: (team: TeamId, user: UserId) => string | undefined;
  /** The databases that the declared configuration names: it wins over what is changed elsewhere. */
  readonly declared: () => Promise<readonly DatabaseId[]>;
  readonly settings: ServiceSettings;
  /** What `querent doctor` looks at beside the state: servers that are configured. */
  readonly checks: readonly HealthCheck[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: (message: string) => void;
}

export interface Clock {
  readonly now: () => Date;
  /** Milliseconds that only rise. */
  readonly elapsed: () => number;
}

export interface RunSettings extends RunLimits {
  /** Questions of others that may wait in a thread. */
  readonly perThread: number;
  readonly replyHours: number;
  readonly threadMode: ThreadMode;
  readonly siblingTeams: readonly TeamId[];
}

export interface ServiceSettings {
  readonly pipeline: PipelineSettings;
  /** Price of a question back in wrong answers, 0 (asks whenever in doubt) to 1 (never asks). */
  readonly questionPrice: number;
  /** Which known questions retrieval looks at. */
  readonly questionKinds: readonly QuestionKind[];
  readonly calendar: CalendarSettings;
  /** Slack users whose “Good answer” makes an example for everybody. */
  readonly approvers: readonly UserId[];
  /** Slack users who are told what only an admin can mend. */
  readonly admins: readonly UserId[];
  /** A user group of Slack whose members are admins as well. */
  readonly adminGroup?: string;
  /** Whether the audit and the traces keep the text of questions, or their hash alone. */
  readonly keepQuestionTexts: boolean;
  /** Days for which questions with their SQL and traces, and the audit, are kept. */
  readonly keepDays: { readonly questions: number; readonly audit: number };
  /** How many questions are answered at once, and how long a question back waits for its reply. */
  readonly runs: RunSettings;
  /** Database time that a person and a channel may use in an hour. */
  readonly hourlyBudget: { readonly userSeconds: number; readonly channelSeconds: number };
}
