import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { fail, ok } from '#src/domain/result.ts';
import { chooseNode } from '#src/learnat/choose-node.ts';
import { goldSteps } from '#src/learnat/gold-steps.ts';
import { oracle } from '#src/learnat/oracle.ts';
import { firstRight, unguided } from '#src/learnat/other-arms.ts';
import { goalOf } from '#src/learnat/reward.ts';
import { type Proposer, SEARCH_SETTINGS, type SearchTask, search } from '#src/learnat/search.ts';
import { type SearchNode, type StepText, solutionOf, treeText } from '#src/learnat/search-tree.ts';
import { stepPairs } from '#src/learnat/step-pairs.ts';
import { syntaxTree } from '#src/learnat/syntax-tree.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const shop = catalogOf(SHOP);
const GOLD = "SELECT title FROM products WHERE color = 'red' AND price > (SELECT AVG(price) FROM products)";
const AVERAGE = 'SELECT AVG(price) FROM products';
const RED = "SELECT title FROM products WHERE color = 'red'";
const BLUE = "SELECT title FROM products WHERE color = 'blue'";

const read = (sql: string) => {
  const tree = syntaxTree(sql, 'sqlite', shop);
  return tree.ok ? tree.value : undefined;
};
const task: SearchTask = { goal: goalOf(read(GOLD)!), read, isRight: async () => true };

/** Proposes what a script says after a path; every other path leads nowhere. */
function scripted(script: Readonly<Record<string, readonly string[]>>): Proposer & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    next(path, most) {
      const key = path.map(({ sql }) => sql).join(' → ');
      asked.push(key);
      const steps = (script[key] ?? []).slice(0, most).map((sql) => ({ question: `What is ${sql}?`, sql }));
      return Promise.resolve(ok({ steps, calls: most, tokens: 10 * most }));
    },
  };
}

const searched = async (proposer: Proposer, settings = SEARCH_SETTINGS) => {
  const found = await search(task, proposer, settings);
  assert.ok(found.ok);
  return found.value;
};
const sqlOf = (path: readonly StepText[] | undefined) => path?.map(({ sql }) => sql);

describe('a search', () => {
  const script = { '': [AVERAGE, BLUE, GOLD], [AVERAGE]: [AVERAGE, RED], [`${AVERAGE} → ${RED}`]: [GOLD] };

  it('finds the known decomposition within its budget', async () => {
    const tree = await searched(scripted(script));
    assert.deepEqual(sqlOf(solutionOf(tree)), [AVERAGE, RED, GOLD]);
    assert.ok(tree.calls <= SEARCH_SETTINGS.calls);
    assert.equal(tree.tokens, 10 * tree.calls);
  });

  it('never goes on from a step that adds nothing or is no part', async () => {
    const proposer = scripted(script);
    const tree = await searched(proposer);
    const kinds = Object.fromEntries(tree.nodes.map(({ sql, parent, kind }) => [`${parent}: ${sql}`, kind]));
    assert.equal(kinds[`0: ${BLUE}`], 'invalid');
    assert.equal(kinds[`1: ${AVERAGE}`], 'redundant');
    assert.ok(!proposer.asked.some((path) => path.includes(BLUE)));
    assert.ok(!proposer.asked.includes(`${AVERAGE} → ${AVERAGE}`));
  });

  it('takes the whole at once for no decomposition', async () => {
    const tree = await searched(scripted({ '': [GOLD] }));
    assert.equal(solutionOf(tree), undefined);
    assert.equal(tree.nodes[1]?.why, 'the whole at once');
  });

  it('takes the whole with other rows for none either', async () => {
    const found = await search({ ...task, isRight: async () => false }, scripted(script), SEARCH_SETTINGS);
    assert.ok(found.ok);
    assert.equal(solutionOf(found.value), undefined);
    assert.ok(found.value.nodes.some(({ why }) => why === 'other rows'));
  });

  it('asks for no more replies than it may', async () => {
    const tree = await searched(scripted(script), { ...SEARCH_SETTINGS, calls: 4 });
    assert.equal(tree.calls, 4);
  });

  it('ends with the failure of what proposes', async () => {
    const found = await search(task, { next: async () => fail({ kind: 'cancelled' }) }, SEARCH_SETTINGS);
    assert.deepEqual(found, { ok: false, failure: { kind: 'cancelled' } });
  });

  it('is printed a node a line, the solution marked', async () => {
    const text = treeText(await searched(scripted(script)));
    assert.match(text, /^root {2}asked \d+/);
    assert.match(text, /\* progress {2}R 0\.\d{3}/);
    assert.match(text, /\* the whole query {2}R 1\.000/);
    assert.match(text, /invalid \(no part of the query\) {2}R 0\.000/);
  });
});

describe('pairs of siblings', () => {
  const script = {
    '': [AVERAGE, BLUE, 'SELECT nothing FROM nowhere'],
    [AVERAGE]: [AVERAGE, RED],
    [`${AVERAGE} → ${RED}`]: [GOLD],
  };
  const rows = (sql: string) => Promise.resolve(sql.includes('nowhere') ? undefined : sql);

  it('are the step of the solution against what is worth less, with the margin of their rewards', async () => {
    const pairs = await stepPairs(await searched(scripted(script)), rows);
    const [first] = pairs;
    assert.ok(first);
    assert.deepEqual([first.before, first.chosen.sql, first.rejected.sql], [[], AVERAGE, BLUE]);
    assert.equal(first.margin, first.chosen.reward - first.rejected.reward);
    assert.match(first.chosen.text, /^Sub-question 1: .*\n```sql\nSELECT AVG/);
    const second = pairs.find(({ before }) => before.length === 1);
    assert.deepEqual([second?.chosen.sql, second?.rejected.sql, second?.rejected.kind], [RED, AVERAGE, 'redundant']);
  });

  it('prefer what runs, and leave out what gives the same rows', async () => {
    const tree = await searched(scripted(script));
    const first = (await stepPairs(tree, rows))
      .filter(({ before }) => !before.length)
      .map(({ rejected }) => rejected.sql);
    assert.deepEqual(first, [BLUE, 'SELECT nothing FROM nowhere']);
    const same = await stepPairs(tree, async () => 'the same');
    assert.deepEqual(same, []);
  });
});

describe('the oracle', () => {
  it('leads the whole chain to an end for every query, and says what it is', async () => {
    const tree = await searched(oracle(goldSteps(GOLD, 'sqlite', shop)));
    const solution = solutionOf(tree);
    assert.ok(solution && solution.length > 1);
    assert.equal(solution.at(-1)?.sql, GOLD);
    assert.ok(tree.nodes.slice(1).every(({ question }) => question.startsWith('oracle: ')));
    assert.deepEqual(
      new Set(tree.nodes.slice(1).map(({ kind }) => kind)),
      new Set(['progress', 'redundant', 'invalid']),
    );
  });
});

describe('a search that nothing guides', () => {
  it('spends the same budget and is judged when it is over', async () => {
    const script = { '': [AVERAGE, BLUE], [AVERAGE]: [RED], [`${AVERAGE} → ${RED}`]: [GOLD], [BLUE]: [GOLD] };
    const attempt = await unguided(GOLD, scripted(script), { ...SEARCH_SETTINGS, width: 2, calls: 8 }, () => 0);
    assert.ok(attempt.ok);
    assert.equal(attempt.value.calls, 8);
    assert.deepEqual(sqlOf(await firstRight(attempt.value.paths, task)), [AVERAGE, RED, GOLD]);
  });

  it.each([
    ['one step', [GOLD]],
    ['a step that is no part', [BLUE, GOLD]],
    ['an end that is not the query', [AVERAGE, RED]],
    ['the query before its end', [GOLD, GOLD]],
  ])('takes %s for no decomposition', async (_, path) => {
    const steps = path.map((sql) => ({ question: '', sql }));
    assert.equal(await firstRight([steps], task), undefined);
  });
});

describe('which node is asked next', () => {
  const node = (id: number, more: Partial<SearchNode>): SearchNode => ({
    id,
    depth: 1,
    question: '',
    sql: '',
    kind: 'progress',
    reward: 0.5,
    visits: 0,
    mean: 0,
    asked: 0,
    isEnd: false,
    ...more,
  });
  const root = node(0, { depth: 0, kind: 'root', visits: 5, asked: 1 });

  it('is a child that nobody asked before one that was', () => {
    const nodes = [root, node(1, { parent: 0, visits: 4, mean: 0.9, asked: 1 }), node(2, { parent: 0, reward: 0.2 })];
    assert.equal(chooseNode(nodes, 6)?.id, 2);
  });

  it('weighs what was reached against how seldom it was tried', () => {
    const often = node(1, { parent: 0, visits: 40, mean: 0.6, asked: 1 });
    const seldom = node(2, { parent: 0, visits: 1, mean: 0.5, asked: 1 });
    assert.equal(chooseNode([{ ...root, visits: 41 }, often, seldom], 6)?.id, 2);
  });

  it('is the parent again where nothing is left below, and nobody when it was asked three times', () => {
    const spent = node(1, { parent: 0, kind: 'invalid' });
    assert.equal(chooseNode([root, spent], 6)?.id, 0);
    assert.equal(chooseNode([{ ...root, asked: 3 }, spent], 6), undefined);
  });

  it('is none as deep as a path may be', () => {
    assert.equal(chooseNode([{ ...root, asked: 3 }, node(1, { parent: 0 })], 1), undefined);
  });
});
