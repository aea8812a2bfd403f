import OpenAI from 'openai';
import { z } from 'zod';
import { type Abilities, REPLY_SCHEMA_KEYS } from './abilities.ts';
import { replySchemaBody } from './open-openai-model.ts';
import { probeGrammar, thoughtFirst } from './probe-grammar.ts';

export interface ProbeOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** For each of the probe's requests. */
  readonly timeoutMs: number;
  readonly embeddings?: { readonly baseUrl: string; readonly model: string; readonly apiKey?: string };
}

export interface Probed {
  readonly abilities: Abilities;
  /** The models that the server lists; empty where it lists none. */
  readonly listed: readonly string[];
  /** The name that it answers under, where that is not the one it was asked by. */
  readonly answersAs?: string;
  /** Whether its replies begin with thoughts. */
  readonly thinks: boolean;
}

/** The messages of the probe, which no question has. */
export const PROBE_MESSAGES = {
  count: 'Count from 1 to 200 in words, without stopping.',
  yes: 'Say yes.',
  word: 'Write the word banana, and nothing else.',
  rules: 'You reply with one word.',
} as const;

const BANANA_SCHEMA = {
  name: 'colour',
  schema: {
    type: 'object',
    properties: { colour: { type: 'string', enum: ['red', 'green'] } },
    required: ['colour'],
    additionalProperties: false,
  },
} as const;

/**
 * Asks a server what it can do, with a few short requests: whether it answers at all, says that a reply was cut, gives several
 * samples and probabilities, and by which keys it holds a reply to a JSON schema and to a grammar. Rejects when it does not answer a plain message.
 */
export async function probeModel(options: ProbeOptions, signal: AbortSignal, now: Date): Promise<Probed> {
  const { baseUrl, model, apiKey = 'none', timeoutMs } = options;
  const client = new OpenAI({ baseURL: baseUrl, apiKey, timeout: timeoutMs, maxRetries: 0 });
  const listed = await client.models.list({ signal }).then(
    ({ data }) => data,
    () => [],
  );
  const own = listed.find(({ id }) => id === model) as Listed | undefined;
  const contextTokens = own?.max_model_len ?? own?.context_length ?? own?.meta?.n_ctx;
  const ask = (content: string, maxTokens: number, more: Readonly<Record<string, unknown>> = {}) =>
    client.chat.completions.create(
      { model, messages: [{ role: 'user', content }], temperature: 0, max_tokens: maxTokens, ...more },
      { signal },
    );
  /** What a server refuses it cannot do; but a server that is gone is no answer. */
  const holds = async (check: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await check();
    } catch (error) {
      if (error instanceof OpenAI.APIConnectionError || signal.aborted) throw error;
      return false;
    }
  };
  const counted = await ask(PROBE_MESSAGES.count, 8);
  const saysCut = counted.choices?.[0]?.finish_reason === 'length';
  const severalSamples = await holds(async () => (await ask(PROBE_MESSAGES.yes, 4, { n: 2 })).choices.length === 2);
  const logprobs = await holds(async () => {
    const reply = await ask(PROBE_MESSAGES.yes, 4, { logprobs: true });
    return Boolean(reply.choices[0]?.logprobs?.content?.length);
  });
  let replySchemaKey: Abilities['replySchemaKey'] = 'none';
  for (const key of REPLY_SCHEMA_KEYS) {
    const kept = await holds(async () => {
      const reply = await ask(PROBE_MESSAGES.word, 30, replySchemaBody(BANANA_SCHEMA, key));
      return keepsShape(reply.choices[0]?.message.content ?? '');
    });
    if (!kept) continue;
    replySchemaKey = key;
    break;
  }
  const thinks = thoughtFirst(counted.choices?.[0]?.message);
  const grammarKey = await probeGrammar((maxTokens, more) => ask(PROBE_MESSAGES.word, maxTokens, more), thinks, holds);
  const embeddingWidth = options.embeddings && (await widthOf(options.embeddings, timeoutMs, signal));
  return {
    listed: listed.map(({ id }) => id),
    thinks,
    ...(counted.model && counted.model !== model ? { answersAs: counted.model } : {}),
    abilities: {
      version: 3,
      baseUrl,
      model,
      ...(contextTokens ? { contextTokens } : {}),
      replySchemaKey,
      grammarKey,
      severalSamples,
      logprobs,
      saysCut,
      ...(embeddingWidth ? { embeddingWidth } : {}),
      probedAt: now.toISOString(),
    },
  };
}

/** Where servers say how long a prompt and its reply may be: vLLM, others, llama.cpp (of each of its slots). */
interface Listed {
  readonly max_model_len?: number;
  readonly context_length?: number;
  readonly meta?: { readonly n_ctx?: number };
}

const Coloured = z.object({ colour: z.enum(['red', 'green']) });

/** Whether a reply that was asked for something else kept the schema all the same. */
function keepsShape(reply: string): boolean {
  try {
    return Coloured.safeParse(JSON.parse(reply)).success;
  } catch {
    return false;
  }
}

async function widthOf(
  { baseUrl, model, apiKey = 'none' }: NonNullable<ProbeOptions['embeddings']>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const client = new OpenAI({ baseURL: baseUrl, apiKey, timeout: timeoutMs, maxRetries: 0 });
  const made = await client.embeddings
    .create({ model, input: 'width', encoding_format: 'float' }, { signal })
    .catch(() => undefined);
  return made?.data[0]?.embedding.length;
}
