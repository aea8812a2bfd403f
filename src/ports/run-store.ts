import type { ChannelId, RunId, TeamId, UserId } from '#src/domain/ids.ts';
import type { AskedBack, ChangedReading, PastAnswer, VerifiedAnswer } from '#src/domain/past-answers.ts';
import type { ReadingChange } from '#src/domain/reading.ts';
import type { Complaint } from '#src/domain/review.ts';
import type { Choice, NewRun, Run, RunLimits, RunResult, RunState } from '#src/domain/run.ts';
import type { KeptTrace } from '#src/domain/trace.ts';

/** Deliveries, runs, posted messages, choices, verdicts and traces. One transaction a call. */
export interface RunStore {
  /** Records a delivery and, unless its cause has a run already, the run. False when the delivery was seen before. */
  record(delivery: string, run: NewRun | undefined, at: Date): Promise<boolean>;
  /** Whether a delivery was seen before. */
  wasRecorded(delivery: string): Promise<boolean>;
  /**
   * Takes the oldest queued run of a thread that has no running one, of a person and a workspace that are below their limits; one that is
   * turned away, or came late, waits for none of these.
   */
  lease(limits?: RunLimits): Promise<Run | undefined>;
  /** Runs of a thread that are queued or running, oldest first. */
  waiting(team: TeamId, thread: ThreadKey): Promise<readonly Run[]>;
  /** Who asked what of a workspace is queued or running. */
  underWay(team: TeamId): Promise<readonly Pick<Run, 'user' | 'state'>[]>;
  /** The run that a message asked for. */
  ofMessage(team: TeamId, channel: ChannelId, message: string): Promise<Run | undefined>;
  /** Ends a run that is still queued; a choice that it made is undone. False where it is not any more. */
  stopQueued(id: RunId, result: RunResult): Promise<boolean>;
  /** Gives a queued or running run another text and queues it again; a choice that it made is undone. False where it has ended. */
  restart(id: RunId, text: string): Promise<boolean>;
  /** Queues a run that came late, as if it came now, whether or not it has ended for that. False where it is none, or was queued so before. */
  takeUp(id: RunId): Promise<boolean>;
  /**
   * Ends questions back from before a time that nobody took up; gives at most so many of those of which it was not said yet: nothing is
   * posted of them as `expired`.
   */
  expire(before: Date, most: number): Promise<readonly Run[]>;
  /**
   * A result is saved as `running` before it is posted, so that a button can be pressed as soon as it is seen. Nothing of a database
   * that is not registered any more is kept with it: an answer from that is a failure without a query then. As it is stopped, a choice
   * that it made is undone.
   */
  saveResult(id: RunId, state: RunState, result: RunResult): Promise<void>;
  /** Puts runs that a crash left running back into the queue. */
  requeue(): Promise<number>;
  /**
   * Puts runs that are running, but held by nobody, back into the queue. What was tried so often is left as it is and given: who holds it
   * says so first, and then that it has failed.
   */
  requeueLeft(
    held: readonly RunId[],
    mostAttempts: number,
  ): Promise<{ readonly queued: number; readonly spent: readonly Run[] }>;
  run(id: RunId): Promise<Run | undefined>;
  /** Answered runs of threads that are one conversation, oldest first; one that cannot be read is left out. */
  turns(team: TeamId, threads: readonly ThreadKey[]): Promise<readonly Run[]>;
  /**
   * Users who have asked in a thread, the latest last. Empty when the bot was never addressed there, not since a time, or its channel was
   * disengaged since.
   */
  askers(team: TeamId, thread: ThreadKey, since?: Date): Promise<readonly UserId[]>;

  /** Where a part of a run's answer was posted; undefined when it was not. */
  posted(id: RunId, part: string): Promise<string | undefined>;
  savePosted(id: RunId, part: string, ts: string): Promise<void>;
  /** The run whose private answer or question back is this message of a direct message. */
  privateRun(team: TeamId, channel: ChannelId, ts: string): Promise<Run | undefined>;

  /**
   * Settles a question back once, together with the run that follows from it: a new one is queued, one that is there (a typed
   * reply) becomes it. False, and nothing is changed, when it was settled before.
   */
  choose(id: RunId, choice: Choice, next: NewRun, at: Date): Promise<boolean>;
  /** Whether a question back was settled. */
  isChosen(id: RunId): Promise<boolean>;
  /** `up` or `down`, and why where they said; in the place of what the same person said before. */
  saveFeedback(id: RunId, user: UserId, value: string, at: Date, why?: Complaint): Promise<void>;
  /** Whether somebody marked a run's answer as bad, or its database as the wrong one. */
  isWrong(id: RunId): Promise<boolean>;
  /** Records that a run's database was the wrong one; false when somebody said so before. */
  saveCorrection(id: RunId, user: UserId, at: Date): Promise<boolean>;
  /** Records what somebody changed of how a run's answer was read; the same change by the same person is one. */
  saveReadingChange(id: RunId, user: UserId, change: ReadingChange, at: Date): Promise<void>;
  /** Changed readings of a workspace, or of all, with what they were of, the latest first, at most PAST_ANSWERS_READ. */
  readingChanges(team?: TeamId): Promise<readonly ChangedReading[]>;

  /**
   * Keeps what every stage took, gave and spent on the way to an answer, unless the run or a database that it names was removed
   * meanwhile; and lets go of traces that were kept long enough.
   */
  saveTrace(trace: KeptTrace, keeping: TraceKeeping): Promise<void>;
  /** Traces of the runs whose id begins so, at most two: a message names a run by its first letters. */
  traces(begins: string): Promise<readonly KeptTrace[]>;
  /** The latest traces, the newest first, without their entries' contents. */
  latestTraces(limit: number): Promise<readonly Pick<KeptTrace, 'runId' | 'at' | 'outcome' | 'databaseId'>[]>;

  /** Answers of a workspace, or of all, and their verdicts, the latest first, at most PAST_ANSWERS_READ. */
  pastAnswers(team?: TeamId): Promise<readonly PastAnswer[]>;
  /**
   * Queries that the data team verified; and those that an approver marked as right, or that the asker chose or marked, and nobody marked
   * as wrong; of a workspace, the latest first, at most PAST_ANSWERS_READ of either. What one asker likes is an example for nobody else (INJ-5).
   */
  verifiedAnswers(team: TeamId, asker: UserId, approvers: readonly UserId[]): Promise<readonly VerifiedAnswer[]>;
  /** Questions back in a channel before a time; ignored ones were neither chosen nor replied to. */
  askedBack(team: TeamId, channel: ChannelId, before: Date): Promise<AskedBack>;
}

export interface TraceKeeping {
  /** It is of a run, and kept for as long as that is; what is asked in a terminal has none. */
  readonly ofRun: boolean;
  /** Traces from before are let go of. */
  readonly since: Date;
}

export interface ThreadKey {
  readonly channel: ChannelId;
  readonly thread: string;
}

/** Earlier answers that are read for what is usual. */
export const PAST_ANSWERS_READ = 2_000;
