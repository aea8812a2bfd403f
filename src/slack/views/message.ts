import { neutral, neutralLines } from '../text.ts';

/** A message that we post: blocks and the text that screen readers and old clients get. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly Block[];
}

export type Block = { readonly type: string; readonly [field: string]: unknown };

/** Slack takes no empty text. */
export const shown = (text: string) => (text.trim() === '' ? '∅' : text);

/** `verbatim`: Slack makes no link of an address and no mention of a name that is not written as one. */
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text: shown(text), verbatim: true });
export const plain = (text: string) => ({ type: 'plain_text', text: shown(neutral(text)), emoji: false });

export const section = (text: string, blockId: string): Block => ({
  type: 'section',
  block_id: blockId,
  text: mrkdwn(text),
  expand: true,
});
export const context = (texts: readonly string[], blockId: string): Block => ({
  type: 'context',
  block_id: blockId,
  elements: texts.map(mrkdwn),
});

/** Says below what a message begins with that files which came with a question were not read (SURF-4). */
export const noteOnFiles = (message: Message, runId: string): Message => ({
  ...message,
  blocks: message.blocks.toSpliced(
    1,
    0,
    context(['I read no attached files: this goes by the words of your message alone.'], `files-${runId}`),
  ),
});

export const button = (label: string, actionId: string, value: string) => ({
  type: 'button',
  text: plain(label),
  action_id: actionId,
  value,
});

/** A menu behind three dots, of up to five entries. */
export const overflow = (
  actionId: string,
  options: readonly { readonly text: ReturnType<typeof plain>; readonly value: string }[],
) => ({ type: 'overflow', action_id: actionId, options });

/** One rich-text paragraph of parts that Slack does not parse; `code` parts are set in a fixed width. */
export const richText = (parts: readonly { readonly text: string; readonly code?: boolean }[]) => ({
  type: 'rich_text_section',
  elements: parts.map(({ text, code }) => ({
    type: 'text',
    text: shown(neutralLines(text)),
    ...(code ? { style: { code: true } } : {}),
  })),
});

export const preformatted = (text: string, blockId: string): Block => ({
  type: 'rich_text',
  block_id: blockId,
  elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shown(neutralLines(text)) }] }],
});
