import OpenAI from 'openai';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { ChatChoice, ChatModel, ChatReply, ChatRequest, CountTokens } from '#src/ports/chat-model.ts';
import { type Abilities, UNPROBED } from './abilities.ts';
import { failureOf } from './model-fault.ts';
import { adapted, IN_CIRCLES, type Quirk, quirkOf } from './quirks.ts';
import { choiceOf, NO_SAMPLE, onlyThought, type Sample, sampleOf, withPiece } from './samples.ts';

export interface OpenAiModelOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** For one request. */
  readonly timeoutMs: number;
  /** Read at each request: what was recorded is loaded beside the first. */
  readonly abilities?: () => typeof UNPROBED;
  readonly countTokens: CountTokens;
  /** What every request says besides, read at each. */
  readonly more?: () => Readonly<Record<string, unknown>>;
  /** Told of every quirk that is learned. */
  readonly onLearned?: (quirk: Quirk) => void;
}

/** How long a reply that holds all that is wanted is waited for, which may say what it cost. */
const LINGER_MS = 1_000;

/** What its requests are made with. */
interface Server
  extends Required<Pick<OpenAiModelOptions, 'model' | 'timeoutMs' | 'abilities' | 'countTokens' | 'more'>> {
  readonly client: OpenAI;
}

/**
 * Any OpenAI-compatible chat server (vLLM, llama.cpp), one request a call and without retries. An abort closes the connection, so
 * that the server frees the slot. What a server cannot do is made up for here: samples it does not give are asked for one by one,
 * token counts it does not report are counted; what it does otherwise than most is learned once (quirks.ts).
 */
export function openOpenAiModel(options: OpenAiModelOptions): ChatModel {
  const {
    baseUrl,
    model,
    apiKey = 'none',
    timeoutMs,
    abilities = () => UNPROBED,
    countTokens,
    onLearned,
    more = () => ({}),
  } = options;
  const client = new OpenAI({ baseURL: baseUrl, apiKey, timeout: timeoutMs, maxRetries: 0 });
  const server: Server = { client, model, timeoutMs, abilities, countTokens, more };
  const learned = new Set<Quirk>();
  return {
    id: model,
    async reply(request, signal) {
      const known = new Set([...(abilities().quirks ?? []), ...learned]);
      for (;;) {
        const reply = await ask(server, adapted(request, known), known.has('one-sample'), signal);
        const quirk = reply.ok ? undefined : quirkOf(reply.failure, request, known);
        if (quirk === undefined) {
          // What helped is remembered; what did not help was not the matter.
          if (reply.ok)
            for (const one of [...known].filter((it) => !learned.has(it))) {
              learned.add(one);
              onLearned?.(one);
            }
          return reply;
        }
        known.add(quirk);
      }
    },
  };
}

/** Asks for all samples together, or one by one where the server gives one a request. */
async function ask(
  server: Server,
  request: ChatRequest,
  oneByOne: boolean,
  signal: AbortSignal,
): Promise<Result<ChatReply>> {
  const samples = request.samples ?? 1;
  const together = samples === 1 || (!oneByOne && server.abilities().severalSamples);
  if (!together) return joined(await askOneByOne(server, request, 0, signal));
  const reply = await askOnce(server, request, samples, signal);
  // A server may take n and give one all the same: the rest is asked for one by one.
  const came = reply.ok ? reply.value.choices.length : samples;
  if (!reply.ok || came >= samples || signal.aborted) return reply;
  return joined([reply, ...(await askOneByOne(server, request, came, signal))]);
}

/** The samples from one on, each with the seed that it has among all. */
const askOneByOne = (server: Server, request: ChatRequest, from: number, signal: AbortSignal) =>
  Promise.all(
    Array.from({ length: (request.samples ?? 1) - from }, (_, at) =>
      askOnce(server, request.seed === undefined ? request : { ...request, seed: request.seed + from + at }, 1, signal),
    ),
  );

const askOnce = (server: Server, request: ChatRequest, samples: number, signal: AbortSignal) =>
  request.enough ? streamed(server, request, request.enough, samples, signal) : whole(server, request, samples, signal);

function bodyOf({ model, abilities, more }: Server, request: ChatRequest, samples: number) {
  const { messages, temperature, maxTokens, logprobs, alternatives, replySchema, grammar, seed } = request;
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    temperature,
    max_tokens: maxTokens,
    ...(samples > 1 ? { n: samples } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...((logprobs || alternatives) && abilities().logprobs ? { logprobs: true } : {}),
    ...(alternatives && abilities().logprobs ? { top_logprobs: alternatives } : {}),
    ...(grammar ? grammarBody(grammar, abilities().grammarKey) : {}),
    ...(replySchema ? replySchemaBody(replySchema, abilities().replySchemaKey) : {}),
    ...more(),
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
    const failure = failureOf(error);
    return fail(deadline.aborted ? { ...failure, fault: 'timed-out' } : failure);
  }
}

function whole(server: Server, request: ChatRequest, samples: number, signal: AbortSignal): Promise<Result<ChatReply>> {
  return within(server.timeoutMs, signal, async (both) => {
    const given = await server.client.chat.completions.create(bodyOf(server, request, samples), { signal: both });
    // The client hands on as text what a server calls by another name than JSON.
    const { choices, usage } = typeof given === 'string' ? (JSON.parse(given) as typeof given) : given;
    if (!Array.isArray(choices)) return fail({ kind: 'model-unavailable', fault: 'unreadable' });
    const came = choices.map((choice) => sampleOf(choice, request.maxTokens));
    return replyOf(server, request, came, usage);
  });
}

function streamed(
  server: Server,
  request: ChatRequest,
  enough: (text: string) => boolean,
  samples: number,
  signal: AbortSignal,
): Promise<Result<ChatReply>> {
  return within(server.timeoutMs, signal, async (both) => {
    const stream = await server.client.chat.completions.create(
      { ...bodyOf(server, request, samples), stream: true, stream_options: { include_usage: true } },
      { signal: both },
    );
    const came: Sample[] = Array.from({ length: samples }, () => NO_SAMPLE);
    const spent: SpentTokens = { atEnd: [] };
    let lingering: NodeJS.Timeout | undefined;
    let pieces = 0;
    try {
      for await (const { choices = [], usage } of stream) {
        pieces += 1;
        if (usage && choices.length) spent.soFar = usage;
        else if (usage) spent.atEnd.push(usage);
        for (const piece of choices) readPiece(came, piece, request, enough);
        if (came.every(({ ended, enoughAt }) => ended || enoughAt !== undefined))
          lingering ??= setTimeout(() => stream.controller.abort(), LINGER_MS);
        if (came.every(({ ended }) => ended) && came.some(({ stopped }) => stopped)) stream.controller.abort();
      }
    } finally {
      clearTimeout(lingering);
    }
    if (!pieces && !both.aborted) return fail({ kind: 'model-unavailable', fault: 'unreadable' });
    const done = both.aborted ? came.filter(({ ended, enoughAt }) => ended || enoughAt !== undefined) : came;
    if (!done.length) throw both.reason;
    return replyOf(server, request, done, done.some(({ stopped }) => stopped) ? undefined : usageOf(spent));
  });
}

/** Adds a piece of a stream to its sample. */
function readPiece(
  came: Sample[],
  piece: OpenAI.ChatCompletionChunk.Choice,
  { maxTokens }: ChatRequest,
  enough: (text: string) => boolean,
): void {
  const before = came[piece.index ?? 0];
  if (!before || before.ended) return;
  const sample = withPiece(before, piece, { maxTokens, enough });
  came[piece.index ?? 0] = sample;
}

/** Tokens as a stream tells them: vLLM for all samples at its end, llama.cpp for each, others with every piece. */
interface SpentTokens {
  soFar?: OpenAI.CompletionUsage;
  readonly atEnd: OpenAI.CompletionUsage[];
}

function usageOf({ soFar, atEnd: [first, ...more] }: SpentTokens): OpenAI.CompletionUsage | undefined {
  if (!first) return soFar;
  return {
    ...first,
    completion_tokens: more.reduce((sum, one) => sum + one.completion_tokens, first.completion_tokens),
  };
}

/** The samples that came, as a reply. */
function replyOf(
  server: Server,
  request: ChatRequest,
  samples: readonly Sample[],
  usage: OpenAI.CompletionUsage | null | undefined,
): Result<ChatReply> {
  const choices = samples.flatMap(choiceOf);
  if (choices.length) return ok(counted(server, choices, request, { usage }));
  const thought = samples.find(onlyThought);
  if (!thought) return fail({ kind: 'model-unavailable', fault: 'empty' });
  return fail({
    kind: 'model-unavailable',
    fault: 'only-thoughts',
    ...(thought.ranAway ? { cause: IN_CIRCLES } : {}),
  });
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
