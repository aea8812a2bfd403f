import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explain } from '#src/edl/explain.ts';
import { editsBetween, type TreeNode, treeDistance, treeSimilarity } from '#src/sql/distance.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from '../edl/library.ts';

const query = (sql: string) => succeeded(explain(sql, 'sqlite', library)).query;
const distance = (left: string, right: string) => treeDistance(query(left), query(right));

/** `a(b c(d))` as a tree. */
function tree(text: string): TreeNode {
  const tokens = text.match(/\w+|[()]/g)!;
  let at = 0;
  const read = (): TreeNode => {
    const label = tokens[at++]!;
    const children: TreeNode[] = [];
    if (tokens[at] === '(') {
      at += 1;
      while (tokens[at] !== ')') children.push(read());
      at += 1;
    }
    return { label, children };
  };
  return read();
}

describe('the edits between two trees', () => {
  it.each([
    ['a', 'a', 0],
    ['a', 'b', 1],
    ['a(b)', 'a', 1],
    ['a(b c)', 'a(c b)', 2],
    // The example of Zhang and Shasha (1989): one node deleted, one inserted.
    ['f(d(a c(b)) e)', 'f(c(d(a b)) e)', 2],
    ['a(b(c(d)))', 'a(d)', 2],
    ['a(b c d)', 'x(b y d)', 2],
  ])('%s and %s: %i', (left, right, edits) => {
    assert.equal(editsBetween(tree(left), tree(right)), edits);
    assert.equal(editsBetween(tree(right), tree(left)), edits);
  });
});

describe('the distance of two queries', () => {
  const base =
    "SELECT b.title FROM book b JOIN author a ON a.id = b.author_id WHERE a.country = 'Chile' AND b.pages > 100";

  it.each([
    ['aliases', base.replaceAll('b.', 'x.').replace('book b', 'book AS x')],
    ['letter case', base.replace('b.title', 'B.TITLE').replace('FROM book', 'from BOOK')],
    [
      'the order of AND',
      "SELECT b.title FROM book b JOIN author a ON a.id = b.author_id WHERE b.pages > 100 AND a.country = 'Chile'",
    ],
    ['the sides of an equality', base.replace('a.id = b.author_id', 'b.author_id = a.id')],
    ['the direction of a comparison', base.replace('b.pages > 100', '100 < b.pages')],
    ['names of results', base.replace('b.title', 'b.title AS name')],
  ])('is blind to %s', (_, sql) => {
    assert.equal(distance(base, sql), 0);
    assert.equal(treeSimilarity(query(base), query(sql)), 1);
  });

  it.each([
    ["'Chile'", "'Peru'", 1],
    ['b.pages > 100', 'b.pages >= 100', 1],
    ['b.title', 'b.kind', 1],
    ['b.title', 'COUNT(b.title)', 1],
    ['SELECT b', 'SELECT DISTINCT b', 1],
    ['JOIN author', 'LEFT JOIN author', 1],
  ])('counts one for %s becoming %s', (from, to, edits) => {
    assert.equal(distance(base, base.replace(from, to)), edits);
  });

  it('is a metric on a handful of queries', () => {
    const queries = [
      base,
      'SELECT title FROM book',
      'SELECT kind, COUNT(*) FROM book GROUP BY kind HAVING COUNT(*) > 1 ORDER BY 2 DESC LIMIT 3',
      'SELECT name FROM author WHERE id IN (SELECT author_id FROM book)',
      'SELECT name FROM author UNION SELECT title FROM book',
    ].map(query);
    for (const a of queries) {
      assert.equal(treeDistance(a, a), 0);
      for (const b of queries) {
        assert.equal(treeDistance(a, b), treeDistance(b, a));
        assert.equal(treeDistance(a, b) === 0, a === b);
        const similarity = treeSimilarity(a, b);
        assert.ok(similarity >= 0 && similarity <= 1);
        for (const c of queries) assert.ok(treeDistance(a, c) <= treeDistance(a, b) + treeDistance(b, c));
      }
    }
  });
});
