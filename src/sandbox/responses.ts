import { checkBlocks, sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type ApiReply, error, nested, text } from './api-call.ts';
import { type ResponseUrl, randomToken, type SandboxContext } from './sandbox-context.ts';
import { BOT_USER } from './workspace.ts';

export function newResponseUrl(
  about: Pick<ResponseUrl, 'user' | 'channel' | 'threadTs' | 'message'>,
  { responses, origin }: Pick<SandboxContext, 'responses' | 'origin'>,
): string {
  const id = randomToken();
  responses.set(id, { ...about, at: Date.now(), uses: 0 });
  return `${origin()}/respond/${id}`;
}

/** A message sent to a response_url. */
export function respond(id: string, body: Readonly<Record<string, unknown>>, context: SandboxContext): ApiReply {
  const held = context.responses.get(id);
  if (!held) return error('invalid_url');
  if (Date.now() - held.at > SLACK_LIMITS.responseMs) return error('expired_url');
  if (held.uses >= SLACK_LIMITS.responseUses) return error('used_url');
  const blocks = nested(body.blocks);
  const faults = blocks === undefined ? [] : checkBlocks(blocks);
  if (faults.length) return error('invalid_blocks', { response_metadata: { messages: faults.map(sayBlockFault) } });
  held.uses += 1;
  showAnswer(held, { ...body, blocks: (blocks ?? []) as readonly unknown[] }, context);
  return { ok: true };
}

/** What an app answers to an interaction: also in the acknowledgement of a command. */
export function showAnswer(
  { user, channel, threadTs, message }: Pick<ResponseUrl, 'user' | 'channel' | 'threadTs' | 'message'>,
  body: Readonly<Record<string, unknown>> & { readonly blocks: readonly unknown[] },
  { workspace }: Pick<SandboxContext, 'workspace'>,
): void {
  if (message && body.delete_original === true) return workspace.remove(message);
  if (message && body.replace_original === true) {
    Object.assign(message, { text: text(body.text), blocks: body.blocks, edited: message.onlyFor === undefined });
    return workspace.announce({ kind: 'message', message });
  }
  const thread = text(body.thread_ts) || threadTs;
  workspace.post({
    channel,
    user: BOT_USER,
    text: text(body.text),
    blocks: body.blocks,
    ...(thread ? { threadTs: thread } : {}),
    ...(body.response_type === 'in_channel' ? {} : { onlyFor: user }),
  });
}
