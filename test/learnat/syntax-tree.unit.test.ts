import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { syntaxTree } from '#src/learnat/syntax-tree.ts';
import { isPart, treeParts } from '#src/learnat/tree-parts.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';
import { succeeded } from '#test/support/edl-result.ts';

const shop = catalogOf(SHOP);
const tree = (sql: string) => succeeded(syntaxTree(sql, 'sqlite', shop));
const part = (step: string, whole: string) => isPart(treeParts(tree(step)), treeParts(tree(whole)));

describe('what is written otherwise has the same tree', () => {
  it.each([
    ['an alias', 'SELECT c.name FROM customers AS c', 'SELECT name FROM customers'],
    ['letter case', 'SELECT NAME FROM Customers', 'SELECT name FROM customers'],
    ['quotes around a name', 'SELECT "name" FROM "customers"', 'SELECT name FROM customers'],
    ['<> and !=', "SELECT id FROM orders WHERE status != 'placed'", "SELECT id FROM orders WHERE status <> 'placed'"],
    [
      'the order of conditions',
      "SELECT id FROM orders WHERE status = 'placed' AND amount > 5",
      "SELECT id FROM orders WHERE amount > 5 AND status = 'placed'",
    ],
    ['the sides of a comparison', 'SELECT id FROM orders WHERE amount > 5', 'SELECT id FROM orders WHERE 5 < amount'],
    ['the name of a result', 'SELECT COUNT(*) AS n FROM orders', 'SELECT COUNT(*) FROM orders'],
    [
      'a comma for a join',
      'SELECT c.name FROM customers c, orders o WHERE o.customer_id = c.id',
      'SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id',
    ],
    [
      'a WITH that is used once',
      "WITH late AS (SELECT customer_id FROM orders WHERE status = 'placed') SELECT customer_id FROM late",
      "SELECT customer_id FROM (SELECT customer_id FROM orders WHERE status = 'placed') AS x",
    ],
    [
      'BETWEEN',
      'SELECT id FROM orders WHERE amount BETWEEN 1 AND 5',
      'SELECT id FROM orders WHERE amount >= 1 AND amount <= 5',
    ],
    [
      'NOT before a comparison',
      'SELECT id FROM orders WHERE NOT amount > 5',
      'SELECT id FROM orders WHERE amount <= 5',
    ],
    [
      'an alias that is sorted by',
      'SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC',
      'SELECT status, COUNT(*) FROM orders GROUP BY 1 ORDER BY COUNT(*) DESC',
    ],
  ])('%s', (_, one, other) => assert.deepEqual(tree(one), tree(other)));
});

describe('what asks for something else has another tree', () => {
  it.each([
    ['another column', 'SELECT name FROM customers', 'SELECT country FROM customers'],
    ['another table', 'SELECT id FROM customers', 'SELECT id FROM orders'],
    ['a bound that is within', 'SELECT id FROM orders WHERE amount > 5', 'SELECT id FROM orders WHERE amount >= 5'],
    [
      'sides that do not change places',
      'SELECT id FROM orders WHERE amount > 5',
      'SELECT id FROM orders WHERE 5 > amount',
    ],
    [
      'OR for AND',
      'SELECT id FROM orders WHERE amount > 5 AND id > 1',
      'SELECT id FROM orders WHERE amount > 5 OR id > 1',
    ],
    ['DISTINCT', 'SELECT country FROM customers', 'SELECT DISTINCT country FROM customers'],
    ['what is counted', 'SELECT COUNT(*) FROM orders', 'SELECT COUNT(amount) FROM orders'],
    ['each once', 'SELECT COUNT(status) FROM orders', 'SELECT COUNT(DISTINCT status) FROM orders'],
    ['the direction', 'SELECT id FROM orders ORDER BY amount', 'SELECT id FROM orders ORDER BY amount DESC'],
    [
      'values that change columns',
      "SELECT id FROM customers WHERE name = 'Ada' AND country = 'Chile'",
      "SELECT id FROM customers WHERE name = 'Chile' AND country = 'Ada'",
    ],
    [
      'a join that keeps all',
      'SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id',
      'SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id',
    ],
    [
      'what is taken from what',
      'SELECT id FROM customers EXCEPT SELECT customer_id FROM orders',
      'SELECT customer_id FROM orders EXCEPT SELECT id FROM customers',
    ],
  ])('%s', (_, one, other) => assert.notDeepEqual(tree(one), tree(other)));
});

describe('a step is a part of a query', () => {
  const whole =
    "SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.country = 'Norway' AND o.amount > (SELECT AVG(amount) FROM orders)";

  it.each([
    ['the inner query', 'SELECT AVG(amount) FROM orders', true],
    ['one of its conditions', "SELECT name FROM customers WHERE country = 'Norway'", true],
    ['its join', 'SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id', true],
    ['itself', whole, true],
    ['another aggregate', 'SELECT MAX(amount) FROM orders', false],
    ['a condition on another value', "SELECT name FROM customers WHERE country = 'Chile'", false],
    ['something more', 'SELECT name, country FROM customers', false],
  ])('%s: %s', (_, step, is) => assert.equal(part(step, whole), is));

  it('counts what stands there twice', () => {
    const twice = 'SELECT name FROM customers WHERE id IN (SELECT id FROM customers)';
    assert.equal(part(twice, 'SELECT name FROM customers WHERE id > 1'), false);
  });
});

it('says what is no single SELECT', () => {
  const read = syntaxTree('DELETE FROM orders', 'sqlite', shop);
  assert.equal(read.ok ? 'read' : read.problems[0].code, 'S_NOT_SELECT');
});
