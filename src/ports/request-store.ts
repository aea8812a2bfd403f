import type { AccessRule } from '#src/domain/access.ts';
import type { ChannelId, DatabaseId, RunId, UserId } from '#src/domain/ids.ts';
import type { Decision, PermissionRequest, RequestState } from '#src/domain/permission-request.ts';
import type { NewRun } from '#src/domain/run.ts';

/** What people ask of owners and admins, whom it was sent to, and what came of it. One transaction a call. */
export interface RequestStore {
  /** Keeps a request, unless one for the same is open: then its question joins that one. `told`: its question was in it before. */
  saveRequest(
    request: PermissionRequest,
    now: Date,
  ): Promise<{ readonly id: string; readonly state: 'new' | 'joined' | 'told' }>;
  request(id: string): Promise<PermissionRequest | undefined>;
  /** The latest first; those that cannot be read are left out. */
  requests(): Promise<readonly PermissionRequest[]>;
  /** Requests that a question waits for. */
  requestsOf(run: RunId): Promise<readonly PermissionRequest[]>;
  /**
   * Decides an open request once, with all that follows from it: the database that it is about, the rules of that, the runs that its
   * questions are answered by. Nothing is changed where somebody decided it before, it is over, or the rules are not what was read.
   */
  decideRequest(
    id: string,
    decision: Decision,
    follows: Follows,
    now: Date,
  ): Promise<'decided' | 'too-late' | 'rules-changed'>;

  /** Keeps that a message about a request is being sent to somebody, before it is: where it was is saved after. */
  saveRequestMessage(id: string, message: RequestMessage): Promise<void>;
  requestMessages(id: string): Promise<readonly RequestMessage[]>;
}

export interface Follows {
  readonly databaseId?: DatabaseId;
  readonly rules?: {
    readonly databaseId: DatabaseId;
    readonly before: readonly AccessRule[];
    readonly after: readonly AccessRule[];
  };
  readonly runs: readonly NewRun[];
}

/** A message about a request: to one who may decide it, or to its asker when it is decided. */
export interface RequestMessage {
  readonly to: UserId;
  readonly part: 'decide' | 'outcome';
  readonly channel: ChannelId;
  /** Its timestamp; absent while it is not known whether it was posted. */
  readonly ts?: string;
  /** What it shows. */
  readonly shows: RequestState;
}
