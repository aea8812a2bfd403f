import { createHash } from 'node:crypto';
import { sayFailure } from '#src/domain/failure.ts';
import type { NewRun } from '#src/domain/run.ts';
import { conversationKind } from '../conversation-kind.ts';
import { patienceOf } from '../modals/acts.ts';
import { postMarked } from '../post-marked.ts';
import type { ActionPorts } from '../press.ts';
import { openDirect } from '../tell-one.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Message, section } from '../views/message.ts';

export type AskedByForm = Pick<NewRun, 'team' | 'user' | 'text' | 'intent'>;

/** Where a question goes that was not written as a message: a channel, in a thread there or as one of its own, or its asker's direct message. */
export type Spot =
  | { readonly kind: 'direct' }
  | { readonly kind: 'channel'; readonly channel: string; readonly thread?: string };

const NOT_TAKEN =
  'I could not post there, so your question was not asked. Invite me with `/invite`, or ask me in our direct message.';

/**
 * Posts a question as somebody's and queues its run below that, so that all that follows is one thread. A sentence, where it was not asked.
 *
 * @param of what it came of, where that may come again: it is asked once.
 */
export async function placeQuestion(
  asked: AskedByForm,
  spot: Spot,
  ports: ActionPorts,
  of?: string,
): Promise<string | undefined> {
  const patience = patienceOf(ports);
  const client = ports.clients.critical;
  const isChannel = spot.kind === 'channel';
  const refused = isChannel ? await whyNot(spot.channel, ports) : undefined;
  if (refused) return refused;
  const channel = isChannel ? spot.channel : await openDirect({ client, patience }, asked.user);
  if (channel === undefined) return NOT_TAKEN;
  const id = of === undefined ? ports.newId() : idOf(of);
  const thread = isChannel ? spot.thread : undefined;
  const place = { channel, ...(thread === undefined ? {} : { thread_ts: thread }) };
  const mark = { id, part: 'question' };
  const message = questionView(asked, isChannel);
  const ts = await postMarked({ client, patience }, place, message, mark, {
    since: new Date(ports.now().getTime() - (of === undefined ? 0 : CAME_AGAIN_MS)),
    maybeSent: of !== undefined,
  });
  if (!ts) return NOT_TAKEN;
  const run: NewRun = {
    ...asked,
    id,
    channel,
    thread: thread ?? ts,
    message: ts,
    cause: { kind: 'message' },
    turnedDown: [],
    direct: !isChannel,
    external: false,
  };
  await ports.querent.runs.record(`asked:${id}`, run, ports.now());
  ports.wake();
  await ports.progress.greet(run);
  return undefined;
}

/** What is sent again comes within this time. */
const CAME_AGAIN_MS = 3_600_000;

const idOf = (of: string) => createHash('sha256').update(of).digest('hex').slice(0, 32);

/** Nothing is posted where another company reads along, or where it is not known who reads (PERM-3). */
async function whyNot(channel: string, ports: ActionPorts): Promise<string | undefined> {
  const { siblingTeams } = ports.querent.runSettings;
  switch (await conversationKind(ports.clients.lookups, channel, patienceOf(ports), siblingTeams)) {
    case 'internal':
      return undefined;
    case 'external':
      return escapeMrkdwn(sayFailure({ kind: 'external-channel' }));
    case 'gone':
    case 'unknown':
      return NOT_TAKEN;
  }
}

function questionView({ user, text }: AskedByForm, isChannel: boolean): Message {
  const said = `${isChannel ? `<@${user}> asks` : 'You asked'}: ${escapeMrkdwn(text)}`;
  return { text: cut(said, 3_500), blocks: [section(cut(said, 2_800), 'asked')] };
}
