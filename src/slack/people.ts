import type { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';

/** Who asks, as rights see them, and the time zone that Slack knows of them. */
export interface AskingReader {
  readonly reader: Reader;
  readonly timeZone?: string;
}

/** Who asks; or why nothing is answered: not a full member, or Slack did not say (slack.md PERM-2). */
export type Asker = ({ readonly kind: 'reader' } & AskingReader) | { readonly kind: 'stranger' | 'unknown' };

export interface People {
  /** `channel` is where they ask; absent in a direct message. */
  ask(team: string, user: string, channel: string | undefined): Promise<Asker>;
}

const KEPT_MS = 10 * 60_000;

interface SlackUser {
  readonly team_id?: string;
  readonly tz?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_stranger?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_invited_user?: boolean;
}

/** Asks Slack who somebody is and which of the user groups that rules name they are in; remembered for ten minutes. */
export function openPeople(
  client: WebClient,
  groupsNamed: (team: string) => readonly string[],
  now: () => Date,
): People {
  const users = remembered(
    KEPT_MS,
    now,
    async (id: string) => (await client.users.info({ user: id })).user as SlackUser,
  );
  const members = remembered(
    KEPT_MS,
    now,
    async (group: string) => (await client.usergroups.users.list({ usergroup: group })).users ?? [],
  );
  return {
    async ask(team, user, channel) {
      try {
        const found = await users(user);
        if (!found || isNoMember(found, team)) return { kind: 'stranger' };
        const groups: string[] = [];
        for (const group of groupsNamed(team)) if ((await members(group)).includes(user)) groups.push(group);
        return {
          kind: 'reader',
          reader: { teamId: team, userId: user, groups, ...(channel === undefined ? {} : { channelId: channel }) },
          ...(found.tz ? { timeZone: found.tz } : {}),
        };
      } catch {
        return { kind: 'unknown' };
      }
    },
  };
}

function isNoMember(user: SlackUser, team: string): boolean {
  const elsewhere = user.team_id !== undefined && user.team_id !== team;
  return Boolean(
    elsewhere ||
      user.deleted ||
      user.is_bot ||
      user.is_stranger ||
      user.is_restricted ||
      user.is_ultra_restricted ||
      user.is_invited_user,
  );
}

/** Keeps what a call gave for a time; a failure is not kept. */
function remembered<T>(ms: number, now: () => Date, call: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, { readonly until: number; readonly value: T }>();
  return async (key) => {
    const found = known.get(key);
    if (found && found.until > now().getTime()) return found.value;
    const value = await call(key);
    known.set(key, { until: now().getTime() + ms, value });
    return value;
  };
}
