// A process that holds an index and answers from it; bench:memory starts it and asks what it holds.
import path from 'node:path';
import { z } from 'zod';
import type { Embedder } from '#src/ports/embedder.ts';
import { needed, openCountedQdrant, openKeptIndexes, openState } from './parts.ts';

const Task = z.object({
  /** Where the index and the state with its catalogs are. */
  folder: z.string(),
  embedder: z.object({ id: z.string(), dimensions: z.number() }),
  questions: z.array(z.object({ text: z.string(), vector: z.array(z.number()) })),
  server: z
    .object({ url: z.string(), name: z.string(), apiKey: z.string().exactOptional(), timeoutMs: z.number() })
    .optional(),
});
export type HoldingTask = z.infer<typeof Task>;

/** `rssMb` is what the system counts; `heldMb` what is alive on the heap and beside it once garbage is collected. */
export const Held = z.object({
  tables: z.number(),
  columns: z.number(),
  rssMb: z.number(),
  heldMb: z.number(),
  roundTrips: z.number(),
});

const never = new AbortController().signal;
const MEBIBYTE = 2 ** 20;

async function hold({ folder, embedder: made, questions, server }: HoldingTask): Promise<z.infer<typeof Held>> {
  const known = new Map(questions.map(({ text, vector }) => [text, Float32Array.from(vector)]));
  const embedder: Embedder = {
    ...made,
    // As from a server: what comes in is the question's vector. A misspelt value is not told from others by meaning here.
    embed: async (texts) => texts.map((text) => known.get(text) ?? new Float32Array(made.dimensions)),
    close: async () => undefined,
  };
  const qdrant = server && openCountedQdrant(server);
  const state = openState(path.join(folder, 'state.sqlite'));
  const shared = qdrant ? { collection: qdrant.collection, copy: false } : {};
  const indexes = openKeptIndexes(path.join(folder, 'index'), embedder, shared);
  const index = needed(await indexes.load(await state.catalogs()));
  const wholeIds = new Set(index.catalogs.map(({ databaseId }) => databaseId));
  const retriever = await index.retrieverFor({ wholeIds, partial: [], key: '' }, never);
  if (index.tables) for (const { text } of questions) await retriever.retrieve({ text, limit: 15 }, never);
  for (let nth = 0; nth < 3; nth += 1) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    tables: index.tables,
    columns: index.columns,
    rssMb: Math.round(rss / MEBIBYTE),
    heldMb: Math.round((heapUsed + external) / MEBIBYTE),
    roundTrips: (qdrant?.roundTrips() ?? 0) / Math.max(1, questions.length),
  };
}

if (process.send)
  process.once('message', (task) => {
    void hold(Task.parse(task)).then((held) => process.send?.(held, () => process.exit(0)));
  });
