import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { KnownQuestion } from '#src/domain/known-question.ts';
import { retrievalWith } from '#src/evaluation/explored-retrieval.ts';
import { catalogOf } from '../support/catalogs.ts';
import { makeSqlite } from '../support/small-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));

/** Of one database, all that a program says at its end. */
const benchExplore = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) =>
    execFile(
      process.execPath,
      ['bin/run.mjs', 'src/evaluation/cli/bench-explore.ts', ...args],
      { env: { ...process.env, QUERENT_HOME: path.join(folder, 'home') } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );

describe('what exploring is measured by', () => {
  it('is the share of the gold queries’ skeletons that the pairs have, each once, by shape, and what they cover', async () => {
    const databases = path.join(folder, 'databases');
    mkdirSync(databases);
    const rows = Array.from(
      { length: 12 },
      (_, id) => `(${id}, 'tool ${id}', ${id * 3}, '${id % 3 ? 'garden' : 'kitchen'}')`,
    );
    makeSqlite(
      path.join(databases, 'tools.sqlite'),
      `CREATE TABLE tools (id INTEGER PRIMARY KEY, title TEXT, price REAL, kind TEXT); INSERT INTO tools VALUES ${rows.join(', ')};`,
    );
    const asked = [
      'SELECT COUNT(*) FROM tools',
      'SELECT count(*) FROM tools AS t1', // the same skeleton
      "SELECT title FROM tools WHERE kind = 'garden'",
      'SELECT title FROM tools WHERE price > 3 ORDER BY kind, price, id, title LIMIT 7',
      'SELECT kind FROM tools GROUP BY kind HAVING MIN(price) > 3 AND MAX(price) < 9 ORDER BY SUM(price)',
    ];
    const questions = path.join(folder, 'questions.jsonl');
    const lines = asked.map((sql, at) =>
      JSON.stringify({ id: `${at}`, db_id: 'tools', question: `Question ${at}?`, sql }),
    );
    writeFileSync(questions, `${lines.join('\n')}\n`);
    const ended = await benchExplore('--questions', questions, '--databases', databases, '--pairs', '150', '--json');
    assert.equal(ended.code, 0, ended.err);
    const { byShape, ...summary } = JSON.parse(ended.out) as { readonly byShape: Readonly<Record<string, number[]>> };
    assert.deepEqual(byShape, { aggregate: [1, 1], list: [1, 1], top: [0, 1], having: [0, 1] });
    const all = { databases: 1, pairsEach: 150, skeletons: 4, contained: 0.5, columnsCovered: 1, joinsCovered: 1 };
    assert.deepEqual(summary, all);
  }, 240_000);

  it('is, in retrieval, what known questions change over the same questions and databases', async () => {
    const orders = 'CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT)';
    const named = (databaseId: string): DatabaseCatalog => ({ ...catalogOf(orders), databaseId });
    const knownOf = (databaseId: string, text: string): KnownQuestion => {
      return { kind: 'explored', databaseId, text, tables: ['orders'], columns: ['orders.status'] };
    };
    const known = [knownOf('d1', 'List the id of all orders.'), knownOf('d2', 'How many orders are there by status?')];
    const asked = ['How many orders of each status?', 'How many orders by status?'].map((question, at) => {
      return { id: `${at}`, question, sql: '', db_id: 'd2', tables: ['orders'] };
    });
    const embedder = openUseLite();
    const pool = { catalogs: ['d1', 'd2'].map(named) };
    const { databaseFirst } = await retrievalWith(known, { pool, asked }, embedder, () => undefined);
    const same = await retrievalWith([], { pool, asked }, embedder, () => undefined);
    await embedder.close();
    assert.ok(databaseFirst && same.databaseFirst);
    assert.deepEqual([databaseFirst.without, databaseFirst.with], [0, 1]);
    assert.deepEqual([databaseFirst.gained, databaseFirst.lost], [2, 0]);
    assert.deepEqual([same.databaseFirst.gained, same.databaseFirst.lost, same.databaseFirst.p], [0, 0, 1]);
  }, 120_000);
});
