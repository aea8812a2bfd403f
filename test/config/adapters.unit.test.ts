import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { configuredAdapter, manifestFileOf, readAdapterEntry } from '#src/config/adapters.ts';
import { readConfig } from '#src/config/env.ts';

const MANIFEST = {
  version: 1,
  name: 'shop-sql',
  task: 'sql',
  style: 'kinds',
  base: { name: 'Qwen2.5-Coder-7B-Instruct', sha256: 'ab', parameters: 7.6e9, width: 3_584, layers: 28 },
  trained: { steps: 100 },
};

function homeWith(manifests: Readonly<Record<string, unknown>>): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-adapters-'));
  for (const [name, manifest] of Object.entries(manifests)) {
    const file = manifestFileOf(home, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  }
  return home;
}

const adapterOf = (manifest: unknown, entry = 'shop-sql') => {
  const read = readAdapterEntry(entry);
  assert.ok(typeof read === 'object');
  return configuredAdapter(read, homeWith({ 'shop-sql': manifest }));
};

describe('an entry of QUERENT_MODEL_ADAPTERS', () => {
  it('is a name, with a role before it and a server behind it', () => {
    assert.deepEqual(readAdapterEntry('shop-sql'), { name: 'shop-sql' });
    assert.deepEqual(readAdapterEntry('linker:org/shop-links@http://127.0.0.1:8092/v1'), {
      name: 'org/shop-links',
      role: 'linker',
      baseUrl: 'http://127.0.0.1:8092/v1',
    });
    assert.deepEqual(readAdapterEntry('qwen:7b'), { name: 'qwen:7b' }, 'what is no role is a part of the name');
  });

  it('leads nowhere outside the folder of adapters', () => {
    assert.equal(readAdapterEntry('../../etc'), 'names "../../etc", which is no name');
    assert.equal(readAdapterEntry('/etc'), 'names "/etc", which is no name');
    assert.throws(
      () => readConfig({ QUERENT_MODEL_URL: 'http://127.0.0.1:1/v1', QUERENT_MODEL_ADAPTERS: 'a b' }),
      /QUERENT_MODEL_ADAPTERS names "a b", which is no name/,
    );
  });
});

describe('a configured adapter', () => {
  it('has the role of the task that its manifest names', () => {
    assert.equal(adapterOf(MANIFEST).role, 'generator');
    const linker = adapterOf({ ...MANIFEST, task: 'linking' });
    assert.deepEqual([linker.role, linker.refused, linker.manifest?.task], ['linker', undefined, 'linking']);
  });

  it('is read where a setting names it', () => {
    const home = homeWith({ 'shop-sql': MANIFEST });
    const { model } = readConfig({
      QUERENT_HOME: home,
      QUERENT_MODEL_URL: 'http://127.0.0.1:1/v1',
      QUERENT_MODEL_ADAPTERS: 'shop-sql@http://127.0.0.1:2/v1, other',
    });
    assert.deepEqual(
      model?.adapters.map(({ name, baseUrl, manifest }) => [name, baseUrl, manifest?.style]),
      [
        ['shop-sql', 'http://127.0.0.1:2/v1', 'kinds'],
        ['other', undefined, undefined],
      ],
    );
  });

  it('without a manifest is a generator, and no other', () => {
    const [plain, linker] = ['other', 'linker:other'].map((entry) => adapterOf(MANIFEST, entry));
    assert.deepEqual([plain?.role, plain?.refused], ['generator', undefined]);
    assert.match(linker?.refused ?? '', /^nothing says what it learned: put its manifest\.json into /);
  });

  it('is refused as what it was not trained for', () => {
    assert.equal(
      adapterOf(MANIFEST, 'selector:shop-sql').refused,
      'it was trained as generator (sql) and is named as selector',
    );
    assert.equal(
      adapterOf({ ...MANIFEST, task: 'question' }).refused,
      'it was trained for question, which no stage asks a model for',
    );
    assert.match(
      adapterOf({ ...MANIFEST, style: 'odd' }).refused ?? '',
      /^it was trained on prompts of style odd; there are plain, /,
    );
    assert.match(adapterOf('{"version": 1').refused ?? '', /is no manifest that can be read$/);
  });

  it('is refused where it was measured and the gain may be none', () => {
    const measured = (low: number) => ({ questions: 200, before: 100, after: 108, low, high: 9.5 });
    assert.equal(adapterOf({ ...MANIFEST, measured: measured(0.5) }).refused, undefined);
    assert.equal(
      adapterOf({ ...MANIFEST, measured: measured(-1) }).refused,
      'it was not measured to be better than its base: 100 and 108 of 200 right, +4.0 points (−1.0 to +9.5)',
    );
  });
});
