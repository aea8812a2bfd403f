import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { AskService } from './ask.ts';

/** Who asks now: what goes on in the background waits until nobody does. */
export interface Askers {
  /** The same service, whose questions are counted while they are answered. */
  readonly asking: AskService;
  /** Resolves once nobody asks, or at an abort. */
  noneAsks(signal: AbortSignal): Promise<void>;
}

const LOOKS_AGAIN_MS = 50;

export function countAskers(asking: AskService): Askers {
  let count = 0;
  return {
    asking: {
      ...asking,
      async ask(...args) {
        count += 1;
        try {
          return await asking.ask(...args);
        } finally {
          count -= 1;
        }
      },
    },
    async noneAsks(signal) {
      while (count && !signal.aborted) await sleep(LOOKS_AGAIN_MS);
    },
  };
}

/** The databases that this process explores: each once at a time. */
export interface Explorations {
  /** Ends it; or why it cannot begin. */
  begin(id: DatabaseId): (() => void) | Failure;
}

export function openExplorations(): Explorations {
  const under = new Set<DatabaseId>();
  return {
    begin(id) {
      if (under.has(id)) return { kind: 'explored-already', database: id };
      under.add(id);
      return () => void under.delete(id);
    },
  };
}
