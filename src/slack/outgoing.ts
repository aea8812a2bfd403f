import { blockOfMessage } from '#src/slack-api/check-blocks.ts';
import { oneNoteEach, rungBelow } from './ladder.ts';
import type { Block, Message } from './views/message.ts';

/** Sent with every message: no link is previewed, no name or address in the text is made into a mention or link (OUT-2). */
export const AS_WRITTEN = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' } as const;

/** The body of chat.postMessage for a message, whole or in a plainer form. */
export function postBody(
  to: { readonly channel: string; readonly thread_ts?: string },
  message: Message,
  blocks = message.blocks,
) {
  return { ...to, text: message.text, ...(blocks.length ? { blocks } : {}), ...AS_WRITTEN };
}

/** Where a refusal names no block: what is missed least goes first, and of two of a kind the later. */
const LEAST_MISSED_FIRST = [
  'plan',
  'data_visualization',
  'context_actions',
  'container',
  'data_table',
  'table',
  'rich_text',
  'actions',
  'context',
];

export interface Plainer {
  readonly blocks: readonly Block[];
  /** The block that was refused, and what stands in its place; nothing where it is left out. */
  readonly dropped: Block;
  readonly became: readonly Block[];
}

/**
 * The same message with one block a rung lower: the one that a refusal points at, else the one that is missed least. Nothing when only
 * the text is left.
 *
 * @param messages `response_metadata.messages` of the refusal.
 * @param isTooLong what is laid open would only be longer.
 */
export function plainer(
  blocks: readonly Block[],
  messages: readonly string[] = [],
  isTooLong = false,
): Plainer | undefined {
  const named = messages.map(blockOfMessage).find((at) => at !== undefined && at < blocks.length);
  const at = named ?? leastMissed(blocks);
  const dropped = blocks[at];
  if (!dropped) return undefined;
  const became = isTooLong && dropped.type === 'container' ? [] : (rungBelow(dropped) ?? []);
  return { blocks: oneNoteEach(blocks.toSpliced(at, 1, ...became)), dropped, became };
}

/**
 * A message without kinds of blocks that a workspace does not take, each as many rungs lower as it has to be.
 *
 * @param onDropped told of each, and of what stands in its place.
 */
export function withoutKinds(
  blocks: readonly Block[],
  refuses: (type: string) => boolean,
  onDropped: (dropped: Block, became: readonly Block[]) => void = () => undefined,
): readonly Block[] {
  const left = blocks.flatMap((block): readonly Block[] => {
    if (!refuses(block.type)) return [block];
    const became = rungBelow(block) ?? [];
    onDropped(block, became);
    return withoutKinds(became, refuses, onDropped);
  });
  return oneNoteEach(left);
}

function leastMissed(blocks: readonly Block[]): number {
  for (const type of LEAST_MISSED_FIRST) {
    const at = blocks.findLastIndex((block) => block.type === type);
    if (at !== -1) return at;
  }
  return blocks.length - 1;
}

/** Every form that a message takes while one block after the other is refused; the last is its text alone. */
export function plainerForms({ blocks }: Message): readonly (readonly Block[])[] {
  const forms = [blocks];
  for (let next = plainer(blocks); next; next = plainer(next.blocks)) forms.push(next.blocks);
  return forms;
}
