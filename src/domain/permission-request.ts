import type { DatabaseId, RunId, TeamId, UserId } from './ids.ts';

/**
 * What somebody asks of those who answer for a database: to be let ask it, or to have a query run that is above its cost budget. Each
 * comes of a question that was refused, and that is answered once they say yes.
 */
export interface PermissionRequest {
  readonly id: string;
  readonly teamId: TeamId;
  readonly userId: UserId;
  readonly wants: Wanted;
  /** The questions that wait for it, in the order that they were asked; the first made it. */
  readonly runIds: readonly RunId[];
  /**
   * The database that it is about: for access the one that seems to hold what was asked, as far as can be told. Its asker is not told
   * of it before it is granted.
   */
  readonly databaseId?: DatabaseId;
  /** Why, in the asker's words. */
  readonly reason?: string;
  readonly at: string;
  readonly expiresAt: string;
  readonly decision?: Decision;
}

export type Wanted =
  | { readonly kind: 'access' }
  /** To run one query, known by its digest. `costs`: what the engine expects of it, in words. */
  | { readonly kind: 'costly-run'; readonly sqlDigest: string; readonly costs: string };

export type Decision =
  | { readonly kind: 'approved'; readonly by: UserId; readonly at: string; readonly until?: string }
  | { readonly kind: 'declined'; readonly by: UserId; readonly at: string; readonly reason?: string };

export type RequestState = 'open' | 'approved' | 'declined' | 'expired';

/** Days after which a request that nobody decided is over. */
export const REQUEST_DAYS = 7;

export function stateOf({ decision, expiresAt }: PermissionRequest, now: Date): RequestState {
  if (decision) return decision.kind;
  return Date.parse(expiresAt) > now.getTime() ? 'open' : 'expired';
}

/** Whether two requests ask for the same: a second question about the same joins the first. A query is one for itself. */
export function isSameRequest(
  one: Pick<PermissionRequest, 'teamId' | 'userId' | 'wants' | 'databaseId'>,
  other: Pick<PermissionRequest, 'teamId' | 'userId' | 'wants' | 'databaseId'>,
): boolean {
  if (one.teamId !== other.teamId || one.userId !== other.userId || one.databaseId !== other.databaseId) return false;
  if (one.wants.kind === 'costly-run' && other.wants.kind === 'costly-run')
    return one.wants.sqlDigest === other.wants.sqlDigest;
  return one.wants.kind === other.wants.kind;
}
