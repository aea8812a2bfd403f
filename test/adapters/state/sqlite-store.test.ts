import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { requestContract } from '#test/contracts/requests.ts';
import { type Damaged, run, type StoreBackend, storeContract } from '#test/contracts/store.ts';
import { reviewStoreContract } from '#test/contracts/store-of-reviews.ts';

const fresh = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'state', 'state.sqlite');
const at = new Date('2025-01-01T00:00:00Z');

function withFile<T>(file: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

const PLACES: Readonly<Record<Damaged, readonly [table: string, column: string, key: string]>> = {
  run: ['runs', 'request', 'id'],
  result: ['runs', 'result', 'id'],
  database: ['databases', 'record', 'id'],
  catalog: ['catalogs', 'catalog', 'database_id'],
  rules: ['access_rules', 'rules', 'database_id'],
  'role report': ['role_reports', 'report', 'database_id'],
  trace: ['traces', 'trace', 'run_id'],
};

const backend: StoreBackend = {
  name: 'a SQLite file',
  make() {
    const file = fresh();
    return {
      open: () => openSqliteStore(file),
      everything: () =>
        readdirSync(path.dirname(file))
          .map((name) => readFileSync(path.join(path.dirname(file), name), 'latin1'))
          .join('\n'),
      damage(what, id, stored) {
        const [table, column, key] = PLACES[what];
        const changed = withFile(file, (db) =>
          db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(stored, id),
        );
        assert.equal(changed.changes, 1);
      },
    };
  },
};
storeContract(backend);
requestContract(backend);
reviewStoreContract(backend);

const unreadable = (file: string, why: RegExp) =>
  assert.throws(
    () => openSqliteStore(file),
    (error: unknown) => error instanceof StateUnreadable && why.test(error.message),
  );

describe('the state in a SQLite file', () => {
  it('is readable by its owner alone', async () => {
    const file = fresh();
    await openSqliteStore(file).close();
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it('knows that a question back was settled by an earlier version', async () => {
    const file = fresh();
    await openSqliteStore(file).close();
    withFile(file, (db) => db.exec("INSERT INTO choices VALUES ('run-1', 'none', 'U')"));
    const store = openSqliteStore(file);
    assert.equal(await store.choose('run-1', { kind: 'none' }, run('2'), at), false);
    await store.close();
  });

  it('refuses a file of another version instead of guessing', async () => {
    const file = fresh();
    await openSqliteStore(file).close();
    withFile(file, (db) => db.exec('PRAGMA user_version = 99'));
    unreadable(file, /state\.sqlite \(it has layout 99, this version reads 12\) cannot be read/);
  });

  it('refuses a file that is no state at all', () => {
    const file = fresh();
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'this is no database '.repeat(100));
    unreadable(file, /state\.sqlite cannot be read/);
  });

  it('removes all of a database or nothing', async () => {
    const file = fresh();
    const store = openSqliteStore(file);
    await store.saveDatabase({ id: 'shop', url: 'sqlite:/shop' });
    await store.record('e1', run('1'), at);
    await store.lease();
    await store.saveResult('run-1', 'done', { kind: 'answer', text: 'q', databaseId: 'shop', sql: 'SELECT 1' });
    withFile(file, (db) =>
      db.exec("CREATE TRIGGER kept BEFORE DELETE ON runs BEGIN SELECT raise(ABORT, 'cannot be removed'); END"),
    );
    await assert.rejects(store.removeDatabase('shop'), /cannot be removed/);
    assert.deepEqual([(await store.databases()).length, await store.questionsOf('shop')], [1, 1]);
    withFile(file, (db) => db.exec('DROP TRIGGER kept'));
    assert.equal(await store.removeDatabase('shop'), 1);
    assert.deepEqual(await store.databases(), []);
    await store.close();
  });
});

describe('a state of layout 4', () => {
  const FIXTURE = readFileSync(path.join(import.meta.dirname, '../../fixtures/state-layout-4.sql'), 'utf8');

  /** Presses under the answer of a chosen database, and under what came of those: each added itself to the key that it was under. */
  const PRESSES = [
    ['not-chosen', '1.1#choice-0#not-shop', { notDatabases: ['shop'], neverAsk: true }],
    ['chosen-again', '1.1#choice-0#rerun-90.1', { reruns: 'chosen' }],
    ['chosen-once-more', '1.1#choice-0#rerun-91.1', { reruns: 'chosen' }],
    ['again-anyway', '1.1#choice-0#rerun-90.1#anyway', { reruns: 'chosen' }],
    ['under-one-that-is-gone', '1.1#choice-0#rerun-70.1#anyway', { reruns: 'chosen' }],
  ]
    .map(([id, message, more]) => {
      const common = { team: 'T1', channel: 'C1', thread: '1.1', user: 'U1', text: 'q', settles: 'asked' };
      const request = { id, message, notDatabases: [], direct: false, external: false, ...common, ...Object(more) };
      return `INSERT INTO runs VALUES ('${id}', 'T1', 'C1', '1.1', '${message}', 'done', 1, '2026-01-05T11:00:00.000Z',
        '${JSON.stringify(request)}', NULL);`;
    })
    .join('\n');

  function olderState(more = ''): string {
    const file = fresh();
    mkdirSync(path.dirname(file), { recursive: true });
    withFile(file, (db) => db.exec(FIXTURE + more));
    return file;
  }

  it('is read as this version writes it', async () => {
    const store = openSqliteStore(olderState());
    const read = async (id: string) => (await store.run(id)) ?? assert.fail(`no run ${id}`);
    const asked = await read('asked');
    assert.deepEqual([asked.message, asked.cause, asked.intent], ['1.1', { kind: 'message' }, { kind: 'any' }]);
    assert.deepEqual(asked.result, {
      kind: 'question-back',
      about: 'database',
      text: 'How many orders?',
      prompt: 'Which one?',
      options: [
        { label: 'shop', words: 'shop orders', target: { kind: 'database', id: 'shop' } },
        { label: 'desk', words: 'desk tickets', target: { kind: 'database', id: 'desk' } },
      ],
    });
    const chosen = await read('chosen');
    assert.deepEqual([chosen.message, chosen.cause, chosen.settles], ['1.1', { kind: 'choice', of: 'asked' }, 'asked']);
    assert.deepEqual(chosen.intent, { kind: 'from', databaseId: 'shop' });
    assert.deepEqual(chosen.result, {
      kind: 'answer',
      text: 'How many orders?',
      databaseId: 'shop',
      sql: 'SELECT count(*) FROM orders',
      movedTo: { channel: 'D1', thread: '7.1' },
    });
    const two = await read('two');
    assert.deepEqual(two.result?.kind === 'question-back' && two.result.options[1], {
      label: '1',
      words: 'refunds: 1',
      target: { kind: 'query', databaseId: 'shop', sql: 'SELECT 1' },
    });
    assert.deepEqual((await read('typed')).intent, {
      kind: 'chosen',
      databaseId: 'shop',
      sql: 'SELECT 1',
      costAccepted: false,
    });
    assert.deepEqual((await read('costly')).result, {
      kind: 'failure',
      text: 'everything',
      databaseId: 'shop',
      sql: 'SELECT * FROM orders',
      costly: true,
    });
    const anyway = await read('anyway');
    assert.deepEqual(
      [anyway.cause, anyway.intent.kind === 'chosen' && anyway.intent.costAccepted],
      [{ kind: 'anyway', of: 'costly' }, true],
    );
    const rerun = await read('rerun');
    assert.deepEqual([rerun.cause, rerun.reruns], [{ kind: 'rerun', of: 'costly', at: '88.1' }, 'costly']);
    const not = await read('not');
    assert.deepEqual(not.cause, { kind: 'wrong-database', of: 'costly' });
    assert.deepEqual([not.intent, not.turnedDown], [{ kind: 'next' }, ['shop']]);
    assert.deepEqual((await read('what')).result, { kind: 'catalog', text: 'what is there' });
    await store.close();
  });

  it('in which presses came under answers that came of presses has a cause for each', async () => {
    const store = openSqliteStore(olderState(PRESSES));
    const cause = async (id: string) => (await store.run(id))?.cause;
    const of = 'chosen';
    assert.deepEqual(await cause('chosen'), { kind: 'choice', of: 'asked' });
    assert.deepEqual(await cause('not-chosen'), { kind: 'wrong-database', of });
    assert.deepEqual(await cause('chosen-again'), { kind: 'rerun', of, at: '90.1' });
    assert.deepEqual(await cause('chosen-once-more'), { kind: 'rerun', of, at: '91.1' });
    assert.deepEqual(await cause('again-anyway'), { kind: 'anyway', of: 'chosen-again' });
    assert.deepEqual(await cause('under-one-that-is-gone'), { kind: 'anyway', of: 'under-one-that-is-gone' });
    assert.deepEqual((await store.run('again-anyway'))?.message, '1.1');
    // The same press once more is the run that it made.
    const again = {
      ...run('1.1', { team: 'T1', channel: 'C1', cause: { kind: 'anyway', of: 'chosen-again' } }),
      id: 'twin',
    };
    await store.record('action:chosen-again:anyway:', again, at);
    assert.equal(await store.run('twin'), undefined);
    await store.close();
  });

  it('goes on: a delivery that came before is known, a queued run is taken up, a settled question stays settled', async () => {
    const store = openSqliteStore(olderState());
    for (const key of ['T1:Ev1', 'action:3.1#anyway', 'csv:chosen:U1:9.9'])
      assert.equal(await store.record(key, undefined, at), false, key);
    assert.equal(await store.choose('two', { kind: 'none' }, run('late'), at), false);
    assert.equal(await store.requeue(), 1);
    assert.deepEqual([(await store.lease())?.id, await store.lease()], ['rerun', undefined]);
    await store.close();
  });

  it('keeps its verdicts, rules, databases, catalogs, reports and secrets', async () => {
    const store = openSqliteStore(olderState());
    assert.deepEqual(
      (await store.pastAnswers('T1')).map(({ text, verdict }) => [text, verdict]),
      [
        ['everything', 'wrong'],
        ['refunds', 'confirmed'],
        ['How many orders?', 'confirmed'],
      ],
    );
    assert.deepEqual(await store.askers('T1', { channel: 'C1', thread: '3.1' }), ['U1', 'U1', 'U2', 'U1']);
    assert.equal((await store.privateRun('T1', 'D1', '1.3'))?.id, 'chosen');
    assert.deepEqual(
      (await store.databases()).map(({ id, owner }) => [id, owner]),
      [
        ['desk', undefined],
        ['shop', 'data team'],
      ],
    );
    assert.deepEqual((await store.accessRules())[0]?.hide, { orders: ['wage'] });
    assert.equal((await store.catalogs())[0]?.tables[0]?.name, 'orders');
    assert.deepEqual((await store.roleReport('shop'))?.accepted, ['primary']);
    assert.deepEqual([...(await store.sealed())], [['desk', '{"version":1}']]);
    await store.close();
  });

  it('holds no key of a delivery any more, so a person who is forgotten is in none', async () => {
    const file = olderState();
    const store = openSqliteStore(file);
    await store.forget('T1', 'U1');
    await store.close();
    assert.doesNotMatch(readFileSync(file, 'latin1'), /U1|Ev1/);
  });

  it('of which one run is damaged is read all the same, and that run is told', async () => {
    const store = openSqliteStore(olderState("UPDATE runs SET request = '{\"id\":' WHERE id = 'asked';"));
    await assert.rejects(store.run('asked'), StateUnreadable);
    assert.equal((await store.run('chosen'))?.result?.text, 'How many orders?');
    await store.close();
  });

  it('in which two runs have one cause is read, and one of them is told', async () => {
    const twin = `INSERT INTO runs SELECT 'twin', team, channel, thread, '1.1#choice-1', state, 1, created_at,
      replace(replace(request, '"chosen"', '"twin"'), 'choice-0', 'choice-1'), result FROM runs WHERE id = 'chosen';`;
    const store = openSqliteStore(olderState(twin));
    assert.equal((await store.run('chosen'))?.state, 'done');
    await assert.rejects(store.run('twin'), StateUnreadable);
    await store.close();
  });

  it('that two processes open at once is brought to this layout once', async () => {
    const file = olderState();
    const [one, other] = [openSqliteStore(file), openSqliteStore(file)];
    assert.equal((await other.run('chosen'))?.state, 'done');
    await Promise.all([one.close(), other.close()]);
  });
});
