import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { goldSteps } from '#src/learnat/gold-steps.ts';
import { covered, goalOf, kindOf, reward } from '#src/learnat/reward.ts';
import { syntaxTree } from '#src/learnat/syntax-tree.ts';
import { isPart, NO_PARTS, shared, sizeOf, together, treeParts } from '#src/learnat/tree-parts.ts';
import { editsBetween } from '#src/sql/distance.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';
import { succeeded } from '#test/support/edl-result.ts';

const shop = catalogOf(SHOP);
const tree = (sql: string) => succeeded(syntaxTree(sql, 'sqlite', shop));

const QUERIES = [
  "SELECT title FROM products WHERE color = 'red' AND price > (SELECT AVG(price) FROM products)",
  'SELECT c.country, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.amount > 5 GROUP BY c.country HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC LIMIT 3',
  "SELECT name FROM customers WHERE country = 'Norway' EXCEPT SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id",
  'SELECT name, country, joined_on, id FROM customers',
  "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'shipped' INTERSECT SELECT customer_id FROM orders WHERE status = 'placed')",
];

describe.each(QUERIES)('%s', (sql) => {
  const goal = goalOf(tree(sql));
  const steps = goldSteps(sql, 'sqlite', shop);
  const states = steps.map((_, at) =>
    steps.slice(0, at + 1).reduce((sum, one) => together(sum, treeParts(tree(one))), NO_PARTS),
  );

  it('is taken apart into proper parts, each of which adds something, and is the last itself', () => {
    assert.ok(steps.length > 1);
    assert.equal(steps.at(-1), sql);
    for (const [at, step] of steps.entries()) {
      const parts = treeParts(tree(step));
      assert.equal(kindOf(parts, states[at - 1] ?? NO_PARTS, goal), 'progress');
      assert.equal(isPart(goal.parts, parts), at === steps.length - 1, step);
    }
  });

  it('is worth more with every step, and 1 at the end', () => {
    const rewards = states.map((state) => reward(state, goal));
    assert.deepEqual(
      rewards,
      [...new Set(rewards)].toSorted((a, b) => a - b),
    );
    assert.equal(rewards.at(-1), 1);
    assert.ok(rewards[0]! > 0);
  });

  it('is worth what the edit distance of Zhang and Shasha says', () => {
    const size = sizeOf(goal.parts);
    for (const state of states) {
      const kept = covered(state, goal.tree);
      assert.ok(kept);
      const structure = 1 - editsBetween(kept, goal.tree) / size;
      const expected = (0.7 * shared(state, goal.parts)) / size + 0.3 * structure;
      assert.ok(Math.abs(reward(state, goal) - expected) < 1e-12);
    }
  });

  it('knows a step that was taken, and one that is none', () => {
    const first = treeParts(tree(steps[0]!));
    assert.equal(kindOf(first, states[0]!, goal), 'redundant');
    assert.equal(kindOf(treeParts(tree('SELECT MIN(price) FROM products')), NO_PARTS, goal), 'invalid');
  });
});

it('is worth nothing before the first step', () => {
  assert.equal(reward(NO_PARTS, goalOf(tree('SELECT name FROM customers'))), 0);
});

it('leaves a query alone that nothing smaller stands in', () => {
  assert.deepEqual(goldSteps('SELECT name FROM customers', 'sqlite', shop), ['SELECT name FROM customers']);
});

it('leaves no step that names what only the query around it has', () => {
  const sql =
    'SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.amount > 5)';
  const steps = goldSteps(sql, 'sqlite', shop).slice(0, -1);
  assert.ok(steps.length);
  for (const step of steps) assert.deepEqual(resolve(succeeded(parseSql(step, 'sqlite')), 'sqlite', shop).problems, []);
});
