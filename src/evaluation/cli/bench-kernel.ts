// Whether the kernel that scans the vectors is worth having: whole searches with it, and by plain loops.
import { best } from '#adapters/vector/embedded/exact-index.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { embeddedVectors } from '../parts.ts';
import { percentile, rounded } from '../statistics.ts';
import { count, JSON_LINE, measuring, runMeasuring } from './program.ts';

const program = measuring(
  'bench:kernel',
  'Searches random vectors, one query after another: with the WebAssembly kernel of the embedded index, and by plain loops in JavaScript over the same int8 and float32 values.',
)
  .option('--vectors <n>', 'so many vectors', count(), 100_000)
  .option('--dimensions <n>', 'so many numbers a vector', count(), 512)
  .option('--queries <n>', 'so many queries', count(), 30)
  .option('--json', JSON_LINE);

const LIMIT = 20;
/** As the index does: so many of the int8 scan are scored again in full precision. */
const RESCORE = 100;
/** Searches before the clock starts, so that the engine has compiled them. */
const WARM_UP = 5;

type Search = (query: Float32Array) => unknown;

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { vectors, dimensions } = options;
  const searches = searchesOf(randomUnits(vectors, dimensions), dimensions);
  const queries = randomUnits(options.queries, dimensions);
  const medians = Object.entries(searches).map(([name, search]) => [name, medianMs(search, queries)] as const);
  if (options.json) {
    console.log(JSON.stringify({ vectors, dimensions, p50Ms: Object.fromEntries(medians) }));
    return 0;
  }
  const kernelMs = medians[0]?.[1] ?? Number.NaN;
  console.log(`${vectors} vectors of ${dimensions}, Node ${process.versions.node}`);
  for (const [name, ms] of medians)
    console.log(`${name.padEnd(20)} ${ms.toFixed(1).padStart(6)} ms, ${(ms / kernelMs).toFixed(1)} times as long`);
  return 0;
}

/** Ways to find the nearest vectors, the kernel first. */
function searchesOf(vectors: readonly Float32Array[], dimensions: number): Readonly<Record<string, Search>> {
  const owners = vectors.map(() => ['all']);
  const index = embeddedVectors.build(vectors, dimensions, owners);
  const values = new Float32Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) values.set(vector, row * dimensions);
  const bytes = toBytes(values);
  const exact = (query: Float32Array, row: number) => dot(query, values, row * dimensions);
  const nearest = (rows: Iterable<number>, query: Float32Array) =>
    Array.from(rows, (row) => ({ row, score: exact(query, row) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, LIMIT);
  const scores = { int8: new Int32Array(vectors.length), float32: new Float32Array(vectors.length) };
  return {
    'kernel, int8': (query) => index.search(query, LIMIT),
    'plain loop, int8'(query) {
      scanBytes(toBytes(query), bytes, scores.int8);
      return nearest(best(scores.int8, vectors.length, RESCORE), query);
    },
    'plain loop, float32'(query) {
      for (let row = 0; row < vectors.length; row += 1) scores.float32[row] = exact(query, row);
      return nearest(best(scores.float32, vectors.length, LIMIT), query);
    },
  };
}

/** As the index does: a fourth of the range is enough for numbers of unit vectors. */
const toBytes = (values: Float32Array) =>
  Int8Array.from(values, (value) => Math.round(127 * Math.max(-1, Math.min(1, 4 * value))));

function dot(query: Float32Array, values: Float32Array, from: number): number {
  let sum = 0;
  for (let lane = 0; lane < query.length; lane += 1) sum += (query[lane] ?? 0) * (values[from + lane] ?? 0);
  return sum;
}

/** The product with every row, in one go and in whole numbers of 32 bits, as a plain loop is fastest. */
function scanBytes(query: Int8Array, rows: Int8Array, scores: Int32Array): void {
  const { length } = query;
  for (let row = 0, at = 0; row < scores.length; row += 1) {
    let sum = 0;
    for (let lane = 0; lane < length; lane += 1, at += 1) sum = (sum + (query[lane] ?? 0) * (rows[at] ?? 0)) | 0;
    scores[row] = sum;
  }
}

function medianMs(search: Search, queries: readonly Float32Array[]): number {
  for (const query of queries.slice(0, WARM_UP)) search(query);
  const times = queries.map((query) => {
    const started = performance.now();
    search(query);
    return performance.now() - started;
  });
  const ascending = times.sort((a, b) => a - b);
  return rounded(percentile(ascending, 0.5), 2);
}

function randomUnits(many: number, dimensions: number): Float32Array[] {
  return Array.from({ length: many }, () => {
    const raw = Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
    const norm = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
    return raw.map((value) => value / norm);
  });
}

program.action(runs(bench));
await runMeasuring(program);
