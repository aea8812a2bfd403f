import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { openDatabaseOpener } from '#adapters/database/database-opener.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { type Connections, openConnections } from '#src/databases/connections.ts';
import { pauseDatabase } from '#src/databases/pause.ts';
import { ok } from '#src/domain/result.ts';
import { Secret } from '#src/domain/secret.ts';
import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { Store } from '#src/ports/store.ts';
import { shopOnPostgres } from '#test/support/shop.ts';
import { makeSqlite } from '#test/support/small-querent.ts';
import { eventually } from '#test/support/wait.ts';

const never = new AbortController().signal;
const at = new Date('2026-01-05T10:00:00Z');

let home: string;
let environment: Record<string, string>;
let store: Store;
let connections: Connections;
/** Ids of what was opened and closed, in their order. */
let openings: string[];
let closings: string[];
/** Passwords are sealed in a vault that cannot be read while this says so. */
let vaultBroken: boolean;

/** The opener of every engine, with a record of what it opens. */
function recording(opener: DatabaseOpener): DatabaseOpener {
  return {
    ...opener,
    async open(database) {
      const opened = await opener.open(database);
      if (!opened.ok) return opened;
      openings.push(database.id);
      const close = async () => {
        closings.push(database.id);
        await opened.value.close();
      };
      return ok({ ...opened.value, close });
    },
  };
}

beforeEach(() => {
  [openings, closings, vaultBroken] = [[], [], false];
  home = mkdtempSync(path.join(os.tmpdir(), 'querent-connections-'));
  environment = {};
  store = openSqliteStore(path.join(home, 'state.sqlite'));
  const vault = {
    open: async () => (vaultBroken ? Promise.reject(new RangeError('no vault')) : ok(new Secret('reader'))),
  };
  const opener = recording(openDatabaseOpener({ environment, sqliteFolders: [], vault }));
  connections = openConnections(store, opener, () => undefined);
});
afterEach(async () => {
  await connections.close();
  await store.close();
});

const save = (id: string, table: string) =>
  store.saveDatabase({
    id,
    url: `sqlite:${makeSqlite(path.join(home, `${table}.sqlite`), `CREATE TABLE ${table} (id INTEGER)`)}`,
  });

async function opened(id: string, how?: 'even if paused') {
  const database = await connections.open(id, how);
  return database.ok ? database.value : assert.fail(database.failure.kind);
}

async function tablesOf(id: string): Promise<readonly string[]> {
  const catalog = await (await opened(id)).catalog({}, never);
  return catalog.ok ? catalog.value.tables.map(({ name }) => name) : [catalog.failure.kind];
}

const refusal = async (id: string) => {
  const database = await connections.open(id);
  return database.ok ? undefined : database.failure;
};

describe('the connections to registered databases', () => {
  it('are opened once and held', async () => {
    await save('shop', 'orders');
    await (await opened('shop')).close();
    assert.deepEqual(await tablesOf('shop'), ['orders']);
    assert.deepEqual([openings, closings], [['shop'], []]);
  });

  it('follow a database that was registered anew, by whichever process', async () => {
    await save('shop', 'orders');
    assert.deepEqual(await tablesOf('shop'), ['orders']);
    await save('shop', 'refunds');
    assert.deepEqual(await tablesOf('shop'), ['refunds']);
  });

  it.each([
    ['replaced', () => save('shop', 'refunds')],
    ['removed', () => store.removeDatabase('shop')],
  ])('that another process %s are left to whoever uses them, and closed after that', async (_, change) => {
    await save('shop', 'orders');
    const [first, second] = [await opened('shop'), await opened('shop')];
    await change();
    await connections.open('shop');
    await first.close();
    await first.close();
    const catalog = await second.catalog({}, never);
    assert.deepEqual(catalog.ok && catalog.value.tables.map(({ name }) => name), ['orders']);
    assert.deepEqual(closings, []);
    await second.close();
    assert.deepEqual(closings, ['shop']);
  });

  it('that nobody uses are closed with the next question once their registration is gone', async () => {
    await save('shop', 'orders');
    await (await opened('shop')).close();
    await store.removeDatabase('shop');
    await connections.engines();
    await eventually('that it is closed', () => closings.length === 1);
  });

  it('whose password is refused are opened anew, with the password of then', async () => {
    const url = new URL(await shopOnPostgres());
    url.password = '';
    environment.WEB_PASSWORD = 'of last week';
    await store.saveDatabase({ id: 'web', url: url.toString(), secret: 'env:WEB_PASSWORD' });
    const ping = async () => {
      const database = await opened('web');
      const pinged = await database.ping(never);
      await database.close();
      return pinged.ok ? 'answers' : pinged.failure.kind;
    };
    assert.equal(await ping(), 'wrong-credentials');
    assert.deepEqual(closings, ['web']);
    environment.WEB_PASSWORD = 'reader';
    assert.equal(await ping(), 'answers');
    assert.equal(await ping(), 'answers');
    assert.deepEqual(openings, ['web', 'web']);
  });

  it('whose opening rejects reject once, keep nothing from being let go of, and are opened the next time', async () => {
    await store.saveDatabase({ id: 'web', url: 'postgres://reader@127.0.0.1:1/web', secret: 'sealed' });
    vaultBroken = true;
    const [one, other] = [connections.open('web'), connections.open('web')];
    await Promise.all([one, other].map((opening) => assert.rejects(opening, RangeError)));
    const again = connections.open('web').catch((error: unknown) => error);
    await store.saveDatabase({ id: 'web', url: 'postgres://other@127.0.0.1:1/web', secret: 'sealed' });
    const after = connections.open('web').catch((error: unknown) => error);
    await connections.letGo('web');
    await connections.close();
    for (const failed of [await again, await after]) assert.ok(failed instanceof RangeError);
    vaultBroken = false;
    assert.equal(await refusal('web'), undefined);
  });

  it('are tried again where one could not be opened, once that is mended', async () => {
    await store.saveDatabase({ id: 'web', url: 'postgres://reader@127.0.0.1:1/web', secret: 'env:WEB_PASSWORD' });
    assert.deepEqual(await refusal('web'), {
      kind: 'bad-database-url',
      reason: 'the environment variable WEB_PASSWORD is not set',
    });
    environment.WEB_PASSWORD = 'reader';
    assert.equal(await refusal('web'), undefined);
  });

  it('are refused to a database that is paused or whose role does more than read, and to one that is none', async () => {
    await save('shop', 'orders');
    await pauseDatabase('shop', { pause: true, by: 'UADMIN', at }, store);
    assert.deepEqual(await refusal('shop'), {
      kind: 'database-paused',
      database: 'shop',
      since: at.toISOString(),
      by: 'UADMIN',
    });
    assert.ok(await opened('shop', 'even if paused'));
    await pauseDatabase('shop', { pause: false, by: 'UADMIN', at }, store);
    assert.equal(await refusal('shop'), undefined);
    const findings = [{ severity: 'refuse', code: 'writes', what: 'it may write' }] as const;
    await store.saveRoleReport('shop', { role: 'r', findings, checkedAt: at.toISOString(), accepted: [] });
    assert.deepEqual(await refusal('shop'), { kind: 'database-paused', database: 'shop', since: at.toISOString() });
    assert.deepEqual(await refusal('desk'), { kind: 'unknown-database', name: 'desk', known: ['shop'] });
  });

  it('are let go of with their registration', async () => {
    await save('shop', 'orders');
    await (await opened('shop')).close();
    await connections.letGo('shop');
    assert.deepEqual(closings, ['shop']);
    assert.deepEqual(await tablesOf('shop'), ['orders']);
    assert.deepEqual(openings, ['shop', 'shop']);
  });

  it('know the engines of all that are registered, each once', async () => {
    await save('shop', 'orders');
    await save('desk', 'tickets');
    await store.saveDatabase({ id: 'web', url: 'mariadb://reader@127.0.0.1/web' });
    assert.deepEqual([...(await connections.engines())].sort(), ['mariadb', 'sqlite']);
  });
});
