import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const ADMIN = { teamId: 'T1', userId: 'UADMIN' };
const SHOP = { shop: 'CREATE TABLE refunds (id INTEGER PRIMARY KEY)' };
const denyOf = (id: string): AccessRule => ({ effect: 'deny', databaseId: 'shop', to: { kind: 'user', id } });
const adding = (rule: AccessRule) => (before: readonly AccessRule[]) => [...before, rule];

describe('rules that two admins change at the same time', () => {
  let small: Awaited<ReturnType<typeof startSmallQuerent>>;
  /** What another does between the rules are read and saved, so many times. */
  let between: { times: number; readonly rule: AccessRule };
  beforeEach(async () => {
    between = { times: 0, rule: denyOf('UOTHER') };
    small = await startSmallQuerent({
      databases: SHOP,
      change: (parts) => ({
        ...parts,
        store: {
          ...parts.store,
          async changeAccessRules(id, before, after) {
            if (between.times > 0) {
              between.times -= 1;
              await parts.store.saveAccessRules(id, [...(await parts.store.accessRules()), between.rule]);
            }
            return parts.store.changeAccessRules(id, before, after);
          },
        },
      }),
    });
  });
  afterEach(() => small.close());

  const denied = async () =>
    (await small.querent.access.rules('shop')).flatMap(({ effect, to }) =>
      effect === 'deny' && to.kind === 'user' ? [to.id] : [],
    );

  it('are both kept', async () => {
    const { access } = small.querent;
    const changes = await Promise.all(['UA', 'UB'].map((id) => access.change('shop', adding(denyOf(id)), ADMIN)));
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ['changed', 'changed'],
    );
    assert.deepEqual([...(await denied())].sort(), ['UA', 'UB']);
    between.times = 1;
    assert.equal((await access.change('shop', adding(denyOf('UC')), ADMIN)).kind, 'changed');
    assert.deepEqual([...(await denied())].sort(), ['UA', 'UB', 'UC', 'UOTHER']);
  });

  it('are as the other left them where that goes on, and whoever lost is told', async () => {
    between.times = 2;
    const changed = await small.querent.access.change('shop', adding(denyOf('UA')), ADMIN);
    assert.deepEqual(changed, { kind: 'failed', failure: { kind: 'rules-changed', database: 'shop' } });
    assert.deepEqual(await denied(), ['UOTHER', 'UOTHER']);
  });
});

it('lets go of rules that have ended, which granted nothing since', async () => {
  let now = new Date('2026-03-10T12:00:00Z');
  const small = await startSmallQuerent({
    databases: SHOP,
    change: (parts) => ({ ...parts, clock: { ...parts.clock, now: () => now } }),
  });
  try {
    const { access } = small.querent;
    const week: AccessRule = {
      effect: 'grant',
      databaseId: 'shop',
      to: { kind: 'user', id: 'UA' },
      until: '2026-03-17T12:00:00.000Z',
    };
    await access.change('shop', () => [week, denyOf('UB')], ADMIN);
    const readable = async () => (await access.readableBy({ teamId: 'T1', userId: 'UA' }))[0]?.tables.length;
    const answered = async () =>
      (await small.ask('How many refunds are there?', { asker: { teamId: 'T1', userId: 'UA' } })).kind;
    assert.deepEqual([await readable(), await answered()], [1, 'answer']);
    now = new Date('2026-03-17T12:00:00Z');
    assert.deepEqual([await readable(), await answered()], [0, 'failure']);
    assert.equal((await access.rules('shop')).length, 2);
    assert.equal(await access.letGoOfEnded(), 1);
    assert.deepEqual(await access.rules('shop'), [denyOf('UB')]);
  } finally {
    await small.close();
  }
});
