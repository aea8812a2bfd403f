import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { compose } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { startQdrantDouble } from '#test/support/qdrant-double.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const SCRIPTS = {
  shop: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE refunds (id INTEGER); INSERT INTO customers VALUES (1, 2), (2, 3);',
  desk: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE tickets (id INTEGER); INSERT INTO customers VALUES (1, 2);',
};

async function withServers(
  environment: Readonly<Record<string, string>>,
  said: string[] = [],
  scripts: Readonly<Record<string, string>> = SCRIPTS,
) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const querent = compose(readConfig({ QUERENT_HOME: home, ...environment }), (message) => said.push(message));
  for (const [id, script] of Object.entries(scripts)) {
    const file = path.join(home, `${id}.sqlite`);
    const database = new DatabaseSync(file);
    database.exec(script);
    database.close();
    querent.store.saveDatabase({ id, url: `sqlite:${file}` });
  }
  const indexed = await querent.index({}, () => undefined, never);
  assert.ok(indexed.ok);
  const ask = (text: string, databaseId?: string) =>
    querent.answer(
      {
        text,
        asker: OPERATOR,
        earlier: [],
        notDatabases: [],
        today: '2026-01-05',
        ...(databaseId ? { databaseId } : {}),
      },
      {},
      never,
    );
  return { querent, ask, warnings: indexed.value.warnings };
}

describe('with a model server', () => {
  it('a question that would be asked back is settled by the model, and answered by what its queries agree on', async () => {
    const script = await scriptedModel(({ messages: [system] }) =>
      /choose the database/.test(system!.content)
        ? '{"database": "desk", "confidence": 0.95, "why": "the help desk"}'
        : /EDL/.test(system!.content)
          ? '```\n#1. Retrieve all rows from [customers].\n#2. Select the count of rows in #1.\n```'
          : '```sql\nSELECT COUNT(*) FROM customers\n```',
    );
    const { querent, ask } = await withServers({ QUERENT_MODEL_URL: script.baseUrl });
    const answer = await ask('How many customers are there?');
    assert.ok(answer.kind === 'answer');
    assert.equal(answer.databaseId, 'desk');
    assert.equal(answer.table.rows[0]?.[0], 1);
    assert.deepEqual([answer.origin.agreeing, answer.origin.voting, answer.origin.withoutModel], [3, 3, false]);
    const entries = Object.fromEntries(answer.trace.map((entry) => [entry.stage, entry]));
    assert.equal(entries['choose database']!.note, 'desk at 0.95: the help desk');
    assert.equal(entries.generate!.model?.calls, 2);
    assert.equal(entries['generate more'], undefined);
    assert.equal(entries.select!.note, 'all 3 agree; direct is taken');
    await querent.close();
    await script.stop();
  });

  it('that is down, the question is asked back, and answered by the planner once the database is named', async () => {
    const { querent, ask } = await withServers({ QUERENT_MODEL_URL: 'http://127.0.0.1:9/v1' });
    const answer = await ask('How many customers are there?');
    assert.ok(answer.kind === 'clarification');
    assert.match(answer.trace.find(({ stage }) => stage === 'choose database')!.note, /not answering/);
    const named = await ask('How many customers are there?', 'desk');
    assert.ok(named.kind === 'answer');
    assert.deepEqual([named.origin.generator, named.origin.withoutModel], ['planner', true]);
    const beyond = await ask('Which customer is the most loyal one, all things considered?', 'desk');
    assert.ok(beyond.kind === 'failure');
    assert.equal(beyond.failure.kind, 'model-unavailable');
    await querent.close();
  });
});

describe('with a vector server', () => {
  it('answers come through it, and go on from the embedded copy once it is down', async () => {
    const double = await startQdrantDouble();
    const said: string[] = [];
    const { querent, ask } = await withServers({ QUERENT_QDRANT_URL: double.url }, said);
    assert.equal((await ask('How many refunds are there?')).kind, 'answer');
    assert.ok(double.requests.some((one) => one.endsWith('/points/query')));
    await double.stop();
    assert.equal((await ask('How many tickets are there?')).kind, 'answer');
    assert.equal((await ask('How many refunds are there?')).kind, 'answer');
    assert.equal(said.length, 1);
    assert.match(said[0]!, /goes on from the embedded copy/);
    await querent.close();
  });

  it('that lost its collection gets it again from the next index run, though no schema changed', async () => {
    const double = await startQdrantDouble();
    const { querent } = await withServers({ QUERENT_QDRANT_URL: double.url });
    double.collections.clear();
    double.aliases.clear();
    const again = await querent.index({}, () => undefined, never);
    assert.ok(again.ok && !again.value.built);
    assert.ok(double.aliases.has('querent'));
    await querent.close();
    await double.stop();
  });

  it('that another process publishes its index to, answers go on from their own tables', async () => {
    const double = await startQdrantDouble();
    const said: string[] = [];
    const one = await withServers({ QUERENT_QDRANT_URL: double.url }, said);
    assert.equal((await one.ask('How many refunds are there?')).kind, 'answer');
    const other = await withServers({ QUERENT_QDRANT_URL: double.url }, [], {
      archive: Array.from({ length: 30 }, (_, at) => `CREATE TABLE box_${at} (id INTEGER, label_${at} TEXT);`).join(
        ' ',
      ),
      ...SCRIPTS,
    });
    const check = async () => {
      const [mine, theirs] = [
        await one.ask('How many refunds are there?'),
        await other.ask('How many tickets are there?'),
      ];
      assert.deepEqual(mine.kind === 'answer' && mine.tables, ['refunds']);
      assert.deepEqual(theirs.kind === 'answer' && theirs.tables, ['tickets']);
    };
    await check();
    assert.deepEqual(said, []);
    // Twice more, so that the generation of the first is dropped: its own copy answers.
    for (let nth = 0; nth < 2; nth += 1)
      assert.ok((await other.querent.index({ rebuild: true }, () => undefined, never)).ok);
    await check();
    assert.match(said.join(), /embedded copy/);
    // It publishes its own again, and both go on.
    assert.ok((await one.querent.index({}, () => undefined, never)).ok);
    await check();
    await Promise.all([one.querent.close(), other.querent.close(), double.stop()]);
  });

  it('that is down while the index is built is a warning that says what to do', async () => {
    const { querent, warnings } = await withServers({ QUERENT_QDRANT_URL: 'http://127.0.0.1:9' });
    assert.match(warnings.join(), /did not take the index .* Run `querent index`/);
    await querent.close();
  });
});

it('runs nothing while the audit cannot be written, and says so', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-unaudited-'));
  const file = path.join(home, 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE refunds (id INTEGER PRIMARY KEY, amount REAL)');
  database.close();
  writeFileSync(path.join(home, 'audit.sqlite'), 'this is no database '.repeat(100));
  const querent = compose(readConfig({ QUERENT_HOME: home }));
  try {
    querent.store.saveDatabase({ id: 'shop', url: `sqlite:${file}` });
    const question = {
      text: 'How many refunds are there?',
      asker: OPERATOR,
      earlier: [],
      notDatabases: [],
      today: '2026-01-31',
    };
    const given = await querent.answer(question, {}, new AbortController().signal);
    assert.equal(given.kind === 'failure' ? given.failure.kind : given.kind, 'audit-unavailable');
    assert.equal(querent.audit.verify().kind, 'broken');
  } finally {
    await querent.close();
  }
});

it('asks a database that was registered anew under its name, without a new start', async () => {
  const { querent, ask } = await withServers({});
  try {
    const count = async () => {
      const given = await ask('How many refunds are there?', 'shop');
      return given.kind === 'answer' && given.table.rows[0]?.[0];
    };
    assert.equal(await count(), 0);
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'other.sqlite');
    const database = new DatabaseSync(file);
    database.exec(`${SCRIPTS.shop} INSERT INTO refunds VALUES (1), (2);`);
    database.close();
    querent.store.saveDatabase({ id: 'shop', url: `sqlite:${file}` });
    assert.equal(await count(), 2);
  } finally {
    await querent.close();
  }
});
