import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedCollection } from '#adapters/vector/embedded/embedded-collection.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openSchemaIndexes, type SchemaIndexesOptions } from '#schemas-index/open-schema-indexes.ts';
import type { VectorCollection } from '#src/ports/vector-collection.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const never = new AbortController().signal;
const shop = catalogOf(SHOP);

/** Indexes in one folder, as one process opens them. */
function inFolder(folder: string, collection?: VectorCollection) {
  const embedder = openUseLite();
  const options: SchemaIndexesOptions = {
    folder,
    retrieval: 'groups',
    embedder,
    uncached: embedder,
    vectors: embeddedVectors,
    now: () => new Date(0),
    log: () => undefined,
    ...(collection ? { collection, copy: false } : {}),
  };
  return openSchemaIndexes(options);
}

const build = (indexes: ReturnType<typeof inFolder>) =>
  indexes.build([shop], { forgetNames: false }, () => undefined, never);

describe('the stamp of an index', () => {
  it('is that of what was built, for whoever looks at the place next', async () => {
    const indexes = inFolder(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')));
    const built = await build(indexes);
    assert.ok(built.ok);
    assert.equal(built.value.stamp, await indexes.stamp());
    const loaded = await indexes.load([shop]);
    assert.ok(loaded.ok);
    assert.equal(loaded.value.stamp, built.value.stamp);
  });

  it('is not that of one that took its place once it was read, so that the later one is read, too', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
    const other = inFolder(folder);
    const collection = embeddedCollection();
    const built = await build(inFolder(folder, collection));
    assert.ok(built.ok && (await built.value.publish({}, () => undefined, never)) === 'published');
    // the server is asked after the index was read: meanwhile another process builds
    const indexes = inFolder(folder, {
      ...collection,
      generations: async () => {
        await build(other);
        return collection.generations();
      },
    });
    const before = await indexes.stamp();
    const loaded = await indexes.load([shop]);
    assert.ok(loaded.ok);
    assert.equal(loaded.value.stamp, before);
    assert.notEqual(loaded.value.stamp, await indexes.stamp());
  });
});
