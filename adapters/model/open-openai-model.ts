import OpenAI from 'openai';
import type { ModelFault } from '#src/domain/failure.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { ChatChoice, ChatModel, ChatReply, ChatRequest, CountTokens } from '#src/ports/chat-model.ts';
import { type Abilities, UNPROBED } from './abilities.ts';
import { repeatsItself } from './repeats-itself.ts';

export interface OpenAiModelOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** For one request. */
  readonly timeoutMs: number;
  /** Read at each request: what was recorded is loaded beside the first. */
  readonly abilities?: () => typeof UNPROBED;
  readonly countTokens: CountTokens;
}

/** Characters of a reply beyond which a server is taken to ignore max_tokens: no token is longer on average. */
const CHARACTERS_A_TOKEN = 12;

/** Characters after all that was wanted until a reply is ended: most end there by themselves, and then say what they cost. */
const GRACE = 24;

/** What its requests are made with. */
interface Server extends Required<Pick<OpenAiModelOptions, 'model' | 'timeoutMs' | 'abilities' | 'countTokens'>> {
  readonly client: OpenAI;
}

/**
 * Any OpenAI-compatible chat server (vLLM, llama.cpp), one request a call and without retries. An abort closes the connection, so
 * that the server frees the slot. What a server cannot do is made up for here: samples it does not give are asked for one by one,
 * token counts it does not report are counted.
 */
export function openOpenAiModel(options: OpenAiModelOptions): ChatModel {
  const { baseUrl, model, apiKey = 'none', timeoutMs, abilities = () => UNPROBED, countTokens } = options;
  const client = new OpenAI({ baseURL: baseUrl, apiKey, timeout: timeoutMs, maxRetries: 0 });
  const server: Server = { client, model, timeoutMs, abilities, countTokens };
  return {
    id: model,
    async reply(request, signal) {
      const samples = request.samples ?? 1;
      if (request.enough && samples === 1) {
        const reply = await streamed(server, request, request.enough, signal);
        if (!isRefused(reply)) return reply;
        // A server that knows no streams or their options, or takes a schema or a grammar otherwise than it did.
        const again = await whole(server, request, 1, signal);
        return isHeld(request) && isRefused(again) ? whole(server, notHeld(request), 1, signal) : again;
      }
      if (samples === 1 || abilities().severalSamples) {
        const first = await whole(server, request, samples, signal);
        // A schema or a grammar is a help and no condition: a server that takes it otherwise than it did is asked without.
        const reply =
          isHeld(request) && isRefused(first) ? await whole(server, notHeld(request), samples, signal) : first;
        // A server may take n and give one all the same: the rest is asked for one by one.
        const missing = reply.ok ? samples - reply.value.choices.length : 0;
        return reply.ok && missing > 0 ? joined([reply, ...(await oneByOne(server, request, missing, signal))]) : reply;
      }
      return joined(await oneByOne(server, request, samples, signal));
    },
  };
}

const oneByOne = (server: Server, request: ChatRequest, samples: number, signal: AbortSignal) =>
  Promise.all(
    Array.from({ length: samples }, (_, at) =>
      whole(server, request.seed === undefined ? request : { ...request, seed: request.seed + at }, 1, signal),
    ),
  );

function bodyOf({ model, abilities }: Server, request: ChatRequest, samples: number) {
  const { messages, temperature, maxTokens, logprobs, replySchema, grammar, seed } = request;
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    temperature,
    max_tokens: maxTokens,
    ...(samples > 1 ? { n: samples } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(logprobs && abilities().logprobs ? { logprobs: true } : {}),
    ...(grammar ? grammarBody(grammar, abilities().grammarKey) : {}),
    ...(replySchema ? replySchemaBody(replySchema, abilities().replySchemaKey) : {}),
  };
}

/** The deadline holds for the whole reply: the client's own ends with the headers. */
async function within<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (both: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await work(AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    return fail({ kind: 'model-unavailable', fault: deadline.aborted ? 'timed-out' : faultOf(error), cause: error });
  }
}

const isTooLong = (text: string, { maxTokens }: ChatRequest) => text.length > maxTokens * CHARACTERS_A_TOKEN;

function whole(server: Server, request: ChatRequest, samples: number, signal: AbortSignal): Promise<Result<ChatReply>> {
  return within(server.timeoutMs, signal, async (both) => {
    const completion = await server.client.chat.completions.create(bodyOf(server, request, samples), { signal: both });
    const choices = (Array.isArray(completion.choices) ? completion.choices : []).flatMap((choice): ChatChoice[] => {
      const text = choice?.message?.content;
      if (typeof text !== 'string' || !text.trim()) return [];
      const cut = choice.finish_reason === 'length' || isTooLong(text, request);
      return [{ text, cut, ...logprobOf(choice.logprobs?.content) }];
    });
    if (choices.length) return ok(counted(server, choices, request, completion));
    return fail({ kind: 'model-unavailable', fault: Array.isArray(completion.choices) ? 'empty' : 'unreadable' });
  });
}

function streamed(
  server: Server,
  request: ChatRequest,
  enough: (text: string) => boolean,
  signal: AbortSignal,
): Promise<Result<ChatReply>> {
  return within(server.timeoutMs, signal, async (both) => {
    const stream = await server.client.chat.completions.create(
      { ...bodyOf(server, request, 1), stream: true, stream_options: { include_usage: true } },
      { signal: both },
    );
    let text = '';
    let finish: string | null = null;
    let enoughAt: number | undefined;
    let usage: OpenAI.CompletionUsage | null | undefined;
    const tokens: { readonly logprob: number }[] = [];
    for await (const chunk of stream) {
      usage = chunk.usage ?? usage;
      const choice = chunk.choices?.[0];
      text += choice?.delta?.content ?? '';
      tokens.push(...(choice?.logprobs?.content ?? []));
      finish = choice?.finish_reason ?? finish;
      if (enoughAt === undefined && enough(text)) enoughAt = text.length;
      const hasEnough = finish === null && enoughAt !== undefined && text.length > enoughAt + GRACE;
      const ranAway = isTooLong(text, request) || repeatsItself(text);
      if (!hasEnough && !ranAway) continue;
      stream.controller.abort();
      finish = ranAway ? 'length' : 'stop';
      break;
    }
    if (!text.trim()) return fail({ kind: 'model-unavailable', fault: 'empty' });
    const choices = [{ text, cut: finish !== 'stop', ...logprobOf(tokens) }]; // a stream that ends without saying why was cut
    return ok(counted(server, choices, request, { usage }));
  });
}

/** Of the tokens that a reply is made of, where the server tells them: how many, and their mean log-probability. */
function logprobOf(tokens: readonly { readonly logprob: number }[] | null | undefined): Partial<ChatChoice> {
  if (!tokens?.length) return {};
  return { tokens: tokens.length, logprob: tokens.reduce((sum, one) => sum + one.logprob, 0) / tokens.length };
}

/** A server that does not say that it cut a reply gives itself away by as many tokens as were allowed. */
function counted(
  { countTokens }: Server,
  choices: readonly ChatChoice[],
  request: ChatRequest,
  { usage }: { readonly usage?: OpenAI.CompletionUsage | null | undefined },
): ChatReply {
  const promptTokens =
    usage?.prompt_tokens ?? request.messages.reduce((sum, { content }) => sum + countTokens(content), 0);
  const completionTokens = usage?.completion_tokens ?? choices.reduce((sum, { text }) => sum + countTokens(text), 0);
  const full = usage !== undefined && choices.length === 1 && completionTokens >= request.maxTokens;
  const cut = choices.map((choice) => ({ ...choice, cut: true }));
  return { choices: full ? cut : choices, promptTokens, completionTokens };
}

const isRefused = (reply: Result<ChatReply>) =>
  !reply.ok && reply.failure.kind === 'model-unavailable' && reply.failure.fault === 'refused';

const isHeld = ({ replySchema, grammar }: ChatRequest) => replySchema !== undefined || grammar !== undefined;

function notHeld({ replySchema: _, grammar: __, ...request }: ChatRequest): ChatRequest {
  return request;
}

/** The replies that came, as one; the first failure if none did. */
function joined(replies: readonly Result<ChatReply>[]): Result<ChatReply> {
  const came = replies.flatMap((reply) => (reply.ok ? [reply.value] : []));
  if (!came.length) return replies[0]!;
  return ok({
    choices: came.flatMap(({ choices }) => choices),
    promptTokens: came.reduce((sum, one) => sum + one.promptTokens, 0),
    completionTokens: came.reduce((sum, one) => sum + one.completionTokens, 0),
  });
}

/** The part of a request that holds its reply to a schema, under the key that the server takes. */
export function replySchemaBody(
  { name, schema }: NonNullable<ChatRequest['replySchema']>,
  key: Abilities['replySchemaKey'],
): Readonly<Record<string, unknown>> {
  switch (key) {
    case 'response_format':
      return { response_format: { type: 'json_schema', json_schema: { name, schema, strict: true } } };
    case 'structured_outputs':
      return { structured_outputs: { json: schema } };
    case 'guided_json':
      return { guided_json: schema };
    case 'json_schema':
      return { json_schema: schema };
    case 'none':
      return {};
  }
}

/** The part of a request that holds its reply to a grammar, under the key that the server takes. */
export function grammarBody(grammar: string, key: Abilities['grammarKey']): Readonly<Record<string, unknown>> {
  switch (key) {
    case 'grammar':
      return { grammar };
    case 'structured_outputs':
      return { structured_outputs: { grammar } };
    case 'guided_grammar':
      return { guided_grammar: grammar };
    case 'none':
      return {};
  }
}

const TOO_LONG = /context|too (?:long|many tokens)|maximum.*(?:length|tokens)|exceed/i;

function faultOf(error: unknown): ModelFault {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return 'timed-out';
  if (error instanceof OpenAI.APIConnectionError) return 'unreachable';
  if (error instanceof OpenAI.APIError && error.status !== undefined) {
    if (error.status === 429) return 'overloaded';
    if (error.status >= 500) return 'server-error';
    return TOO_LONG.test(error.message) ? 'prompt-too-long' : 'refused';
  }
  return error instanceof SyntaxError ? 'unreadable' : 'unreachable';
}
