import { type ApiArguments, type ApiContext, type ApiReply, error, type Method, nested, text } from './api-call.ts';
import { writable } from './chat-methods.ts';
import { BOT_USER, type SandboxFile } from './workspace.ts';

/** Uploads in three steps: an address, the bytes, the message that holds them. */
export const FILE_METHODS: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': (args, { workspace, uploads, origin }) => {
    const name = text(args.filename);
    if (!name || !(Number(args.length) > 0)) return error('invalid_arguments');
    const id = workspace.nextId('F');
    uploads.set(id, { name, content: undefined });
    return { ok: true, upload_url: `${origin()}/upload/${id}`, file_id: id };
  },
  'files.completeUploadExternal': completeUpload,
};

function completeUpload(args: ApiArguments, context: ApiContext): ApiReply {
  const { workspace, uploads, echo } = context;
  const files = nested(args.files) as { id: string }[] | undefined;
  const channel = writable(text(args.channel_id), context);
  if ('ok' in channel) return channel;
  const complete: SandboxFile[] = [];
  for (const { id } of files ?? []) {
    const upload = uploads.get(id);
    if (!upload?.content) return error('file_not_found');
    complete.push({ id, name: upload.name, size: upload.content.length, content: upload.content });
    uploads.delete(id);
  }
  if (!complete.length) return error('invalid_arguments');
  const threadTs = text(args.thread_ts);
  const message = workspace.post({
    channel: channel.id,
    user: BOT_USER,
    text: text(args.initial_comment),
    files: complete,
    ...(threadTs ? { threadTs } : {}),
  });
  echo(message);
  return { ok: true, files: complete.map(({ id, name }) => ({ id, title: name })) };
}
