import type { TeamId } from '#src/domain/ids.ts';

/** A workspace that does not take a kind of block is not sent it again for a day. */
const REMEMBERED_MS = 24 * 3_600_000;
/** Words by which Slack refuses a block for what it is, not for what it holds. */
const OF_ITS_KIND =
  /unsupported|not supported|unknown (?:block )?type|invalid block type|type not allowed|not available/i;

/** Kinds of blocks that workspaces do not take. */
export interface RefusedBlocks {
  refuses(team: TeamId, type: string): boolean;
  /** Remembers a refusal, where it is one of the kind. */
  learn(team: TeamId, type: string, reason: string): void;
}

export function openRefusedBlocks(now: () => Date): RefusedBlocks {
  const refused = new Map<string, number>();
  const key = (team: TeamId, type: string) => `${team} ${type}`;
  return {
    refuses(team, type) {
      const until = refused.get(key(team, type));
      return until !== undefined && until > now().getTime();
    },
    learn(team, type, reason) {
      if (OF_ITS_KIND.test(reason)) refused.set(key(team, type), now().getTime() + REMEMBERED_MS);
    },
  };
}
