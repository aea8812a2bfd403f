import type { AccessRule } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { AskedBack, PastAnswer, VerifiedAnswer } from '#src/domain/past-answers.ts';
import type { RoleReport } from '#src/domain/role-report.ts';

export interface StoredRoleReport extends RoleReport {
  readonly checkedAt: string;
  /** Codes of warnings that an admin accepted. */
  readonly accepted: readonly string[];
}

/** A database as it was registered. Its password is never in `url`. */
export interface RegisteredDatabase {
  readonly id: string;
  readonly url: string;
  readonly secret?: string;
  readonly description?: string;
  /** Functions of the company's own that queries may call. */
  readonly userFunctions?: readonly string[];
  /** Who answers for it: a person or a team. */
  readonly owner?: string;
  /** Columns (`table.column`) whose values may be searched for though they look personal, and those that may not. */
  readonly searchValues?: readonly string[];
  readonly hideValues?: readonly string[];
}

export interface NewRun {
  readonly id: string;
  readonly team: string;
  readonly channel: string;
  /** Timestamp of the thread's first message. */
  readonly thread: string;
  /** Timestamp of the message that asked; with team and channel it is the run's own key, so twins make one run. */
  readonly message: string;
  readonly user: string;
  readonly text: string;
  readonly databaseId?: string;
  readonly notDatabases: readonly string[];
  /** The query that was chosen among the outcomes of this question: it is run, and none is written. */
  readonly chosenSql?: string;
  /** True when the next database is to be taken without asking: the first was said to be wrong. */
  readonly neverAsk?: boolean;
  /** The chosen query may cost what it costs. */
  readonly costAccepted?: boolean;
  /** The question back that it settles: its text is that question's, and nothing of it is read as a choice again. */
  readonly settles?: string;
  /** The run that it asks once more: its database was not chosen by a person. */
  readonly reruns?: string;
  /** The conversation's kind as the delivery gave it; `external` is refused. */
  readonly direct: boolean;
  readonly external: boolean;
}

/** What was chosen of a question back: one of its options by place, none of them, or a database that it did not offer. */
export type Choice =
  | { readonly kind: 'option'; readonly at: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'database'; readonly id: string };

export type RunState = 'queued' | 'running' | 'clarifying' | 'done' | 'failed';

export interface Run extends NewRun {
  readonly state: RunState;
  readonly attempts: number;
  /** What the answer was, without its rows. */
  readonly result?: RunResult;
}

export interface RunResult {
  readonly kind: 'answer' | 'catalog' | 'clarification' | 'outcomes' | 'failure';
  readonly text: string;
  readonly databaseId?: string;
  readonly sql?: string;
  /** The queries of the outcomes that were offered, in the order of `options`. */
  readonly outcomeSql?: readonly string[];
  /** What a clarification asked, and the databases or outcomes it offered. */
  readonly prompt?: string;
  readonly options?: readonly string[];
  /** For each option, the words by which a reply may mean it: its name, its tables, its description. */
  readonly optionWords?: readonly string[];
  /** It failed because its query costs too much: a reply may narrow it. */
  readonly costly?: boolean;
  /** The direct message that it went to, because not everybody in the channel may see it. */
  readonly privateTo?: string;
  /** The message there that it follows: earlier private answers of the same thread stand below it. */
  readonly privateThread?: string;
}

/** Registered databases and their catalogs; deliveries, runs, posted messages, choices and feedback. One transaction a call. */
export interface Store {
  databases(): readonly RegisteredDatabase[];
  saveDatabase(database: RegisteredDatabase): void;
  /** Questions that are kept and were asked of a database or answered from it. */
  questionsOf(id: string): number;
  /**
   * Removes a database with all that is kept of it: catalogs, rules, secret, role report, and the questions that were asked of it or
   * answered from it, with their SQL, choices and verdicts; what it removes is overwritten. Returns the questions removed.
   */
  removeDatabase(id: string): number;
  /** Sealed secrets by the id of what they belong to. */
  sealed(): ReadonlyMap<string, string>;
  /** Adds or replaces sealed secrets, all or none. */
  saveSealed(secrets: ReadonlyMap<string, string>): void;
  /** The rules of all databases, in the order that they were made. */
  accessRules(): readonly AccessRule[];
  /** Replaces the rules of a database. */
  saveAccessRules(databaseId: string, rules: readonly AccessRule[]): void;
  /** What the role of a database was last found to be able to do; `accepted` when an admin took its warnings. */
  roleReport(databaseId: string): StoredRoleReport | undefined;
  saveRoleReport(databaseId: string, report: StoredRoleReport): void;
  /** Keeps a new version of a catalog when it differs from the last. Returns the version. */
  saveCatalog(catalog: DatabaseCatalog, at: Date): number;
  catalogs(): readonly DatabaseCatalog[];
  /** When a database's schema was last read. */
  readAt(databaseId: string): Date | undefined;

  /** Records a delivery and, unless its message has a run already, the run. False when the delivery was seen before. */
  record(delivery: string, run: NewRun | undefined, at: Date): boolean;
  /** Takes the oldest queued run of a thread that has no running one. */
  lease(at: Date): Run | undefined;
  /** A result is saved as `running` before it is posted, so that a button can be pressed as soon as it is seen. */
  saveResult(runId: string, state: RunState, result: RunResult): void;
  /** Puts runs that a crash left running back into the queue. */
  requeue(): number;
  run(id: string): Run | undefined;
  /** Answered runs of a thread, and of another that goes on with it, oldest first. */
  turns(
    team: string,
    channel: string,
    thread: string,
    and?: { readonly channel: string; readonly thread: string },
  ): readonly Run[];

  /** Users who have asked in a thread, the latest last. Empty when the bot was never addressed there. */
  askers(team: string, channel: string, thread: string): readonly string[];

  /** Where a part of a run's answer was posted; undefined when it was not. */
  posted(runId: string, part: string): string | undefined;
  savePosted(runId: string, part: string, ts: string): void;
  /** The run whose private answer or question back is this message of a direct message. */
  privateRun(team: string, channel: string, ts: string): Run | undefined;

  /**
   * Settles a question back once, together with the run that follows from it: a new one is queued, one that is there (a typed
   * reply) becomes it. False, and nothing is changed, when it was settled before.
   */
  choose(runId: string, choice: Choice, next: NewRun, at: Date): boolean;
  saveFeedback(runId: string, user: string, value: string, at: Date): void;
  /** Whether somebody marked a run's answer as bad, or its database as the wrong one. */
  isWrong(runId: string): boolean;
  /** Records that a run's database was the wrong one; false when somebody said so before. */
  saveCorrection(runId: string, user: string, at: Date): boolean;
  /** Answers of a workspace, or of all, and their verdicts, the latest first, at most OUTCOMES. */
  pastAnswers(team?: string): readonly PastAnswer[];
  /**
   * Queries that an approver marked as right, and those that the asker chose or marked, that nobody marked as wrong; of a
   * workspace, the latest first, at most OUTCOMES. What one asker likes is an example for nobody else (INJ-5).
   */
  verifiedAnswers(team: string, asker: string, approvers: readonly string[]): readonly VerifiedAnswer[];
  /** Removes everything of a person, or of a whole workspace; what it removes is overwritten. Returns the runs removed. */
  forget(team: string, user?: string): number;
  /** Removes runs and deliveries from before a time. */
  prune(before: Date): number;
  /** Questions back in a channel before a time; ignored ones were neither chosen nor replied to. */
  askedBack(team: string, channel: string, before: Date): AskedBack;
  close(): void;
}

/** Earlier answers that are read for what is usual. */
export const PAST_ANSWERS_READ = 2_000;
