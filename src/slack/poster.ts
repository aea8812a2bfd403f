import { ErrorCode, type WebClient } from '@slack/web-api';
import type { Run, Store } from '#src/ports/store.ts';
import { plainerForms, postBody } from './outgoing.ts';
import type { Message } from './views/message.ts';

/** Our blocks are newer than the client's types. */
type PostBody = Omit<ReturnType<typeof postBody>, 'blocks'>;

/** One posted part of a run's answer. */
export type Part = 'answer' | 'clarify' | 'csv' | 'shared';

const MAX_SENDS = 3;

/**
 * Posts a part of a run once. A send whose outcome is unknown is looked up by its metadata before it is tried again, and
 * blocks that Slack refuses are taken off step by step: an answer is never lost for a block, and never doubled.
 */
export async function postOnce(
  client: WebClient,
  store: Store,
  run: Run,
  part: Part,
  message: Message,
): Promise<string | undefined> {
  const known = store.posted(run.id, part) ?? (run.attempts > 1 ? await findPosted(client, run, part) : undefined);
  if (known) {
    store.savePosted(run.id, part, known);
    return known;
  }
  const forms = plainerForms(message);
  let form = 0;
  for (let sends = 0; sends < MAX_SENDS + forms.length; sends += 1) {
    try {
      const { ts } = await client.chat.postMessage({
        ...(postBody(placeOf(run), message, forms[form]!) as PostBody),
        metadata: { event_type: 'querent_run', event_payload: { run_id: run.id, part } },
      });
      if (ts) store.savePosted(run.id, part, ts);
      return ts;
    } catch (error) {
      const code = (error as { data?: { error?: string } }).data?.error ?? '';
      if (/^(invalid_blocks|invalid_blocks_format|msg_blocks_too_long)$/.test(code) && form < forms.length - 1) {
        form += 1;
        continue;
      }
      if ((error as { code?: string }).code !== ErrorCode.RequestError || sends >= MAX_SENDS) throw error;
      const found = await findPosted(client, run, part);
      if (found) {
        store.savePosted(run.id, part, found);
        return found;
      }
    }
  }
  return undefined;
}

/** Where a run's messages go: its thread, or the direct message that it was moved to. */
export function placeOf(run: Run): { readonly channel: string; readonly thread_ts?: string } {
  const { privateTo } = run.result ?? {};
  return privateTo === undefined ? { channel: run.channel, thread_ts: run.thread } : { channel: privateTo };
}

/** Our own message of this run and part in the thread, if it is there. */
async function findPosted(client: WebClient, run: Run, part: Part): Promise<string | undefined> {
  try {
    const { channel, thread_ts: ts } = placeOf(run);
    const request = { channel, include_all_metadata: true, limit: 100 };
    const { messages } = await (ts === undefined
      ? client.conversations.history(request)
      : client.conversations.replies({ ...request, ts }));
    const mine = (messages ?? []).find((message) => {
      const payload = (message as { metadata?: { event_payload?: Record<string, unknown> } }).metadata?.event_payload;
      return payload?.run_id === run.id && payload.part === part;
    });
    return mine?.ts;
  } catch {
    return undefined;
  }
}
