import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { openDatabaseOpener } from '#adapters/database/database-opener.ts';
import { openSealedVault } from '#adapters/secrets/open-sealed-vault.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { registerDatabase } from '#src/databases/register.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import type { Store } from '#src/ports/store.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';

const never = new AbortController().signal;
const at = new Date('2026-01-05T10:00:00Z');
/** What every local test server is warned about. */
const LOCAL = ['primary', 'no-encryption', 'temporary-tables'];

let store: Store;
let keyFile: string;
let vault: SecretVault;
beforeEach(() => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-register-'));
  keyFile = path.join(home, 'key.json');
  store = openSqliteStore(path.join(home, 'state.sqlite'));
  vault = openSealedVault(store, keyFile);
});
afterEach(() => store.close());

async function register(
  address: string,
  accepted: readonly string[],
  beforeSave: () => Failure | undefined = () => undefined,
  id = 'web',
) {
  const opener = openDatabaseOpener({ environment: {}, sqliteFolders: [], vault });
  const parsed = opener.parse(address);
  assert.ok(parsed.ok);
  const { url, password } = parsed.value;
  const target = { id, url, ...(password === undefined ? {} : { secret: `plain:${password}` }) };
  const ports = { store, vault, opener, now: () => at, beforeSave: async () => beforeSave() };
  return registerDatabase(target, accepted, ports, never);
}

const kindOf = (result: Awaited<ReturnType<typeof register>>) => (result.ok ? 'registered' : result.failure.kind);

describe('a database that is registered', () => {
  it('is saved with its role’s report, its password sealed and in no record', async () => {
    const registered = await register(await shopOnPostgres(), LOCAL);
    assert.ok(registered.ok, JSON.stringify(registered));
    assert.match(registered.value.serverVersion, /^\d+/);
    const [saved] = await store.databases();
    assert.equal(saved?.secret, 'sealed');
    assert.doesNotMatch(JSON.stringify([saved, [...(await store.sealed())]]), /:reader|plain/);
    assert.deepEqual((await store.roleReport('web'))?.accepted, LOCAL);
  });

  it('is not saved where its role does more than read, or is warned of what nobody accepted', async () => {
    const address = await shopOnPostgres();
    const { username: role, pathname } = new URL(address);
    assert.equal(kindOf(await register(address, [])), 'role-warned');
    await asAdmin(pathname.slice(1), (client) => client.query(`GRANT INSERT ON customer TO ${role}`));
    assert.equal(kindOf(await register(address, ['all'])), 'role-refused');
    assert.deepEqual([await store.databases(), (await store.sealed()).size], [[], 0]);
  });

  it('is not saved where that cannot be written down, or nothing answers at its address', async () => {
    const unwritten = () => ({ kind: 'audit-unavailable' }) as const;
    assert.equal(kindOf(await register(await shopOnPostgres(), ['all'], unwritten)), 'audit-unavailable');
    assert.equal(kindOf(await register('postgres://reader:reader@127.0.0.1:1/web', ['all'])), 'database-unreachable');
    assert.deepEqual([await store.databases(), (await store.sealed()).size], [[], 0]);
  });

  it('is not saved under what is no name', async () => {
    const address = await shopOnPostgres();
    for (const id of ['my shop', '2nd', 'a/b', ''])
      assert.equal(kindOf(await register(address, ['all'], undefined, id)), 'bad-name');
    assert.deepEqual([await store.databases(), (await store.sealed()).size], [[], 0]);
  });

  it('is not from a form where its server is on this machine, unless that is open; each connection looks again', async () => {
    const parsed = openDatabaseOpener({ environment: {}, sqliteFolders: [], vault }).parse(await shopOnPostgres());
    assert.ok(parsed.ok);
    const { url, password } = parsed.value;
    const target = { id: 'web', url, secret: `plain:${password}`, fromForm: true } as const;
    const closed = openDatabaseOpener({ environment: {}, sqliteFolders: [], vault });
    const egress = { privateRanges: [], lowPorts: [], loopback: true };
    const open = openDatabaseOpener({ environment: {}, sqliteFolders: [], vault, egress });
    const ports = { store, vault, now: () => at, beforeSave: async () => undefined };
    const refused = await registerDatabase(target, LOCAL, { ...ports, opener: closed }, never);
    assert.ok(!refused.ok && refused.failure.kind === 'address-refused' && refused.failure.why === 'loopback');
    assert.ok(!/127|localhost/.test(sayFailure(refused.failure)));
    const registered = await registerDatabase(target, LOCAL, { ...ports, opener: open }, never);
    assert.ok(registered.ok, JSON.stringify(registered));
    const [kept] = await store.databases();
    assert.ok(kept?.fromForm);
    const later = await closed.open(kept);
    assert.ok(later.ok);
    const pinged = await later.value.ping(never);
    await later.value.close();
    assert.equal(pinged.ok ? 'reached' : pinged.failure.kind, 'address-refused');
  });
});
