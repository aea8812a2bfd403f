import { z } from 'zod';

const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);
const Picked = z.object({ value: z.string() });

/** What an input holds, of whatever kind it is; what else Slack sends of it is left alone. */
const InputState = z.object({
  value: optional(z.string()),
  selected_option: optional(Picked),
  selected_options: optional(z.array(Picked)),
  selected_user: optional(z.string()),
  selected_users: optional(z.array(z.string())),
  selected_conversation: optional(z.string()),
  selected_conversations: optional(z.array(z.string())),
  selected_channel: optional(z.string()),
  selected_channels: optional(z.array(z.string())),
  selected_date: optional(z.string()),
});

/** `view.state.values`: by block, then by action. */
export const ViewState = z.record(z.string(), z.record(z.string(), InputState));

/** What somebody filled in, by block: one text or several; blocks left empty are absent. */
export type FormValues = ReadonlyMap<string, readonly string[]>;

export function formValues(state: z.infer<typeof ViewState>): FormValues {
  const values = new Map<string, readonly string[]>();
  for (const [block, inputs] of Object.entries(state)) {
    const held = Object.values(inputs).flatMap(textsOf).filter(Boolean);
    if (held.length) values.set(block, held);
  }
  return values;
}

function textsOf(one: z.infer<typeof InputState>): readonly string[] {
  const single = [
    one.value?.trim(),
    one.selected_option?.value,
    one.selected_user,
    one.selected_conversation,
    one.selected_channel,
    one.selected_date,
  ];
  return [
    ...single.flatMap((text) => (text === undefined ? [] : [text])),
    ...(one.selected_options ?? []).map(({ value }) => value),
    ...(one.selected_users ?? []),
    ...(one.selected_conversations ?? []),
    ...(one.selected_channels ?? []),
  ];
}

/** The one text of a block. */
export const textIn = (values: FormValues, block: string): string | undefined => values.get(block)?.[0];
