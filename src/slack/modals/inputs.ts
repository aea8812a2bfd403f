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
    options: options.choices.map(option),
    ...(chosen ? { initial_option: option(chosen) } : {}),
  });
};

export const selectInput = oneOf('static_select');
export const radioInput = oneOf('radio_buttons');

export const userInput = (blockId: string, options: InputOptions & { readonly initial?: string | undefined }): Block =>
  input(blockId, options, { type: 'users_select', ...(options.initial ? { initial_user: options.initial } : {}) });
