import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ExploredStore } from '#src/ports/explored-store.ts';
import type { AskService } from '#src/service/ask.ts';
import { countAskers } from '#src/service/explorations.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const quiet = () => undefined;
const SCRIPTS = {
  shop: `
    CREATE TABLE orders (id INTEGER PRIMARY KEY, placed_on DATE, amount REAL, channel TEXT);
    INSERT INTO orders VALUES (1, '2025-01-02', 10, 'web'), (2, '2025-02-03', 20, 'field'), (3, '2025-03-04', 30, 'web');`,
};

let small: Awaited<ReturnType<typeof startSmallQuerent>>;
/** What happens in the place of keeping. */
let instead: ExploredStore['saveExplored'] | undefined;
beforeAll(async () => {
  small = await startSmallQuerent({
    databases: SCRIPTS,
    change: (parts) => ({
      ...parts,
      store: { ...parts.store, saveExplored: (...args) => (instead ?? parts.store.saveExplored)(...args) },
    }),
  });
}, 60_000);
afterAll(() => small.close());

const explore = (pairs: number) => small.querent.exploring.explore('shop', { pairs, seed: 1 }, quiet, never);
const kept = async () => (await small.querent.exploring.pairsOf('shop')).length;

describe('exploring a registered database', () => {
  it('goes on once at a time, and says so', async () => {
    const [first, second] = await Promise.all([explore(5), explore(5)]);
    assert.ok(first.ok && !second.ok && second.failure.kind === 'explored-already');
    assert.equal(await kept(), 5);
  });

  it('ends where the state takes no more, with what was kept before; the same goes on from there', async () => {
    instead = async () => {
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    };
    const full = await explore(8);
    instead = undefined;
    assert.ok(!full.ok && full.failure.kind === 'not-kept' && full.failure.kept === 5);
    assert.equal(await kept(), 5);
    const again = await explore(8);
    assert.ok(again.ok);
    assert.equal(await kept(), 8);
  });

  it('leaves what another process keeps meanwhile as it is', async () => {
    const { store } = small.parts;
    const pairs = await store.exploredPairs('shop');
    const onProgress = () => void store.saveExplored('shop', pairs.slice(0, 2));
    const ended = await small.querent.exploring.explore('shop', { pairs: 10, seed: 1 }, onProgress, never);
    assert.ok(!ended.ok && ended.failure.kind === 'explored-already');
    assert.equal(await kept(), 2);
  });
});

it('work in the background waits until nobody asks', async () => {
  const answer = Promise.withResolvers<never>();
  const { asking, noneAsks } = countAskers({ ask: () => answer.promise } as unknown as AskService);
  await noneAsks(never);
  const asked = (asking.ask as () => Promise<unknown>)();
  let waited = true;
  const turn = noneAsks(never).then(() => {
    waited = false;
  });
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.ok(waited);
  answer.resolve(undefined as never);
  await Promise.all([asked, turn]);
  assert.ok(!waited);
});
