import { callFault } from '#src/slack-api/call-faults.ts';

/** What a workspace may lack: sessions of agents, the free-text status, streams. */
export type Surface = 'sessions' | 'status' | 'streams';

/** A workspace that lacks something is not asked for it again for a day. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Codes by which Slack says that a workspace or this app has not got it (PROG-4). */
const LACKING =
  /^(?:not_authorized|feature_disabled|feature_not_enabled|missing_scope|unknown_method|method_not_supported.*|not_allowed.*|no_permission|access_denied|team_access_not_granted|messages_tab_disabled)$/;

export interface Surfaces {
  has(team: string, surface: Surface): boolean;
  /** Looks at why a call failed: what is lacking is remembered. True where it is. */
  learn(team: string, surface: Surface, error: unknown): boolean;
}

export function openSurfaces(now: () => Date): Surfaces {
  const lacking = new Map<string, number>();
  const key = (team: string, surface: Surface) => `${surface} ${team}`;
  return {
    has(team, surface) {
      const until = lacking.get(key(team, surface));
      return until === undefined || until <= now().getTime();
    },
    learn(team, surface, error) {
      const fault = callFault(error);
      if (!fault || !LACKING.test(fault.code)) return false;
      lacking.set(key(team, surface), now().getTime() + REMEMBERED_MS);
      return true;
    },
  };
}
