import type http from 'node:http';

export interface Body {
  readonly fields: Record<string, unknown>;
  readonly raw: Buffer;
  readonly file?: Buffer;
}

/** Reads a form, JSON or multipart body up to a size. Throws "too large" beyond it. */
export async function readBody(request: http.IncomingMessage, limit: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Error('too large');
    chunks.push(chunk);
  }
  const raw = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return { raw, fields: asObject(JSON.parse(raw.toString('utf8') || '{}')) };
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { raw, fields: Object.fromEntries(new URLSearchParams(raw.toString('utf8'))) };
  if (type.startsWith('multipart/form-data')) return multipart(raw, type);
  return { raw, fields: {} };
}

const asObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** Node reads multipart itself, through the same parser that fetch uses. */
async function multipart(raw: Buffer, type: string): Promise<Body> {
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  let file: Buffer | undefined;
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else file = Buffer.from(await value.arrayBuffer());
  }
  return { raw, fields, ...(file ? { file } : {}) };
}
