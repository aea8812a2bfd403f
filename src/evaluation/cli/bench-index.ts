// Measures the index itself, with the embedded embedder: building, saving and searching it.
import { mkdtempSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openUseLite, type UseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { saveIndex } from '#schemas-index/index/index-file.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { embeddedHits, type IndexSearch } from '#schemas-index/retrieve/index-search.ts';
import { readQuestion } from '#schemas-index/retrieve/read-question.ts';
import { rankTables } from '#schemas-index/retrieve/retrieve.ts';
import { type Config, readConfig } from '#src/config/env.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { syntheticCompany, syntheticQuestions } from '../data/synthetic-company.ts';
import { embeddedVectors, keptIn } from '../parts.ts';
import { embeddingOf } from '../retrieval-run.ts';
import { BACKENDS, searchOnQdrant } from '../search-on-qdrant.ts';
import { percentile, rounded } from '../statistics.ts';
import { atEnd, count, JSON_LINE, measuring, Option, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:index',
  'Builds the index of a made-up company, saves it, and retrieves for questions about it one after another, each with its embedding; every distinct text is embedded once.',
)
  .requiredOption('--tables <n>', 'so many tables', count())
  .requiredOption('--columns <n>', 'so many columns together, at least two a table', count(2))
  .option('--questions <n>', 'so many questions', count(), 200)
  .addOption(
    new Option(
      '--backend <store>',
      'what is searched: the embedded index, or the Qdrant server of QUERENT_QDRANT_URL, which it is published to (collection querent_bench)',
    )
      .choices(BACKENDS)
      .default('embedded' as const),
  )
  .option('--threads <n>', 'threads of the embedder at most; as many as there are cores without it', count())
  .option('--json', JSON_LINE);

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { tables, columns, questions, threads } = options;
  if (columns < 2 * tables) program.error('--columns must be at least twice --tables');
  const qdrant = options.backend === 'qdrant' ? readConfig().qdrant : undefined;
  if (options.backend === 'qdrant' && !qdrant) program.error('--backend qdrant needs a server: set QUERENT_QDRANT_URL');
  const catalogs = syntheticCompany(tables, columns);
  const embedder = openUseLite(threads === undefined ? {} : { threads });
  atEnd(() => embedder.close());
  await embedder.embed(['warm up']); // the model loads once a process, not once an index
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-bench-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));

  const timed = timedEmbedder(embedder);
  const started = performance.now();
  // What is published is embedded again, in the product from its cache.
  const kept = keptIn(qdrant && path.join(folder, 'embeddings'), timed.embedder);
  if (qdrant) atEnd(() => kept.close());
  const ports = { embedder: kept, vectors: embeddedVectors };
  const index = await buildIndex(
    catalogs,
    ports,
    (done, total) => showProgress('embedded', done, total),
    new AbortController().signal,
  );
  await saveIndex(path.join(folder, 'index'), index, embedder, embeddedVectors, new Date());
  const buildMs = performance.now() - started;
  const speedup = await speedupOf(embedder, timed.spent.first);
  const shared = qdrant && (await published(index, kept, qdrant));
  const search: IndexSearch = shared?.search ?? (async (request) => embeddedHits(index, request));
  const times = await timesOf(index, syntheticQuestions(catalogs, questions), embedder, search);
  const summary = {
    backend: options.backend,
    tables: index.tables.length,
    columns: index.columnCount,
    distinctTexts: timed.spent.texts,
    buildSeconds: rounded(buildMs / 1000, 1),
    embedSeconds: rounded(timed.spent.ms / 1000, 1),
    embedCpuSeconds: rounded(timed.spent.cpuMs / 1000, 1),
    threads: speedup.threads,
    timesFasterThanOne: speedup.times,
    bytes: await bytesIn(path.join(folder, 'index')),
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    p50Ms: rounded(percentile(times, 0.5), 1),
    p95Ms: rounded(percentile(times, 0.95), 1),
    roundTrips: shared ? rounded(shared.roundTrips() / times.length, 2) : 0,
    ...(shared ? { publishSeconds: rounded(shared.seconds, 1) } : {}),
  };
  if (options.json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(14)} ${value}`);
  return 0;
}

/** The embedder, with how many texts it was given and how long it took. */
function timedEmbedder(embedder: Embedder) {
  const spent = { ms: 0, cpuMs: 0, texts: 0, first: [] as readonly string[] };
  const timed: Embedder = {
    ...embedder,
    async embed(batch, signal) {
      const started = performance.now();
      const cpu = process.cpuUsage();
      const vectors = await embedder.embed(batch, signal);
      const { user, system } = process.cpuUsage(cpu);
      spent.ms += performance.now() - started;
      spent.cpuMs += (user + system) / 1000;
      spent.texts += batch.length;
      if (!spent.first.length) spent.first = batch;
      return vectors;
    },
  };
  return { embedder: timed, spent };
}

/** How many times as fast the embedder is on all of its threads as on one, by some texts, and how many threads those are. */
async function speedupOf(embedder: UseLite, texts: readonly string[]) {
  const msOf = async (one: Embedder) => {
    const started = performance.now();
    await one.embed(texts);
    return performance.now() - started;
  };
  const alone = openUseLite({ threads: 1 });
  atEnd(() => alone.close());
  await alone.embed(['warm up']);
  const all = await msOf(embedder);
  const threads = embedder.threads();
  return { times: rounded((await msOf(alone)) / all, 2), threads };
}

/** The index on a Qdrant server, and how long it took to get there. */
async function published(index: SchemaIndex, embedder: Embedder, server: NonNullable<Config['qdrant']>) {
  const started = performance.now();
  const onProgress = (done: number, total: number) => showProgress('published', done, total);
  const shared = await searchOnQdrant(index, embedder, server, onProgress);
  return { ...shared, seconds: (performance.now() - started) / 1000 };
}

/** Milliseconds of each retrieval, ascending. */
async function timesOf(
  index: SchemaIndex,
  questions: readonly string[],
  embedder: Embedder,
  search: IndexSearch,
): Promise<number[]> {
  const times: number[] = [];
  for (const text of questions) {
    const from = performance.now();
    const question = readQuestion(index, text);
    const hits = await search({ terms: question.terms, vector: await embeddingOf(text, embedder) });
    rankTables(index, question, hits, { limit: 15 });
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b);
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (file) => (await stat(path.join(folder, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

program.action(runs(bench));
await runMeasuring(program);
