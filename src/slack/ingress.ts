import type { NewRun } from '#src/domain/run.ts';
import type { RunStore } from '#src/service/querent.ts';
import { type MessageDelivery, readMessage } from './deliveries.ts';
import { holdsSecret, type RefusedMessage } from './refuse-secret.ts';
import { readMessageText } from './text.ts';

export interface IngressPorts {
  readonly runs: RunStore;
  readonly botUserId: string;
  readonly newId: () => string;
  readonly now: () => Date;
  /** Hears of a message that is not kept because it looks as if it held a secret. */
  readonly onSecret?: (message: RefusedMessage) => void;
}

/**
 * Records a delivery and the run that it asks for in one transaction, before Bolt acknowledges it: a crash after that
 * loses nothing, and the same event twice, or a mention and its message twin, make one run. Resolves to true when there is work.
 */
export async function recordDelivery(body: unknown, ports: IngressPorts): Promise<boolean> {
  const delivery = readMessage(body);
  if (!delivery) return false;
  const asked = await runOf(delivery, ports);
  // Nothing of it is kept (ADM-4).
  const secret = asked !== undefined && holdsSecret(delivery.event.text);
  const run = secret ? undefined : asked;
  const fresh = await ports.runs.record(`${delivery.team_id}:${delivery.event_id}`, run, ports.now());
  if (fresh && secret && !asked.external) {
    const { team, channel, message } = asked;
    // A mention comes twice, and is told of once.
    if (await ports.runs.record(`secret:${team}:${channel}:${message}`, undefined, ports.now()))
      ports.onSecret?.(asked);
  }
  return fresh && run !== undefined;
}

/** Messages that a person wrote, though Slack marks them. */
const SUBTYPES = new Set(['file_share', 'thread_broadcast']);

/** The run that a message starts; undefined for a message that is not for us. */
async function runOf(
  { team_id: team, event, is_ext_shared_channel: external = false }: MessageDelivery,
  { runs, botUserId, newId }: IngressPorts,
): Promise<NewRun | undefined> {
  const { channel, user, text, ts, thread_ts: thread } = event;
  if (event.bot_id || user === botUserId) return undefined;
  if (event.subtype !== undefined && !SUBTYPES.has(event.subtype)) return undefined;
  const direct = event.channel_type === 'im';
  const mentioned = event.type === 'app_mention' || text.includes(`<@${botUserId}`);
  if (!direct && !mentioned) {
    const askers = thread === undefined ? [] : await runs.askers(team, { channel, thread });
    if (!isAddressed(text, user, askers)) return undefined;
  }
  return {
    id: newId(),
    team,
    channel,
    thread: thread ?? ts,
    message: ts,
    cause: { kind: 'message' },
    user,
    text: readMessageText(text, botUserId),
    intent: { kind: 'any' },
    turnedDown: [],
    direct,
    external,
  };
}

const THANKS = /^(?:thanks?(?: you)?|thx|ok(?:ay)?|great|cool|perfect|nice|got it|👍|🙏|:[\w+-]+:|[\s!.])+$/iu;

/** A reply in a thread where we answered is for us when its asker writes it and it starts with nobody else's name. */
function isAddressed(text: string, user: string, askers: readonly string[]): boolean {
  return askers.includes(user) && !/^\s*<@/.test(text) && !THANKS.test(text.trim());
}
