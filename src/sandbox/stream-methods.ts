import { checkBlocks, sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { chunkFaults } from '#src/slack-api/check-more-blocks.ts';
import { setSession } from './agent-methods.ts';
import { type ApiArguments, type ApiContext, type ApiReply, error, type Method, nested, text } from './api-call.ts';
import { checkedBlocks, writable } from './chat-methods.ts';
import type { Node } from './elements.ts';
import type { Stream } from './sandbox-context.ts';
import { toSlackMessage } from './slack-message.ts';
import { BOT_USER, type SandboxMessage } from './workspace.ts';

/** Messages that are written piece by piece. */
export const STREAM_METHODS: Readonly<Record<string, Method>> = {
  'chat.startStream': startStream,
  'chat.appendStream': (args, context) => {
    const found = running(args, context);
    if ('ok' in found) return found;
    const faults = write(args, found.stream, context);
    if (faults) return faults;
    show(found.message, found.stream, context);
    return { ok: true, channel: found.message.channel, ts: found.message.ts };
  },
  'chat.stopStream': stopStream,
};

function startStream(args: ApiArguments, context: ApiContext): ApiReply {
  const channel = writable(text(args.channel), context);
  if ('ok' in channel) return channel;
  const threadTs = text(args.thread_ts);
  if (!threadTs) return error('invalid_thread_ts');
  if (channel.kind !== 'im' && !text(args.recipient_user_id)) return error('missing_recipient_user_id');
  if (channel.kind !== 'im' && !text(args.recipient_team_id)) return error('missing_recipient_team_id');
  const stream: Stream = { startedAt: context.now(), text: '', plan: undefined, tasks: new Map(), blocks: [] };
  const faults = write(args, stream, context);
  if (faults) return faults;
  const message = context.workspace.post({
    channel: channel.id,
    user: BOT_USER,
    text: '',
    threadTs,
    blocks: drawn(stream),
  });
  message.streaming = 'in_progress';
  context.streams.set(`${channel.id}/${message.ts}`, stream);
  context.echo(message);
  return { ok: true, channel: channel.id, ts: message.ts };
}

function stopStream(args: ApiArguments, context: ApiContext): ApiReply {
  const found = running(args, context);
  if ('ok' in found) return found;
  const { message, stream } = found;
  const checked = checkedBlocks(args, context);
  if ('ok' in checked) return checked as ApiReply;
  const faults = write(args, stream, context);
  if (faults) return faults;
  stream.blocks.push(...(checked.blocks as readonly unknown[]));
  message.streaming = 'completed';
  show(message, stream, context);
  const status = text(args.session_status);
  if (status && message.threadTs) setSession({ channel: message.channel, threadTs: message.threadTs, status }, context);
  return { ok: true, channel: message.channel, ts: message.ts, message: toSlackMessage(message, context.workspace) };
}

/** The stream that a call names, while it lives. */
function running(
  args: ApiArguments,
  context: ApiContext,
): ApiReply | { readonly message: SandboxMessage; readonly stream: Stream } {
  const { workspace, streams, switches, now } = context;
  const message = workspace.find(text(args.channel), text(args.ts));
  if (!message) return error('message_not_found');
  const stream = streams.get(`${message.channel}/${message.ts}`);
  if (!stream || message.user !== BOT_USER) return error('message_not_owned_by_app');
  if (now() - stream.startedAt > switches.streamMs) message.streaming = 'errored';
  return message.streaming === 'in_progress' ? { message, stream } : error('message_not_in_streaming_state');
}

/** Takes what a call adds; what is wrong with it adds nothing. */
function write(args: ApiArguments, stream: Stream, { switches }: ApiContext): ApiReply | undefined {
  const chunks = (nested(args.chunks) ?? []) as readonly Node[];
  if (!Array.isArray(chunks)) return error('invalid_arguments');
  const all = text(args.markdown_text)
    ? [{ type: 'markdown_text', text: text(args.markdown_text) }, ...chunks]
    : chunks;
  const faults = all.flatMap((chunk, at) => [
    ...chunkFaults(chunk, `/chunks/${at}`),
    ...(chunk.type === 'blocks'
      ? checkBlocks(chunk.blocks).map(({ pointer, reason }) => ({ pointer: `/chunks/${at}${pointer}`, reason }))
      : []),
    ...(chunk.type === 'task_update' && switches.refusedBlocks.has('plan')
      ? [{ pointer: `/chunks/${at}`, reason: 'unsupported type: plan' }]
      : []),
  ]);
  if (faults.length) return error('invalid_arguments', { response_metadata: { messages: faults.map(sayBlockFault) } });
  for (const chunk of all) take(chunk, stream);
  return undefined;
}

function take(chunk: Node, stream: Stream): void {
  if (chunk.type === 'markdown_text') stream.text += text(chunk.text);
  if (chunk.type === 'plan_update') stream.plan = text(chunk.title);
  if (chunk.type === 'blocks') stream.blocks.push(...(chunk.blocks as unknown[]));
  if (chunk.type !== 'task_update') return;
  const before = stream.tasks.get(text(chunk.id));
  stream.tasks.set(text(chunk.id), {
    title: text(chunk.title),
    status: text(chunk.status),
    details: (before?.details ?? '') + text(chunk.details),
    output: (before?.output ?? '') + text(chunk.output),
  });
}

function show(message: SandboxMessage, stream: Stream, { workspace }: ApiContext): void {
  message.text = stream.text;
  message.blocks = drawn(stream);
  workspace.announce({ kind: 'message', message });
}

/** A stream as the blocks that it has become so far. */
function drawn({ text: said, plan, tasks, blocks }: Stream): readonly unknown[] {
  const rich = (value: string) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: value }] }],
  });
  const cards = [...tasks].map(([id, { title, status, details, output }]) => ({
    type: 'task_card',
    task_id: id,
    title,
    status,
    ...(details ? { details: rich(details) } : {}),
    ...(output ? { output: rich(output) } : {}),
  }));
  return [
    ...(plan !== undefined || cards.length ? [{ type: 'plan', title: plan ?? 'Working', tasks: cards }] : []),
    ...(said ? [{ type: 'markdown', text: said }] : []),
    ...blocks,
  ];
}
