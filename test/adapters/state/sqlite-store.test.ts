import assert from 'node:assert/strict';
import { mkdtempSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import type { NewRun } from '#src/ports/store.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const fresh = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'state', 'state.sqlite');
const at = new Date('2025-01-01T00:00:00Z');
const run = (message: string, more: Partial<NewRun> = {}): NewRun => ({
  id: `run-${message}`,
  team: 'T',
  channel: 'C',
  thread: message,
  message,
  user: 'U',
  text: 'q',
  notDatabases: [],
  direct: true,
  external: false,
  ...more,
});

describe('the state in a SQLite file', () => {
  it('records a delivery once, and one run a message whatever delivered it', () => {
    const store = openSqliteStore(fresh());
    assert.equal(store.record('e1', run('1'), at), true);
    assert.equal(store.record('e1', run('1'), at), false);
    assert.equal(store.record('e2', run('1', { id: 'twin' }), at), true);
    assert.equal(store.lease(at)?.id, 'run-1');
    assert.equal(store.lease(at), undefined);
  });

  it('runs one question a thread at a time, in the order in which they came', () => {
    const store = openSqliteStore(fresh());
    store.record('e1', run('1', { thread: 'x' }), at);
    store.record('e2', run('2', { thread: 'x' }), new Date(at.getTime() + 1));
    store.record('e3', run('3', { thread: 'y' }), new Date(at.getTime() + 2));
    assert.deepEqual([store.lease(at)?.id, store.lease(at)?.id, store.lease(at)?.id], ['run-1', 'run-3', undefined]);
    store.saveResult('run-1', 'done', { kind: 'answer', text: 'q', databaseId: 'd', sql: 's' });
    assert.equal(store.lease(at)?.id, 'run-2');
    assert.deepEqual(
      store.turns('T', 'C', 'x').map((turn) => turn.result?.databaseId),
      ['d'],
    );
  });

  it('hands a run that was under way to the next process', () => {
    const file = fresh();
    const before = openSqliteStore(file);
    before.record('e1', run('1'), at);
    before.lease(at);
    before.close();
    const after = openSqliteStore(file);
    assert.equal(after.requeue(), 1);
    assert.equal(after.lease(at)?.attempts, 2);
  });

  it('keeps a new version of a catalog only when it changed', () => {
    const store = openSqliteStore(fresh());
    const catalog = bareCatalog('shop', ['orders: id']);
    assert.deepEqual([store.saveCatalog(catalog, at), store.saveCatalog(catalog, at)], [1, 1]);
    assert.equal(store.saveCatalog(bareCatalog('shop', ['orders: id, amount']), at), 2);
    assert.deepEqual(
      store.catalogs().map((one) => one.tables[0]?.columns.length),
      [2],
    );
  });

  it('takes the first choice and remembers what was posted and said', () => {
    const store = openSqliteStore(fresh());
    store.record('e1', run('1', { thread: 'x' }), at);
    store.lease(at);
    store.saveResult('run-1', 'clarifying', { kind: 'clarification', text: 'q', options: ['a', 'b'] });
    const next = (message: string, databaseId: string) => run(message, { thread: 'x', settles: 'run-1', databaseId });
    assert.equal(store.choose('run-1', { kind: 'option', at: 0 }, next('2', 'a'), at), true);
    assert.equal(store.choose('run-1', { kind: 'option', at: 1 }, next('3', 'b'), at), false);
    assert.deepEqual([store.lease(at)?.databaseId, store.run('run-3')], ['a', undefined]);
    store.savePosted('r', 'answer', '1.2');
    assert.equal(store.posted('r', 'answer'), '1.2');
    store.saveFeedback('r', 'U', 'up', at);
  });

  it('makes a typed reply the run that its choice asks for, once', () => {
    const store = openSqliteStore(fresh());
    store.record('e1', run('1', { thread: 'x' }), at);
    store.lease(at);
    store.saveResult('run-1', 'clarifying', { kind: 'clarification', text: 'q', options: ['a', 'b'] });
    store.record('e2', run('2', { thread: 'x', text: 'the second one' }), at);
    assert.equal(store.lease(at)?.text, 'the second one');
    const chosen = run('2', { thread: 'x', text: 'q', settles: 'run-1', databaseId: 'b' });
    assert.equal(store.choose('run-1', { kind: 'option', at: 1 }, chosen, at), true);
    assert.deepEqual([store.run('run-2')?.text, store.run('run-2')?.state], ['q', 'running']);
    store.saveResult('run-2', 'done', { kind: 'answer', text: 'q', databaseId: 'b' });
    assert.equal(store.pastAnswers('T')[0]?.verdict, 'confirmed');
  });

  it('knows that a question back was settled by an earlier version', async () => {
    const file = fresh();
    openSqliteStore(file).close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO choices VALUES ('run-1', 'none', 'U')");
    database.close();
    assert.equal(openSqliteStore(file).choose('run-1', { kind: 'none' }, run('2'), at), false);
  });

  it('takes a database that a rerun names for no verdict of a person', () => {
    const store = openSqliteStore(fresh());
    for (const [message, more] of [
      ['1', {}],
      ['2', { databaseId: 'd', reruns: 'run-1' }],
      ['3', { databaseId: 'd' }],
    ] as const) {
      store.record(`e${message}`, run(message, more), at);
      store.saveResult(`run-${message}`, 'done', { kind: 'answer', text: 'q', databaseId: 'd' });
    }
    assert.deepEqual(
      store.pastAnswers('T').map(({ verdict }) => verdict),
      ['confirmed', 'unknown', 'unknown'],
    );
  });

  it('is readable by its owner alone', () => {
    const file = fresh();
    openSqliteStore(file).close();
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it('refuses a file of another version instead of guessing', async () => {
    const file = fresh();
    openSqliteStore(file).close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.throws(() => openSqliteStore(file), /has layout 99/);
  });
});
