import type { Run } from '#src/domain/run.ts';
import { callAgain } from './calls.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { placeOf } from './poster.ts';
import { type ActionPorts, pressPosting, REPLACED } from './press.ts';
import { type Block, context } from './views/message.ts';

/** Blocks that act on an answer: one that was replaced has none. */
const ACTS = new Set(['actions', 'context_actions']);

/** Says of an answer that a newer one took its place, and takes its controls away. What cannot be read back is left as it is. */
export async function markReplaced(run: Run, ports: ActionPorts): Promise<void> {
  const { patience, client } = pressPosting(ports, run);
  const ts = await ports.querent.runs.posted(run.id, 'answer');
  const { channel, thread_ts: thread } = placeOf(run);
  if (!ts) return;
  await ports.querent.runs.savePosted(run.id, REPLACED, ts);
  const range = { channel, oldest: ts, latest: ts, inclusive: true, limit: 1 };
  const read = await callAgain(
    thread === undefined ? 'conversations.history' : 'conversations.replies',
    async () => {
      const page = await (thread === undefined
        ? client.conversations.history(range)
        : client.conversations.replies({ ...range, ts: thread }));
      return page.messages?.find((one) => one.ts === ts);
    },
    patience,
  );
  const message = read.ok ? read.value : undefined;
  const blocks = message?.blocks as readonly Block[] | undefined;
  if (!message || !blocks) return;
  const kept = [
    ...blocks.filter(({ type }) => !ACTS.has(type)),
    context(['Replaced by a newer answer.'], `replaced-${run.id}`),
  ];
  const { link_names, parse } = AS_WRITTEN;
  await callAgain(
    'chat.update',
    () => client.chat.update({ channel, ts, text: message.text ?? '', blocks: kept as never, link_names, parse }),
    patience,
  );
}
