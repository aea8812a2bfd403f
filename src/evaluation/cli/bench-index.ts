import { mkdtempSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { saveIndex } from '#schemas-index/index/index-file.ts';
import { embeddedHits } from '#schemas-index/retrieve/dense-search.ts';
import { rankTables } from '#schemas-index/retrieve/retrieve.ts';
import { syntheticCompany, syntheticQuestions } from '../data/synthetic-company.ts';
import { percentile } from '../retrieval.ts';
import { atEnd, readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:index -- --tables N --columns M [--questions Q] [--json]
Builds the embedded index of a made-up company of N tables with M columns together, saves it, and retrieves for
questions about it one after another, each with its embedding; every distinct text is embedded once.
  --questions Q  how many questions (default 200)
  --json         the last line is one JSON object`;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  columns: { type: 'string' },
  questions: { type: 'string' },
  json: { type: 'boolean' },
});
const whole = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN);
const [tables, columns, asked] = [whole(args.tables), whole(args.columns), whole(args.questions ?? '200')];
if (!(tables >= 1 && columns >= 2 * tables && asked >= 1))
  stopWith(`--tables and --columns are whole numbers, at least two columns a table.\n${USAGE}`);

const catalogs = syntheticCompany(tables, columns);
const questions = syntheticQuestions(catalogs, asked);
const embedder = openUseLite();
await embedder.embed(['warm up']); // the model loads once a process, not once an index
const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-bench-'));
const removed = () => rm(folder, { recursive: true, force: true });
atEnd(removed);

let embedMs = 0;
let texts = 0;
const timed: typeof embedder = {
  ...embedder,
  async embed(batch, signal) {
    const started = performance.now();
    const vectors = await embedder.embed(batch, signal);
    embedMs += performance.now() - started;
    texts += batch.length;
    return vectors;
  },
};
const started = performance.now();
const ports = { embedder: timed, vectors: embeddedVectors };
const index = await buildIndex(
  catalogs,
  ports,
  (done, total) => showProgress('embedded', done, total),
  new AbortController().signal,
);
await saveIndex(path.join(folder, 'index'), index, embedder, embeddedVectors, new Date());
const buildMs = performance.now() - started;

const times: number[] = [];
for (const question of questions) {
  const from = performance.now();
  const [vector] = await embedder.embed([question]);
  rankTables(index, question, embeddedHits(index, vector!), { limit: 15 });
  times.push(performance.now() - from);
}
times.sort((a, b) => a - b);
let bytes = 0;
for (const file of await readdir(path.join(folder, 'index')))
  bytes += (await stat(path.join(folder, 'index', file))).size;
const summary = {
  tables: index.tables.length,
  columns: index.tableOfColumn.length,
  distinctTexts: texts,
  buildSeconds: rounded(buildMs / 1000, 1),
  embedSeconds: rounded(embedMs / 1000, 1),
  bytes,
  rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  p50Ms: rounded(percentile(times, 0.5), 1),
  p95Ms: rounded(percentile(times, 0.95), 1),
};
await embedder.close();
await removed();
if (args.json) console.log(JSON.stringify(summary));
else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(14)} ${value}`);
