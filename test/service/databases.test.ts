import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import type { Answer } from '#src/domain/answer.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { fail } from '#src/domain/result.ts';
import { Secret } from '#src/domain/secret.ts';
import { allOf } from '#test/support/all-of.ts';
import { bankFile, everythingKept } from '#test/support/kept-files.ts';
import { registerOpen } from '#test/support/register-open.ts';
import { shopOnPostgres } from '#test/support/shop.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const quiet = () => undefined;
const ADMIN = { teamId: 'T1', userId: 'UADMIN' };
const ADA = { asker: { teamId: 'T1', userId: 'UADA' }, place: { kind: 'direct' } } as const;
const from = (databaseId: DatabaseId) => ({ intent: { kind: 'from', databaseId } }) as const;

const DATABASES = {
  aquarium: `CREATE TABLE zebrafish (id INTEGER PRIMARY KEY, stripes INTEGER); INSERT INTO zebrafish VALUES (1, 7), (2, 5);`,
  shop: 'CREATE TABLE orders (id INTEGER PRIMARY KEY, amount REAL); INSERT INTO orders VALUES (1, 2.5);',
};

let small: Awaited<ReturnType<typeof startSmallQuerent>>;
beforeEach(async () => {
  small = await startSmallQuerent({ databases: DATABASES });
});
afterEach(() => small.close());

/** The first cell of an answer, or why there is none. */
const came = (answer: Answer) =>
  answer.kind === 'answer' ? answer.table.rows[0]?.[0] : answer.kind === 'failure' ? answer.failure.kind : answer.kind;
const zebrafish = (more: Parameters<typeof small.ask>[1] = {}) => small.ask('How many zebrafish are there?', more);
const orders = (more: Parameters<typeof small.ask>[1] = {}) => small.ask('How many orders are there?', more);

/** What was written down of changes, the latest last. */
const changes = async () =>
  (await allOf(small.querent.audit.entries())).flatMap((entry) =>
    entry.kind === 'change' ? [[entry.who.userId, entry.what] as const] : [],
  );

const kept = () => everythingKept(small.home, Object.keys(DATABASES));

describe('a database that is paused', () => {
  it('is not asked, says since when and by whom, and is asked again once it is let', async () => {
    const { databases } = small.querent;
    assert.ok((await databases.pause('aquarium', true, ADMIN)).ok);
    const refused = await zebrafish(from('aquarium'));
    assert.ok(refused.kind === 'failure' && refused.failure.kind === 'database-paused');
    assert.equal(refused.failure.by, 'UADMIN');
    assert.ok(!Number.isNaN(Date.parse(refused.failure.since)));
    assert.equal(came(await orders()), 1);
    assert.ok((await databases.pause('aquarium', false, ADMIN)).ok);
    assert.equal(came(await zebrafish(from('aquarium'))), 2);
    assert.deepEqual((await changes()).slice(-2), [
      ['UADMIN', 'paused aquarium'],
      ['UADMIN', 'resumed aquarium'],
    ]);
  });

  it('is neither found, nor exported from, nor read by an index run that does not name it', async () => {
    const { databases, index, find } = small.querent;
    const asked = { text: 'How many zebrafish are there?', asker: OPERATOR, place: { kind: 'terminal' } } as const;
    const found = async () => {
      const slice = await find(asked, { limit: 5 }, never);
      return slice.ok ? slice.value.databases.map(({ databaseId }) => databaseId) : [slice.failure.kind];
    };
    assert.ok((await found()).includes('aquarium'));
    const before = await small.parts.store.readAt('aquarium');
    await databases.pause('aquarium', true, ADMIN);
    assert.ok(!(await found()).includes('aquarium'));
    const sql = 'SELECT id FROM zebrafish';
    const exported = await small.querent.exportRows({ databaseId: 'aquarium', sql, maxRows: 5 }, ADA.asker, never);
    assert.equal(exported.ok ? '' : exported.failure.kind, 'database-paused');
    assert.ok((await index.build({}, quiet, never)).ok);
    assert.deepEqual(await small.parts.store.readAt('aquarium'), before);
    assert.ok(await index.catalogOf('aquarium'), 'it stays in the index');
  });

  it('stays paused when it is registered anew, which is written down so', async () => {
    const { databases, audit } = small.querent;
    await databases.pause('aquarium', true, ADMIN);
    const [before] = await databases.list();
    const url = `sqlite:${path.join(small.home, 'aquarium.sqlite')}`;
    const target = { id: 'aquarium', url, description: 'fish' };
    assert.ok((await databases.register(target, { acceptWarnings: ['all'], replace: true }, OPERATOR, never)).ok);
    const [after] = await databases.list();
    assert.ok(before?.paused);
    assert.deepEqual(after, { ...target, paused: before.paused });
    assert.equal(came(await zebrafish(from('aquarium'))), 'database-paused');
    const registered = (await allOf(audit.entries())).findLast(({ kind }) => kind === 'change');
    assert.deepEqual(registered?.kind === 'change' && registered.after, after);
  });

  it('stays paused when its password is set anew', async () => {
    const { databases } = small.querent;
    await databases.pause('aquarium', true, ADMIN);
    assert.ok((await databases.setSecret('aquarium', new Secret('swordfish'), ADMIN)).ok);
    const [{ paused, secret } = {}] = await databases.list();
    assert.deepEqual([paused?.by, secret], ['UADMIN', 'sealed']);
  });

  it('is not named to a channel that may not know of it, nor to whoever may not ask it', async () => {
    const { databases, access, audienceCovers } = small.querent;
    const toAda = { effect: 'grant', databaseId: 'aquarium', to: { kind: 'user', id: 'UADA' } } as const;
    assert.equal((await access.change('aquarium', () => [toAda], ADMIN)).kind, 'changed');
    await databases.pause('aquarium', true, ADMIN);
    const inChannel = { ...from('aquarium'), place: { kind: 'channel', channelId: 'C1' } } as const;
    const refused = await zebrafish({ ...inChannel, asker: ADA.asker });
    assert.equal(came(refused), 'database-paused');
    assert.equal(await audienceCovers(refused, { teamId: 'T1', channelId: 'C1' }, 'posted'), false);
    const toOther = await zebrafish({ ...inChannel, asker: { teamId: 'T1', userId: 'UBO' } });
    assert.deepEqual(toOther.kind === 'failure' && toOther.failure, {
      kind: 'unknown-database',
      name: 'aquarium',
      known: ['shop'],
    });
    await databases.pause('shop', true, ADMIN);
    const none = await zebrafish({ ...inChannel, asker: { teamId: 'T1', userId: 'UBO' } });
    assert.equal(none.kind === 'failure' && none.failure.kind === 'database-paused' && none.failure.database, 'shop');
    assert.equal(await audienceCovers(none, { teamId: 'T1', channelId: 'C1' }, 'posted'), true);
  });

  it('is one that is registered', async () => {
    const refused = await small.querent.databases.pause('nothing', true, ADMIN);
    assert.deepEqual(refused.ok ? '' : refused.failure, {
      kind: 'unknown-database',
      name: 'nothing',
      known: ['aquarium', 'shop'],
    });
  });
});

describe('a database that is given another name', () => {
  const rename = (id: DatabaseId, name: DatabaseId) => small.querent.databases.rename(id, name, ADMIN, quiet, never);

  it('is asked under the new one by whoever might ask it before, and the old one is unknown', async () => {
    assert.equal(came(await zebrafish(ADA)), 2);
    await zebrafish();
    const renamed = await rename('aquarium', 'fishtank');
    assert.deepEqual(renamed, { ok: true, value: [] });
    const again = await zebrafish(ADA);
    assert.deepEqual([came(again), again.kind === 'answer' && again.databaseId], [2, 'fishtank']);
    assert.equal(came(await zebrafish({ ...ADA, ...from('aquarium') })), 'unknown-database');
    assert.deepEqual(
      (await small.querent.databases.list()).map(({ id }) => id),
      ['fishtank', 'shop'],
    );
    assert.equal((await small.querent.index.catalogOf('fishtank'))?.tables[0]?.name, 'zebrafish');
    assert.deepEqual((await changes()).at(-1), ['UADMIN', 'renamed aquarium']);
    const traced = await small.querent.runs.latestTraces(9);
    assert.ok(traced.some(({ databaseId }) => databaseId === 'fishtank'));
    assert.ok(!traced.some(({ databaseId }) => databaseId === 'aquarium'));
  });

  it('keeps its name where the other is taken or is none', async () => {
    const kindOf = async (id: DatabaseId, name: DatabaseId) => {
      const renamed = await rename(id, name);
      return renamed.ok ? 'renamed' : renamed.failure.kind;
    };
    assert.equal(await kindOf('aquarium', 'shop'), 'database-exists');
    assert.equal(await kindOf('aquarium', 'no name'), 'bad-name');
    assert.equal(await kindOf('nothing', 'something'), 'unknown-database');
    assert.equal(came(await zebrafish(from('aquarium'))), 2);
    assert.ok(!(await changes()).some(([, what]) => /renamed/.test(what)), 'what was not done is not written down');
  });

  it('takes its examples with it', async () => {
    const bank = path.join(small.home, 'examples.jsonl');
    writeFileSync(bank, bankFile(['aquarium', 'shop']));
    assert.ok((await rename('aquarium', 'fishtank')).ok);
    const renamed = bankFile(['aquarium', 'shop']).replace('"databaseId":"aquarium"', '"databaseId":"fishtank"');
    assert.equal(readFileSync(bank, 'utf8'), renamed);
    const preview = await small.querent.databases.previewRemoval('fishtank');
    assert.equal(preview.ok && preview.value.examples, 1);
  });

  it('says that nothing is answered until it is indexed, where the index could not be built under it', async () => {
    let broken = false;
    const other = await startSmallQuerent({
      databases: DATABASES,
      change: (parts) => ({
        ...parts,
        indexes: {
          ...parts.indexes,
          build: async (...args) => (broken ? fail({ kind: 'embedder-unavailable' }) : parts.indexes.build(...args)),
        },
      }),
    });
    try {
      const ask = async () => came(await other.ask('How many zebrafish are there?', from('fishtank')));
      broken = true;
      const renamed = await other.querent.databases.rename('aquarium', 'fishtank', ADMIN, quiet, never);
      assert.match(renamed.ok ? renamed.value.join() : '', /No question is answered .*: run `querent index`\.$/);
      assert.equal(await ask(), 'embedder-unavailable');
      broken = false;
      assert.ok((await other.querent.index.build({}, quiet, never)).ok);
      assert.equal(await ask(), 2);
    } finally {
      await other.close();
    }
  });

  it('goes on with its sealed password, of which nothing stays under the old name', async () => {
    const { databases, index } = small.querent;
    const url = new URL(await shopOnPostgres());
    url.password = '';
    await registerOpen(small.querent, { id: 'web', url: url.toString(), secret: 'plain:reader' });
    assert.ok((await index.build({ only: 'web' }, quiet, never)).ok);
    assert.deepEqual([...(await small.parts.store.sealed()).keys()], ['web']);
    assert.ok((await rename('web', 'store')).ok);
    assert.deepEqual([...(await small.parts.store.sealed()).keys()], ['store']);
    const customers = () => small.ask('How many customers are there?', from('store'));
    assert.equal(came(await customers()), 3);
    assert.equal((await databases.rotateKey(ADMIN)).ok, true);
    assert.equal(came(await customers()), 3);
    assert.ok((await databases.checkRole('store', ADMIN, never)).ok);
  });
});

describe('a database that is removed', () => {
  const remove = (id: DatabaseId) => small.querent.databases.remove(id, ADMIN, quiet, never);

  it('goes with all that is kept of it, of which it says first how much there is', async () => {
    const bank = path.join(small.home, 'examples.jsonl');
    writeFileSync(bank, bankFile(['aquarium', 'shop']));
    assert.ok((await small.querent.databases.setSecret('aquarium', new Secret('swordfish'), ADMIN)).ok);
    await zebrafish(ADA);
    const preview = await small.querent.databases.previewRemoval('aquarium');
    assert.ok(preview.ok);
    const { database, ...size } = preview.value;
    assert.equal(database.id, 'aquarium');
    assert.deepEqual(size, { tables: 1, rules: 1, questions: 0, examples: 1 });
    assert.match(kept(), /zebrafish/);

    assert.deepEqual(await remove('aquarium'), { ok: true, value: { questions: 0, examples: 1, warnings: [] } });

    assert.doesNotMatch(kept(), /zebrafish|aquarium/i);
    assert.equal(readFileSync(bank, 'utf8'), bankFile(['shop']));
    assert.equal((await small.parts.store.sealed()).size, 0);
    assert.equal(came(await zebrafish(from('aquarium'))), 'unknown-database');
    assert.equal(came(await orders()), 1);
    assert.deepEqual((await changes()).at(-1), ['UADMIN', 'removed aquarium']);
    const entries = await allOf(small.querent.audit.entries());
    assert.ok(
      entries.some((entry) => entry.kind === 'statement' && /zebrafish/.test(entry.sql)),
      'the audit stays',
    );
  });

  it('leaves its name to another', async () => {
    await zebrafish(from('aquarium'));
    await remove('aquarium');
    await registerOpen(small.querent, { id: 'aquarium', url: `sqlite:${path.join(small.home, 'shop.sqlite')}` });
    assert.ok((await small.querent.index.build({}, quiet, never)).ok);
    assert.equal(came(await orders(from('aquarium'))), 1);
  });

  it('is one that is registered', async () => {
    const refused = await remove('nothing');
    assert.equal(refused.ok ? '' : refused.failure.kind, 'unknown-database');
    const preview = await small.querent.databases.previewRemoval('nothing');
    assert.equal(preview.ok ? '' : preview.failure.kind, 'unknown-database');
  });
});
