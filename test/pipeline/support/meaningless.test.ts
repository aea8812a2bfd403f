import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import type { Answer } from '#src/domain/answer.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { ok } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { entryOf, sayStage } from '#src/domain/trace.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import { EVERY_PIPELINE } from '#src/pipeline/settings.ts';
import { meaningless, sayMeaningless } from '#src/pipeline/support/meaningless.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { asked } from '#test/support/question.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'sales.sqlite');
const made = new DatabaseSync(file);
made.exec(`
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, currency TEXT, is_active BOOLEAN);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (id), sales_rep_id INTEGER, quantity INTEGER,
    amount REAL, rate REAL, booked_year INTEGER);
  CREATE TABLE shipments (id INTEGER PRIMARY KEY, order_number INTEGER, month INTEGER);
  INSERT INTO shipments VALUES (1, 501, 1), (2, 502, 12);
  INSERT INTO accounts VALUES (1, 'Ada', 'EUR', 1), (2, 'Bo', 'USD', 0), (3, 'Cy', 'EUR', 1);
  INSERT INTO orders VALUES (1, 1, 11, 2, 10, 1, 2025), (2, 2, 12, 1, 100, 0.9, 2025), (3, 3, 12, 3, 5, 1, 2026);`);
made.close();
const database = openSqlite({ id: 'sales', file });
afterAll(() => database.close());
const extracted = await database.catalog({}, never);
assert.ok(extracted.ok);
const catalog = extracted.value;

describe('a statement that means nothing', () => {
  it.each<[string, string]>([
    ['SELECT SUM(sales_rep_id) FROM orders', 'adds up orders.sales_rep_id, which tells rows apart and is no amount'],
    ['SELECT AVG(o.account_id) FROM orders AS o', 'adds up orders.account_id, which tells rows apart and is no amount'],
    [
      'SELECT ROUND(SUM(COALESCE(o.id, 0) * 1.0), 2) FROM orders AS o',
      'adds up orders.id, which tells rows apart and is no amount',
    ],
    [
      'SELECT SUM(t.x) FROM (SELECT sales_rep_id AS x FROM orders) AS t',
      'adds up orders.sales_rep_id, which tells rows apart and is no amount',
    ],
    [
      'WITH t AS (SELECT id AS x FROM orders) SELECT AVG(x) FROM t',
      'adds up orders.id, which tells rows apart and is no amount',
    ],
    ['SELECT SUM(id) OVER (ORDER BY id) FROM orders', 'adds up orders.id, which tells rows apart and is no amount'],
    [
      'SELECT name FROM accounts WHERE id > (SELECT AVG(sales_rep_id) FROM orders)',
      'adds up orders.sales_rep_id, which tells rows apart and is no amount',
    ],
    [
      'SELECT SUM(order_number) FROM shipments',
      'adds up shipments.order_number, which tells rows apart and is no amount',
    ],
    ['SELECT SUM(month) FROM shipments', 'adds up the dates of shipments.month'],
    ['SELECT SUM(booked_year) FROM orders', 'adds up the dates of orders.booked_year'],
    [
      'SELECT SUM(amount) FROM orders',
      'adds up orders.amount over the several currencies of accounts.currency (EUR, USD)',
    ],
    [
      'SELECT booked_year, AVG(quantity * amount) FROM orders GROUP BY booked_year',
      'adds up orders.amount over the several currencies of accounts.currency (EUR, USD)',
    ],
    [
      'SELECT a.name, COUNT(*) FROM accounts AS a JOIN orders AS o ON a.id = a.id GROUP BY a.name',
      'joins orders by nothing, so that every row of it meets every other',
    ],
    [
      'SELECT COUNT(DISTINCT is_active) FROM accounts',
      'counts how many different values accounts.is_active has, not the rows where it is true',
    ],
  ])('is told: %s', (sql, said) => {
    assert.deepEqual(meaningless(sql, catalog, 'how many active accounts are there').map(sayMeaningless), [said]);
  });

  it.each([
    'SELECT COUNT(sales_rep_id), COUNT(DISTINCT account_id), MAX(id), MIN(id) FROM orders',
    'SELECT AVG(booked_year), SUM(quantity) FROM orders',
    'SELECT a.name FROM accounts AS a JOIN orders AS o ON o.quantity > 1 WHERE o.account_id = a.id',
    'SELECT a.name FROM accounts AS a CROSS JOIN orders AS o',
    'SELECT SUM(CASE WHEN sales_rep_id = 11 THEN 1 ELSE 0 END) FROM orders',
    'SELECT SUM(o.amount) FROM orders AS o JOIN accounts AS a ON a.id = o.account_id GROUP BY a.currency',
    "SELECT SUM(o.amount) FROM orders AS o JOIN accounts AS a ON a.id = o.account_id WHERE a.currency = 'EUR'",
    "SELECT SUM(CASE WHEN a.currency = 'EUR' THEN o.amount END) FROM orders AS o JOIN accounts AS a ON a.id = o.account_id",
    'SELECT account_id, SUM(amount) FROM orders GROUP BY account_id',
    'SELECT SUM(amount) FROM orders WHERE account_id = 2',
    'SELECT SUM(amount * rate) FROM orders',
    'SELECT a.name, SUM(o.amount) FROM orders AS o JOIN accounts AS a ON a.id = o.account_id GROUP BY a.name',
    'SELECT AVG(n) FROM (SELECT COUNT(id) AS n FROM orders GROUP BY account_id) AS t',
    'SELECT COUNT(*) FROM accounts WHERE is_active',
  ])('is not seen where there is none: %s', (sql) => {
    assert.deepEqual(meaningless(sql, catalog, 'how much'), []);
  });

  it('is not a count of values that was asked for', () => {
    const sql = 'SELECT COUNT(DISTINCT is_active) FROM accounts';
    assert.deepEqual(meaningless(sql, catalog, 'How many different states of activity are there?'), []);
  });
});

const slice: SchemaSlice = {
  databases: [{ databaseId: 'sales', probability: 1, score: 1, tables: ['orders'], evidence: [] }],
  tables: catalog.tables.map((table, at) => ({ databaseId: 'sales', table, score: 1 - at / 10 })),
  coverage: 1,
  searchedTables: 2,
};
const retriever: SchemaRetriever = {
  retrieve: async () => slice,
  catalogOf: () => catalog,
  columnsNear: async () => [],
  valuesNamed: () => [],
};
const fenced = (text: string) => `\`\`\`sql\n${text}\n\`\`\``;

/** Asks with a model that writes one query in every way there is, and another when it has to mend. */
async function ask(text: string, replies: { readonly write: string; readonly steps?: string; readonly mend?: string }) {
  const mends: string[] = [];
  const script = await scriptedModel(({ messages }) => {
    const system = messages[0]!.content;
    if (/You mend one/.test(system)) {
      mends.push(messages[1]!.content);
      return replies.mend && fenced(replies.mend);
    }
    if (/numbered EDL steps/.test(system)) return undefined;
    return /simple steps/.test(system) && replies.steps ? fenced(replies.steps) : fenced(replies.write);
  });
  const given = await answer(
    asked(text, { intent: { kind: 'from', databaseId: 'sales' } }),
    answerPorts({
      retriever,
      database: async () => ok(database),
      readable: ['sales'],
      scopeOf: wholeScopes(() => catalog),
      askingPrice: 0.3,
      countTokens: (content) => Math.ceil(content.length / 4),
      models: script.models,
    }),
    { neverAsk: true, settings: EVERY_PIPELINE },
    never,
  );
  await script.stop();
  return { given, mends };
}

function answered(given: Answer) {
  assert.ok(given.kind === 'answer', given.kind === 'failure' ? sayFailure(given.failure) : given.kind);
  return given;
}

const BUSY = 'How would you sum up how busy our people were?';

describe('a model’s query that adds up keys', () => {
  const KEYS = 'SELECT SUM(sales_rep_id) FROM orders';

  it('goes back with what is wrong, and the mended one is the answer', async () => {
    const { given, mends } = await ask(BUSY, { write: KEYS, mend: 'SELECT SUM(quantity) FROM orders' });
    assert.deepEqual(answered(given).table.rows, [[6]]);
    assert.match(
      mends[0]!,
      /It runs, but it adds up orders\.sales_rep_id, which tells rows apart and is no amount: take the amount/,
    );
  });

  it('gives way to one that does not, though more ways of writing came to it', async () => {
    const { given } = await ask(BUSY, { write: KEYS, steps: 'SELECT SUM(quantity) FROM orders', mend: KEYS });
    assert.deepEqual(answered(given).table.rows, [[6]]);
    assert.equal(answered(given).origin.generator, 'decompose');
  });

  it('is never posted, also where there is no other: it is said why', async () => {
    const { given } = await ask(BUSY, { write: KEYS, mend: KEYS });
    assert.ok(given.kind === 'failure' && given.failure.kind === 'meaningless', JSON.stringify(given));
    assert.match(sayFailure(given.failure), /adds up orders\.sales_rep_id, which tells rows apart.*would mean nothing/);
    const refined = entryOf(given.trace, 'refine');
    assert.deepEqual(refined?.tried.at(-1)?.meaningless, ['key-added'], 'the trace has a code, which is said in words');
    assert.match(refined ? sayStage(refined) : '', /1 row, adds up a key$/);
  });
});

it('a model’s sum over several currencies is mended to one for each', async () => {
  const mend =
    'SELECT a.currency, SUM(o.amount) FROM orders AS o JOIN accounts AS a ON a.id = o.account_id GROUP BY a.currency ORDER BY a.currency';
  const { given, mends } = await ask('How much came in, roughly speaking?', {
    write: 'SELECT SUM(amount) FROM orders',
    mend,
  });
  assert.deepEqual(answered(given).table.rows, [
    ['EUR', 15],
    ['USD', 100],
  ]);
  assert.match(
    mends[0]!,
    /over the several currencies of accounts\.currency \(EUR, USD\): group by accounts\.currency, or keep one/,
  );
});

it('a model’s count of a flag’s values is posted only with what it counts', async () => {
  const { given } = await ask('How large is our live base, roughly?', {
    write: 'SELECT COUNT(DISTINCT is_active) FROM accounts',
  });
  assert.deepEqual(answered(given).table.rows, [[2]]);
  assert.ok(
    answered(given).caveats.includes(
      'The query counts how many different values accounts.is_active has, not the rows where it is true.',
    ),
    answered(given).caveats.join('\n'),
  );
});
