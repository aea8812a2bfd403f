import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { makeGroups } from '#src/pipeline/support/mending/grouping.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf('CREATE TABLE airports (code TEXT PRIMARY KEY, name TEXT)');

describe('figures of groups where none are made', () => {
  it.each([
    [
      'an order by a count',
      'SELECT a.name FROM airports AS a JOIN flights AS f ON f.from_id = a.id ORDER BY COUNT(*) DESC LIMIT 1',
      'SELECT a.name FROM airports AS a JOIN flights AS f ON f.from_id = a.id GROUP BY a.name ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'a condition on a count',
      'SELECT h.name FROM pupils AS h JOIN friends AS f ON f.pupil_id = h.id WHERE h.grade > 5 AND COUNT(f.id) >= 2',
      'SELECT h.name FROM pupils AS h JOIN friends AS f ON f.pupil_id = h.id WHERE h.grade > 5 GROUP BY h.name HAVING COUNT(f.id) >= 2',
    ],
    [
      'a condition on a sum beside groups',
      'SELECT d.name FROM departments AS d JOIN staff AS s ON s.dept_id = d.id WHERE SUM(s.salary) > 0.3 * d.budget GROUP BY d.name',
      'SELECT d.name FROM departments AS d JOIN staff AS s ON s.dept_id = d.id GROUP BY d.name HAVING SUM(s.salary) > 0.3 * d.budget',
    ],
    [
      'what stands beside a count',
      'SELECT status, COUNT(*) FROM tickets',
      'SELECT status, COUNT(*) FROM tickets GROUP BY status',
    ],
    [
      'those of a subquery',
      'SELECT name FROM shops WHERE id IN (SELECT shop_id FROM sales WHERE COUNT(*) > 3 GROUP BY shop_id)',
      'SELECT name FROM shops WHERE id IN (SELECT shop_id FROM sales GROUP BY shop_id HAVING COUNT(*) > 3)',
    ],
  ])('are made: %s', (_, sql, mended) => {
    assert.equal(makeGroups(sql, 'sqlite', catalog), mended);
  });

  it.each([
    ['a figure of all rows', 'SELECT COUNT(*), AVG(price) FROM sales'],
    ['the row that has the greatest value', 'SELECT name, MAX(age) FROM pupils'],
    ['a value that is held against a figure of all', 'SELECT name FROM pupils WHERE age > AVG(age)'],
    ['a figure of a subquery', 'SELECT name FROM pupils WHERE age > (SELECT AVG(age) FROM pupils)'],
    ['a window', 'SELECT name, COUNT(*) OVER (PARTITION BY grade) FROM pupils'],
    ['groups that are made', 'SELECT grade, COUNT(*) FROM pupils GROUP BY grade HAVING COUNT(*) > 2'],
    ['rows of which each is a group', 'SELECT code FROM airports ORDER BY COUNT(*) DESC LIMIT 1'],
    ['what cannot be read', 'SELECT name FROM ORDER BY COUNT(*)'],
  ])('are not made for %s', (_, sql) => {
    assert.equal(makeGroups(sql, 'sqlite', catalog), undefined);
  });
});
