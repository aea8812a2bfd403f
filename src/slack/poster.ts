import type { WebClient } from '@slack/web-api';
import type { Run } from '#src/domain/run.ts';
import type { RunStore } from '#src/service/querent.ts';
import type { CallFault } from '#src/slack-api/call-faults.ts';
import { checkBlocks, sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { callAgain, callOnce, type Patience, type SlackCallResult, Waits } from './calls.ts';
import { plainer, postBody, withoutKinds } from './outgoing.ts';
import type { RefusedBlocks } from './refused-blocks.ts';
import type { Block, Message } from './views/message.ts';

/** One posted part of a run's answer. */
export type MessagePart =
  | 'answer'
  | 'clarify'
  | 'notice'
  | 'late'
  | 'shared'
  | 'progress'
  | 'csv'
  | `settled:${string}`;

export interface PostPorts {
  readonly client: WebClient;
  readonly runs: RunStore;
  readonly patience: Patience;
  /** Told of every block that was refused, with the place and reason that were given, and of what stands in its place. */
  readonly onDropped: (dropped: Block, reason: string, became: readonly Block[]) => void;
  readonly refused: RefusedBlocks;
}

/** Our blocks are newer than the client's types. */
type PostBody = Omit<ReturnType<typeof postBody>, 'blocks'>;

/**
 * Posts a part of a run exactly once. A send whose outcome is unknown is looked up by its metadata until it is known, never
 * repeated blindly; blocks that Slack refuses become plainer one by one; what Slack cannot take now is sent when it can.
 * The value is the message's timestamp.
 */
export async function postOnce(
  ports: PostPorts,
  run: Run,
  part: MessagePart,
  message: Message,
): Promise<SlackCallResult<string>> {
  const known = await postedBefore(ports, run, part);
  if (!known.ok || known.value !== undefined) return settled(ports, run, part, known);
  const kinds = withoutKinds(
    message.blocks,
    (type) => ports.refused.refuses(run.team, type),
    (dropped, became) => ports.onDropped(dropped, 'it was refused before', became),
  );
  let blocks = withoutFaults(kinds, ports.onDropped);
  for (const waits = new Waits(ports.patience); ; ) {
    const sent = await send(ports, run, part, message, blocks);
    if (sent.ok) return settled(ports, run, part, sent);
    switch (sent.fault.kind) {
      case 'refused': {
        const { code, messages } = sent.fault;
        const next = plainer(blocks, messages, code === 'msg_blocks_too_long');
        if (!next) return sent;
        const reason = [code, ...messages].join(' ');
        ports.onDropped(next.dropped, reason, next.became);
        ports.refused.learn(run.team, next.dropped.type, reason);
        blocks = next.blocks;
        break;
      }
      case 'again':
        if (!(await waits.another(sent.fault.waitMs))) return sent;
        break;
      case 'unknown': {
        if (!(await waits.another())) return sent;
        const found = await findPosted(ports, run, part);
        if (!found.ok) return { ...found, fault: sent.fault };
        if (found.value !== undefined) return settled(ports, run, part, found);
        break;
      }
      default:
        return sent;
    }
  }
}

/** Where a run's messages go: its thread, or the direct message that it was moved to. */
export function placeOf(run: Run): { readonly channel: string; readonly thread_ts?: string } {
  const moved = run.result?.movedTo;
  if (!moved) return { channel: run.channel, thread_ts: run.thread };
  return { channel: moved.channel, ...(moved.thread === undefined ? {} : { thread_ts: moved.thread }) };
}

/** Only a run that was begun before can have been posted without our knowing. */
async function postedBefore(
  ports: PostPorts,
  run: Run,
  part: MessagePart,
): Promise<SlackCallResult<string | undefined>> {
  const stored = await ports.runs.posted(run.id, part);
  if (stored !== undefined || run.attempts <= 1) return { ok: true, value: stored };
  return findPosted(ports, run, part);
}

async function settled(
  ports: PostPorts,
  run: Run,
  part: MessagePart,
  called: SlackCallResult<string | undefined>,
): Promise<SlackCallResult<string>> {
  if (!called.ok) return called;
  const ts = called.value ?? '';
  if (ts) await ports.runs.savePosted(run.id, part, ts);
  return { ok: true, value: ts };
}

function send(
  { client, patience }: PostPorts,
  run: Run,
  part: MessagePart,
  message: Message,
  blocks: readonly Block[],
) {
  return callOnce(
    'chat.postMessage',
    async () => {
      const { ts } = await client.chat.postMessage({
        ...(postBody(placeOf(run), message, blocks) as PostBody),
        metadata: { event_type: 'querent_run', event_payload: { run_id: run.id, part } },
      });
      return ts ?? '';
    },
    patience,
  );
}

/** What we know that Slack would refuse is left out before it is sent. */
function withoutFaults(blocks: readonly Block[], onDropped: PostPorts['onDropped']): readonly Block[] {
  let kept = blocks;
  for (let faults = checkBlocks(kept); faults.length && kept.length; faults = checkBlocks(kept)) {
    const messages = faults.map(sayBlockFault);
    const next = plainer(kept, messages);
    if (!next) break;
    onDropped(next.dropped, messages[0] ?? '', next.became);
    kept = next.blocks;
  }
  return kept;
}

/** Messages that are read at a time while a posted one is looked for. */
const PAGE = 200;

/** Our own message of this run and part in its thread, through all pages. A thread that is not there holds none. */
async function findPosted(ports: PostPorts, run: Run, part: MessagePart): Promise<SlackCallResult<string | undefined>> {
  let cursor: string | undefined;
  do {
    const page = await readPage(ports, run, cursor);
    if (!page.ok) return page.fault.kind === 'thread-gone' ? { ok: true, value: undefined } : page;
    const mine = page.value.messages.find(({ metadata }) => {
      const { run_id: id, part: posted } = metadata?.event_payload ?? {};
      return id === run.id && posted === part;
    });
    if (mine?.ts) return { ok: true, value: mine.ts };
    cursor = page.value.next;
  } while (cursor);
  return { ok: true, value: undefined };
}

interface OwnMessage {
  readonly ts?: string;
  readonly metadata?: { readonly event_payload?: Readonly<Record<string, unknown>> };
}

interface Page {
  readonly messages: readonly OwnMessage[];
  readonly next: string | undefined;
}

/** One page of the thread or conversation that a run is posted to, from its question on. */
function readPage(
  { client, patience }: PostPorts,
  run: Run,
  cursor: string | undefined,
): Promise<SlackCallResult<Page>> {
  const { channel, thread_ts: ts } = placeOf(run);
  const request = {
    channel,
    include_all_metadata: true,
    limit: PAGE,
    oldest: run.message,
    ...(cursor === undefined ? {} : { cursor }),
  };
  const method = ts === undefined ? 'conversations.history' : 'conversations.replies';
  return callAgain(
    method,
    async () => {
      const { messages, response_metadata: more } = await (ts === undefined
        ? client.conversations.history(request)
        : client.conversations.replies({ ...request, ts }));
      return { messages: (messages ?? []) as readonly OwnMessage[], next: more?.next_cursor || undefined };
    },
    patience,
  );
}

/** A fault of posting in a person's words: what an admin has to do, or why it went elsewhere. */
export function sayPostFault(fault: CallFault): string {
  switch (fault.kind) {
    case 'gone':
      return `I cannot post there (${fault.code}), so the answer is here.`;
    case 'thread-gone':
      return `The message that you asked with is gone (${fault.code}), so the answer is here.`;
    default:
      return `Slack did not take my answer there (${fault.code}), so it is here.`;
  }
}
