import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { keepGain } from '#src/config/keep-gain.ts';

const GAIN = { questions: 80, before: 40, after: 48, low: 1.2345, high: 18 };
const MANIFEST = {
  version: 1,
  task: 'sql',
  style: 'kinds',
  base: { name: 'small', sha256: 'ab' },
  trained: { steps: 4 },
};
const folderOf = () => mkdtempSync(path.join(os.tmpdir(), 'querent-gain-'));

it('the gain of an adapter is written into its manifest, and all else of it stays', () => {
  const folder = folderOf();
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(MANIFEST));
  assert.ok(typeof keepGain(folder, GAIN) === 'object');
  assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')), {
    ...MANIFEST,
    measured: { questions: 80, before: 40, after: 48, low: 1.23, high: 18 },
  });
});

it('a folder without a manifest is told, and nothing is written', () => {
  const folder = folderOf();
  assert.equal(keepGain(folder, GAIN), `${path.join(folder, 'manifest.json')} is no manifest of an adapter.`);
  writeFileSync(path.join(folder, 'manifest.json'), '{"version": 1');
  assert.match(String(keepGain(folder, GAIN)), /is no manifest of an adapter\.$/);
  assert.equal(readFileSync(path.join(folder, 'manifest.json'), 'utf8'), '{"version": 1');
});
