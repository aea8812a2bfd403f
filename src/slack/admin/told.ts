import { callAgain } from '../calls.ts';
import { patienceOf } from '../modals/acts.ts';
import { AS_WRITTEN } from '../outgoing.ts';
import { postMarked, postNotice } from '../post-marked.ts';
import type { ActionPorts } from '../press.ts';
import { openDirect } from '../tell-one.ts';
import type { Message } from '../views/message.ts';

/** A message is changed at most once in so long: Slack counts the changes (slack-rules.md). */
const EVERY_MS = 3_000;

export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/**
 * Posts a message to somebody's direct message; nothing where Slack lets none be posted.
 *
 * @param of what it tells of, where an earlier process may have posted it: it is looked for first.
 */
export async function postDirect(
  user: string,
  message: Message,
  ports: ActionPorts,
  of?: { readonly id: string; readonly since: Date },
): Promise<Place | undefined> {
  const { critical } = ports.clients;
  const patience = patienceOf(ports);
  const channel = await openDirect({ client: critical, patience }, user);
  if (channel === undefined) return undefined;
  const posting = { client: critical, patience };
  const ts = of
    ? await postMarked(posting, { channel }, message, { id: of.id, part: 'told' }, { since: of.since, maybeSent: true })
    : await postNotice(posting, { channel }, message);
  return ts === undefined ? undefined : { channel, ts };
}

export async function changeMessage({ channel, ts }: Place, message: Message, ports: ActionPorts): Promise<void> {
  const { critical } = ports.clients;
  const body = { channel, ts, text: message.text, blocks: message.blocks as never, ...AS_WRITTEN };
  await callAgain('chat.update', () => critical.chat.update(body), patienceOf(ports));
}

/** One message that is changed as work goes on: what comes faster than Slack takes it is left out, but never the last. */
export interface Told {
  say(message: Message): void;
  /** What stays: after all that was said, and at once. */
  end(message: Message): Promise<void>;
}

export function openTold(place: Place, ports: ActionPorts): Told {
  let changing: Promise<void> = Promise.resolve();
  let next: Message | undefined;
  let timer: NodeJS.Timeout | undefined;
  let changedAt = Number.NEGATIVE_INFINITY;
  const change = () => {
    timer = undefined;
    const message = next;
    next = undefined;
    if (!message) return;
    changedAt = performance.now();
    changing = changing.then(() => changeMessage(place, message, ports));
  };
  return {
    say(message) {
      next = message;
      timer ??= setTimeout(change, Math.max(0, changedAt + EVERY_MS - performance.now()));
    },
    async end(message) {
      clearTimeout(timer);
      next = undefined;
      await changing.catch(() => undefined);
      await changeMessage(place, message, ports);
    },
  };
}
