import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { KERNEL_BASE64 } from '#adapters/vector/embedded/kernel.ts';

function randomUnits(count: number, dimensions: number, seed: number): Float32Array[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296 - 0.5;
  };
  return Array.from({ length: count }, () => {
    const raw = Float32Array.from({ length: dimensions }, next);
    const norm = Math.hypot(...raw);
    return raw.map((value) => value / norm);
  });
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

describe('the embedded exact index', () => {
  const dimensions = 50; // not a multiple of the kernel's 16 lanes
  const vectors = randomUnits(3_000, dimensions, 1);
  const index = embeddedVectors.build(
    vectors,
    dimensions,
    vectors.map((_, row) => [row < 100 ? 'a' : 'b', 'all']),
  );

  it('finds what a plain scan finds, with the same scores', () => {
    for (const query of randomUnits(20, dimensions, 2)) {
      const wanted = vectors
        .map((vector, row) => ({ row, score: dot(query, vector) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, 10);
      const found = index.search(query, 10);
      assert.deepEqual(
        found.map((hit) => hit.row),
        wanted.map((hit) => hit.row),
      );
      for (const [at, hit] of found.entries()) assert.ok(Math.abs(hit.score - wanted[at]!.score) < 1e-5);
    }
  });

  it('finds only rows that one of the given databases owns', () => {
    const query = vectors[5]!;
    const found = index.search(query, 200, new Set(['a']));
    assert.equal(found.length, 100);
    assert.ok(found.every((hit) => hit.row < 100));
    assert.ok(index.search(query, 10, new Set(['b'])).every((hit) => hit.row >= 100));
    assert.deepEqual(index.search(query, 10, new Set(['all'])), index.search(query, 10));
    assert.deepEqual(index.search(query, 10, new Set(['nobody'])), []);
    assert.equal(index.search(query, 1)[0]?.row, 5);
  });

  it('is the same after it was saved and loaded', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'vectors.f32');
    await embeddedVectors.save(index, file);
    const loaded = await embeddedVectors.load(
      file,
      dimensions,
      vectors.map(() => ['all']),
    );
    assert.deepEqual(loaded.search(vectors[7]!, 5), index.search(vectors[7]!, 5));
  });

  it('holds nothing and finds nothing when it is empty', () => {
    assert.deepEqual(embeddedVectors.build([], dimensions, []).search(vectors[0]!, 5), []);
  });

  it('runs the kernel that its source compiles to', () => {
    const built = execFileSync(process.execPath, ['adapters/vector/embedded/build-kernel.ts'], { encoding: 'utf8' });
    assert.equal(built.trim(), KERNEL_BASE64);
  });
});
