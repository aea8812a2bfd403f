import type { ChannelId, UserId } from '#src/domain/ids.ts';
import type { NewRun } from '#src/domain/run.ts';
import type { Patience } from './calls.ts';
import { conversationOf, isIn } from './conversation-kind.ts';
import type { SlackPorts } from './slack-ports.ts';

/**
 * The channel by whose grants somebody acts, from elsewhere, on what was asked there; nothing once they left it or were taken out of it, where
 * it is private: then their own rights alone count, and so they do where Slack does not say.
 */
export async function channelOfRights(
  { direct, channel }: Pick<NewRun, 'direct' | 'channel'>,
  user: UserId,
  { clients, querent }: Pick<SlackPorts, 'clients' | 'querent'>,
  patience: Patience,
): Promise<ChannelId | undefined> {
  if (direct) return undefined;
  const { lookups } = clients;
  const { kind, isPrivate } = await conversationOf(lookups, channel, patience, querent.runSettings.siblingTeams);
  if (kind === 'gone' || kind === 'unknown') return undefined;
  return !isPrivate || (await isIn(lookups, channel, user, patience)) ? channel : undefined;
}
