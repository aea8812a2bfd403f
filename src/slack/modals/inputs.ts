import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { cut } from '../text.ts';
import { type Block, plain } from '../views/message.ts';

/** Inputs of modals. The id of a block is the name that its value has in a submission (form-values.ts). */

export interface InputOptions {
  readonly label: string;
  readonly hint?: string;
  readonly optional?: true;
}

export interface Choice {
  readonly text: string;
  readonly value: string;
}

/** The action id of every input: values are told apart by their blocks. */
export const INPUT = 'value';

const input = (blockId: string, { label, hint, optional }: InputOptions, element: Block): Block => ({
  type: 'input',
  block_id: blockId,
  label: plain(label),
  ...(hint ? { hint: plain(hint) } : {}),
  ...(optional ? { optional } : {}),
  element: { ...element, action_id: INPUT },
});

export function textInput(
  blockId: string,
  options: InputOptions & {
    readonly initial?: string | undefined;
    readonly placeholder?: string;
    readonly multiline?: true;
    readonly longest?: number;
  },
): Block {
  const { initial, placeholder, multiline, longest } = options;
  return input(blockId, options, {
    type: 'plain_text_input',
    ...(initial ? { initial_value: initial } : {}),
    ...(placeholder ? { placeholder: plain(placeholder) } : {}),
    ...(multiline ? { multiline } : {}),
    max_length: longest ?? 1_500,
  });
}

const option = ({ text, value }: Choice) => ({ text: plain(cut(text, SLACK_LIMITS.optionText)), value });

interface OneOf extends InputOptions {
  readonly choices: readonly Choice[];
  readonly initial?: string | undefined;
}

const oneOf = (type: 'static_select' | 'radio_buttons') => (blockId: string, options: OneOf) => {
  const chosen = options.choices.find(({ value }) => value === options.initial);
  return input(blockId, options, {
    type,
    ...listOf(options.choices),
    ...(chosen ? { initial_option: option(chosen) } : {}),
  });
};

/** A list, which is cut into groups where Slack takes no more options in one. */
function listOf(choices: readonly Choice[]) {
  const all = choices.map(option);
  const size = SLACK_LIMITS.selectOptions;
  if (all.length <= size) return { options: all };
  const starts = Array.from({ length: Math.ceil(all.length / size) }, (_, at) => at * size);
  const groups = starts.slice(0, SLACK_LIMITS.selectGroups).map((start) => ({
    label: plain(cut(choices[start]?.text ?? '…', SLACK_LIMITS.optionText)),
    options: all.slice(start, start + size),
  }));
  return { option_groups: groups };
}

export const selectInput = oneOf('static_select');
export const radioInput = oneOf('radio_buttons');

export const userInput = (blockId: string, options: InputOptions & { readonly initial?: string | undefined }): Block =>
  input(blockId, options, { type: 'users_select', ...(options.initial ? { initial_user: options.initial } : {}) });

/** Several people, or conversations of this company alone. */
export const peopleInput = (blockId: string, options: InputOptions): Block =>
  input(blockId, options, { type: 'multi_users_select' });

export const channelsInput = (blockId: string, options: InputOptions): Block =>
  input(blockId, options, { type: 'multi_conversations_select', filter: INTERNAL });

export const channelInput = (blockId: string, options: InputOptions): Block =>
  input(blockId, options, { type: 'conversations_select', filter: INTERNAL });

const INTERNAL = { include: ['public', 'private'], exclude_external_shared_channels: true, exclude_bot_users: true };

/** Several of a list. */
export const severalInput = (blockId: string, options: InputOptions & { readonly choices: readonly Choice[] }): Block =>
  input(blockId, options, { type: 'multi_static_select', ...listOf(options.choices) });
