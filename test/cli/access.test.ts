import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const querent = querentIn(path.join(folder, 'home'));

function sqlite(name: string): string {
  const file = path.join(folder, `${name}.sqlite`);
  if (existsSync(file)) return `sqlite:${file}`;
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE orders (id INTEGER, amount REAL); CREATE TABLE customers (id INTEGER, email TEXT);');
  database.close();
  return `sqlite:${file}`;
}

const rules = async (id = ''): Promise<readonly AccessRule[]> =>
  JSON.parse((await querent(['policy', 'show', ...(id ? [id] : []), '--json'])).out);

beforeAll(async () => {
  assert.equal((await querent(['register', sqlite('shop')])).code, 0);
  assert.equal((await querent(['register', sqlite('unread'), '--no-index'])).code, 0);
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
    ['no table at all', ['deny', 'shop', '--to', 'everyone', '--tables', ','], /It names nothing\..*deny --help/],
    ['no column at all', ['grant', 'shop', '--to', 'everyone', '--hide', ''], /It names nothing\..*grant --help/],
    [
      'a table of a database whose schema was not read',
      ['deny', 'unread', '--to', 'everyone', '--tables', 'orders'],
      /has not been read yet[\s\S]*querent index --db unread[\s\S]*Nothing was stored/,
    ],
  ] as const)('store nothing that names %s that is not there, and end with 2', async (_, args, says) => {
    const before = await rules();
    const ran = await querent(args);
    assert.match(ran.err, says);
    assert.equal(ran.code, 2, ran.out);
    assert.equal(ran.out, '');
    assert.deepEqual(await rules(), before);
  });

  it('store what is there, however it is written, and a rule about a whole database that was not read', async () => {
    for (const args of [
      ['grant', 'shop', '--to', 'everyone', '--tables', 'Orders', '--hide', 'customers.EMAIL'],
      ['grant', 'unread', '--to', 'everyone'],
    ])
      assert.equal((await querent(args)).code, 0);
    assert.equal((await rules()).length, 2);
  });

  it('show what somebody would see, and take back what was granted', async () => {
    assert.equal(
      (await querent(['grant', 'shop', '--to', 'group:S1', '--tables', 'customers', '--hide', 'customers.email'])).code,
      0,
    );
    const seen = await querent(['policy', 'as', 'user:U1,group:S1', '--team', 'T1']);
    assert.match(seen.out, /^shop: 2 of 2 tables\n {2}customers without email$/m);
    assert.match((await querent(['revoke', 'shop', '--to', 'group:S1'])).out, /^1 rule taken back\.$/m);
    assert.match((await querent(['revoke', 'shop', '--to', 'group:S1'])).out, /There was no such rule/);
    assert.match((await querent(['policy', 'as', 'user:U1,group:S1', '--team', 'T1'])).out, /^ {2}not customers$/m);
  });

  it('say of an unknown database which there are', async () => {
    const ran = await querent(['grant', 'shoop', '--to', 'everyone']);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /no database named shoop\. I know shop, unread\./);
  });
});

it('declared rules that name what is not there are told and not taken, and end with 1', async () => {
  const file = path.join(folder, 'querent.config.yaml');
  const declare = (table: string) =>
    writeFileSync(
      file,
      `version: 1\ndatabases:\n  - name: declared\n    url: ${sqlite('declared')}\n    deny:\n      - { to: everyone, tables: [${table}] }\n`,
    );
  declare('order');
  const applied = await querent(['config', 'apply', file]);
  assert.equal(applied.code, 1);
  assert.match(
    applied.err,
    /declared has no table order\. Did you mean orders\?\nThe rules of declared stay as they were\./,
  );
  assert.deepEqual(await rules('declared'), []);
  const checked = await querent(['config', 'check', file]);
  assert.equal(checked.code, 1);
  assert.match(checked.out, /names the table order, which declared does not have\. Did you mean orders\?/);
  declare('orders');
  // Told to stop before anything was read: what is declared of a database that is registered holds all the same.
  assert.equal((await querent(['config', 'apply', file], { stopped: AbortSignal.abort() })).code, 1);
  assert.equal((await rules('declared')).length, 1);
  const done = await querent(['config', 'apply', file]);
  assert.deepEqual(
    [done.code, done.out],
    [0, 'Rules of declared: 1\n  everyone may not see declared (orders)\nRegistered declared.\n'],
  );
  assert.equal((await rules('declared')).length, 1);
}, 60_000);

it('what is declared at another address gets its rules once it was read', async () => {
  const file = path.join(folder, 'moved.config.yaml');
  const declare = (url: string, rule: string) =>
    writeFileSync(file, `version: 1\ndatabases:\n  - name: moved\n    url: ${url}\n    ${rule}\n`);
  declare(sqlite('moved'), 'grant: [{ to: "user:U1" }]');
  const first = await querent(['config', 'apply', file]);
  assert.deepEqual([first.code, first.out], [0, 'Registered moved.\nRules of moved: 1\n  user:U1 may ask moved\n']);
  declare(sqlite('moved-to'), 'grant: [{ to: everyone }]');
  assert.equal((await querent(['config', 'apply', file], { stopped: AbortSignal.abort() })).code, 1);
  assert.deepEqual((await rules('moved'))[0]?.to, { kind: 'user', id: 'U1' });
  assert.equal((await querent(['config', 'apply', file])).code, 0);
  assert.deepEqual((await rules('moved'))[0]?.to, { kind: 'everyone' });
}, 60_000);

it('registers and asks no SQLite file outside the folders of the configuration', async () => {
  const allowed = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const url = sqlite('outside');
  const within = (folders: string) => ({ environment: { QUERENT_SQLITE_FOLDERS: folders } });
  for (const args of [
    ['register', url],
    ['ask', 'How many orders are there?', '--database-url', url],
    ['ask', 'How many orders are there?', '--db', 'shop'],
  ]) {
    const ran = await querent(args, within(allowed));
    assert.equal(ran.code, 1, ran.all);
    assert.match(ran.all, /does not lie below one of the folders/);
  }
  const mistyped = await querent(['register', url], { environment: { QUERENT_SQLITE_FOLDER: allowed } });
  assert.equal(mistyped.code, 2);
  assert.match(mistyped.err, /QUERENT_SQLITE_FOLDERS is/);
  assert.equal((await querent(['register', url], within(folder))).code, 0);
}, 60_000);

describe('querent requests and policy costly', () => {
  it('say that there is none, and that one is not known', async () => {
    assert.match((await querent(['requests'])).out, /Nobody asks for anything/);
    assert.deepEqual(JSON.parse((await querent(['requests', 'list', '--all', '--json'])).out), []);
    const unknown = await querent(['requests', 'approve', 'nope', '--days', '7']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /not kept any more/);
    assert.equal((await querent(['requests', 'approve', 'nope', '--days', 'x'])).code, 2);
  });

  it('set who lets costly queries run', async () => {
    assert.match((await querent(['policy', 'costly', 'shop', 'owner'])).out, /its owner or an admin says so/);
    assert.match((await querent(['policy', 'costly', 'shop', 'asker'])).out, /whoever asks says so/);
    assert.equal((await querent(['policy', 'costly', 'nope', 'owner'])).code, 1);
    assert.equal((await querent(['policy', 'costly', 'shop', 'nobody'])).code, 2);
  });

  it('grant until an end alone that is to come', async () => {
    const granted = await querent(['grant', 'shop', '--to', 'user:U7', '--until', '7d']);
    assert.match(granted.out, /user:U7 may ask shop, until \d{4}-\d\d-\d\d/);
    assert.match((await querent(['grant', 'shop', '--to', 'user:U7', '--until', '2020-01-01'])).err, /to come/);
    assert.equal((await querent(['revoke', 'shop', '--to', 'user:U7'])).code, 0);
  });
});
