import { z } from 'zod';

/** What a delivery may leave out, or send as null. */
const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

/** What we read of an event that Slack delivers; everything else in it is left alone. */
const MessageDelivery = z.object({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event_id: z.string(),
  /** When it happened, in seconds since 1970, by Slack's clock. */
  event_time: optional(z.number()),
  is_ext_shared_channel: optional(z.boolean()),
  event: z.object({
    type: z.enum(['app_mention', 'message']),
    subtype: optional(z.string()),
    channel: z.string(),
    channel_type: optional(z.string()),
    user: z.string(),
    bot_id: optional(z.string()),
    text: z.string(),
    ts: z.string(),
    thread_ts: optional(z.string()),
    files: optional(z.array(z.unknown())),
  }),
});
export type MessageDelivery = z.infer<typeof MessageDelivery>;

/** A person's message among deliveries; nothing for every other kind of delivery. */
export function readMessage(body: unknown): MessageDelivery | undefined {
  return MessageDelivery.safeParse(body).data;
}

/** How long ago what is delivered happened, in milliseconds; negative where Slack's clock is ahead of `now`. */
export function ageMs({ event_time, event: { ts } }: MessageDelivery, now: Date): number {
  return now.getTime() - 1_000 * (event_time ?? Number(ts));
}

const OfMessage = z.object({
  user: optional(z.string()),
  bot_id: optional(z.string()),
  subtype: optional(z.string()),
  text: optional(z.string()),
  ts: z.string(),
});

const ChangeDelivery = z.object({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event: z.object({
    type: z.literal('message'),
    subtype: z.enum(['message_changed', 'message_deleted']),
    channel: z.string(),
    deleted_ts: optional(z.string()),
    message: optional(OfMessage),
    previous_message: optional(OfMessage),
  }),
});

/** A message that its writer changed, or took back. */
export interface MessageChange {
  readonly team: string;
  readonly channel: string;
  readonly message: string;
  /** What it says now; nothing where it is gone. */
  readonly text: string | undefined;
}

/**
 * A change of a person's message. A first message with replies is not deleted but becomes a tombstone
 * (https://docs.slack.dev/reference/events/message/message_deleted); a change that left the text alone (a preview that came) is none.
 */
export function readChange(body: unknown): MessageChange | undefined {
  const parsed = ChangeDelivery.safeParse(body).data;
  if (!parsed) return undefined;
  const { team_id: team, event } = parsed;
  const { channel, message: now, previous_message: before, deleted_ts } = event;
  if (now?.bot_id || before?.bot_id) return undefined;
  if (event.subtype === 'message_deleted' || now?.subtype === 'tombstone') {
    const ts = deleted_ts ?? before?.ts ?? now?.ts;
    return ts === undefined ? undefined : { team, channel, message: ts, text: undefined };
  }
  if (!now || now.text === undefined || now.text === before?.text) return undefined;
  return { team, channel, message: now.ts, text: now.text };
}

const PressDelivery = z.object({
  user: z.object({ id: z.string() }),
  channel: optional(z.object({ id: z.string() })),
  message: optional(z.object({ ts: z.string() })),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        action_ts: z.string(),
        value: optional(z.string()),
        selected_option: optional(z.object({ value: z.string() })),
      }),
    )
    .min(1),
});

/** A press of a button, or a choice from a list, under one of our messages. */
export interface PressDelivery {
  readonly user: string;
  readonly channel: string | undefined;
  /** The message that it stands under: a press can come before the store knows where that was posted. */
  readonly messageTs: string | undefined;
  readonly actionTs: string;
  /** `RUN` or `RUN:what was picked`. */
  readonly value: string;
}

export function readPress(body: unknown): PressDelivery | undefined {
  const parsed = PressDelivery.safeParse(body).data;
  const [action] = parsed?.actions ?? [];
  if (!parsed || !action) return undefined;
  return {
    user: parsed.user.id,
    channel: parsed.channel?.id,
    messageTs: parsed.message?.ts,
    actionTs: action.action_ts,
    value: action.selected_option?.value ?? action.value ?? '',
  };
}
