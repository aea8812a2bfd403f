import type { NewRun, Store } from '#src/ports/store.ts';
import { readMessageText } from './text.ts';

/** What of a Socket Mode delivery we read; everything else in it is left alone. */
interface Delivery {
  readonly type?: string;
  readonly team_id?: string;
  readonly event_id?: string;
  readonly is_ext_shared_channel?: boolean;
  readonly event?: {
    readonly type?: string;
    readonly subtype?: string;
    readonly channel?: string;
    readonly channel_type?: string;
    readonly user?: string;
    readonly bot_id?: string;
    readonly text?: string;
    readonly ts?: string;
    readonly thread_ts?: string;
  };
}

export interface IngressContext {
  readonly store: Store;
  readonly botUserId: string;
  readonly newId: () => string;
  readonly now: () => Date;
}

/**
 * Records a delivery and the run that it asks for in one transaction, before Bolt acknowledges it: a crash after that
 * loses nothing, and the same event twice, or a mention and its message twin, make one run. Returns true when there is work.
 */
export function recordDelivery(body: unknown, context: IngressContext): boolean {
  const delivery = body as Delivery;
  if (delivery.type !== 'event_callback' || !delivery.event_id || !delivery.team_id) return false;
  const run = runOf(delivery, context);
  return context.store.record(`${delivery.team_id}:${delivery.event_id}`, run, context.now()) && run !== undefined;
}

/** The run that a message starts; undefined for a message that is not for us. */
function runOf(delivery: Delivery, { store, botUserId, newId }: IngressContext): NewRun | undefined {
  const event = delivery.event;
  if (!event?.channel || !event.user || !event.ts || event.text === undefined) return undefined;
  if (event.bot_id || event.user === botUserId) return undefined;
  if (event.subtype && event.subtype !== 'file_share' && event.subtype !== 'thread_broadcast') return undefined;
  const team = delivery.team_id!;
  const direct = event.channel_type === 'im';
  const thread = event.thread_ts ?? event.ts;
  const mentioned = event.type === 'app_mention' || event.text.includes(`<@${botUserId}`);
  if (
    event.type === 'message' &&
    !direct &&
    !mentioned &&
    !addressed(event.text, event.user, store.askers(team, event.channel, event.thread_ts ?? ''))
  )
    return undefined;
  if (event.type !== 'app_mention' && event.type !== 'message') return undefined;
  return {
    id: newId(),
    team,
    channel: event.channel,
    thread,
    message: event.ts,
    user: event.user,
    text: readMessageText(event.text, botUserId),
    notDatabases: [],
    direct,
    external: delivery.is_ext_shared_channel === true,
  };
}

const THANKS = /^(?:thanks?(?: you)?|thx|ok(?:ay)?|great|cool|perfect|nice|got it|👍|🙏|:[\w+-]+:|[\s!.])+$/iu;

/** A reply in a thread where we answered is for us when its asker writes it and it starts with nobody else's name. */
function addressed(text: string, user: string, askers: readonly string[]): boolean {
  return askers.includes(user) && !/^\s*<@/.test(text) && !THANKS.test(text.trim());
}
