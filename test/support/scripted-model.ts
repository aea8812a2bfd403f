import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openOpenAiModel } from '#adapters/model/open-openai-model.ts';
import { PROBE_MESSAGES } from '#adapters/model/probe-model.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';

const PROBES: ReadonlySet<string> = new Set(Object.values(PROBE_MESSAGES));

/** A request as the server got it. */
export interface AskedRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly n?: number;
  readonly seed?: number;
  readonly stream?: boolean;
  readonly [key: string]: unknown;
}

/** What the server does with a request: a text, or whatever a fault does to the response. */
export type Reply = string | ((request: AskedRequest, response: ServerResponse) => void);
export type Script = readonly Reply[] | ((request: AskedRequest) => Reply | undefined);

/**
 * A stand-in for a model server: speaks the chat protocol over HTTP, streamed or whole, and replies from a list or by a rule. Nothing in
 * it understands a word. Out of replies, it answers 500.
 */
export async function scriptedModel(script: Script, { probed = false }: { readonly probed?: boolean } = {}) {
  const asked: AskedRequest[] = [];
  const left = typeof script === 'function' ? undefined : [...script];
  /** Requests whose connection the client closed before the reply was whole. */
  let hungUp = 0;
  const server = createServer(async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) hungUp += 1;
    });
    if (request.method === 'GET')
      return json(response, 200, {
        object: 'list',
        data: [{ id: 'scripted', object: 'model', meta: { n_ctx: 8_192 } }],
      });
    const body = JSON.parse(await textOf(request)) as AskedRequest;
    // It tells nothing about itself unless it is to, so the least is taken for granted of it.
    if (!probed && PROBES.has(String(body.messages[0]?.content)))
      return json(response, 500, { error: { message: 'no probes' } });
    asked.push(body);
    const reply = left ? left.shift() : (script as (request: AskedRequest) => Reply | undefined)(body);
    if (reply === undefined) return json(response, 500, { error: { message: 'nothing left to say' } });
    if (typeof reply === 'string') return say(response, body, reply);
    reply(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const model = openOpenAiModel({ baseUrl, model: 'scripted', timeoutMs: 2_000, countTokens: (text) => text.length });
  const models: ModelRoles = { linker: model, generator: model, refiner: model, selector: model, adapters: [] };
  return {
    asked,
    baseUrl,
    model,
    models,
    hungUp: () => hungUp,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

const HEAD = { id: 'chat-1', created: 0, model: 'scripted' };
const USAGE = { prompt_tokens: 10, completion_tokens: 5 };

/** A whole reply, in the way that the request asks for. */
export function say(
  response: ServerResponse,
  request: AskedRequest,
  text: string,
  finish = 'stop',
  usage = USAGE,
): void {
  const count = request.n ?? 1;
  if (!request.stream) {
    const choices = Array.from({ length: count }, (_, index) => ({
      index,
      finish_reason: finish,
      message: { role: 'assistant', content: text },
    }));
    return json(response, 200, { ...HEAD, object: 'chat.completion', choices, usage });
  }
  startStream(response);
  for (const part of text.match(/[\s\S]{1,20}/g) ?? [''])
    for (let index = 0; index < count; index += 1) sendPart(response, part, null, index);
  for (let index = 0; index < count; index += 1) sendPart(response, '', finish, index);
  response.write(`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

export function sendPart(response: ServerResponse, content: string, finish: string | null = null, index = 0): void {
  sendDelta(response, { content }, finish, index);
}

export function sendDelta(response: ServerResponse, delta: object, finish: string | null = null, index = 0): void {
  const choices = [{ index, delta, finish_reason: finish }];
  response.write(`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices })}\n\n`);
}
