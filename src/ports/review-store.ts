import type { RunId, TeamId, UserId } from '#src/domain/ids.ts';
import type { Review, Settlement, StoredVerified, VerifiedOutcome } from '#src/domain/review.ts';

/** The data team's list: what is to be looked at, what was decided, and who has heard of it. One transaction a call. */
export interface ReviewStore {
  /** Questions that are to be looked at, of a workspace or of all, the latest reason first, of at most REASONS_READ reasons. */
  reviews(of: ReviewFilter): Promise<readonly Review[]>;
  /** Puts a question on the list because somebody asks for that; false where they did before and it is not settled since. */
  handOver(id: RunId, user: UserId, at: Date): Promise<boolean>;
  /**
   * Decides about a question that is on the list, with the answer that holds from now on where there is one. False, and nothing is
   * changed, where it is not on the list or was settled since its last reason, or its database is not registered any more.
   */
  settle(id: RunId, settlement: Omit<Settlement, 'told'>, outcome?: VerifiedOutcome): Promise<boolean>;
  /** Remembers that those who wait for a decision have heard of it. */
  saveTold(id: RunId, settledAt: string): Promise<void>;
  /** Answers that the data team found right, of a workspace or of all, the latest first. */
  verifiedByTeam(team?: TeamId): Promise<readonly StoredVerified[]>;
  /** No later question is answered by it; false where it was none. */
  withdrawVerified(id: RunId): Promise<boolean>;
  /** Whether somebody has had no digest of this day, or of a later one. */
  isDigestDue(team: TeamId, user: UserId, day: string): Promise<boolean>;
  /** Remembers that somebody has had the digest of a day. */
  saveDigest(team: TeamId, user: UserId, day: string): Promise<void>;
}

export interface ReviewFilter {
  readonly team?: TeamId;
  /** This question alone. */
  readonly run?: RunId;
  /** Those to look at; those that were settled; those that were settled and about which nobody was told. */
  readonly which: 'open' | 'all' | 'untold';
}

/** Reasons that are read at most. */
export const REASONS_READ = 2_000;
