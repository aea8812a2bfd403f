import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, it } from 'vitest';
import { shopFile } from '#test/support/shop.ts';
import { querentIn } from './run-querent.ts';

const COUNT = ['ask', 'How many customers are there?'];
let querent: ReturnType<typeof querentIn>;

beforeEach(async () => {
  querent = querentIn(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')));
  const registered = await querent(['register', `sqlite:${shopFile()}`, '--description', 'Web shop']);
  assert.equal(registered.code, 0, registered.err);
  await querent(['grant', 'shop', '--to', 'everyone']);
}, 60_000);

const changes = async () =>
  (await querent(['audit', '--json'])).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; what?: string })
    .flatMap(({ kind, what }) => (kind === 'change' && what !== undefined ? [what] : []));

describe('querent pause and resume', () => {
  it('keep a database from being asked and let it be asked again; both are in the audit', async () => {
    assert.match(
      (await querent(['pause', 'shop'])).out,
      /^shop is paused: nobody may ask it until `querent resume shop`\.$/m,
    );
    const refused = await querent(COUNT);
    assert.equal(refused.code, 1);
    assert.match(refused.out, /shop is paused since \d{4}-/);
    const resumed = await querent(['resume', 'shop']);
    assert.deepEqual([resumed.code, resumed.out], [0, 'shop may be asked again by whoever it is granted to.\n']);
    assert.match((await querent(COUNT)).out, /^3 [a-z]/m);
    assert.deepEqual((await changes()).slice(-2), ['paused shop', 'resumed shop']);
  });

  it('show in the list of databases', async () => {
    const list = async () => JSON.parse((await querent(['databases', '--json'])).out);
    assert.deepEqual(Object.keys((await list())[0]), ['id', 'url', 'description', 'tables', 'paused']);
    assert.equal((await list())[0].paused, null);
    assert.match((await querent(['databases'])).out, /^shop {17}4 tables +sqlite:\S+ {2}Web shop$/m);
    await querent(['pause', 'shop']);
    assert.equal((await list())[0].paused.by, 'operator');
    assert.match((await querent(['databases'])).out, /Web shop {2}paused since \d{4}-\S+ by operator$/m);
  });

  it.each(['pause', 'resume'])('%s says of an unknown database which there are', async (command) => {
    const ran = await querent([command, 'shoop']);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /no database named shoop\. I know shop\./);
  });
});

describe('querent rename', () => {
  it('keeps rules, index and traces under the new name, and the old one in the audit', async () => {
    await querent(COUNT);
    const renamed = await querent(['rename', 'shop', 'webshop']);
    assert.deepEqual([renamed.code, renamed.out], [0, 'shop is named webshop now.\n'], renamed.err);
    assert.match((await querent(COUNT)).out, /^3 [a-z][\s\S]*^webshop · customer/m);
    assert.match((await querent(['policy'])).out, /^everyone may ask webshop$/m);
    assert.equal((await querent(['index', 'verify'])).code, 0);
    assert.match((await querent(['databases'])).out, /^webshop /);
    assert.ok((await changes()).includes('renamed shop'));
  });

  it('takes no name that is taken or is none', async () => {
    await querent(['register', `sqlite:${shopFile()}`, '--name', 'other']);
    for (const [name, says] of [
      ['other', /^A database named other is registered already\. Choose another name\.$/m],
      ['2nd shop', /cannot be named 2nd shop: a name is a letter/],
    ] as const) {
      const ran = await querent(['rename', 'shop', name]);
      assert.deepEqual([ran.code, ran.out], [1, ''], ran.all);
      assert.match(ran.err, says);
    }
    assert.match((await querent(['databases'])).out, /^shop /m);
  });
});
