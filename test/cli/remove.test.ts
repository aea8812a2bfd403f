import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { compose } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import type { StoredEntry } from '#src/domain/audit-entry.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { NewRun } from '#src/domain/run.ts';
import { Secret } from '#src/domain/secret.ts';
import { bankFile, everythingKept } from '#test/support/kept-files.ts';
import { NO_QDRANT_ENGINE, startQdrant } from '#test/support/qdrant/start-qdrant.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { querentIn } from './run-querent.ts';

const root = path.resolve(import.meta.dirname, '../..');
const never = new AbortController().signal;
const reader = { teamId: 'T0FERNHILL', userId: 'U0ADA' };
const databases = {
  aquarium: `CREATE TABLE zebrafish (id INTEGER PRIMARY KEY, stripes INTEGER); CREATE TABLE tanks (id INTEGER PRIMARY KEY, litres REAL);
    INSERT INTO zebrafish VALUES (1, 7), (2, 5);`,
  shop: 'CREATE TABLE orders (id INTEGER PRIMARY KEY, amount REAL); INSERT INTO orders VALUES (1, 2.5);',
};

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeEach(async () => {
  bot = await startSmallBot(undefined, {}, databases);
});
afterEach(() => bot.stop());

/** The command, where nobody can be asked. */
const querent = (args: readonly string[]) => querentIn(bot.home)(args);

/** The same in a process of its own, which another folder is the working one of. */
function querentAt(cwd: string, args: readonly string[]) {
  const env = { ...process.env, QUERENT_HOME: bot.home };
  const main = path.join(root, 'bin/querent.mjs');
  return spawnSync(process.execPath, [main, ...args], { cwd, env, encoding: 'utf8', input: '' });
}

const kept = () => everythingKept(bot.home, Object.keys(databases));

describe('querent remove', () => {
  it('takes all that is kept of a database, not the audit, and a bot that runs lets go of it', {
    timeout: 60_000,
  }, async () => {
    const examples = path.join(bot.home, 'examples.jsonl');
    writeFileSync(examples, bankFile(['aquarium', 'shop']));
    const { store, audit } = bot.parts;
    await bot.querent.databases.setSecret('aquarium', new Secret('swordfish'), OPERATOR);
    assert.match((await bot.ask('How many zebrafish are there?')).answer.text, /^2 [a-z]/);
    assert.match((await bot.ask('How many orders are there?')).answer.text, /^1 [a-z]/);
    assert.match(kept(), /zebrafish/);

    const removed = await querent(['remove', 'aquarium', '--yes']);
    assert.equal(removed.code, 0, removed.err);
    assert.match(removed.out, /Removing aquarium takes:[\s\S]*and its sealed password/);
    assert.match(
      removed.out,
      /its catalog of 2 tables, and its part of the index\n {2}1 access rule\n {2}1 question asked of it/,
    );
    assert.match(removed.out, /Removed aquarium, with 1 question and 1 example\./);

    assert.doesNotMatch(kept(), /zebrafish|aquarium/i);
    assert.equal((await store.sealed()).size, 0);
    assert.equal(readFileSync(examples, 'utf8'), bankFile(['shop']));
    const entries: StoredEntry[] = [];
    for await (const entry of audit.entries()) entries.push(entry);
    assert.ok(entries.some((entry) => entry.kind === 'statement' && /zebrafish/.test(entry.sql)));
    const change = entries.findLast((entry) => entry.kind === 'change');
    assert.equal(change?.kind === 'change' && change.what, 'removed aquarium');
    assert.equal((await audit.verify()).kind, 'sound');

    // The bot of the tests ran all the while.
    assert.match((await bot.ask('How many zebrafish are there?')).answer.text, /No table I know/);
    assert.match((await bot.ask('How many orders are there?')).answer.text, /^1 [a-z]/);
    const gone = await bot.querent.databases.checkRole('aquarium', OPERATOR, never);
    assert.equal(gone.ok ? '' : gone.failure.kind, 'unknown-database');
    assert.equal(await bot.querent.permits('aquarium', 'SELECT 1', reader), false);
  });

  it('removes the last one, too, and the next starts afresh', { timeout: 60_000 }, async () => {
    for (const id of ['aquarium', 'shop']) assert.equal((await querent(['remove', id, '--yes'])).code, 0);
    assert.doesNotMatch(kept(), /zebrafish|orders/i);
    assert.match((await querent(['ask', 'How many orders are there?'])).out, /No database is registered yet/);
    assert.match((await bot.ask('How many orders are there?')).answer.text, /no access to any database/);
    const again = await querent(['register', `sqlite:${path.join(bot.home, 'shop.sqlite')}`]);
    assert.equal(again.code, 0, again.err);
    assert.match((await querent(['ask', 'How many orders are there?'])).out, /^1 [a-z]/m);
  });

  it('asks for the name, and takes nothing before it is typed', async () => {
    const asked: string[] = [];
    const replying = (reply: string) => (prompt: string) => {
      asked.push(prompt);
      return reply;
    };
    const removing = async (reply: string) =>
      (await querentIn(bot.home)(['remove', 'shop'], { reply: replying(reply) })).code;
    assert.equal(await removing('aquarium'), 1);
    assert.equal(await removing(''), 1);
    assert.deepEqual(asked, ['Type shop to remove it: ', 'Type shop to remove it: ']);
    assert.equal((await bot.querent.databases.list()).length, 2);
    assert.equal(await removing('shop'), 0);
    assert.deepEqual(
      (await bot.querent.databases.list()).map(({ id }) => id),
      ['aquarium'],
    );
  });

  it('takes nothing where there is nobody to ask, from an unknown name or wrong usage', async () => {
    const nobody = await querent(['remove', 'shop']);
    assert.equal(nobody.code, 2);
    assert.match(nobody.err, /Nothing was removed: there is nobody to ask\. --yes says it\./);
    const unknown = await querent(['remove', 'shoop', '--yes']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /no database named shoop\. I know aquarium, shop\./);
    assert.equal((await querent(['remove'])).code, 2);
    assert.equal((await querent(['remove', 'shop', 'aquarium', '--yes'])).code, 2);
    assert.equal((await bot.querent.databases.list()).length, 2);
  });

  it('says that a declared database would come back', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
    writeFileSync(
      path.join(folder, 'querent.config.yaml'),
      `version: 1\ndatabases:\n  - name: shop\n    url: sqlite:${bot.home}/shop.sqlite\n`,
    );
    const removed = querentAt(folder, ['remove', 'shop', '--yes']);
    assert.equal(removed.status, 0, removed.stderr);
    assert.match(removed.stderr, /querent\.config\.yaml declares shop: `querent config apply` would register it again/);
    assert.match(querentAt(folder, ['remove', 'aquarium', '--yes']).stderr, /^(?![\s\S]*declares)/);
  });

  it('leaves nothing of it in a question back but its name, and nothing on the vector server', {
    timeout: 60_000,
    skip: NO_QDRANT_ENGINE !== undefined,
  }, async () => {
    const engine = await startQdrant();
    const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
    const own = compose(readConfig({ QUERENT_HOME: home, QUERENT_QDRANT_URL: engine.url }));
    try {
      for (const [id, script] of Object.entries(databases)) {
        const file = path.join(home, `${id}.sqlite`);
        const database = new DatabaseSync(file);
        database.exec(script);
        database.close();
        const options = { acceptWarnings: ['all'], replace: false };
        assert.ok((await own.databases.register({ id, url: `sqlite:${file}` }, options, OPERATOR, never)).ok);
        assert.ok((await own.index.build({}, () => undefined, never)).ok);
      }
      const asked: NewRun = {
        id: 'r',
        team: 'T',
        channel: 'C',
        thread: '1',
        message: '1',
        cause: { kind: 'message' },
        user: 'U',
        text: 'q',
        intent: { kind: 'any' },
        turnedDown: [],
        direct: true,
        external: false,
      };
      await own.runs.record('e', asked, new Date());
      await own.runs.saveResult('r', 'clarifying', {
        kind: 'question-back',
        about: 'database',
        text: 'q',
        prompt: 'Which?',
        options: ['shop orders', 'aquarium zebrafish'].map((words) => {
          const [id = ''] = words.split(' ');
          return { label: id, words, target: { kind: 'database', id } };
        }),
      });
      assert.match(await engine.payloads(), /zebrafish/);
      const removed = await own.databases.remove('aquarium', OPERATOR, () => undefined, never);
      assert.deepEqual(removed, { ok: true, value: { questions: 0, examples: 0, warnings: [] } });
      assert.doesNotMatch(await engine.payloads(), /zebrafish|aquarium/);
      const result = (await own.runs.run('r'))?.result;
      assert.deepEqual(result?.kind === 'question-back' && result.options.map(({ words }) => words), [
        'shop orders',
        'aquarium',
      ]);
      const question = { text: 'orders', asker: OPERATOR, place: { kind: 'terminal' } } as const;
      const found = await own.find(question, { limit: 5 }, never);
      assert.deepEqual(found.ok && found.value.databases.map(({ databaseId }) => databaseId), ['shop']);
      await engine.stop();
      const without = await own.databases.remove('shop', OPERATOR, () => undefined, never);
      assert.match(without.ok ? without.value.warnings.join() : '', /may still hold names of shop/);
    } finally {
      await own.close();
      await engine.stop();
    }
  });
});
