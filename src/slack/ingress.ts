import type { NewRun, Run } from '#src/domain/run.ts';
import { readModeCommand, type ThreadMode } from '#src/domain/thread-mode.ts';
import type { ConversationStore, RunStore } from '#src/service/querent.ts';
import { ageMs, type MessageDelivery, readMessage } from './deliveries.ts';
import { holdsSecret, type RefusedMessage } from './refuse-secret.ts';
import { readMessageText } from './text.ts';

export interface IngressPorts {
  readonly runs: RunStore;
  readonly conversations: ConversationStore;
  /** To whom it listens where nobody said otherwise. */
  readonly threadMode: ThreadMode;
  readonly botUserId: string;
  /** Questions of others that may wait in a thread. */
  readonly perThread: number;
  readonly newId: () => string;
  readonly now: () => Date;
  /** Hears of a message that is not kept because it looks as if it held a secret. */
  readonly onSecret?: (message: RefusedMessage) => void;
  /** Hears of a question that came too late to be answered, and how old it was. */
  readonly onLate?: (asked: NewRun, ageMs: number) => void;
  /** Hears of a delivery that was seen before, and of a message that its mention had recorded. */
  readonly onDuplicate?: (kind: 'delivery' | 'twin') => void;
}

/** What a delivery came to. */
export interface Recorded {
  /** The run that it asked for; nothing where it asked for none, or was seen before. */
  readonly run?: NewRun;
  /** What the same person asked before in the thread and has no answer yet: the new question takes its place (ING-6). */
  readonly replaced: readonly Run[];
  /** To whom it listens from now on, where somebody said so. */
  readonly told?: ToldMode;
}

export interface ToldMode {
  readonly team: string;
  readonly channel: string;
  readonly thread: string;
  readonly user: string;
  readonly mode: ThreadMode;
}

const NOTHING: Recorded = { replaced: [] };

/**
 * Records a delivery and the run that it asks for in one transaction, before Bolt acknowledges it: a crash after that
 * loses nothing, and the same event twice, or a mention and its message twin, make one run.
 */
export async function recordDelivery(body: unknown, ports: IngressPorts): Promise<Recorded> {
  const delivery = readMessage(body);
  if (!delivery) return NOTHING;
  const told = modeTold(delivery, ports);
  if (told) return toldOnce(told, delivery, ports);
  const asked = await runOf(delivery, ports);
  if (asked && holdsSecret(delivery.event.text)) return refuseSecret(asked, delivery, ports);
  if (asked && ageMs(delivery, ports.now()) > LATE_MS) return recordLate(asked, delivery, ports);
  const waiting = asked ? await ports.runs.waiting(asked.team, asked) : [];
  const replaced = asked ? replacedBy(asked, waiting) : [];
  const run = asked && (replaced.length ? asked : turnedAwayOr(asked, waiting, ports));
  const fresh = await ports.runs.record(`${delivery.team_id}:${delivery.event_id}`, run, ports.now());
  if (!fresh) ports.onDuplicate?.('delivery');
  if (!fresh || !run) return NOTHING;
  if ((await ports.runs.run(run.id)) === undefined) {
    ports.onDuplicate?.('twin');
    return NOTHING;
  }
  return { run, replaced };
}

/**
 * What is older than ten minutes as it comes starts no work (IDEM-6). In a direct message it is recorded, for whoever asked to be told and
 * to have it run; elsewhere the delivery alone is. What was recorded in time is none, however often and late it is delivered again.
 */
async function recordLate(asked: NewRun, delivery: MessageDelivery, ports: IngressPorts): Promise<Recorded> {
  const { runs, now, onLate } = ports;
  const run: NewRun | undefined = asked.direct ? { ...asked, late: true } : undefined;
  const fresh = await runs.record(`${delivery.team_id}:${delivery.event_id}`, run, now());
  const known = await runs.ofMessage(asked.team, asked.channel, asked.message);
  if (!fresh || (known && known.id !== run?.id)) return NOTHING;
  onLate?.(asked, ageMs(delivery, now()));
  return run ? { run, replaced: [] } : NOTHING;
}

/** Nothing of a message that looks as if it held a secret is kept (ADM-4). */
async function refuseSecret(
  asked: NewRun,
  { team_id, event_id }: MessageDelivery,
  ports: IngressPorts,
): Promise<Recorded> {
  const { runs, now, onSecret } = ports;
  const fresh = await runs.record(`${team_id}:${event_id}`, undefined, now());
  const { team, channel, message, external } = asked;
  // A mention comes twice, and is told of once.
  if (fresh && !external && (await runs.record(`secret:${team}:${channel}:${message}`, undefined, now())))
    onSecret?.(asked);
  return NOTHING;
}

/** A mode is told once, though a mention comes twice; it is set once it is known that who told it may ask. */
async function toldOnce(
  told: ToldMode,
  { event: { ts }, is_ext_shared_channel: external = false }: MessageDelivery,
  { runs, now }: IngressPorts,
): Promise<Recorded> {
  const fresh = await runs.record(`mode:${told.team}:${told.channel}:${ts}`, undefined, now());
  return fresh && !external ? { replaced: [], told } : NOTHING;
}

/** “quiet” and the like, said to us in a thread: kept for it, and no question. */
function modeTold({ team_id: team, event }: MessageDelivery, { botUserId }: IngressPorts): ToldMode | undefined {
  const { channel, user, text, ts, thread_ts: thread = ts, channel_type, bot_id } = event;
  const mentioned = text.includes(`<@${botUserId}`);
  if (bot_id || user === botUserId || channel_type === 'im' || !mentioned) return undefined;
  const mode = readModeCommand(readMessageText(text, botUserId));
  return mode && { team, channel, thread, user, mode };
}

/** Thanks take no question's place. */
function replacedBy(run: NewRun, waiting: readonly Run[]): readonly Run[] {
  if (THANKS.test(run.text.trim())) return [];
  return waiting.filter(
    ({ user, cause, message }) => user === run.user && cause.kind === 'message' && message < run.message,
  );
}

/** The run as it is; turned away where too many questions of others wait in its thread. */
function turnedAwayOr(run: NewRun, waiting: readonly Run[], { perThread }: IngressPorts): NewRun {
  const queued = waiting.filter(({ state }) => state === 'queued').length;
  return queued < perThread ? run : { ...run, turnedAway: waiting.length };
}

/** Messages that a person wrote, though Slack marks them. */
const SUBTYPES = new Set(['file_share', 'thread_broadcast']);

/** The run that a message starts; undefined for a message that is not for us. */
async function runOf(
  { team_id: team, event, is_ext_shared_channel: external = false }: MessageDelivery,
  { runs, conversations, threadMode, botUserId, newId, now }: IngressPorts,
): Promise<NewRun | undefined> {
  const { channel, user, text, ts, thread_ts: thread } = event;
  if (event.bot_id || user === botUserId) return undefined;
  if (event.subtype !== undefined && !SUBTYPES.has(event.subtype)) return undefined;
  const direct = event.channel_type === 'im';
  const mentioned = event.type === 'app_mention' || text.includes(`<@${botUserId}`);
  if (!direct && !mentioned) {
    if (thread === undefined) return undefined;
    const mode = (await conversations.threadMode(team, { channel, thread })) ?? threadMode;
    const askers = await runs.askers(team, { channel, thread }, new Date(now().getTime() - ENGAGED_MS));
    if (!isAddressed(text, askers.length > 0 && (mode === 'open' || askers.includes(user)), mode)) return undefined;
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
    ...(event.files?.length ? { attached: true } : {}),
  };
}

const THANKS = /^(?:thanks?(?: you)?|thx|ok(?:ay)?|great|cool|perfect|nice|got it|👍|🙏|:[\w+-]+:|[\s!.])+$/iu;

/** A question that comes so long after it was asked is not answered unasked. */
const LATE_MS = 600_000;

/** A thread is left alone after a week without a question. */
const ENGAGED_MS = 7 * 24 * 3_600_000;

/** A reply in a thread where we answered is for us when somebody writes it to whom we listen and it starts with nobody else's name. */
function isAddressed(text: string, listens: boolean, mode: ThreadMode): boolean {
  return mode !== 'mention' && listens && !/^\s*<@/.test(text) && !THANKS.test(text.trim());
}
