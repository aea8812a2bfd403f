import type { AccessRule } from '#src/domain/access.ts';
import type { ChannelId, DatabaseId, TeamId } from '#src/domain/ids.ts';
import type { SlackPorts } from './slack-ports.ts';
import { escapeMrkdwn } from './text.ts';

/** Who changes rules where nobody pressed: the bot itself, by what Slack tells it. */
const BY_ITSELF = { teamId: 'local', userId: 'querent' } as const;

const named = (ids: readonly DatabaseId[]) => ids.map((id) => `*${escapeMrkdwn(id)}*`).join(', ');

/**
 * A channel came to be shared with another company (PERM-3): its threads are left, and what was granted to it is taken back. Admins are
 * told, who may grant it again once it is theirs alone.
 */
export async function leaveShared(
  team: TeamId,
  channel: ChannelId,
  { querent, tellAdmins, now, log }: SlackPorts,
): Promise<void> {
  await querent.conversations.disengage(team, channel, now());
  const isIts = ({ to, teamId = team, effect }: AccessRule) =>
    effect === 'grant' && to.kind === 'channel' && to.id === channel && teamId === team;
  const databases = [...new Set((await querent.access.rules()).filter(isIts).map(({ databaseId }) => databaseId))];
  const left: DatabaseId[] = [];
  for (const id of databases) {
    const changed = await querent.access.change(id, (before) => before.filter((rule) => !isIts(rule)), BY_ITSELF);
    if (changed.kind === 'changed') continue;
    left.push(id);
    log(`the grant of ${id} to a channel that is shared now could not be taken back`);
  }
  const taken = databases.filter((id) => !left.includes(id));
  const told = [
    `<#${channel}> is shared with another company now: I answer nobody there any more.`,
    ...(taken.length ? [`What it was granted of ${named(taken)} was taken back.`] : []),
    ...(left.length ? [`Its grant of ${named(left)} could not be taken back: take it back in *Who may ask*.`] : []),
  ];
  await tellAdmins(`shared ${channel}`, told.join(' '));
}
