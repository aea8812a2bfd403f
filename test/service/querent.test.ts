import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { sayFailure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { entryOf } from '#src/domain/trace.ts';
import { NO_QDRANT_ENGINE, onQdrant, startQdrant } from '#test/support/qdrant/start-qdrant.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { makeSqlite, startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const SCRIPTS = {
  shop: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE refunds (id INTEGER); INSERT INTO customers VALUES (1, 2), (2, 3);',
  desk: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE tickets (id INTEGER); INSERT INTO customers VALUES (1, 2);',
};

const withServers = (
  environment: Readonly<Record<string, string>>,
  databases: Readonly<Record<string, string>> = SCRIPTS,
) => startSmallQuerent({ environment, databases });

const from = (databaseId: string) => ({ intent: { kind: 'from', databaseId } }) as const;

describe('with a model server', () => {
  it('a question that would be asked back is settled by the model, and answered by what its queries agree on', async () => {
    const script = await scriptedModel(({ messages: [system] }) =>
      /choose the database/.test(system!.content)
        ? '{"database": "desk", "confidence": 0.95, "why": "the help desk"}'
        : '```sql\nSELECT * FROM customers\n```',
    );
    const { ask, close } = await withServers({ QUERENT_MODEL_URL: script.baseUrl });
    const answer = await ask('List the customers');
    assert.ok(answer.kind === 'answer');
    assert.equal(answer.databaseId, 'desk');
    assert.equal(answer.table.rows[0]?.[0], 1);
    assert.deepEqual([answer.origin.agreeing, answer.origin.voting, answer.origin.withoutModel], [2, 2, false]);
    const chosen = entryOf(answer.trace, 'choose-database');
    assert.deepEqual([chosen?.databaseId, chosen?.confidence, chosen?.why], ['desk', 0.95, 'the help desk']);
    const waves = answer.trace.filter(({ stage }) => stage === 'generate');
    // The first looks for what was verified.
    assert.deepEqual(
      waves.map(({ calls }) => calls.length),
      [0, 1],
    );
    const selected = entryOf(answer.trace, 'select');
    assert.deepEqual([selected?.how, selected?.voting, selected?.chosen], ['all-agree', 2, 'plain']);
    await close();
    await script.stop();
  });

  it('that is down, the question is asked back, and answered by the planner once the database is named', async () => {
    const { ask, close } = await withServers({ QUERENT_MODEL_URL: 'http://127.0.0.1:9/v1' });
    const answer = await ask('How many customers are there?');
    assert.ok(answer.kind === 'clarification');
    assert.equal(entryOf(answer.trace, 'choose-database')?.how, 'not-answering');
    const named = await ask('List the customers', from('desk'));
    assert.ok(named.kind === 'answer');
    assert.deepEqual([named.origin.generator, named.origin.withoutModel], ['planner', true]);
    const sure = await ask('How many customers are there?', from('desk'));
    assert.ok(sure.kind === 'answer');
    assert.equal(sure.origin.withoutModel, false, 'no model is missed where none is needed');
    const beyond = await ask('Which customer is the most loyal one, all things considered?', from('desk'));
    assert.ok(beyond.kind === 'failure');
    assert.equal(beyond.failure.kind, 'model-unavailable');
    await close();
  });
});

describe.skipIf(NO_QDRANT_ENGINE)(onQdrant('with a vector server'), () => {
  it('answers come through it, and go on from the embedded copy once it is down', async () => {
    const engine = await startQdrant();
    const { ask, close, said } = await withServers({ QUERENT_QDRANT_URL: engine.url });
    assert.equal((await ask('How many refunds are there?')).kind, 'answer');
    assert.ok((await engine.requests()).some((one) => one.endsWith('/points/query/batch')));
    await engine.stop();
    assert.equal((await ask('How many tickets are there?')).kind, 'answer');
    assert.equal((await ask('How many refunds are there?')).kind, 'answer');
    assert.equal(said.length, 1);
    assert.match(said[0]!, /goes on from the embedded copy/);
    await close();
  });

  it('that alone holds the index: nothing is answered while it is down, which is said, and all is once it is back', async () => {
    const engine = await startQdrant();
    const { ask, close, parts, querent } = await withServers({
      QUERENT_QDRANT_URL: engine.url,
      QUERENT_QDRANT_COPY: 'none',
    });
    assert.equal((await ask('How many refunds are there?')).kind, 'answer');
    await engine.clear();
    const lost = await ask('How many tickets are there?');
    assert.equal(lost.kind === 'failure' && lost.failure.kind, 'index-unavailable');
    const unpublished = await parts.indexes.load(await parts.store.catalogs());
    assert.equal(unpublished.ok ? '' : unpublished.failure.kind, 'index-unpublished');
    assert.ok((await querent.index.build({}, () => undefined, never)).ok);
    assert.equal((await ask('How many tickets are there?')).kind, 'answer');
    await engine.stop();
    const down = await ask('How many refunds are there?');
    assert.match(
      down.kind === 'failure' ? sayFailure(down.failure) : '',
      /^The server that holds my index is not answering/,
    );
    await close();
  });

  it('that lost its collection gets it again from the next index run, though no schema changed', async () => {
    const engine = await startQdrant();
    const { querent } = await withServers({ QUERENT_QDRANT_URL: engine.url });
    await engine.clear();
    const again = await querent.index.build({}, () => undefined, never);
    assert.ok(again.ok && !again.value.built);
    assert.ok('querent' in (await engine.aliases()));
    await querent.close();
    await engine.stop();
  });

  it('that another process publishes its index to, answers go on from their own tables', async () => {
    const engine = await startQdrant();
    const one = await withServers({ QUERENT_QDRANT_URL: engine.url });
    assert.equal((await one.ask('How many refunds are there?')).kind, 'answer');
    const other = await withServers(
      { QUERENT_QDRANT_URL: engine.url },
      {
        archive: Array.from({ length: 30 }, (_, at) => `CREATE TABLE box_${at} (id INTEGER, label_${at} TEXT);`).join(
          ' ',
        ),
        ...SCRIPTS,
      },
    );
    const check = async () => {
      const [mine, theirs] = [
        await one.ask('How many refunds are there?'),
        await other.ask('How many tickets are there?'),
      ];
      assert.deepEqual(mine.kind === 'answer' && mine.tables, ['refunds']);
      assert.deepEqual(theirs.kind === 'answer' && theirs.tables, ['tickets']);
    };
    await check();
    assert.deepEqual(one.said, []);
    // Twice more, so that the generation of the first is dropped: its own copy answers.
    for (let nth = 0; nth < 2; nth += 1)
      assert.ok((await other.querent.index.build({ rebuild: true }, () => undefined, never)).ok);
    await check();
    assert.match(one.said.join(), /embedded copy/);
    // It publishes its own again, and both go on.
    assert.ok((await one.querent.index.build({}, () => undefined, never)).ok);
    await check();
    await Promise.all([one.close(), other.close(), engine.stop()]);
  });
});

describe('with a vector server', () => {
  it('that is down while the index is built is a warning that says what to do', async () => {
    const { close, warnings } = await withServers({ QUERENT_QDRANT_URL: 'http://127.0.0.1:9' });
    assert.match(warnings.join(), /did not take the index .* Run `querent index`/);
    await close();
  });
});

it('runs nothing while the audit cannot be written, and says so', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-unaudited-'));
  writeFileSync(path.join(home, 'audit.sqlite'), 'this is no database '.repeat(100));
  const { ask, close, parts, querent } = await startSmallQuerent({ home });
  try {
    const file = makeSqlite(
      path.join(home, 'shop.sqlite'),
      'CREATE TABLE refunds (id INTEGER PRIMARY KEY, amount REAL)',
    );
    await parts.store.saveDatabase({ id: 'shop', url: `sqlite:${file}` });
    const given = await ask('How many refunds are there?');
    assert.equal(given.kind === 'failure' ? given.failure.kind : given.kind, 'audit-unavailable');
    assert.equal((await querent.audit.verify()).kind, 'broken');
    const refused = await querent.databases.pause('shop', true, { teamId: 'local', userId: 'operator' });
    assert.equal(refused.ok ? '' : refused.failure.kind, 'audit-unavailable');
    assert.equal((await querent.databases.list())[0]?.paused, undefined);
  } finally {
    await close();
  }
});

it('asks a database that was registered anew under its name, without a new start', async () => {
  const { ask, close, home, parts } = await withServers({});
  try {
    const count = async () => {
      const given = await ask('How many refunds are there?', from('shop'));
      return given.kind === 'answer' && given.table.rows[0]?.[0];
    };
    assert.equal(await count(), 0);
    const file = makeSqlite(path.join(home, 'other.sqlite'), `${SCRIPTS.shop} INSERT INTO refunds VALUES (1), (2);`);
    await parts.store.saveDatabase({ id: 'shop', url: `sqlite:${file}` });
    assert.equal(await count(), 2);
  } finally {
    await close();
  }
});

it('finds out what a model server can do before it asks it anything about the first question', async () => {
  const script = await scriptedModel(() => '```sql\nSELECT COUNT(*) FROM refunds\n```', { probed: true });
  const { ask, close } = await withServers({ QUERENT_MODEL_URL: script.baseUrl, QUERENT_PIPELINE: 'direct' });
  try {
    await ask('How many refunds are there?', from('shop'));
    const aboutRefunds = script.asked.map(({ messages }) => /refunds/.test(JSON.stringify(messages)));
    const first = aboutRefunds.indexOf(true);
    assert.ok(first > 0, 'the server is asked what it can do first');
    assert.ok(aboutRefunds.slice(first).every(Boolean), 'and nothing about itself after that');
    const asked = script.asked.length;
    await ask('How many refunds are there?', from('shop'));
    assert.ok(script.asked.slice(asked).every(({ messages }) => /refunds/.test(JSON.stringify(messages))));
  } finally {
    await close();
    await script.stop();
  }
});

it('finds out nothing about a model server for a question that is refused, or whose query was chosen', async () => {
  const script = await scriptedModel(() => '```sql\nSELECT COUNT(*) FROM refunds\n```', { probed: true });
  const { ask, close, querent } = await withServers({ QUERENT_MODEL_URL: script.baseUrl });
  try {
    await querent.databases.pause('shop', true, OPERATOR);
    const refused = await ask('How many refunds are there?', from('shop'));
    assert.equal(refused.kind === 'failure' ? refused.failure.kind : refused.kind, 'database-paused');
    const chosen = { kind: 'chosen', databaseId: 'desk', sql: 'SELECT id FROM tickets', costAccepted: false } as const;
    assert.equal((await ask('How many tickets are there?', { intent: chosen })).kind, 'answer');
    assert.equal(script.asked.length, 0);
  } finally {
    await close();
    await script.stop();
  }
});
