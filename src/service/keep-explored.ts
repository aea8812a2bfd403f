import type { ExploredPair } from '#src/domain/explored-pair.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { ExploredStore } from '#src/ports/explored-store.ts';

/** Keeps what is written of a database as it grows. */
export interface Keeping {
  /** Begins to keep these in the place of those of before, once what began before has ended. */
  keep(pairs: readonly ExploredPair[]): void;
  /** Aborts once something cannot be kept. */
  readonly refused: AbortSignal;
  /** Waits for all; why something could not be kept. */
  ended(): Promise<Failure | undefined>;
}

/**
 * What is kept is read again before it is replaced: another process that explores the same database is told by its pairs, which are not
 * lost. A state that cannot be written ends it, with what was kept until then.
 */
export function openKeeping(id: DatabaseId, before: readonly ExploredPair[], store: ExploredStore): Keeping {
  const stop = new AbortController();
  let kept = before.length;
  let failure: Failure | undefined;
  let last = Promise.resolve();
  async function replace(pairs: readonly ExploredPair[]): Promise<void> {
    if (failure) return;
    try {
      if ((await store.exploredPairs(id)).length !== kept) failure = { kind: 'explored-already', database: id };
      else if (await store.saveExplored(id, pairs)) kept = pairs.length;
      else failure = { kind: 'unknown-database', name: id, known: [] };
    } catch (cause) {
      failure = { kind: 'not-kept', database: id, kept, cause };
    }
    if (failure) stop.abort();
  }
  return {
    keep(pairs) {
      last = last.then(() => replace(pairs));
    },
    refused: stop.signal,
    async ended() {
      await last;
      return failure;
    },
  };
}
