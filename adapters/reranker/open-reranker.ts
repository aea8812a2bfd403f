import { z } from 'zod';
import type { ModelFault } from '#src/domain/failure.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Reranker } from '#src/ports/reranker.ts';
import { CircuitBreaker } from '../model/circuit-breaker.ts';

export interface RerankerOptions {
  /** Up to `/rerank`, or with it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/** Somebody waits for the answer, and without it retrieval's own order stands. */
const TIMEOUT_MS = 3_000;
/** Bytes of a reply that are read: a score for each of a few texts is far less. */
const MOST_BYTES = 1024 * 1024;

const Score = z.object({
  index: z.number().int().nonnegative(),
  relevance_score: z.number().optional(),
  score: z.number().optional(),
});
/** Cohere, vLLM and llama.cpp wrap the scores in `results`, TEI gives them bare. */
const Reply = z.union([z.object({ results: z.array(Score) }).transform(({ results }) => results), z.array(Score)]);

/**
 * Any server with Cohere's `POST /rerank {model, query, documents, top_n}`, as vLLM and llama.cpp have it; one that misses `texts`, as TEI
 * does, is sent these. No redirect is followed: what is sent goes to the server that the operator named and to no other.
 */
export function openReranker(options: RerankerOptions): Reranker {
  const { baseUrl, model, timeoutMs = TIMEOUT_MS, now = () => performance.now() } = options;
  const url = baseUrl.replace(/\/+$/, '').replace(/(?:\/rerank)?$/, '/rerank');
  const breaker = new CircuitBreaker(now);
  let wantsTexts = false;
  return {
    id: model,
    async rerank(question, texts, signal) {
      if (!texts.length) return ok([]);
      if (!breaker.admits()) return unavailable('unreachable');
      const asked = (asTexts: boolean) =>
        asTexts
          ? { query: question, texts, raw_scores: false }
          : { model, query: question, documents: texts, top_n: texts.length };
      const send = (asTexts: boolean) => post(url, asked(asTexts), options.apiKey, timeoutMs, signal);
      let sent = await send(wantsTexts);
      if (!wantsTexts && !sent.ok && 'status' in sent && sent.status === 422) {
        sent = await send(true);
        wantsTexts = sent.ok;
      }
      const scores = sent.ok ? readScores(sent.text, texts.length) : sent.failure;
      breaker.note(scores.ok ? undefined : scores.failure);
      return scores;
    },
  };
}

type Sent =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status?: number; readonly failure: Result<never> };

async function post(
  url: string,
  body: unknown,
  apiKey: string | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Sent> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, deadline]),
    });
    const text = await bounded(response);
    if (!response.ok) return { ok: false, status: response.status, failure: unavailable(faultOf(response.status)) };
    return text === undefined ? { ok: false, failure: unavailable('unreadable') } : { ok: true, text };
  } catch (error) {
    if (signal.aborted) return { ok: false, failure: fail({ kind: 'cancelled' }) };
    return { ok: false, failure: unavailable(deadline.aborted ? 'timed-out' : 'unreachable', error) };
  }
}

/** The body of a response; undefined where it goes on and on. */
async function bounded(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function faultOf(status: number): ModelFault {
  if (status === 429) return 'overloaded';
  return status >= 500 ? 'server-error' : 'refused';
}

const unavailable = (fault: ModelFault, cause?: unknown) =>
  fail({ kind: 'model-unavailable', fault, ...(cause === undefined ? {} : { cause }) });

/** A score for every text, 0–1. Servers that give logits are read as such: their scores leave that range. */
function readScores(text: string, count: number): Result<readonly number[]> {
  const read = Reply.safeParse(jsonOf(text));
  if (!read.success) return unavailable('unreadable');
  const scores = new Map(read.data.map(({ index, relevance_score, score }) => [index, relevance_score ?? score]));
  const given = Array.from({ length: count }, (_, at) => scores.get(at));
  if (!given.every((one) => one !== undefined && Number.isFinite(one))) return unavailable('unreadable');
  const all = given as readonly number[];
  return ok(all.every((one) => one >= 0 && one <= 1) ? all : all.map((one) => 1 / (1 + Math.exp(-one))));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
