import type { TeamId, UserId } from '#src/domain/ids.ts';
import { countReasons, mainReason, REASON_NAMES, type Review, waitingFor } from '#src/domain/review.ts';
import type { Run } from '#src/domain/run.ts';
import type { Digest } from '#src/service/digests.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import { conversationKind } from './conversation-kind.ts';
import { slackLimits } from './limits.ts';
import { type Mark, postMarked } from './post-marked.ts';
import { postOnce } from './poster.ts';
import { postingFor, type SlackPorts } from './slack-ports.ts';
import { openDirect } from './tell-one.ts';
import { cut, escapeMrkdwn } from './text.ts';
import { type Block, button, context, type Message, section } from './views/message.ts';

export interface ReviewNotices {
  /** Looks at once. */
  now(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 20_000;
const TRY_AGAIN_MS = 5 * 60_000;
const ITEMS_SHOWN = 5;
const WAITING_SHOWN = 5;
const DAY_MS = 24 * 3_600_000;

/** Tells those who wait what the data team decided, wherever it was, and those who decide once a day what waits for them. */
export function startReviewNotices(team: TeamId, ports: SlackPorts, stopping: AbortSignal): ReviewNotices {
  let round: Promise<void> | undefined;
  const waits = new Map<string, number>();
  const now = () => {
    round ??= lookOnce(team, ports, stopping, waits)
      .catch((error: unknown) => ports.log('decisions or digests could not be told', error))
      .finally(() => {
        round = undefined;
      });
    return round;
  };
  const timer = setInterval(now, EVERY_MS);
  timer.unref();
  void now();
  return { now, stop: () => clearInterval(timer) };
}

async function lookOnce(
  team: TeamId,
  ports: SlackPorts,
  stopping: AbortSignal,
  /** When what could not be said is tried again. */
  waits: Map<string, number>,
): Promise<void> {
  const { reviews } = ports.querent;
  for (const review of await reviews.untold(team)) {
    if (stopping.aborted) return;
    const { settled, run } = review;
    if (!settled || (waits.get(run.id) ?? 0) > ports.now().getTime()) continue;
    if (await tellSettled(review, ports, stopping)) await reviews.saveTold(run.id, settled.at);
    else waits.set(run.id, ports.now().getTime() + TRY_AGAIN_MS);
  }
  for (const digest of await reviews.digests(team, ports.people.membersOf)) {
    if (stopping.aborted) return;
    const key = `digest ${digest.to}`;
    if ((waits.get(key) ?? 0) > ports.now().getTime()) continue;
    if (await sendDigest(team, digest, ports, stopping)) await reviews.saveDigest(team, digest);
    else waits.set(key, ports.now().getTime() + TRY_AGAIN_MS);
  }
}

/** In the thread where it was asked, else to each who waits. False where Slack cannot take it now. */
async function tellSettled(review: Review, ports: SlackPorts, signal: AbortSignal): Promise<boolean> {
  const waiting = waitingFor(review).slice(0, WAITING_SHOWN);
  const { run, settled } = review;
  if (!settled || !waiting.length) return true;
  const text = `${waiting.map((id) => `<@${id}>`).join(', ')}: ${saySettled(settled)}`;
  const posting = postingFor(ports, run, { lastsMs: LOOKUP_PATIENCE_MS, signal });
  if (!run.direct && !(await isInternal(run, ports, signal))) return tellEach(review, waiting, text, ports, signal);
  // It may have been posted before a stop that kept us from knowing.
  const posted = await postOnce(posting, { ...run, attempts: 2 }, `settled:${settled.at}`, { text, blocks: [] });
  if (posted.ok) return true;
  if (posted.fault.kind !== 'gone' && posted.fault.kind !== 'thread-gone') return false;
  return tellEach(review, waiting, text, ports, signal);
}

/** A channel may have come to be shared with another company since it was asked there. */
async function isInternal({ channel }: Run, { clients, querent, log }: SlackPorts, signal: AbortSignal) {
  const patience = { lastsMs: LOOKUP_PATIENCE_MS, signal, onFault: log };
  const kind = await conversationKind(clients.lookups, channel, patience, querent.runSettings.siblingTeams);
  return kind === 'internal';
}

/** In their direct messages, once each. False where one of them could not be told now. */
async function tellEach(
  { run, settled }: Review,
  waiting: readonly UserId[],
  text: string,
  ports: SlackPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const mark = { id: run.id, part: `settled ${settled?.at}` };
  const since = new Date(settled?.at ?? 0);
  let told = true;
  for (const user of waiting)
    told = (await sayDirectly(run.team, user, { text, blocks: [] }, { mark, since }, ports, signal)) && told;
  return told;
}

function saySettled({ how, note }: NonNullable<Review['settled']>): string {
  if (how === 'verified') return 'the data team settled this. The answer that it found right is in this thread.';
  const said = note ? ` They say: “${escapeMrkdwn(cut(note, slackLimits.takeaway))}”` : '';
  return `the data team looked at this and left it as it is.${said}`;
}

/** False where they have not had it. It is looked up by its day first: a stop may have kept us from knowing that it was posted. */
function sendDigest(
  team: TeamId,
  { to, day, reviews }: Digest,
  ports: SlackPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const head = `*To be looked at:* ${countReasons(reviews)}.`;
  const items = reviews.slice(0, ITEMS_SHOWN).map(({ run, reasons }, at): Block => {
    const [kind] = REASON_NAMES[mainReason({ reasons })];
    const text = escapeMrkdwn(cut(run.result?.text ?? run.text, 200));
    return { ...section(`• ${kind}: ${text}`, `item-${at}`), accessory: button('Review', 'querent_review', run.id) };
  });
  const rest = reviews.length - items.length;
  const more = `${rest > 0 ? `${rest} more are on Home. ` : ''}This comes at most once a day.`;
  const blocks = [section(head, 'digest'), ...items, context([more], 'more')];
  const since = new Date(ports.now().getTime() - DAY_MS);
  const sending = { mark: { id: `digest ${day}`, part: 'digest' }, since };
  return sayDirectly(team, to, { text: head.replaceAll('*', ''), blocks }, sending, ports, signal);
}

interface Sending {
  readonly mark: Mark;
  /** It was not posted before. */
  readonly since: Date;
}

/**
 * Once, to full members alone: who left or became a guest since they were named hears nothing more. False where that is not known, or it
 * could not be posted.
 */
async function sayDirectly(
  team: TeamId,
  user: UserId,
  message: Message,
  { mark, since }: Sending,
  ports: SlackPorts,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  const { kind } = await ports.people.admit(team, user, undefined);
  if (kind !== 'reader') return kind !== 'unknown';
  const { critical: client } = ports.clients;
  const patience = {
    lastsMs: LOOKUP_PATIENCE_MS,
    signal,
    onFault: (method: string, error: unknown) => ports.log(method, error),
  };
  const channel = await openDirect({ client, patience }, user);
  if (channel === undefined) return false;
  const sent = await postMarked({ client, patience }, { channel }, message, mark, { since, maybeSent: true });
  return sent !== undefined;
}
