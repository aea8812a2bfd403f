import OpenAI from 'openai';
import type { Failure, ModelFault } from '#src/domain/failure.ts';

const TOO_LONG = /context|too (?:long|many tokens)|maximum.*(?:length|tokens)|exceed/i;
const LOADING = /\bload/i;

type ModelFailure = Extract<Failure, { readonly kind: 'model-unavailable' }>;

/** What an error of the client means. */
export function failureOf(error: unknown): ModelFailure {
  const retryAfterMs = retryAfterOf(error);
  return {
    kind: 'model-unavailable',
    fault: faultOf(error),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  };
}

function faultOf(error: unknown): ModelFault {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return 'timed-out';
  if (error instanceof OpenAI.APIConnectionError) return 'unreachable';
  if (error instanceof OpenAI.APIError && error.status !== undefined) {
    if (error.status === 429) return 'overloaded';
    if (error.status === 503 && LOADING.test(error.message)) return 'loading';
    if (error.status >= 500) return 'server-error';
    return TOO_LONG.test(error.message) ? 'prompt-too-long' : 'refused';
  }
  return error instanceof SyntaxError ? 'unreadable' : 'unreachable';
}

function retryAfterOf(error: unknown): number | undefined {
  const given = error instanceof OpenAI.APIError ? error.headers?.get('retry-after') : undefined;
  if (!given) return undefined;
  const ms = /^[\d.]+$/.test(given) ? 1_000 * Number(given) : Date.parse(given) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
