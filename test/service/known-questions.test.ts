import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const ORDERS = 'CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, channel TEXT)';
const DATABASES = { east: ORDERS, north: ORDERS, south: ORDERS };
const ASKER = { teamId: 'T1', userId: 'UA' };
const QUESTION = 'How many orders are there by status?';

const pairOf = (databaseId: string, column = 'status'): ExploredPair => ({
  id: `${databaseId}-1`,
  db_id: databaseId,
  question: `Show the number of orders for each ${column}.`,
  evidence: '',
  sql: `SELECT ${column}, COUNT(*) FROM orders GROUP BY ${column}`,
  edl: '#1. …',
  difficulty: 'simple',
  tables: ['orders'],
  columns: [`orders.${column}`],
  mechanism: 'structural',
  generation: 0,
  dialect: 'sqlite',
  result_rows: 1,
  exec_ms: 0.5,
  checks: ['executed'],
});

type Small = Awaited<ReturnType<typeof startSmallQuerent>>;

/** Of whom a question would be asked, and why, as they are told. */
async function found({ querent }: Small, asker: typeof ASKER = ASKER) {
  const slice = await querent.find({ text: QUESTION, asker, place: { kind: 'terminal' } }, { limit: 10 }, never);
  assert.ok(slice.ok);
  return slice.value.databases.map(({ databaseId, score, probability, evidence }) => {
    const kinds = evidence.flatMap(({ kind, term, target }) =>
      kind.endsWith('-question') ? [`${kind}: ${term}: ${target}`] : [],
    );
    return { databaseId, score, probability, kinds };
  });
}

async function withSmall(work: (small: Small) => Promise<void>, environment: Readonly<Record<string, string>> = {}) {
  const small = await startSmallQuerent({ databases: DATABASES, environment });
  try {
    await work(small);
  } finally {
    await small.close();
  }
}

const keep = ({ parts }: Small, ...pairs: readonly ExploredPair[]) =>
  Promise.all(pairs.map((pair) => parts.store.saveExplored(pair.db_id, [pair])));

const SAID = 'explored-question: orders status: orders';

describe('what was explored of a database', () => {
  it('makes it likelier for questions like it, says so, and counts as soon as it is written', () =>
    withSmall(async (small) => {
      const before = await found(small);
      await keep(small, pairOf('south'), pairOf('north', 'channel'), pairOf('east', 'channel'));
      const [first, ...others] = await found(small);
      assert.deepEqual([first?.databaseId, first?.kinds], ['south', [SAID]]);
      assert.ok(others.every(({ score }) => score <= first!.score));
      for (const id of Object.keys(DATABASES)) await small.parts.store.saveExplored(id, []);
      assert.deepEqual(await found(small), before);
    }));

  it('changes nothing for whoever may not see the database', () =>
    withSmall(async (small) => {
      const deny: AccessRule = { effect: 'deny', databaseId: 'south', to: { kind: 'user', id: ASKER.userId } };
      await small.querent.access.change('south', (rules) => [...rules, deny], OPERATOR);
      await keep(small, pairOf('north', 'channel'), pairOf('east'));
      const before = await found(small);
      assert.deepEqual(before[0]?.databaseId, 'east');
      await keep(small, pairOf('south'));
      assert.deepEqual(await found(small), before);
      assert.ok((await found(small, OPERATOR)).some(({ databaseId, kinds }) => databaseId === 'south' && kinds.length));
    }));

  it('changes nothing for whoever may not see what its query reads', () =>
    withSmall(async (small) => {
      const hide: AccessRule = {
        effect: 'deny',
        databaseId: 'south',
        to: { kind: 'user', id: ASKER.userId },
        hide: { orders: ['status'] },
      };
      await small.querent.access.change('south', (rules) => [...rules, hide], OPERATOR);
      const before = await found(small);
      await keep(small, pairOf('south'));
      assert.deepEqual(await found(small), before);
    }));

  it('is not looked at where the settings say so', () =>
    withSmall(
      async (small) => {
        const before = await found(small);
        await keep(small, pairOf('south'));
        assert.deepEqual(await found(small), before);
      },
      { QUERENT_KNOWN_QUESTIONS: 'none' },
    ));

  it('says nothing any more of a column that is gone', () =>
    withSmall(async (small) => {
      const before = await found(small);
      await keep(small, pairOf('south', 'discount'));
      assert.deepEqual(await found(small), before);
    }));
});
