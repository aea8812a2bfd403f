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

interface ExactIndex extends VectorIndex {
  readonly values: Float32Array;
}

function build(vectors: readonly Float32Array[], dimensions: number, owners: Owners): ExactIndex {
  const values = new Float32Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) values.set(vector, row * dimensions);
  return fromValues(values, dimensions, owners);
}

type Owners = readonly (readonly string[])[];

function fromValues(values: Float32Array, dimensions: number, owners: Owners): ExactIndex {
  const size = values.length / dimensions;
  const width = Math.ceil(dimensions / LANES) * LANES;
  const rowsAt = width;
  const scoresAt = Math.ceil((rowsAt + size * width) / 4) * 4;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((scoresAt + size * 4) / PAGE) + 1 });
  const scan = instantiateScan(memory);
  const bytes = new Int8Array(memory.buffer);
  const scale = scaleOf(values);
  for (let row = 0; row < size; row += 1) {
    for (let at = 0; at < dimensions; at += 1)
      bytes[rowsAt + row * width + at] = quantise(values[row * dimensions + at]!, scale);
  }
  const scores = new Int32Array(memory.buffer, scoresAt, size);

  // A caller keeps one set for one asker's rights, so the rows it owns are found once.
  const masks = new WeakMap<ReadonlySet<string>, Uint8Array>();
  function maskOf(databases: ReadonlySet<string>): Uint8Array {
    const known = masks.get(databases);
    if (known) return known;
    const mask = Uint8Array.from({ length: size }, (_, row) =>
      owners[row]!.some((one) => databases.has(one)) ? 1 : 0,
    );
    masks.set(databases, mask);
    return mask;
  }

  function search(query: Float32Array, limit: number, databases?: ReadonlySet<string>): VectorHit[] {
    const queryScale = scaleOf(query);
    bytes.fill(0, 0, width);
    for (let at = 0; at < dimensions; at += 1) bytes[at] = quantise(query[at]!, queryScale);
    scan(0, rowsAt, size, width, scoresAt);
    if (databases) {
      const mask = maskOf(databases);
      for (let row = 0; row < size; row += 1) if (!mask[row]) scores[row] = NOT_OWNED;
    }
    const rough = best(scores, size, Math.max(limit, RESCORE));
    const exact = Array.from(rough)
      .filter((row) => scores[row] !== NOT_OWNED)
      .map((row) => ({ row, score: dot(query, values, row * dimensions) }));
    return exact.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
  }
  return { size, dimensions, values, search };
}

/** Maps the largest component to 127; components beyond 0.25 of a unit vector are so rare that they are clipped. */
function scaleOf(values: Float32Array): number {
  let max = 0;
  for (const value of values) max = Math.max(max, Math.abs(value));
  return 127 / Math.max(Math.min(max, 0.25), 1e-9);
}

const quantise = (value: number, scale: number) => Math.max(-127, Math.min(127, Math.round(value * scale)));

function dot(query: Float32Array, values: Float32Array, start: number): number {
  let sum = 0;
  for (let at = 0; at < query.length; at += 1) sum += query[at]! * values[start + at]!;
  return sum;
}

/** Rows of the `keep` largest scores, by a binary heap whose root is the smallest kept. */
function best(scores: Int32Array, count: number, keep: number): Int32Array {
  if (count <= keep) return Int32Array.from({ length: count }, (_, at) => at);
  const heap = new Int32Array(keep);
  for (let at = 0; at < keep; at += 1) heap[at] = at;
  const sink = (start: number) => {
    let node = start;
    for (;;) {
      const left = 2 * node + 1;
      if (left >= keep) return;
      const right = left + 1;
      const child = right < keep && scores[heap[right]!]! < scores[heap[left]!]! ? right : left;
      if (scores[heap[node]!]! <= scores[heap[child]!]!) return;
      const swap = heap[node]!;
      heap[node] = heap[child]!;
      heap[child] = swap;
      node = child;
    }
  };
  for (let at = (keep >> 1) - 1; at >= 0; at -= 1) sink(at);
  for (let at = keep; at < count; at += 1) {
    if (scores[at]! <= scores[heap[0]!]!) continue;
    heap[0] = at;
    sink(0);
  }
  return heap;
}

/** Float32 rows, little-endian, no header: the manifest beside the file says how many and how wide. */
async function save(index: VectorIndex, file: string): Promise<void> {
  const { values } = index as ExactIndex;
  await writeFile(`${file}.partial`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  await rename(`${file}.partial`, file);
}

async function load(file: string, dimensions: number, owners: Owners): Promise<VectorIndex> {
  const bytes = await readFile(file);
  return fromValues(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    dimensions,
    owners,
  );
}
