import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import type { NewRun, RunResult } from '#src/domain/run.ts';
import type { Store } from '#src/ports/store.ts';
import { run, type StoreBackend } from './store.ts';

const at = new Date('2025-01-01T00:00:00Z');
const later = (minutes: number) => new Date(at.getTime() + 60_000 * minutes);
const iso = (minutes: number) => later(minutes).toISOString();

const ANSWER = { kind: 'answer', text: 'q', databaseId: 'shop', sql: 'SELECT 1' } as const satisfies RunResult;
const DECLINE = { kind: 'failure', text: 'q', databaseId: 'shop', failure: 'declined' } as const satisfies RunResult;

/** A question that was asked and came to this. */
async function asked(
  store: Store,
  message: string,
  result: RunResult,
  more: Partial<NewRun> = {},
  when = at,
): Promise<string> {
  if (!(await store.databases()).length) await store.saveDatabase({ id: 'shop', url: 'sqlite:/shop' });
  await store.record(`event-${message}`, run(message, more), when);
  const leased = (await store.lease()) ?? assert.fail('nothing is queued');
  await store.saveResult(leased.id, result.kind === 'failure' ? 'failed' : 'done', result);
  return leased.id;
}

const dismissed = (minutes: number, by = 'BOSS') => ({ how: 'dismissed', by, at: iso(minutes) }) as const;
const outcomeFor = (id: string, databaseId = 'shop') => ({
  verified: { databaseId, question: 'How many?', sql: 'SELECT 2' },
  next: run('next', { cause: { kind: 'review', of: id, at: '1' }, text: 'How many?' }),
});
const openOf = async (store: Store, team?: string) =>
  (await store.reviews({ which: 'open', ...(team === undefined ? {} : { team }) })).map((one) => one.run.id);

/** What every store of a deployment's state promises about what the data team looks at, what it says, and Home. */
export function reviewStoreContract(backend: StoreBackend): void {
  const promises = (title: string, check: (store: Store, everything: () => string) => Promise<void>) =>
    it(title, async () => {
      const state = backend.make();
      const store = await state.open();
      try {
        await check(store, state.everything);
      } finally {
        await store.close();
      }
    });

  describe(`${backend.name} as the data team's list`, () => {
    promises(
      'has what was declined, unsure, called bad, turned down, changed or handed over, with why',
      async (store) => {
        const good = await asked(store, '1', ANSWER);
        const unsure = await asked(store, '2', { ...ANSWER, unsure: true });
        const declined = await asked(store, '3', DECLINE);
        const down = await asked(store, '4', { kind: 'failure', text: 'q', failure: 'database-unreachable' });
        assert.deepEqual((await openOf(store)).sort(), [unsure, declined].sort());
        const change = { part: 'period', from: '2025', to: '2026' } as const;
        await store.saveFeedback(good, 'V', 'down', later(1), { fault: 'wrong-number', note: 'it is 7' });
        await store.saveCorrection(good, 'W', later(2));
        await store.saveReadingChange(good, 'U', change, later(3));
        assert.equal(await store.handOver(down, 'V', later(4)), true);
        const all = await store.reviews({ which: 'open' });
        assert.deepEqual(all.map((one) => one.run.id).slice(0, 2), [down, good]);
        assert.deepEqual(all[1]?.reasons, [
          { kind: 'reading-changed', change, by: 'U', at: iso(3) },
          { kind: 'wrong-database', by: 'W', at: iso(2) },
          { kind: 'bad-answer', fault: 'wrong-number', note: 'it is 7', by: 'V', at: iso(1) },
        ]);
        assert.deepEqual(all[0]?.reasons, [{ kind: 'handed-over', by: 'V', at: iso(4) }]);
        // Whoever thinks better of it takes it off the list.
        await store.saveFeedback(good, 'V', 'up', later(5));
        const [only] = await store.reviews({ which: 'open', run: good });
        assert.deepEqual(
          only?.reasons.map(({ kind }) => kind),
          ['reading-changed', 'wrong-database'],
        );
        assert.deepEqual(await openOf(store, 'T2'), []);
      },
    );

    promises('lets one of two who decide at once have it, and opens again with a later reason', async (store) => {
      const id = await asked(store, '1', DECLINE);
      assert.deepEqual(
        [await store.settle(id, dismissed(1)), await store.settle(id, dismissed(1, 'OTHER'))],
        [true, false],
      );
      assert.deepEqual(await openOf(store), []);
      assert.equal((await store.reviews({ which: 'all' }))[0]?.settled?.by, 'BOSS');
      assert.equal(await store.handOver(id, 'U', later(2)), true);
      assert.equal(await store.handOver(id, 'U', later(3)), false);
      const [again] = await store.reviews({ which: 'open' });
      assert.deepEqual(
        again?.reasons.map(({ kind }) => kind),
        ['handed-over'],
      );
      assert.equal(await store.settle(id, dismissed(4)), true);
      assert.equal(await store.settle('no such', dismissed(4)), false);
    });

    promises('keeps a verified answer with the run that posts it, for everybody of the workspace', async (store) => {
      const id = await asked(store, '1', DECLINE, { user: 'ASKER' });
      const settled = { how: 'verified', by: 'BOSS', at: iso(1) } as const;
      assert.equal(await store.settle(id, settled, outcomeFor(id)), true);
      const next = (await store.lease()) ?? assert.fail('nothing follows');
      assert.deepEqual([next.text, next.cause], ['How many?', { kind: 'review', of: id, at: '1' }]);
      const verified = [{ text: 'How many?', databaseId: 'shop', sql: 'SELECT 2' }];
      assert.deepEqual(await store.verifiedAnswers('T', 'ANYBODY', []), verified);
      assert.deepEqual(await store.verifiedAnswers('T2', 'ANYBODY', []), []);
      const [listed] = await store.verifiedByTeam('T');
      assert.deepEqual([listed?.runId, listed?.by, listed?.catalogVersion], [id, 'BOSS', 0]);
      // It outlives the question that it came of, and goes with its database.
      await store.prune(later(10));
      assert.deepEqual(await store.verifiedAnswers('T', 'ANYBODY', []), verified);
      assert.equal(await store.renameDatabase('shop', 'store'), true);
      assert.equal((await store.verifiedByTeam())[0]?.databaseId, 'store');
      assert.deepEqual([await store.withdrawVerified(id), await store.withdrawVerified(id)], [true, false]);
      assert.deepEqual(await store.verifiedAnswers('T', 'ANYBODY', []), []);
    });

    promises('verifies nothing over a database that is not registered', async (store) => {
      const id = await asked(store, '1', DECLINE);
      const settled = { how: 'verified', by: 'BOSS', at: iso(1) } as const;
      assert.equal(await store.settle(id, settled, outcomeFor(id, 'gone')), false);
      assert.equal(await store.lease(), undefined);
      assert.deepEqual(await openOf(store), [id]);
    });

    promises('knows which decisions nobody was told yet', async (store) => {
      const id = await asked(store, '1', DECLINE);
      await store.handOver(id, 'V', at);
      await store.settle(id, { ...dismissed(1), note: 'there is no such data' });
      const [untold] = await store.reviews({ which: 'untold' });
      assert.deepEqual(untold?.settled, { ...dismissed(1), note: 'there is no such data', told: false });
      await store.saveTold(id, iso(0));
      assert.equal((await store.reviews({ which: 'untold' })).length, 1);
      await store.saveTold(id, iso(1));
      assert.deepEqual(await store.reviews({ which: 'untold' }), []);
    });

    promises('says that a digest of a day is due until a person had it, or a later one', async (store) => {
      const due = () => Promise.all(['01', '02', '03'].map((day) => store.isDigestDue('T', 'U', `2025-01-${day}`)));
      assert.deepEqual(await due(), [true, true, true]);
      await store.saveDigest('T', 'U', '2025-01-02');
      assert.deepEqual(await due(), [false, false, true]);
      await store.saveDigest('T', 'U', '2025-01-01');
      assert.deepEqual(await due(), [false, false, true]);
      assert.equal(await store.isDigestDue('T', 'V', '2025-01-02'), true);
    });

    promises(
      'forgets a person: their words, what they handed over, and their name at what they decided',
      async (store, everything) => {
        const own = await asked(store, '1', DECLINE, { user: 'UGONE' });
        const others = await asked(store, '2', ANSWER, { user: 'U' });
        await store.settle(own, { how: 'verified', by: 'U', at: iso(1) }, outcomeFor(own));
        await store.saveFeedback(others, 'UGONE', 'down', at, { note: 'words of theirs' });
        await store.handOver(others, 'UGONE', later(1));
        await store.settle(others, dismissed(2, 'UGONE'));
        await store.saveAnswer(others, 'UGONE', at);
        await store.openHome('T', 'UGONE', 1);
        await store.saveDigest('T', 'UGONE', '2025-01-01');
        await store.forget('T', 'UGONE');
        assert.deepEqual(await store.verifiedByTeam(), []);
        assert.doesNotMatch(everything(), /UGONE|words of theirs/);
      },
    );
  });

  describe(`${backend.name} as what a company says of its data`, () => {
    promises('keeps one text of a thing, by its name, for as long as its database is there', async (store) => {
      await store.saveDatabase({ id: 'shop', url: 'sqlite:/shop' });
      const table = { kind: 'table', table: 'orders' } as const;
      const column = { kind: 'column', schema: 'sales', table: 'orders', column: 'total' } as const;
      const say = (about: typeof table | typeof column, text: string, databaseId = 'shop') =>
        store.saveDescription({ databaseId, about, text }, at);
      assert.equal(await say(table, 'first words'), true);
      assert.equal(await say(column, 'with tax'), true);
      assert.equal(await say(table, 'what was sold'), true);
      assert.equal(await say(table, 'of nothing', 'gone'), false);
      assert.deepEqual(await store.descriptions(), [
        { databaseId: 'shop', about: column, text: 'with tax' },
        { databaseId: 'shop', about: table, text: 'what was sold' },
      ]);
      assert.equal(await store.renameDatabase('shop', 'store'), true);
      assert.equal((await store.descriptions())[0]?.databaseId, 'store');
      assert.deepEqual(
        [await store.removeDescription('store', table), await store.removeDescription('store', table)],
        [true, false],
      );
      await store.removeDatabase('store');
      assert.deepEqual(await store.descriptions(), []);
    });
  });

  describe(`${backend.name} as what was explored`, () => {
    promises('keeps the pairs of a database in their order, for as long as it is there', async (store) => {
      await store.saveDatabase({ id: 'shop', url: 'sqlite:/shop' });
      const pair = (number: number): ExploredPair => ({
        id: `shop-${number}`,
        db_id: 'shop',
        question: `How many ${number}?`,
        evidence: '',
        sql: 'SELECT COUNT(*) FROM orders',
        edl: '#1. …',
        difficulty: 'simple',
        tables: ['orders'],
        columns: [],
        mechanism: 'structural',
        generation: 0,
        dialect: 'sqlite',
        result_rows: 1,
        exec_ms: 0.5,
        checks: ['executed'],
      });
      const pairs = [pair(1), pair(2), pair(3)];
      assert.equal(await store.saveExplored('gone', pairs), false);
      const stamps = [await store.exploredStamp('shop')];
      for (const kept of [pairs.slice(0, 1), pairs, [pair(1), pair(2), pair(4)], pairs]) {
        assert.equal(await store.saveExplored('shop', kept), true);
        stamps.push(await store.exploredStamp('shop'));
      }
      assert.equal(stamps[0], '');
      assert.equal(new Set(stamps).size, 4);
      assert.equal(stamps[4], stamps[2]);
      assert.deepEqual(await store.exploredPairs('shop'), pairs);
      await store.renameDatabase('shop', 'store');
      assert.deepEqual(
        (await store.exploredPairs('store')).map((one) => one.db_id),
        ['store', 'store', 'store'],
      );
      await store.removeDatabase('store');
      assert.deepEqual(await store.exploredPairs('store'), []);
    });
  });

  describe(`${backend.name} as a person's Home`, () => {
    promises('has what they asked and what they saved, the latest first, and nothing of others', async (store) => {
      const first = await asked(store, '1', ANSWER, {}, at);
      const polite = await asked(store, '2', { kind: 'courtesy', text: 'thanks', offered: [] }, {}, later(1));
      const second = await asked(store, '3', DECLINE, {}, later(2));
      const others = await asked(store, '4', ANSWER, { user: 'V' }, later(3));
      const recent = await store.recentRuns('T', 'U', 5);
      assert.deepEqual(
        recent.map((one) => [one.run.id, one.askedAt]),
        [
          [second, iso(2)],
          [first, iso(0)],
        ],
      );
      assert.ok(!recent.some((one) => one.run.id === polite));
      assert.deepEqual([await store.saveAnswer(first, 'U', at), await store.saveAnswer(first, 'U', at)], [true, false]);
      await store.saveAnswer(others, 'U', later(1));
      const saved = async () => (await store.savedRuns('T', 'U', 5)).map((one) => one.run.id);
      assert.deepEqual(await saved(), [others, first]);
      assert.equal(await store.unsaveAnswer(others, 'U'), true);
      assert.deepEqual(await saved(), [first]);
      assert.deepEqual(await store.savedRuns('T', 'V', 5), []);
    });

    promises('knows who has opened it, and at which page they are', async (store) => {
      assert.equal(await store.homePage('T', 'U'), undefined);
      await store.openHome('T', 'U', 0);
      await store.openHome('T', 'U', 2);
      assert.deepEqual([await store.homePage('T', 'U'), await store.homePage('T', 'V')], [2, undefined]);
    });

    promises('counts what a workspace asked since a time', async (store) => {
      await asked(store, '1', ANSWER, {}, at);
      const id = await asked(store, '2', ANSWER, {}, later(10));
      await asked(store, '3', DECLINE, {}, later(11));
      await store.saveFeedback(id, 'U', 'down', later(12));
      const counts = { questions: 2, answered: 1, declined: 1, good: 0, bad: 1, tokens: 0 };
      assert.deepEqual(await store.usage('T', later(5)), counts);
      assert.deepEqual(await store.usage(undefined, later(5)), counts);
      assert.equal((await store.usage('T2', at)).questions, 0);
    });
  });
}
