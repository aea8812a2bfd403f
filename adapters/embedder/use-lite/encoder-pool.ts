import { Worker } from 'node:worker_threads';
import { EmbedderUnavailable } from '#src/ports/embedder.ts';

/** Batches that wait from which one more thread is worth its start, a third of a second. */
const WORTH_A_THREAD = 4;
/** A further thread that has nothing to do for so long is ended: each holds the weights. */
const IDLE_MS = 10_000;

interface Job {
  readonly texts: readonly string[];
  readonly signal: AbortSignal | undefined;
  resolve(vectors: Float32Array[]): void;
  reject(error: unknown): void;
}

interface Encoder {
  readonly worker: Worker;
  job?: Job | undefined;
  ending?: NodeJS.Timeout | undefined;
}

/** Threads that encode batches, one at a time each; the first is started with the first batch, others where many wait. */
export function openEncoderPool(most: number) {
  const encoders: Encoder[] = [];
  const waiting: Job[] = [];

  function start(): Encoder {
    const encoder: Encoder = { worker: new Worker(new URL('./worker.ts', import.meta.url)) };
    encoder.worker.on('message', ({ vectors, error }: { vectors?: Float32Array[]; error?: string }) => {
      const { job } = encoder;
      encoder.job = undefined;
      if (vectors) job?.resolve(vectors);
      else job?.reject(new EmbedderUnavailable(error));
      giveOut();
      if (!encoder.job) rest(encoder);
    });
    encoder.worker.on('error', (cause) => {
      remove(encoder);
      // What ends one ends the next: nothing waits for a thread that may never come.
      for (const job of [encoder.job, ...waiting.splice(0)])
        job?.reject(new EmbedderUnavailable('the embedding worker stopped', { cause }));
    });
    encoders.push(encoder);
    return encoder;
  }

  function giveOut(): void {
    while (waiting.length) {
      const encoder = encoders.find(({ job }) => !job) ?? (mayStart() ? start() : undefined);
      const job = encoder && waiting.shift();
      if (!job) return;
      if (job.signal?.aborted) {
        job.reject(job.signal.reason);
        continue;
      }
      clearTimeout(encoder.ending);
      encoder.job = job;
      encoder.worker.ref();
      encoder.worker.postMessage(job.texts);
    }
  }

  const mayStart = () => !encoders.length || (encoders.length < most && waiting.length >= WORTH_A_THREAD);

  /** Keeps no process from ending; a further thread goes after a while. */
  function rest(encoder: Encoder): void {
    encoder.worker.unref();
    if (encoder === encoders[0]) return;
    encoder.ending = setTimeout(() => {
      remove(encoder);
      void encoder.worker.terminate();
    }, IDLE_MS).unref();
  }

  function remove(encoder: Encoder): void {
    clearTimeout(encoder.ending);
    const at = encoders.indexOf(encoder);
    if (at >= 0) encoders.splice(at, 1);
  }

  return {
    /** The vectors of a batch, in order. Rejects with the signal's reason where it aborts before the batch's turn. */
    encode: (texts: readonly string[], signal: AbortSignal | undefined): Promise<Float32Array[]> =>
      new Promise((resolve, reject) => {
        waiting.push({ texts, signal, resolve, reject });
        giveOut();
      }),
    /** Threads there are now. */
    threads: () => encoders.length,
    async close() {
      for (const { ending } of encoders) clearTimeout(ending);
      await Promise.all(encoders.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}
