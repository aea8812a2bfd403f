import type { Candidate } from '#src/domain/answer.ts';
import { distinct } from '../generators/generator.ts';

/** The replies of a wave, tried as they come, so that those which can change nothing any more are called off. */
export interface EarlyTries {
  /** Aborts once what came so far settles it. */
  readonly calledOff: AbortSignal;
  /** Told of each reply that is whole, with the queries in it. */
  readonly onReply: (candidates: readonly Candidate[]) => void;
  /** Waits for what is being tried. */
  readonly done: () => Promise<void>;
}

/**
 * @param replies how many are being written.
 * @param settles tries what came so far, and says whether so many that are out could still change what is taken.
 */
export function tryEarly(
  replies: number,
  settles: (came: readonly Candidate[], out: number) => Promise<boolean>,
): EarlyTries {
  const stop = new AbortController();
  const came: Candidate[] = [];
  let out = replies;
  let trying = Promise.resolve();
  return {
    calledOff: stop.signal,
    onReply(candidates) {
      came.push(...candidates);
      out -= 1;
      if (out <= 0 || came.length < 2) return;
      const [now, stillOut] = [distinct(came), out];
      trying = trying.then(async () => {
        if (!stop.signal.aborted && (await settles(now, stillOut))) stop.abort();
      });
    },
    done: () => trying,
  };
}
