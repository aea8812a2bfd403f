import { readFile, rename, writeFile } from 'node:fs/promises';
import type { VectorHit, VectorIndex, VectorStore } from '#src/ports/vector-index.ts';
import { instantiateScan } from './kernel.ts';

const LANES = 16;
const PAGE = 65_536;
const NOT_OWNED = -(2 ** 31);
/** Rows of the int8 scan that are scored again in full precision: recall@20 0.9995 at 100,000 rows (docs/decisions/0002). */
const RESCORE = 100;

/**
 * Exact cosine search in memory: all rows are scanned as int8 by a WASM-SIMD kernel, the best are rescored as float32.
 * Exact beats a graph index here: questions lie far from column texts, and graphs lose 2.5–13 % of true neighbours.
 */
export const embeddedVectors: VectorStore = { build, save, load };

type Owners = readonly (readonly string[])[];

function build(vectors: readonly Float32Array[], dimensions: number, owners: Owners): VectorIndex {
  const values = new Float32Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) values.set(vector, row * dimensions);
  return new ExactIndex(values, dimensions, owners);
}

class ExactIndex implements VectorIndex {
  readonly size: number;
  readonly dimensions: number;
  /** All rows, one after the other. */
  readonly values: Float32Array;
  readonly #owners: Owners;
  readonly #scan: ByteScan;
  /** A caller keeps one set for one asker's rights, so the rows it owns are found once. */
  readonly #masks = new WeakMap<ReadonlySet<string>, Uint8Array>();

  constructor(values: Float32Array, dimensions: number, owners: Owners) {
    this.size = values.length / dimensions;
    this.dimensions = dimensions;
    this.values = values;
    this.#owners = owners;
    this.#scan = byteScan(values, this.size, dimensions);
  }

  search(query: Float32Array, limit: number, among?: ReadonlySet<string> | Uint8Array): VectorHit[] {
    const scores = this.#scan(query);
    if (among) {
      const mask = among instanceof Uint8Array ? among : this.#maskOf(among);
      for (let row = 0; row < this.size; row += 1) if (!mask[row]) scores[row] = NOT_OWNED;
    }
    const rough = best(scores, this.size, Math.max(limit, RESCORE));
    const exact = Array.from(rough)
      .filter((row) => scores[row] !== NOT_OWNED)
      .map((row) => ({ row, score: dot(query, this.values, row * this.dimensions) }));
    return exact.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
  }

  #maskOf(databases: ReadonlySet<string>): Uint8Array {
    const known = this.#masks.get(databases);
    if (known) return known;
    const mask = Uint8Array.from(this.#owners, (own) => (own.some((one) => databases.has(one)) ? 1 : 0));
    this.#masks.set(databases, mask);
    return mask;
  }
}

/** Scores every row against a query, roughly; the scores are good until the next call. */
type ByteScan = (query: Float32Array) => Int32Array;

/** Rows as int8 in the memory of a kernel: the query at its beginning, then the rows, then their scores. */
function byteScan(values: Float32Array, size: number, dimensions: number): ByteScan {
  const width = Math.ceil(dimensions / LANES) * LANES;
  const rowsAt = width;
  const scoresAt = Math.ceil((rowsAt + size * width) / 4) * 4;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((scoresAt + size * 4) / PAGE) + 1 });
  const scan = instantiateScan(memory);
  const bytes = new Int8Array(memory.buffer);
  const scale = scaleOf(values);
  for (let row = 0; row < size; row += 1)
    quantise(values.subarray(row * dimensions, (row + 1) * dimensions), scale, bytes, rowsAt + row * width);
  const scores = new Int32Array(memory.buffer, scoresAt, size);
  return (query) => {
    bytes.fill(0, 0, width);
    quantise(query.subarray(0, dimensions), scaleOf(query), bytes, 0);
    scan(0, rowsAt, size, width, scoresAt);
    return scores;
  };
}

/** Maps the largest component to 127; components beyond 0.25 of a unit vector are so rare that they are clipped. */
function scaleOf(values: Float32Array): number {
  let max = 0;
  for (const value of values) max = Math.max(max, Math.abs(value));
  return 127 / Math.max(Math.min(max, 0.25), 1e-9);
}

function quantise(values: Float32Array, scale: number, into: Int8Array, start: number): void {
  for (let at = 0; at < values.length; at += 1)
    into[start + at] = Math.max(-127, Math.min(127, Math.round((values[at] ?? 0) * scale)));
}

/** The product with a row; components beyond the last row count as 0. */
function dot(query: Float32Array, values: Float32Array, start: number): number {
  let sum = 0;
  for (let at = 0; at < query.length; at += 1) sum += (query[at] ?? 0) * (values[start + at] ?? 0);
  return sum;
}

/** Rows of the `keep` largest scores, by a binary heap whose root is the smallest kept. */
export function best(scores: Int32Array | Float32Array, count: number, keep: number): Int32Array {
  if (count <= keep) return Int32Array.from({ length: count }, (_, at) => at);
  const heap = new Int32Array(keep);
  for (let at = 0; at < keep; at += 1) heap[at] = at;
  const rowAt = (node: number): number => heap[node] ?? 0;
  const scoreAt = (node: number): number => scores[rowAt(node)] ?? 0;
  const sink = (start: number) => {
    let node = start;
    for (;;) {
      const left = 2 * node + 1;
      if (left >= keep) return;
      const right = left + 1;
      const child = right < keep && scoreAt(right) < scoreAt(left) ? right : left;
      if (scoreAt(node) <= scoreAt(child)) return;
      const row = rowAt(node);
      heap[node] = rowAt(child);
      heap[child] = row;
      node = child;
    }
  };
  for (let at = (keep >> 1) - 1; at >= 0; at -= 1) sink(at);
  for (let row = keep; row < count; row += 1) {
    if ((scores[row] ?? 0) <= scoreAt(0)) continue;
    heap[0] = row;
    sink(0);
  }
  return heap;
}

/** Float32 rows, little-endian, no header: the manifest beside the file says how many and how wide. */
async function save(index: VectorIndex, file: string): Promise<void> {
  if (!(index instanceof ExactIndex)) throw new TypeError('These vectors were made by another store.');
  const { values } = index;
  await writeFile(`${file}.partial`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  await rename(`${file}.partial`, file);
}

async function load(file: string, dimensions: number, owners: Owners): Promise<VectorIndex> {
  const bytes = await readFile(file);
  const { buffer, byteOffset, byteLength } = bytes;
  return new ExactIndex(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)), dimensions, owners);
}
