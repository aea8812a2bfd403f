import type { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';
import type { UserId } from '#src/domain/ids.ts';
import { callAgain, type Patience, type SlackCallResult } from './calls.ts';

/** Who asks, as rights see them, and the time zone that Slack knows of them. */
export interface AskingReader {
  readonly reader: Reader & { readonly userId: UserId };
  readonly timeZone?: string;
}

/**
 * Who asks; or why nothing is answered: a guest of the workspace, somebody of another company or no person at all (PERM-2,
 * PERM-3), or Slack did not say.
 */
export type Admission =
  | ({ readonly kind: 'reader' } & AskingReader)
  | { readonly kind: 'guest' | 'outsider' | 'unknown' };

export interface People {
  /** `channel` is where they ask; absent in a direct message. */
  admit(team: string, user: string, channel: string | undefined): Promise<Admission>;
  /** Whether somebody is one who is answered at all. No group is asked for: what they may see is not known by it. */
  isMember(team: string, user: string): Promise<boolean>;
  /** Members of a user group; none, where Slack does not say. */
  membersOf(group: string): Promise<readonly UserId[]>;
  /** Whether Slack says, asked now, who is in a user group. */
  knowsGroup(group: string): Promise<boolean>;
  /** Asks anew who somebody is: they were changed. */
  forget(user: string): void;
  /** Asks anew who is in a user group: its members were changed. */
  forgetGroup(group: string): void;
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

/**
 * Asks Slack who somebody is and which of the user groups that rules name they are in; remembered for ten minutes. A group that Slack
 * refuses (deleted, mistyped, out of the app's scopes) grants nobody anything, and what is kept from it is kept from everybody.
 *
 * @param siblings workspaces of the same Enterprise Grid whose people may ask as well (PERM-1).
 */
export function openPeople(
  client: WebClient,
  groupsNamed: (team: string) => Promise<readonly string[]>,
  now: () => Date,
  patience: () => Patience,
  siblings: readonly string[] = [],
): People {
  const users = remembered(KEPT_MS, now, (id: string) =>
    callAgain('users.info', async () => (await client.users.info({ user: id })).user as SlackUser, patience()),
  );
  const refused = new Set<string>();
  const members = remembered(KEPT_MS, now, async (group: string): Promise<SlackCallResult<Members>> => {
    const { onFault, ...lasting } = patience();
    const toldOnce: Patience = {
      ...lasting,
      onFault: (method, error) => refused.has(group) || onFault(`${method} of the user group ${group}`, error),
    };
    const called = await callAgain(
      'usergroups.users.list',
      async () => (await client.usergroups.users.list({ usergroup: group })).users ?? [],
      toldOnce,
    );
    if (called.ok) refused.delete(group);
    if (called.ok || called.fault.kind === 'again' || called.fault.kind === 'unknown') return called;
    refused.add(group);
    return { ok: true, value: 'refused' };
  });
  return {
    async membersOf(group) {
      const found = await members(group);
      return found.ok && found.value !== 'refused' ? found.value : [];
    },
    async knowsGroup(group) {
      members.forget(group);
      const found = await members(group);
      return found.ok && found.value !== 'refused';
    },
    forget: users.forget,
    forgetGroup: members.forget,
    async isMember(team, user) {
      const found = await users(user);
      return found.ok && kindOutside(found.value, [team, ...siblings]) === undefined;
    },
    async admit(team, user, channel) {
      const groups = await groupsNamed(team);
      const [found, ...lists] = await Promise.all([users(user), ...groups.map(members)]);
      if (!found.ok) return { kind: 'unknown' };
      const outside = kindOutside(found.value, [team, ...siblings]);
      if (outside) return { kind: outside };
      if (!lists.every((list) => list.ok)) return { kind: 'unknown' };
      const isIn = (list: Members | undefined) => list !== undefined && list !== 'refused' && list.includes(user);
      const own = groups.filter((_, at) => isIn(lists[at]?.value));
      const unknown = groups.filter((_, at) => lists[at]?.value === 'refused');
      return {
        kind: 'reader',
        reader: {
          teamId: team,
          userId: user,
          groups: own,
          ...(unknown.length ? { unknownGroups: unknown } : {}),
          ...(channel === undefined ? {} : { channelId: channel }),
        },
        ...(found.value.tz ? { timeZone: found.value.tz } : {}),
      };
    },
  };
}

/** Who is in a user group; or that Slack refuses to say it, now and later. */
type Members = readonly string[] | 'refused';

function kindOutside(user: SlackUser, teams: readonly string[]): 'guest' | 'outsider' | undefined {
  const elsewhere = user.team_id !== undefined && !teams.includes(user.team_id);
  if (elsewhere || user.deleted || user.is_bot || user.is_stranger) return 'outsider';
  return user.is_restricted || user.is_ultra_restricted || user.is_invited_user ? 'guest' : undefined;
}

type Remembered<T> = ((key: string) => Promise<SlackCallResult<T>>) & { readonly forget: (key: string) => void };

/** Keeps what a call gave for a time; what failed is not kept, and who asks meanwhile waits for the same call. */
function remembered<T>(ms: number, now: () => Date, call: (key: string) => Promise<SlackCallResult<T>>): Remembered<T> {
  const known = new Map<string, { readonly until: number; readonly called: Promise<SlackCallResult<T>> }>();
  const ask = async (key: string): Promise<SlackCallResult<T>> => {
    const found = known.get(key);
    if (found && found.until > now().getTime()) return found.called;
    const called = call(key);
    known.set(key, { until: now().getTime() + ms, called });
    const forget = () => known.delete(key);
    called.then(({ ok }) => ok || forget(), forget);
    return called;
  };
  return Object.assign(ask, { forget: (key: string) => void known.delete(key) });
}
