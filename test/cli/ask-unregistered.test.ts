import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'vitest';
import { makeSqlite } from '#test/support/small-querent.ts';
import { querentIn } from './run-querent.ts';

const newHome = () => mkdtempSync(path.join(os.tmpdir(), 'querent-unregistered-'));
const SCRIPT = `CREATE TABLE parcels (id INTEGER PRIMARY KEY, city TEXT);
  INSERT INTO parcels (city) VALUES ('Oslo'), ('Bergen');`;

/** Asks a file at its address, and tells whether its schema was read for that. */
function asking(home: string) {
  const querent = querentIn(home);
  return async (question: string, file: string, ...more: readonly string[]) => {
    const { out, err, code } = await querent(['ask', question, '--database-url', `sqlite:${file}`, ...more]);
    return { out, code, read: err.includes('reading tables') };
  };
}

const keptIn = (home: string) => {
  const folder = path.join(home, 'cache', 'schemas');
  return existsSync(folder) ? readdirSync(folder) : [];
};

it('the schema of a database that is not registered is read once, and again when it has changed', async () => {
  const home = newHome();
  const ask = asking(home);
  const file = makeSqlite(path.join(home, 'depot.sqlite'), SCRIPT);
  const first = await ask('how many parcels are there', file);
  const second = await ask('how many parcels are there', file);
  assert.deepEqual([first.read, second.read, second.code], [true, false, 0]);
  assert.match(second.out, /^2 parcels/m);
  assert.equal(second.out.replaceAll(/\d+ ms/g, ''), first.out.replaceAll(/\d+ ms/g, ''));
  const database = new DatabaseSync(file);
  database.exec("ALTER TABLE parcels ADD COLUMN weight_kg REAL; INSERT INTO parcels (city) VALUES ('Moss')");
  database.close();
  const third = await ask('how many parcels are there in Moss', file);
  assert.deepEqual([third.read, third.code], [true, 0], third.out);
});

it('what is kept of it, nobody else may look into, and --no-keep leaves nothing', async () => {
  const home = newHome();
  const ask = asking(home);
  const file = makeSqlite(path.join(home, 'depot.sqlite'), SCRIPT);
  const tables = await ask('what tables are there', file);
  assert.match(
    tables.out,
    /^There is 1 table in 1 database\.\nTable +Columns +Rows, about +Comment\n.*\nparcels +2 +2\n/,
  );
  const [kept, ...others] = keptIn(home);
  assert.ok(kept && !others.length);
  const own = path.join(home, 'cache', 'schemas', kept);
  assert.equal(statSync(own).mode & 0o777, 0o700);
  assert.equal(statSync(path.join(own, 'schema.json')).mode & 0o777, 0o600);
  const asked = await ask('how many parcels are there', file, '--no-keep');
  assert.deepEqual([asked.read, asked.code, keptIn(home)], [true, 0, []]);
});
