import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const home = path.join(folder, 'home');

function querent(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, QUERENT_HOME: home, ...more };
  return spawnSync(process.execPath, [path.join(root, 'src/cli/main.ts'), ...args], { env, encoding: 'utf8' });
}

function sqlite(name: string): string {
  const file = path.join(folder, `${name}.sqlite`);
  if (existsSync(file)) return `sqlite:${file}`;
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE orders (id INTEGER, amount REAL); CREATE TABLE customers (id INTEGER, email TEXT);');
  database.close();
  return `sqlite:${file}`;
}

function rules() {
  const store = openSqliteStore(path.join(home, 'state.sqlite'));
  const found = store.accessRules();
  store.close();
  return found;
}

beforeAll(() => {
  assert.equal(querent(['register', sqlite('shop')]).status, 0);
  assert.equal(querent(['register', sqlite('unread'), '--no-index']).status, 0);
}, 60_000);

describe('querent grant and deny', () => {
  it.each([
    ['a table', ['grant', 'shop', '--to', 'everyone', '--tables', 'orders,nope'], /shop has no table nope\.$/m],
    [
      'a misspelt table',
      ['grant', 'shop', '--to', 'everyone', '--tables', 'order'],
      /no table order\. Did you mean orders\?/,
    ],
    [
      'a table of a deny',
      ['deny', 'shop', '--to', 'user:U1', '--tables', 'customer'],
      /no table customer\. Did you mean customers\?/,
    ],
    [
      'a column',
      ['grant', 'shop', '--to', 'everyone', '--hide', 'customers.mail'],
      /no column customers\.mail\. Did you mean customers\.email\?/,
    ],
    [
      'the table of a column',
      ['deny', 'shop', '--to', 'everyone', '--hide', 'clients.email'],
      /shop has no table clients\./,
    ],
    [
      'a table for rows by asker',
      ['grant', 'shop', '--to', 'everyone', '--own-rows', 'order'],
      /Did you mean orders\?/,
    ],
    ['no table at all', ['deny', 'shop', '--to', 'everyone', '--tables', ','], /Usage: querent deny/],
    ['no column at all', ['grant', 'shop', '--to', 'everyone', '--hide', ''], /Usage: querent grant/],
    [
      'a table of a database whose schema was not read',
      ['deny', 'unread', '--to', 'everyone', '--tables', 'orders'],
      /has not been read yet[\s\S]*querent index --db unread[\s\S]*Nothing was stored/,
    ],
  ] as const)('store nothing that names %s that is not there, and end with 2', (_, args, says) => {
    const before = rules();
    const ran = querent(args);
    assert.match(ran.stderr, says);
    assert.equal(ran.status, 2, ran.stdout);
    assert.equal(ran.stdout, '');
    assert.deepEqual(rules(), before);
  });

  it('store what is there, however it is written, and a rule about a whole database that was not read', () => {
    for (const args of [
      ['grant', 'shop', '--to', 'everyone', '--tables', 'Orders', '--hide', 'customers.EMAIL'],
      ['grant', 'unread', '--to', 'everyone'],
    ])
      assert.equal(querent(args).status, 0);
    assert.equal(rules().length, 2);
  });
});

it('a declared rule that names what is not there is told, and ends with 1', () => {
  const file = path.join(folder, 'querent.config.yaml');
  const declare = (table: string) =>
    writeFileSync(
      file,
      `version: 1\ndatabases:\n  - name: declared\n    url: ${sqlite('declared')}\n    deny:\n      - { to: everyone, tables: [${table}] }\n`,
    );
  declare('order');
  const applied = querent(['config', 'apply', file]);
  assert.equal(applied.status, 1);
  assert.match(applied.stderr, /names the table order, which declared does not have\. Did you mean orders\?/);
  assert.equal(querent(['config', 'check', file]).status, 1);
  declare('orders');
  assert.equal(querent(['config', 'apply', file]).status, 0);
}, 60_000);

it('registers and asks no SQLite file outside the folders of the configuration', () => {
  const allowed = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const url = sqlite('outside');
  const within = { QUERENT_SQLITE_FOLDERS: allowed };
  for (const args of [
    ['register', url],
    ['ask', 'How many orders are there?', '--database-url', url],
    ['ask', 'How many orders are there?', '--db', 'shop'],
  ]) {
    const ran = querent(args, within);
    assert.equal(ran.status, 1, ran.stdout);
    assert.match(ran.stdout + ran.stderr, /does not lie below one of the folders/);
  }
  const mistyped = querent(['register', url], { QUERENT_SQLITE_FOLDER: allowed });
  assert.equal(mistyped.status, 2);
  assert.match(mistyped.stderr, /QUERENT_SQLITE_FOLDERS is/);
  assert.equal(querent(['register', url], { QUERENT_SQLITE_FOLDERS: folder }).status, 0);
}, 60_000);
