import { randomUUID } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { callAgain, callOnce, type Patience, Waits } from './calls.ts';
import { postBody } from './outgoing.ts';
import type { Message } from './views/message.ts';

export interface MarkedPlace {
  readonly channel: string;
  readonly thread_ts?: string;
}

/** What tells one message of ours from every other: ids alone, which anybody there can read. */
export interface Mark {
  readonly id: string;
  readonly part: string;
}

export interface MarkedPorts {
  readonly client: WebClient;
  readonly patience: Patience;
}

/** Our blocks are newer than the client's types. */
type PostBody = Omit<ReturnType<typeof postBody>, 'blocks'>;

const EVENT = 'querent_notice';
/** Slack's clock may be behind ours. */
const CLOCKS_APART_MS = 600_000;

/**
 * Posts a message that no run posts, once: where it is not known whether a send had its effect it is looked up by its mark, as runs are
 * (IDEM-4). `maybeSent`: an earlier process may have sent it. Nothing, where Slack does not take it.
 */
export async function postMarked(
  ports: MarkedPorts,
  place: MarkedPlace,
  message: Message,
  mark: Mark,
  { since, maybeSent }: { readonly since: Date; readonly maybeSent: boolean },
): Promise<string | undefined> {
  const metadata = { event_type: EVENT, event_payload: { ...mark } };
  const waits = new Waits(ports.patience);
  let look = maybeSent;
  for (;;) {
    if (look) {
      const found = await findMarked(ports, place, mark, since);
      if (found === 'not-known') return undefined;
      if (found !== undefined) return found;
    }
    const sent = await callOnce(
      'chat.postMessage',
      async () =>
        (await ports.client.chat.postMessage({ ...(postBody(place, message) as PostBody), metadata })).ts ?? '',
      ports.patience,
    );
    if (sent.ok) return sent.value;
    const { kind } = sent.fault;
    if (kind !== 'again' && kind !== 'unknown') return undefined;
    look = kind === 'unknown';
    if (!(await waits.another('waitMs' in sent.fault ? sent.fault.waitMs : 0))) return undefined;
  }
}

/** Posts a message that is said once and never again, such as a notice. Where it stands; nothing, where Slack does not take it. */
export const postNotice = (ports: MarkedPorts, place: MarkedPlace, message: Message): Promise<string | undefined> =>
  postMarked(ports, place, message, { id: randomUUID(), part: 'notice' }, { since: new Date(), maybeSent: false });

interface OwnMessage {
  readonly ts?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: Readonly<Record<string, unknown>> };
}

async function findMarked(
  { client, patience }: MarkedPorts,
  { channel, thread_ts: ts }: MarkedPlace,
  mark: Mark,
  since: Date,
): Promise<string | undefined | 'not-known'> {
  const request = {
    channel,
    include_all_metadata: true,
    limit: 200,
    oldest: String(Math.floor((since.getTime() - CLOCKS_APART_MS) / 1_000)),
  };
  const method = ts === undefined ? 'conversations.history' : 'conversations.replies';
  const read = await callAgain(
    method,
    async () =>
      (ts === undefined
        ? await client.conversations.history(request)
        : await client.conversations.replies({ ...request, ts })) as { messages?: readonly OwnMessage[] },
    patience,
  );
  if (!read.ok) return 'not-known';
  return (read.value.messages ?? []).find(({ metadata }) => {
    const { id, part } = metadata?.event_payload ?? {};
    return metadata?.event_type === EVENT && id === mark.id && part === mark.part;
  })?.ts;
}
