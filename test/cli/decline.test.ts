import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import { querentIn } from './run-querent.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const folder = path.join(home, "the boss's files");
const SCRIPTS = {
  shop: `CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
    CREATE TABLE refunds (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), reason TEXT, amount REAL, refunded_on DATE);
    CREATE TABLE tbl_Auftr_kopf (id INTEGER PRIMARY KEY, status TEXT);
    INSERT INTO customers VALUES (1, 'Ada', 'Norway'), (2, 'Bo', 'Chile');
    INSERT INTO refunds VALUES (1, 1, 'late', 7, '2025-01-02'), (2, 2, 'late', 12, '2025-02-03'), (3, 2, 'broken', 30, '2025-02-04');
    INSERT INTO tbl_Auftr_kopf VALUES (1, 'open'), (2, 'closed');`,
  people: `CREATE TABLE employees (id INTEGER PRIMARY KEY, first_name TEXT, job_title TEXT, salary REAL);
    INSERT INTO employees VALUES (1, 'Cy', 'Engineer', 10), (2, 'Di', 'Engineer', 20), (3, 'Ed', 'Clerk', 5);`,
};
const querent = querentIn(home);
const fileOf = (id: string) => path.join(folder, `${id}.sqlite`);

beforeAll(async () => {
  mkdirSync(folder);
  for (const [id, script] of Object.entries(SCRIPTS)) {
    const database = new DatabaseSync(fileOf(id));
    database.exec(script);
    database.close();
    const registered = await querent(['register', `sqlite:${fileOf(id)}`]);
    assert.equal(registered.code, 0, registered.err);
  }
}, 60_000);

/** The arguments that a shell makes of a printed command. */
function shellArguments(command: string): string[] {
  const words = command.trim().match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? [];
  return words
    .slice(1)
    .map((word) => word.replace(/'([^']*)'|\\(')/g, (_, quoted = '', escaped = '') => quoted + escaped));
}

const offersOf = (out: string) => out.split('\n').filter((line) => line.startsWith('  querent ask '));

describe('a decline', () => {
  it.each([
    ['how many refunds did robots cause in secret?', /refunds/],
    ['why do engineers leave', /employees/],
    ['average refund by star sign', /refund/i],
    ['what is the weather like?', /./],
  ])('“%s” offers questions that are answered as they are printed', async (question, about) => {
    const { code, out } = await querent(['ask', question]);
    assert.equal(code, 1, out);
    assert.match(out, /I can answer, for example:/);
    const offers = offersOf(out);
    assert.ok(offers.length > 0 && offers.length <= 3, out);
    assert.match(offers[0] ?? '', about);
    for (const offer of offers) {
      const asked = await querent(shellArguments(offer));
      assert.equal(asked.code, 0, `${offer}\n${asked.out}`);
    }
  });

  it('of a database that has nothing of it offers the same question of the one that has', async () => {
    const { code, out } = await querent(['ask', 'How many refunds are there by reason?', '--db', 'people']);
    assert.equal(code, 1);
    assert.match(out, /No table of people is called like that; shop has one that is\./);
    assert.doesNotMatch(out, /recognised no table/);
    assert.equal(offersOf(out)[0], "  querent ask 'How many refunds are there by reason?' --db shop");
    const json = JSON.parse((await querent(['ask', 'How many refunds?', '--db', 'people', '--json'])).out);
    assert.deepEqual(json.offered[0], { question: 'How many refunds?', database: 'shop' });
    assert.equal(json.decision, 'decline');
  });

  it('of an address offers commands with that address, whatever it holds', async () => {
    const { out } = await querent(['ask', 'refunds by robots', '--database-url', `sqlite:${fileOf('shop')}`]);
    const [offer = ''] = offersOf(out);
    assert.ok(offer.includes(`--database-url 'sqlite:${folder.replace("'", "'\\''")}/shop.sqlite'`), out);
    assert.deepEqual((await querent(shellArguments(offer))).code, 0);
  });

  it('in another language is one sentence of it', async () => {
    const { code, out } = await querent(['ask', 'Wie viele Kunden haben wir?']);
    assert.equal(code, 1);
    assert.match(out, /^Ohne Sprachmodell verstehe ich Fragen nur auf Englisch/);
  });
});

describe('what is no question', () => {
  it.each([
    ['hello', /^Hello!/],
    ['Thanks!', /^You’re welcome/],
    ['ok', /^All right/],
  ])('“%s” has a reply, and nothing failed', async (text, says) => {
    const { code, out } = await querent(['ask', text]);
    assert.equal(code, 0);
    assert.match(out, says);
  });

  it('help shows questions that are answered', async () => {
    const { code, out } = await querent(['ask', 'What can you do?']);
    assert.equal(code, 0);
    const offers = offersOf(out);
    assert.equal(offers.length, 3, out);
    for (const offer of offers) assert.equal((await querent(shellArguments(offer))).code, 0, offer);
    const json = JSON.parse((await querent(['ask', 'help', '--json'])).out);
    assert.deepEqual([json.decision, json.offered.length, json.sql], ['post', 3, null]);
  });
});

describe('a question about the catalog', () => {
  it('lists the tables of an address, too', async () => {
    const { code, out } = await querent([
      'ask',
      'what tables are there?',
      '--database-url',
      `sqlite:${fileOf('shop')}`,
    ]);
    assert.equal(code, 0);
    for (const table of ['customers', 'refunds', 'tbl_Auftr_kopf']) assert.match(out, new RegExp(`^${table} `, 'm'));
  });

  it('tells where something is instead of showing it', async () => {
    const { code, out } = await querent(['ask', 'where can I find salaries?']);
    assert.equal(code, 0);
    assert.match(out, /people\s+employees\s+column salary/);
    assert.match(out, /no query ran/);
  });

  it.each(['tbl_Auftr_kopf', 'describe tbl_Auftr_kopf', 'which columns does tbl_auftr_kopf have?'])(
    'recognises the exact name of a table: “%s”',
    async (text) => {
      const { code, out } = await querent(['ask', text]);
      assert.equal(code, 0);
      assert.match(out, /^tbl_Auftr_kopf: 2 columns\./);
    },
  );
});

it('the same database under another name is noticed', async () => {
  const { code, err } = await querent(['register', `sqlite:${folder}/./shop.sqlite`, '--name', 'store', '--no-index']);
  assert.equal(code, 0);
  assert.match(err, /This is the database that is registered as shop\..*`querent remove shop`/);
  assert.equal((await querent(['remove', 'store', '--yes'])).code, 0);
});
