import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, it } from 'vitest';
import { startSmallQuerent } from '#test/support/small-querent.ts';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const querent = querentIn(folder);
const QUESTION = 'how are the gronkles doing?';

beforeAll(async () => {
  const small = await startSmallQuerent({
    home: folder,
    databases: {
      shop: `CREATE TABLE orders (id INTEGER PRIMARY KEY, amount REAL); INSERT INTO orders VALUES (1, 10), (2, 20);`,
    },
  });
  const asked = { runId: 'run-0001', asker: { teamId: 'T1', userId: 'UADA' }, place: { kind: 'direct' } } as const;
  await small.ask(QUESTION, asked);
  await small.parts.store.lease();
  await small.querent.runs.saveResult('run-0001', 'failed', {
    kind: 'failure',
    text: QUESTION,
    failure: 'declined',
    databaseId: 'shop',
  });
  await small.close();
}, 60_000);

describe('querent review', () => {
  it('lists what is to be looked at, and shows one', async () => {
    const listed = await querent(['review']);
    assert.equal(listed.code, 0, listed.err);
    assert.match(listed.out, /^run-0001 {2}\S+ {2}shop {2}“how are the gronkles doing\?” {2}UADA got no answer$/m);
    const shown = await querent(['review', 'run-0']);
    assert.match(shown.out, /UADA of T1, shop/);
    assert.equal((await querent(['review', 'nothing'])).code, 1);
    assert.equal(JSON.parse((await querent(['review', '--json'])).out)[0].run.id, 'run-0001');
  });

  it('verifies a query that was written for it, which answers later questions', async () => {
    const bare = await querent(['review', 'run-0001', '--verify']);
    assert.deepEqual([bare.code, bare.out], [2, '']);
    assert.match(bare.err, /no query yet/);
    const wrong = path.join(folder, 'wrong.sql');
    writeFileSync(wrong, 'DELETE FROM orders');
    assert.equal((await querent(['review', 'run-0001', '--verify', '--sql-file', wrong])).code, 1);
    const right = path.join(folder, 'right.sql');
    writeFileSync(right, 'SELECT COUNT(*) AS gronkles FROM orders');
    const made = await querent(['review', 'run-0001', '--verify', '--sql-file', right]);
    assert.equal(made.code, 0, made.err);
    assert.match((await querent(['review', '--verified'])).out, /^run-0001 .* shop {2}how are the gronkles doing\?$/m);
    assert.match((await querent(['review'])).out, /^Nothing is to be looked at/);
    assert.match((await querent(['review', '--all'])).out, /verified/);
    assert.equal((await querent(['review', 'run-0001', '--dismiss'])).code, 1);
    assert.equal((await querent(['review', 'run-0001', '--withdraw'])).code, 0);
    assert.match((await querent(['review', '--verified'])).out, /^No answer was verified yet/);
  });
});

describe('querent describe', () => {
  it('says what a table or column holds, which the description of its database shows', async () => {
    assert.equal((await querent(['describe', 'shop', 'orders', 'What was bought'])).code, 0);
    const column = await querent(['describe', 'shop', 'orders.amount', 'In euros']);
    assert.equal(column.code, 0, column.err);
    const { out } = await querent(['databases', '--describe', 'shop']);
    assert.match(out, /^orders, about 2 rows\. What was bought$/m);
    assert.match(out, /^amount .* In euros$/m);
    const wrong = await querent(['describe', 'shop', 'order', 'x']);
    assert.match(wrong.err, /no table or column order\. Did you mean orders/);
    assert.equal((await querent(['describe', 'shop', 'orders', '--remove'])).code, 0);
    assert.match((await querent(['databases', '--describe', 'shop'])).out, /^orders, about 2 rows$/m);
    assert.equal((await querent(['describe', 'shop', 'orders'])).code, 2);
  });
});
