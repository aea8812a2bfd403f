import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import type { DatabaseId } from '#src/domain/ids.ts';
import { brokenAudit, startHousekeeping } from '#src/service/housekeeping.ts';
import type { ServiceParts } from '#src/service/parts.ts';
import { allOf } from '#test/support/all-of.ts';
import { registerOpen } from '#test/support/register-open.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';
import { eventually } from '#test/support/wait.ts';

const never = new AbortController().signal;
const days = (count: number) => new Date(Date.now() + count * 24 * 3_600_000);

/** Parts whose clock says what it is set to. */
function withClock() {
  let day = 0;
  return {
    set(to: number) {
      day = to;
    },
    change: (parts: ServiceParts): ServiceParts => ({ ...parts, clock: { ...parts.clock, now: () => days(day) } }),
  };
}

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
      await bot.quiet();
      assert.match(everythingIn(bot.home), /zebrafish/);
      assert.match(everythingIn(bot.home), /U0ADA/);
      const forgotten = await bot.querent.forget('T0FERNHILL', 'U0ADA');
      assert.ok(forgotten.ok && forgotten.value.runs > 0 && forgotten.value.entries > 0);
      const left = everythingIn(bot.home);
      assert.doesNotMatch(left, /zebrafish/);
      assert.doesNotMatch(left, /U0ADA/);
      assert.match(left, /U0MILES/);
      assert.equal((await bot.querent.audit.verify()).kind, 'sound');
      assert.ok(message);
    } finally {
      await bot.stop();
    }
  });

  it('is let go of after its days', async () => {
    const clock = withClock();
    const bot = await startSmallBot(undefined, {}, undefined, clock.change);
    try {
      const { message } = await bot.ask('How many refunds are there?');
      await bot.quiet();
      const keep = async (day: number) => {
        clock.set(day);
        await bot.querent.keepHouse(never);
        const turns = await bot.querent.runs.turns('T0FERNHILL', [{ channel: 'D0ADA', thread: message.ts }]);
        const traces = await bot.querent.runs.latestTraces(9);
        const entries = await allOf(bot.querent.audit.entries());
        return { turns: turns.length, traces: traces.length, entries: entries.length };
      };
      const { entries, ...kept } = await keep(100);
      assert.deepEqual(kept, { turns: 1, traces: 1 });
      assert.deepEqual(await keep(181), { turns: 0, traces: 0, entries });
      assert.ok(entries > 0);
      assert.deepEqual(await keep(401), { turns: 0, traces: 0, entries: 0 });
      assert.equal((await bot.querent.audit.verify()).kind, 'sound');
    } finally {
      await bot.stop();
    }
  });
});

describe('housekeeping', () => {
  it('is done at once, says what it found, and ends with its signal when it is stopped', async () => {
    const said: string[] = [];
    let signal: AbortSignal | undefined;
    const housekeeping = startHousekeeping(
      {
        keepHouse: async (given) => {
          signal = given;
          const failure = { kind: 'wrong-credentials', database: 'desk' } as const;
          return { paused: ['shop'], unseen: [{ databaseId: 'desk', failure }] };
        },
      },
      (line) => said.push(line),
    );
    await eventually('what was found', () => said.length === 2);
    assert.match(said.join('\n'), /shop is paused: .*querent roles check shop/);
    assert.match(said.join('\n'), /the role of desk could not be looked at/);
    assert.equal(signal?.aborted, false);
    housekeeping.stop();
    assert.equal(signal?.aborted, true);
  });

  it('that fails is told, and ends nothing', async () => {
    const said: string[] = [];
    const housekeeping = startHousekeeping(
      { keepHouse: () => Promise.reject(new RangeError('secret words')) },
      (line) => said.push(line),
    );
    await eventually('what was said', () => said.length === 1);
    assert.deepEqual(said, ['housekeeping failed: RangeError']);
    housekeeping.stop();
  });
});

describe('an audit that somebody changed', () => {
  it('keeps the bot from starting, with a sentence', async () => {
    const { ask, close, home, querent } = await startSmallQuerent({ databases: SHOP });
    try {
      await ask('How many refunds are there?');
      assert.equal(await brokenAudit(querent), undefined);
      const asked = (await allOf(querent.audit.entries())).find(({ kind }) => kind === 'question');
      assert.ok(asked);
      const db = new DatabaseSync(path.join(home, 'audit.sqlite'));
      db.exec("UPDATE entries SET entry = replace(entry, 'many refunds', 'many others')");
      db.close();
      assert.match((await brokenAudit(querent)) ?? '', new RegExp(`broken at entry ${asked.seq} .*does not start`));
    } finally {
      await close();
    }
  });
});

const SHOP = { shop: 'CREATE TABLE refunds (id INTEGER PRIMARY KEY); INSERT INTO refunds VALUES (1), (2)' };

describe('a role', () => {
  it('that gains a right is paused at the next look, and used again once it is mended', async () => {
    const clock = withClock();
    const { ask, close, parts, querent } = await startSmallQuerent({ change: clock.change });
    try {
      const url = await shopOnPostgres();
      const role = new URL(url).username;
      await register(parts, 'web', url);
      assert.ok((await querent.index.build({}, () => undefined, never)).ok);
      const look = (day: number) => {
        clock.set(day);
        return querent.keepHouse(never);
      };
      const asked = async () => {
        const given = await ask('How many orders are there?');
        return given.kind === 'failure' ? given.failure.kind : given.kind;
      };
      const admin = (sql: string) => asAdmin(new URL(url).pathname.slice(1), (client) => client.query(sql));
      assert.deepEqual(await look(0), { paused: [], unseen: [] });
      assert.equal(await asked(), 'answer');
      await admin(`GRANT INSERT ON customer TO ${role}`);
      await look(0.5);
      assert.equal(await asked(), 'answer', 'a day has not passed');
      assert.deepEqual((await look(2)).paused, ['web']);
      assert.equal(await asked(), 'database-paused');
      await admin(`REVOKE INSERT ON customer FROM ${role}`);
      assert.deepEqual((await look(4)).paused, []);
      assert.equal(await asked(), 'answer');
      await look(6);
      const changes = (await allOf(querent.audit.entries())).filter((entry) => entry.kind === 'change');
      assert.deepEqual(
        changes.map(({ what }) => what),
        ['paused web by its role', 'resumed web by its role'],
      );
      assert.match(JSON.stringify(changes[0]?.after), /"code":"writes"/);
    } finally {
      await close();
    }
  });

  it('that cannot be looked at is told, and what was found before goes on to hold', async () => {
    const { close, parts, querent } = await startSmallQuerent();
    try {
      await register(parts, 'gone', 'postgres://reader:reader@127.0.0.1:1/gone');
      const { paused, unseen } = await querent.keepHouse(never);
      assert.deepEqual(paused, []);
      assert.deepEqual(
        unseen.map(({ databaseId, failure }) => [databaseId, failure.kind]),
        [['gone', 'database-unreachable']],
      );
    } finally {
      await close();
    }
  });

  it('that loses SELECT overnight gives a clear sentence, and nothing else', async () => {
    const bot = await startSmallBot();
    try {
      const address = new URL(await shopOnPostgres());
      const role = address.username;
      await registerOpen(bot.querent, {
        id: 'web',
        url: withoutPassword(address.toString()),
        secret: 'plain:reader',
        description: 'web orders',
      });
      const indexed = await bot.querent.index.build({ only: 'web' }, () => undefined, never);
      assert.ok(indexed.ok && !indexed.value.failures.length);
      await asAdmin(address.pathname.slice(1), (client) =>
        client.query(`REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM ${role}`),
      );
      const { answer } = await bot.ask('How many orders are there?');
      assert.match(answer.text, /role may not read one of the tables/);
    } finally {
      await bot.stop();
    }
  });
});

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.toString();
}

/** Registers a database without looking at its role, which housekeeping is to do. */
async function register({ store }: ServiceParts, id: DatabaseId, address: string): Promise<void> {
  await store.saveDatabase({ id, url: withoutPassword(address), secret: 'plain:reader' });
}
