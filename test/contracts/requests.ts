import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import type { Decision, PermissionRequest } from '#src/domain/permission-request.ts';
import type { Store } from '#src/ports/store.ts';
import { run, type StoreBackend } from './store.ts';

const at = new Date('2025-01-01T00:00:00Z');
const days = (count: number) => new Date(at.getTime() + count * 24 * 3_600_000);
const asked = (id: string, more: Partial<PermissionRequest> = {}): PermissionRequest => ({
  id,
  teamId: 'T',
  userId: 'U',
  wants: { kind: 'access' },
  runIds: ['run-1'],
  databaseId: 'shop',
  at: at.toISOString(),
  expiresAt: days(7).toISOString(),
  ...more,
});
const yes: Decision = { kind: 'approved', by: 'UOWNER', at: days(1).toISOString(), until: days(8).toISOString() };
const grant: AccessRule = { effect: 'grant', databaseId: 'shop', to: { kind: 'user', id: 'U' } };
const costly = (sqlDigest: string) => ({ kind: 'costly-run', sqlDigest, costs: 'about 40 M rows' }) as const;

async function withQuestions(store: Store, ...messages: readonly string[]) {
  await store.saveDatabase({ id: 'shop', url: 'sqlite:/shop' });
  for (const message of messages) await store.record(`e-${message}`, run(message), at);
}

/** What every store promises of what people ask of owners and admins. */
export function requestContract(backend: StoreBackend): void {
  const promises = (title: string, check: (store: Store) => Promise<void>) =>
    it(title, async () => {
      const store = await backend.make().open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    });

  describe(`${backend.name} as a store of requests`, () => {
    promises('keeps one request for one thing, which further questions join', async (store) => {
      await withQuestions(store, '1', '2');
      assert.deepEqual(await store.saveRequest(asked('a', { reason: 'month end' }), at), { id: 'a', state: 'new' });
      assert.deepEqual(await store.saveRequest(asked('b'), at), { id: 'a', state: 'told' });
      assert.deepEqual(await store.saveRequest(asked('c', { runIds: ['run-2'] }), at), { id: 'a', state: 'joined' });
      assert.deepEqual(await store.requests(), [asked('a', { reason: 'month end', runIds: ['run-1', 'run-2'] })]);
      assert.deepEqual(
        (await store.requestsOf('run-2')).map(({ id }) => id),
        ['a'],
      );
      for (const [id, other] of Object.entries({
        d: { userId: 'U2' },
        e: { databaseId: 'desk' },
        f: { wants: costly('x') },
        g: { wants: costly('y') },
      }))
        assert.equal((await store.saveRequest(asked(id, other), at)).state, 'new', id);
      assert.equal((await store.saveRequest(asked('h', { wants: costly('x') }), at)).state, 'told');
    });

    promises('takes a new request once the last for the same is over', async (store) => {
      await withQuestions(store, '1');
      await store.saveRequest(asked('a'), at);
      assert.equal((await store.saveRequest(asked('b'), days(7))).state, 'new');
      await store.decideRequest('b', { ...yes, kind: 'declined' } as Decision, { runs: [] }, at);
      assert.equal((await store.saveRequest(asked('c'), at)).id, 'a', 'one that is open still');
    });

    promises('decides once, with the rules and the runs that follow', async (store) => {
      await withQuestions(store, '1');
      await store.saveRequest(asked('a'), at);
      const next = run('1', { id: 'next', cause: { kind: 'granted', of: 'run-1', at: 'a' } });
      const follows = {
        databaseId: 'shop',
        rules: { databaseId: 'shop', before: [], after: [grant] },
        runs: [next],
      };
      assert.equal(await store.decideRequest('a', yes, follows, days(1)), 'decided');
      assert.deepEqual((await store.request('a'))?.decision, yes);
      assert.deepEqual(await store.accessRules(), [grant]);
      assert.equal((await store.run('next'))?.state, 'queued');
      const again = await store.decideRequest('a', { kind: 'declined', by: 'U3', at: '' }, { runs: [] }, days(1));
      assert.equal(again, 'too-late');
      assert.deepEqual((await store.request('a'))?.decision, yes);
    });

    promises('decides nothing that is over, gone, or about rules that somebody changed', async (store) => {
      await withQuestions(store, '1');
      await store.saveRequest(asked('a'), at);
      const rules = (before: readonly AccessRule[]) => ({
        rules: { databaseId: 'shop', before, after: [grant] },
        runs: [run('9', { id: 'next' })],
      });
      assert.equal(await store.decideRequest('a', yes, rules([grant]), days(1)), 'rules-changed');
      assert.equal(await store.decideRequest('a', yes, rules([]), days(7)), 'too-late');
      assert.equal(await store.decideRequest('nope', yes, rules([]), days(1)), 'too-late');
      assert.deepEqual([(await store.request('a'))?.decision, await store.accessRules()], [undefined, []]);
      assert.equal(await store.run('next'), undefined);
    });

    promises('keeps where messages about a request were posted, and that one may have been', async (store) => {
      await withQuestions(store, '1');
      await store.saveRequest(asked('a'), at);
      const sent = { to: 'UOWNER', part: 'decide', channel: 'D1', shows: 'open' } as const;
      await store.saveRequestMessage('a', sent);
      await store.saveRequestMessage('a', { to: 'U', part: 'outcome', channel: 'D2', ts: '2.0', shows: 'approved' });
      assert.deepEqual((await store.requestMessages('a'))[0], sent);
      await store.saveRequestMessage('a', { ...sent, ts: '1.0' });
      const kept = await store.requestMessages('a');
      assert.deepEqual(kept.map(({ to, ts }) => [to, ts]).sort(), [
        ['U', '2.0'],
        ['UOWNER', '1.0'],
      ]);
    });

    promises('gives it the new name of its database, and lets go of it with what it is about', async (store) => {
      await withQuestions(store, '1', '2', '3');
      const names = async () => (await store.requests()).map(({ id, databaseId }) => `${id} ${databaseId}`).sort();
      await store.saveRequest(asked('a'), at);
      await store.saveRequest(asked('b', { userId: 'U2', runIds: ['run-2'] }), at);
      await store.saveRequest(asked('c', { wants: costly('x'), runIds: ['run-3'] }), days(2));
      assert.ok(await store.renameDatabase('shop', 'store'));
      assert.deepEqual(await names(), ['a store', 'b store', 'c store']);
      await store.forget('T', 'U2');
      assert.deepEqual(await names(), ['a store', 'c store']);
      await store.saveRequest(asked('d', { userId: 'U4', at: days(3).toISOString(), runIds: ['run-3'] }), days(3));
      await store.prune(days(1));
      assert.deepEqual(await names(), [], 'their questions are gone');
      await withQuestions(store, '5');
      await store.saveRequest(asked('e', { runIds: ['run-5'] }), at);
      await store.removeDatabase('shop');
      assert.deepEqual(await names(), []);
    });
  });
}
