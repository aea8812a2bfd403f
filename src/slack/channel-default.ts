import { sayFailure } from '#src/domain/failure.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import { chosenDatabase, type Settled } from './choice.ts';
import { type Act, tell } from './modals/acts.ts';
import type { ModalPart } from './modals/modal-part.ts';
import type { AskingReader } from './people.ts';
import { type ActionPorts, postingFor, type SlackPorts } from './slack-ports.ts';
import { tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';
import { button, section } from './views/message.ts';

/**
 * An admin who chose a database in a channel that has none is asked whether it is to stand first there (CLAR-8): what `/querent use` does.
 * Nobody else may say so, and nobody else is asked.
 */
export async function offerChannelDefault(
  { run, choice }: Settled,
  reader: AskingReader['reader'],
  ports: SlackPorts,
  signal: AbortSignal,
): Promise<void> {
  const { querent } = ports;
  const databaseId = chosenDatabase(run, choice);
  if (databaseId === undefined || run.direct || !(await querent.mayAdminister(reader))) return;
  if ((await querent.conversations.channelDatabase(run.team, run.channel)) !== undefined) return;
  const named = `*${escapeMrkdwn(databaseId)}*`;
  const text = `Shall questions in this channel be taken to be about ${named} from now on, where they may be? It lets nobody see more.`;
  const posting = postingFor(ports, run, { lastsMs: LOOKUP_PATIENCE_MS, signal });
  const yes = button('Use it in this channel', 'querent_channel_database', databaseId);
  await tellOne(posting, run, run.user, text, true, [
    section(text, 'channel-default'),
    { type: 'actions', block_id: 'channel-default-do', elements: [yes] },
  ]);
}

async function useInChannel(act: Act, ports: ActionPorts): Promise<void> {
  const { message, value: databaseId, asker } = act;
  if (!message) return;
  const choice = { channel: message.channel, databaseId, by: asker.reader };
  const chosen = await ports.querent.chooseChannelDatabase(choice);
  const said = chosen.ok
    ? `Questions in this channel are taken to be about *${escapeMrkdwn(databaseId)}* where they may be. \`/querent use none\` lets go of it.`
    : escapeMrkdwn(sayFailure(chosen.failure));
  await tell(act, said, ports);
}

export const CHANNEL_DEFAULT_PART: ModalPart = {
  presses: [['querent_channel_database', { works: useInChannel }]],
  submissions: [],
};
