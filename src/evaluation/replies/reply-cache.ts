import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ok } from '#src/domain/result.ts';
import { type ChatModel, type ChatReply, type ChatRequest, type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';
import { jsonOf } from '../data/json-lines.ts';

/** One sample of a reply, as it is kept. */
const KeptSample = z.object({
  key: z.string(),
  text: z.string(),
  cut: z.boolean(),
  logprob: z.number().exactOptional(),
  first: z
    .array(z.object({ text: z.string(), logprob: z.number() }))
    .readonly()
    .exactOptional(),
  /** Of this sample. */
  tokens: z.number(),
  promptTokens: z.number(),
  /** Milliseconds of the request that it came with, and how many samples that brought. */
  ms: z.number(),
  together: z.number(),
  /** The limit that it was written under; FIRST_LIMIT, if absent. */
  limit: z.number().exactOptional(),
});
export type KeptSample = z.infer<typeof KeptSample>;

/** What samples are kept in: one file a model, a line a sample, so that nothing is lost on Ctrl-C. */
export interface ReplyCache {
  get(key: string): KeptSample | undefined;
  add(sample: KeptSample): void;
}

/** @param model what tells one model from every other, its weights included (`identityOf`). */
export function openReplyCache(folder: string, model: string): ReplyCache {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `replies-${sha256(model).slice(0, 12)}.jsonl`);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // A line that was being written when the run was stopped is passed over.
  const samples = lines.map((line) => KeptSample.safeParse(jsonOf(line))).flatMap(({ data }) => data ?? []);
  const kept = new Map(samples.map((sample) => [sample.key, sample]));
  return {
    get: (key) => kept.get(key),
    add(sample) {
      kept.set(sample.key, sample);
      appendFileSync(file, `${JSON.stringify(sample)}\n`);
    },
  };
}

const FIRST_SEED = 1;

/**
 * The model, no sample of which is computed twice: a sample is known by all that its text depends on (the model with its weights, the
 * messages, how it is drawn, its seed). Sixteen samples after eight ask for eight. Drawn samples have seeds, so that the pool that voting
 * draws from is the same in every run.
 */
export function withReplyCache(model: ChatModel, cache: ReplyCache, now: () => number): ChatModel {
  return {
    id: model.id,
    async reply(request, signal) {
      const seed = request.seed ?? FIRST_SEED;
      const keys = Array.from({ length: request.samples ?? 1 }, (_, at) => keyOf(model.id, request, seed + at));
      const from = keys.findIndex((key) => !holdsFor(cache.get(key), request));
      if (from < 0) return ok(joined(keys.flatMap((key) => cache.get(key) ?? [])));
      const samples = keys.length - from;
      const drawn = request.temperature > 0 ? { seed: seed + from } : {};
      const started = now();
      const reply = await model.reply({ ...request, ...drawn, samples, logprobs: true }, signal);
      if (!reply.ok) return reply;
      const { choices, promptTokens, completionTokens } = reply.value;
      const ms = now() - started;
      for (const [at, { text, cut, logprob, first, tokens }] of choices.slice(0, samples).entries()) {
        const key = keys[from + at];
        if (key === undefined) break;
        const mean = Math.round(completionTokens / choices.length);
        const more = { ...(logprob === undefined ? {} : { logprob }), ...(first ? { first } : {}) };
        cache.add({
          key,
          text,
          cut,
          ...more,
          tokens: tokens ?? mean,
          promptTokens,
          ms,
          together: choices.length,
          limit: request.maxTokens,
        });
      }
      return ok(joined(keys.flatMap((key) => cache.get(key) ?? [])));
    },
  };
}

/** All models of a run behind one cache. */
export const cachedRoles = (
  roles: ModelRoles,
  cacheOf: (model: ChatModel) => ReplyCache,
  now: () => number,
): ModelRoles => mapRoles(roles, (model) => withReplyCache(model, cacheOf(model), now));

/** In the key in place of the limit, of which a whole sample does not depend: samples that were kept under this one still count. */
const FIRST_LIMIT = 1_200;

/** Whether a kept sample is what would come under the request's limit, too: one that ended within both, or was cut by both. */
function holdsFor(kept: KeptSample | undefined, { maxTokens }: ChatRequest): boolean {
  if (!kept) return false;
  const { cut, tokens, limit = FIRST_LIMIT } = kept;
  if (!cut) return tokens <= maxTokens || limit <= maxTokens;
  return tokens < limit || maxTokens <= limit; // the first: it was cut for what it repeats
}

function keyOf(model: string, request: ChatRequest, seed: number): string {
  const { messages, temperature, replySchema, grammar, alternatives } = request;
  const texts = messages.map(({ role, content }) => [role, content]);
  const drawn = temperature > 0 ? { temperature, seed } : { temperature: 0 };
  return sha256(JSON.stringify({ model, texts, maxTokens: FIRST_LIMIT, replySchema, grammar, alternatives, ...drawn }));
}

/** Samples as one reply. Its time is that of the requests that brought them, each counted once. */
function joined(samples: readonly KeptSample[]): ChatReply {
  return {
    choices: samples.map(({ text, cut, logprob, first, tokens }) => ({
      text,
      cut,
      tokens,
      ...(logprob === undefined ? {} : { logprob }),
      ...(first ? { first } : {}),
    })),
    promptTokens: samples[0]?.promptTokens ?? 0,
    completionTokens: samples.reduce((sum, { tokens }) => sum + tokens, 0),
    keptMs: samples.reduce((sum, { ms, together }) => sum + ms / together, 0),
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
