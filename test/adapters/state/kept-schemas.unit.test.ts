import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { openKeptSchemas } from '#adapters/state/kept-schemas.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';

const HOUR_MS = 3_600_000;
const catalog: DatabaseCatalog = {
  databaseId: 'depot',
  engine: 'sqlite',
  serverVersion: '3.50',
  tables: [],
  warnings: [],
};

function openAt() {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-schemas-')), 'schemas');
  let hours = 0;
  const kept = openKeptSchemas(folder, () => new Date(hours * HOUR_MS));
  const later = (more: number) => {
    hours += more;
  };
  return { folder, kept, later };
}

it('a schema is found again by its address and stamp, for a day', async () => {
  const { kept, later } = openAt();
  assert.deepEqual(await kept.at('a', 'stamp').keep(catalog), catalog);
  assert.deepEqual(await kept.at('a', 'stamp').read(), catalog);
  assert.equal(await kept.at('a', 'another stamp').read(), undefined);
  assert.equal(await kept.at('b', 'stamp').read(), undefined);
  later(23);
  assert.deepEqual(await kept.at('a', 'stamp').read(), catalog);
  later(2);
  assert.equal(await kept.at('a', 'stamp').read(), undefined);
});

it('the one used longest ago makes room', async () => {
  const { folder, kept, later } = openAt();
  for (const address of [...'abcdefgh']) {
    await kept.at(address, '').keep(catalog);
    later(1);
  }
  await kept.at('a', '').read();
  later(1);
  await kept.at('i', '').keep(catalog);
  assert.equal(readdirSync(folder).length, 8);
  assert.equal(await kept.at('b', '').read(), undefined);
  assert.deepEqual(await kept.at('a', '').read(), catalog);
});

it('what cannot be kept is no reason not to go on', async () => {
  const { folder } = openAt();
  const file = path.join(path.dirname(folder), 'a-file');
  writeFileSync(file, '');
  const place = openKeptSchemas(file, () => new Date(0)).at('a', '');
  assert.deepEqual(await place.keep(catalog), catalog);
  assert.equal(await place.read(), undefined);
});
