import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { remove } from '#src/cli/remove.ts';
import { compose } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { Secret } from '#src/domain/secret.ts';
import { startQdrantDouble } from '#test/support/qdrant-double.ts';
import { startSmallBot } from '#test/support/small-bot.ts';

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

/** The command as a script runs it. */
function querent(args: readonly string[], cwd = root) {
  const env = { ...process.env, QUERENT_HOME: bot.home };
  return spawnSync(process.execPath, [path.join(root, 'src/cli/main.ts'), ...args], {
    cwd,
    env,
    encoding: 'utf8',
    input: '',
  });
}

/** All that is kept, but the audit, which stays, and the databases themselves. */
const everythingKept = () =>
  readdirSync(bot.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(?:audit\.sqlite|aquarium\.sqlite$|shop\.sqlite$)/.test(name))
    .map((name) => path.join(bot.home, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

describe('querent remove', () => {
  it('takes all that is kept of a database, not the audit, and a bot that runs lets go of it', {
    timeout: 60_000,
  }, async () => {
    const examples = path.join(bot.home, 'examples.jsonl');
    const example = (databaseId: string) =>
      JSON.stringify({
        question: 'q',
        masked: 'q',
        sql: `SELECT 1 -- ${databaseId}`,
        engine: 'sqlite',
        databaseId,
        schema: 't(a)',
        tableCount: 1,
        verified: false,
      });
    const head = JSON.stringify({ version: 1, what: 'test' });
    writeFileSync(examples, `${[head, example('aquarium'), example('shop')].join('\n')}\n`);
    const { store, vault } = bot.querent;
    vault.seal('aquarium', new Secret('swordfish'));
    const registered = store.databases().find(({ id }) => id === 'aquarium')!;
    store.saveDatabase({ ...registered, secret: 'sealed' });
    assert.equal((await bot.ask('How many zebrafish are there?')).answer.text, 'Count: 2.');
    assert.equal((await bot.ask('How many orders are there?')).answer.text, 'Count: 1.');
    assert.match(everythingKept(), /zebrafish/);

    const removed = querent(['remove', 'aquarium', '--yes']);
    assert.equal(removed.status, 0, removed.stderr);
    assert.match(removed.stdout, /Removing aquarium takes:[\s\S]*and its sealed password/);
    assert.match(
      removed.stdout,
      /its catalog of 2 tables, and its part of the index\n {2}1 access rule\n {2}1 question asked of it/,
    );
    assert.match(removed.stdout, /Removed aquarium, with 1 question and 1 example\./);

    assert.doesNotMatch(everythingKept(), /zebrafish|aquarium/i);
    assert.equal(store.sealed().size, 0);
    assert.equal(readFileSync(examples, 'utf8'), `${[head, example('shop')].join('\n')}\n`);
    const entries = [...bot.querent.audit.entries()];
    assert.ok(entries.some((entry) => entry.kind === 'statement' && /zebrafish/.test(entry.sql)));
    const change = entries.findLast((entry) => entry.kind === 'change');
    assert.equal(change?.kind === 'change' && change.what, 'removed aquarium');
    assert.equal(bot.querent.audit.verify().kind, 'sound');

    // The bot of the tests ran all the while.
    assert.match((await bot.ask('How many zebrafish are there?')).answer.text, /No table I know/);
    assert.equal((await bot.ask('How many orders are there?')).answer.text, 'Count: 1.');
    const opened = bot.querent.database('aquarium');
    assert.equal(opened.ok ? '' : opened.failure.kind, 'unknown-database');
    assert.equal(await bot.querent.permits('aquarium', 'SELECT 1', reader), false);
  });

  it('removes the last one, too, and the next starts afresh', { timeout: 60_000 }, async () => {
    for (const id of ['aquarium', 'shop']) assert.equal(querent(['remove', id, '--yes']).status, 0);
    assert.doesNotMatch(everythingKept(), /zebrafish|orders/i);
    assert.match(
      querent(['ask', 'How many orders are there?']).stderr + querent(['ask', 'x y']).stdout,
      /No database is registered yet/,
    );
    assert.match((await bot.ask('How many orders are there?')).answer.text, /no access to any database/);
    const again = querent(['register', `sqlite:${path.join(bot.home, 'shop.sqlite')}`]);
    assert.equal(again.status, 0, again.stderr);
    assert.match(querent(['ask', 'How many orders are there?']).stdout, /Count: 1/);
  });

  it('asks for the name, and takes nothing before it is typed', async () => {
    const config = readConfig({ QUERENT_HOME: bot.home });
    const asked: string[] = [];
    const replying = (reply: string) => async (prompt: string) => {
      asked.push(prompt);
      return reply;
    };
    assert.equal(await remove(['shop'], config, replying('aquarium')), 1);
    assert.equal(await remove(['shop'], config, replying('')), 1);
    assert.deepEqual(asked, ['Type shop to remove it: ', 'Type shop to remove it: ']);
    assert.equal(bot.querent.store.databases().length, 2);
    assert.equal(await remove(['shop'], config, replying('shop')), 0);
    assert.deepEqual(
      bot.querent.store.databases().map(({ id }) => id),
      ['aquarium'],
    );
  });

  it('takes nothing where there is nobody to ask, from an unknown name or wrong usage', () => {
    const nobody = querent(['remove', 'shop']);
    assert.equal(nobody.status, 2);
    assert.match(nobody.stderr, /Nothing was removed: there is nobody to ask\. --yes says it\./);
    const unknown = querent(['remove', 'shoop', '--yes']);
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /no database named shoop\. I know aquarium, shop\./);
    assert.equal(querent(['remove']).status, 2);
    assert.equal(querent(['remove', 'shop', 'aquarium', '--yes']).status, 2);
    assert.equal(bot.querent.store.databases().length, 2);
  });

  it('says that a declared database would come back', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
    writeFileSync(
      path.join(folder, 'querent.config.yaml'),
      `version: 1\ndatabases:\n  - name: shop\n    url: sqlite:${bot.home}/shop.sqlite\n`,
    );
    const removed = querent(['remove', 'shop', '--yes'], folder);
    assert.equal(removed.status, 0, removed.stderr);
    assert.match(removed.stderr, /querent\.config\.yaml declares shop: `querent config apply` would register it again/);
    assert.match(querent(['remove', 'aquarium', '--yes'], folder).stderr, /^(?![\s\S]*declares)/);
  });

  it('leaves nothing of it in a question back but its name, and nothing on the vector server', {
    timeout: 60_000,
  }, async () => {
    const double = await startQdrantDouble();
    const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
    const own = compose(readConfig({ QUERENT_HOME: home, QUERENT_QDRANT_URL: double.url }));
    try {
      for (const [id, script] of Object.entries(databases)) {
        const file = path.join(home, `${id}.sqlite`);
        const database = new DatabaseSync(file);
        database.exec(script);
        database.close();
        own.store.saveDatabase({ id, url: `sqlite:${file}` });
        assert.ok((await own.index({}, () => undefined, never)).ok);
      }
      const at = new Date();
      const asked = {
        id: 'r',
        team: 'T',
        channel: 'C',
        thread: '1',
        message: '1',
        user: 'U',
        text: 'q',
        notDatabases: [],
      };
      own.store.record('e', { ...asked, direct: true, external: false }, at);
      own.store.saveResult('r', 'clarifying', {
        kind: 'clarification',
        text: 'q',
        options: ['shop', 'aquarium'],
        optionWords: ['shop orders', 'aquarium zebrafish'],
      });
      const held = () => JSON.stringify([...double.collections.values()].map(({ points }) => [...points.values()]));
      assert.match(held(), /zebrafish/);
      const removed = await own.remove('aquarium', () => undefined, never);
      assert.deepEqual(removed, { ok: true, value: { questions: 0, examples: 0, warnings: [] } });
      assert.doesNotMatch(held(), /zebrafish|aquarium/);
      assert.deepEqual(own.store.run('r')?.result?.optionWords, ['shop orders', 'aquarium']);
      const found = await own.find(
        { text: 'orders', asker: OPERATOR, earlier: [], notDatabases: [], today: '2026-01-05' },
        5,
        never,
      );
      assert.deepEqual(found.ok && found.value.databases.map(({ databaseId }) => databaseId), ['shop']);
      await double.stop();
      const without = await own.remove('shop', () => undefined, never);
      assert.match(without.ok ? without.value.warnings.join() : '', /may still hold names of shop/);
    } finally {
      await own.close();
      await double.stop();
    }
  });
});
