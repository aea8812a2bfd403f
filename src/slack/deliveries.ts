import { z } from 'zod';

/** What a delivery may leave out, or send as null. */
const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

/** What we read of an event that Slack delivers; everything else in it is left alone. */
const MessageDelivery = z.object({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event_id: z.string(),
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
  }),
});
export type MessageDelivery = z.infer<typeof MessageDelivery>;

/** A person's message among deliveries; nothing for every other kind of delivery. */
export function readMessage(body: unknown): MessageDelivery | undefined {
  return MessageDelivery.safeParse(body).data;
}

const PressDelivery = z.object({
  user: z.object({ id: z.string() }),
  channel: optional(z.object({ id: z.string() })),
  message: optional(z.object({ ts: z.string() })),
  trigger_id: z.string(),
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
  readonly triggerId: string;
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
    triggerId: parsed.trigger_id,
    actionTs: action.action_ts,
    value: action.selected_option?.value ?? action.value ?? '',
  };
}
