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

/** Ever plainer forms of the same message: without the chart, without the newer blocks, text alone. */
export function plainerForms({ blocks }: Message): readonly (readonly Block[])[] {
  const basic = new Set(['section', 'context', 'actions', 'rich_text', 'divider', 'header']);
  return [
    blocks,
    blocks.filter((block) => block.type !== 'data_visualization'),
    blocks.filter((block) => basic.has(block.type)),
    [],
  ];
}
