import assert from 'node:assert/strict';
import type { Worker } from 'node:worker_threads';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { judge, startGate } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';

const scopeOf = (engine: Engine, tables: number): Scope => ({
  databaseId: 'shop',
  engine,
  searchPath: engine === 'sqlite' ? [] : ['shop'],
  tables: Array.from({ length: tables }, (_, at) => ({
    name: `t${at}`,
    columns: Array.from({ length: 20 }, (_, column) => `c${column}`),
    hidden: ['secret'],
  })),
});

/** Too deep for the first of the two other parsers; the second doubles its time with each CAST. */
const ENDLESS = `SELECT ${'cast('.repeat(40)}c1${' AS CHAR)'.repeat(40)} FROM t1`;

describe('the thread that reads statements', () => {
  it('makes no statement pay for what a large database takes to be prepared', async () => {
    const judged = await judge('SELECT t1.c1 FROM t1 JOIN t2 USING (c2)', 'sqlite', scopeOf('sqlite', 2_500));
    assert.ok(judged.ok, JSON.stringify(judged));
  }, 30_000);

  it('is given up with a statement that it does not end, and the spare one takes the next', async () => {
    await startGate(['mariadb']);
    const started: Worker[] = [];
    const answeredBy: Worker[] = [];
    const note = (worker: Worker) => {
      started.push(worker);
      worker.on('message', (message: { readonly kind: string }) => {
        if (message.kind === 'read') answeredBy.push(worker);
      });
    };
    process.on('worker', note);
    const scope = scopeOf('mariadb', 3);
    const endless = await judge(ENDLESS, 'mariadb', scope);
    assert.equal(endless.ok ? '' : endless.failure.kind, 'unreadable-sql');
    assert.ok((await judge('SELECT c1 FROM t1', 'mariadb', scope)).ok);
    process.off('worker', note);
    // A new one is on its way, and the answer came from one that was there before.
    assert.equal(started.length, 1);
    assert.deepEqual(answeredBy, []);
  }, 30_000);
});
