import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const querent = querentIn(folder);
const shop = `sqlite:${path.join(folder, 'shop.sqlite')}`;

const SHOP = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), ordered_on DATE, shipped_on DATE, amount REAL, points REAL);
  INSERT INTO customers VALUES (1, 'Ada', 'ada@shop.example'), (2, 'Bo', 'bo@shop.example');
  INSERT INTO orders VALUES (1, 1, '2025-01-05', '2025-01-07', 10.5, 1.5), (2, 1, '2025-02-05', '2025-02-07', 20, 2), (3, 2, '2025-03-05', '2025-03-07', 5, 3);`;

function declare(roles: string): string {
  const file = path.join(folder, 'querent.config.yaml');
  writeFileSync(
    file,
    `version: 1\ndatabases:\n  - name: shop\n    url: ${shop}\n    description: The till\n    column-roles: ${roles}\n`,
  );
  return file;
}

interface Described {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly role: string; readonly configured: boolean }[];
  }[];
}

async function rolesOf(table: string): Promise<Readonly<Record<string, string>>> {
  const { out } = await querent(['databases', '--describe', 'shop', '--json']);
  const found = (JSON.parse(out) as Described).tables.find(({ name }) => name === table);
  return Object.fromEntries(found?.columns.map(({ name, role }) => [name, role]) ?? []);
}

beforeAll(async () => {
  const database = new DatabaseSync(shop.slice('sqlite:'.length));
  database.exec(SHOP);
  database.close();
  const ran = await querent(['register', shop, '--description', 'The till', '--search-values', 'customers.email']);
  assert.equal(ran.code, 0, ran.err);
}, 60_000);

describe('querent databases --describe', () => {
  it('prints each table with its columns, their roles and why', async () => {
    const { code, out } = await querent(['databases', '--describe', 'shop']);
    assert.equal(code, 0);
    assert.match(out, /^shop: 2 tables\. The till$/m);
    assert.match(out, /^orders, about 3 rows$/m);
    assert.match(out, /^customer_id +INTEGER +reference +a foreign key to customers$/m);
    assert.match(out, /^ordered_on +DATE +event date +of 2 dates the one that says when$/m);
    assert.match(out, /^label: what a row of its table is called$/m);
  });

  it('gives the same as JSON', async () => {
    assert.deepEqual(await rolesOf('orders'), {
      id: 'key',
      customer_id: 'reference',
      ordered_on: 'event date',
      shipped_on: 'other date',
      amount: 'additive measure',
      points: 'additive measure',
    });
  });

  it('says of an unknown name which there are', async () => {
    const { code, err } = await querent(['databases', '--describe', 'shpo']);
    assert.equal(code, 1);
    assert.match(err, /There is no database named shpo\. I know shop\./);
  });

  it('says of one that was not read yet what to do', async () => {
    await querent(['register', shop, '--name', 'unread', '--no-index']);
    const { code, err } = await querent(['databases', '--describe', 'unread']);
    assert.equal(code, 1);
    assert.match(err, /The schema of unread was not read yet\. Run `querent index unread`/);
    await querent(['remove', 'unread', '--yes']);
  });
});

it('a catalog that holds what an admin said of its columns still fits its index', { timeout: 60_000 }, async () => {
  const { code, out, err } = await querent(['index', 'verify']);
  assert.equal(code, 0, err);
  assert.match(out, /The index is sound/);
});

it('what a database was registered as stands in its catalog', { timeout: 60_000 }, async () => {
  const { out } = await querent(['ask', 'Which databases are there?']);
  assert.match(out, /shop +2 +The till/);
});

describe('column roles that are declared', () => {
  it('take the place of those inferred, and of their rivals', { timeout: 60_000 }, async () => {
    const file = declare('{ orders.shipped_on: event date, orders.points: other measure }');
    const applied = await querent(['config', 'apply', file]);
    assert.equal(applied.code, 0, applied.err);
    const roles = await rolesOf('orders');
    assert.deepEqual([roles.shipped_on, roles.ordered_on, roles.points], ['event date', 'other date', 'other measure']);
    const { out } = await querent(['databases', '--describe', 'shop']);
    assert.match(out, /^shipped_on +DATE +event date +set by an admin$/m);
  });

  it.each([
    ['{ order.amount: other measure }', /column-roles of shop: there is no table order\. Did you mean orders\?/],
    [
      '{ orders.amont: other measure }',
      /column-roles of shop: there is no column orders\.amont\. Did you mean orders\.amount/,
    ],
    ['{ customers.name: event date }', /customers\.name is of the type TEXT, on which no period can be read/],
    [
      '{ orders.shipped_on: event date, orders.ordered_on: event date }',
      /orders\.shipped_on and orders\.ordered_on cannot both be the event date/,
    ],
  ])('and cannot be are told: %s', { timeout: 60_000 }, async (roles, sentence) => {
    const file = declare(roles);
    const checked = await querent(['config', 'check', file]);
    assert.equal(checked.code, 1);
    assert.match(checked.out, sentence);
    const applied = await querent(['config', 'apply', file]);
    assert.equal(applied.code, 1);
    assert.match(applied.err, sentence);
  });
});
