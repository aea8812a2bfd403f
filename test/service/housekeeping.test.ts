import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { brokenAudit, keepUp } from '#src/service/housekeeping.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';
import { startSmallBot } from '#test/support/small-bot.ts';

const never = new AbortController().signal;
const days = (count: number) => new Date(Date.now() + count * 24 * 3_600_000);

function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

describe('what is kept', () => {
  it('of a person is in no store and no index once they are forgotten', async () => {
    const bot = await startSmallBot();
    try {
      const { message } = await bot.ask('How many refunds were made by zebrafish customers?');
      await bot.ask('How many refunds are there?', { user: 'U0MILES', channel: 'D0MILES' });
      assert.match(everythingIn(bot.home), /zebrafish/);
      assert.match(everythingIn(bot.home), /U0ADA/);
      const { runs, entries } = bot.querent.forget('T0FERNHILL', 'U0ADA');
      assert.ok(runs > 0 && entries > 0);
      const left = everythingIn(bot.home);
      assert.doesNotMatch(left, /zebrafish/);
      assert.doesNotMatch(left, /U0ADA/);
      assert.match(left, /U0MILES/);
      assert.equal(bot.querent.audit.verify().kind, 'sound');
      assert.ok(message);
    } finally {
      await bot.stop();
    }
  });

  it('is let go of after its days', async () => {
    const bot = await startSmallBot();
    try {
      await bot.ask('How many refunds are there?');
      await keepUp(bot.querent, days(100), () => undefined, never);
      assert.ok(bot.querent.store.turns('T0FERNHILL', 'D0ADA', bot.sandbox.workspace.messages[0]!.ts).length > 0);
      await keepUp(bot.querent, days(181), () => undefined, never);
      assert.equal(bot.querent.store.turns('T0FERNHILL', 'D0ADA', bot.sandbox.workspace.messages[0]!.ts).length, 0);
      assert.ok([...bot.querent.audit.entries()].length > 0);
      await keepUp(bot.querent, days(401), () => undefined, never);
      assert.equal([...bot.querent.audit.entries()].length, 0);
      assert.equal(bot.querent.audit.verify().kind, 'sound');
    } finally {
      await bot.stop();
    }
  });
});

describe('an audit that somebody changed', () => {
  it('keeps the bot from starting, with a sentence', async () => {
    const bot = await startSmallBot();
    try {
      await bot.ask('How many refunds are there?');
      assert.equal(brokenAudit(bot.querent), undefined);
      const db = new DatabaseSync(path.join(bot.home, 'audit.sqlite'));
      db.exec("UPDATE entries SET entry = replace(entry, 'refunds', 'others')");
      db.close();
      assert.match(brokenAudit(bot.querent) ?? '', /broken at entry 1 .*does not start/);
    } finally {
      await bot.stop();
    }
  });
});

describe('a role', () => {
  it('that gains a right is paused at the next look, and used again once it is mended', async () => {
    const bot = await startSmallBot();
    try {
      const url = new URL(await shopOnPostgres());
      const role = url.username;
      url.password = '';
      bot.querent.store.saveDatabase({ id: 'web', url: url.toString(), secret: 'plain:reader' });
      const said: string[] = [];
      const look = (day: number) => keepUp(bot.querent, days(day), (text) => said.push(text), never);
      const admin = (sql: string) => asAdmin(url.pathname.slice(1), (client) => client.query(sql));
      await look(0);
      assert.ok(bot.querent.database('web').ok, said.join());
      await admin(`GRANT INSERT ON customer TO ${role}`);
      await look(0.5);
      assert.ok(bot.querent.database('web').ok, 'a day has not passed');
      await look(2);
      const paused = bot.querent.database('web');
      assert.equal(paused.ok ? '' : paused.failure.kind, 'database-paused');
      assert.match(said.join('\n'), /web is paused/);
      await admin(`REVOKE INSERT ON customer FROM ${role}`);
      await look(4);
      assert.ok(bot.querent.database('web').ok);
    } finally {
      await bot.stop();
    }
  });

  it('that loses SELECT overnight gives a clear sentence, and nothing else', async () => {
    const bot = await startSmallBot();
    try {
      const url = new URL(await shopOnPostgres());
      const role = url.username;
      url.password = '';
      bot.querent.store.saveDatabase({
        id: 'web',
        url: url.toString(),
        secret: 'plain:reader',
        description: 'web orders',
      });
      const everyone = { effect: 'grant', databaseId: 'web', to: { kind: 'everyone' } } as const;
      bot.querent.store.saveAccessRules('web', [everyone]);
      const indexed = await bot.querent.index({ only: 'web' }, () => undefined, never);
      assert.ok(indexed.ok && !indexed.value.failures.length);
      await asAdmin(url.pathname.slice(1), (client) =>
        client.query(`REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM ${role}`),
      );
      const { answer } = await bot.ask('How many orders are there?');
      assert.match(answer.text, /role may not read one of the tables/);
    } finally {
      await bot.stop();
    }
  });
});
