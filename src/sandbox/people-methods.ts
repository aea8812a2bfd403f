import { error, type Method, text } from './api-call.ts';
import { cut } from './conversation-methods.ts';
import type { Manifest } from './manifest.ts';
import { ENTERPRISE, type SandboxUser, SIBLING_TEAM, TEAM, type Workspace } from './workspace.ts';

/** The methods about people and user groups. */
export const PEOPLE_METHODS: Readonly<Record<string, Method>> = {
  'users.info': (args, { workspace, manifest }) => {
    const user = workspace.user(text(args.user));
    return user ? { ok: true, user: toSlackUser(user, workspace, manifest) } : error('user_not_found');
  },
  'users.list': (args, { workspace, manifest }) => {
    const { page, next } = cut(workspace.users, args, 200);
    return {
      ok: true,
      members: page.map((user) => toSlackUser(user, workspace, manifest)),
      cache_ts: Math.floor(Date.now() / 1_000),
      response_metadata: { next_cursor: next },
    };
  },
  'usergroups.list': (args, { workspace }) => ({
    ok: true,
    usergroups: Object.entries(workspace.groups).map(([id, users]) => ({
      id,
      team_id: TEAM,
      is_usergroup: true,
      is_subteam: true,
      name: nameOfGroup(id),
      handle: nameOfGroup(id).toLowerCase(),
      is_external: false,
      date_delete: 0,
      user_count: users.length,
      ...(text(args.include_users) === 'true' ? { users } : {}),
    })),
  }),
  'usergroups.users.list': (args, { workspace }) => {
    const users = workspace.groups[text(args.usergroup)];
    return users ? { ok: true, users } : error('no_such_subteam');
  },
};

/** `S0FINANCE` is called Finance. */
const nameOfGroup = (id: string) => id.slice(2, 3) + id.slice(3).toLowerCase();

/** A person as Slack describes them. Their address is there for apps that have the scope. */
export function toSlackUser(
  user: SandboxUser,
  workspace: Workspace,
  { scopes }: Pick<Manifest, 'scopes'>,
): Record<string, unknown> {
  const team = workspace.teamOf(user.id);
  const seesEmail = !scopes || scopes.includes('users:read.email');
  return {
    id: user.id,
    team_id: team,
    name: user.name.toLowerCase(),
    real_name: user.name,
    is_bot: user.isBot,
    is_admin: false,
    is_restricted: user.guest,
    is_ultra_restricted: false,
    is_invited_user: false,
    is_stranger: user.stranger,
    is_email_confirmed: !user.isBot,
    deleted: user.deleted ?? false,
    profile: {
      real_name: user.name,
      display_name: user.name,
      team,
      ...(seesEmail && !user.isBot
        ? { email: `${user.name.toLowerCase()}@${user.stranger ? 'acme' : 'fernhill'}.example` }
        : {}),
    },
    ...(workspace.grid && !user.stranger
      ? { enterprise_user: { id: user.id, enterprise_id: ENTERPRISE, teams: user.sibling ? [SIBLING_TEAM] : [TEAM] } }
      : {}),
    ...(user.timeZone === undefined ? {} : { tz: user.timeZone }),
  };
}
