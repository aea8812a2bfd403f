import type { DatabaseId, RunId, TeamId, UserId } from '#src/domain/ids.ts';
import type { Run } from '#src/domain/run.ts';

/** What a person's Home shows of their own, and who has opened theirs. One transaction a call. */
export interface HomeStore {
  /** What somebody asked, the latest first; what only was polite, or is not answered yet, is left out. */
  recentRuns(team: TeamId, user: UserId, limit: number): Promise<readonly AskedRun[]>;
  /** Answers that somebody saved, the last saved first. */
  savedRuns(team: TeamId, user: UserId, limit: number): Promise<readonly AskedRun[]>;
  /** Keeps an answer on somebody's Home; false where it was there. */
  saveAnswer(id: RunId, user: UserId, at: Date): Promise<boolean>;
  /** Takes it off; false where it was not there. */
  unsaveAnswer(id: RunId, user: UserId): Promise<boolean>;
  /** Remembers that somebody has opened their Home, and at which page of databases they are. */
  openHome(team: TeamId, user: UserId, page: number): Promise<void>;
  /** The page that they are at; nothing where they never opened it. */
  homePage(team: TeamId, user: UserId): Promise<number | undefined>;
  /** Questions since a time of each database, by those that it did not answer and all. */
  askedOf(since: Date): Promise<readonly AskedOfDatabase[]>;
  /** What a workspace, or all, asked since a time. */
  usage(team: TeamId | undefined, since: Date): Promise<Usage>;
}

export interface AskedRun {
  readonly run: Run;
  readonly askedAt: string;
}

export interface AskedOfDatabase {
  readonly databaseId: DatabaseId;
  readonly asked: number;
  readonly failed: number;
}

export interface Usage {
  readonly questions: number;
  readonly answered: number;
  readonly declined: number;
  readonly good: number;
  readonly bad: number;
  /** Tokens that models read and wrote, as far as traces are kept. */
  readonly tokens: number;
}
