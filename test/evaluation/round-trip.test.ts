import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explain } from '#src/edl/explain.ts';
import { mutants } from '#src/evaluation/mutants.ts';
import { judgeWithoutData, roundTrip } from '#src/evaluation/round-trip.ts';
import { library } from '#test/edl/library.ts';
import { succeeded } from '#test/support/edl-result.ts';

const sql =
  "SELECT DISTINCT a.name, COUNT(b.title) FROM author AS a JOIN book AS b ON b.author_id = a.id WHERE b.kind = 'novel' AND b.pages > 300 AND a.country NOT IN ('Peru') GROUP BY a.name HAVING COUNT(*) >= 2 ORDER BY a.name LIMIT 3";

describe('mutants', () => {
  const made = mutants(sql, library);

  it('change one thing each, of every kind', () => {
    assert.deepEqual([...new Set(made.map(({ kind }) => kind))].sort(), [
      'aggregate',
      'column',
      'direction',
      'distinct',
      'join',
      'limit',
      'literal',
      'negation',
      'operator',
    ]);
    assert.equal(new Set(made.map((mutant) => mutant.sql)).size, made.length);
    for (const mutant of made) assert.notEqual(mutant.sql, sql);
  });

  it('change the explanation', () => {
    const original = succeeded(explain(sql, 'sqlite', library)).text;
    for (const mutant of made) {
      assert.notEqual(succeeded(explain(mutant.sql, 'sqlite', library)).text, original, mutant.sql);
    }
  });
});

describe('two statements without data', () => {
  const { query } = succeeded(explain(sql, 'sqlite', library));
  const judged = (again: string) => judgeWithoutData(sql, again, query, library);

  it('are the same by bytecode when only names differ', () => {
    assert.equal(judged(sql.replaceAll('b.', 'x.').replace('AS b', 'AS x')), 'same-bytecode');
  });

  const plain = "SELECT title, pages FROM book WHERE pages > 300 AND kind = 'novel' ORDER BY pages LIMIT 30";
  const read = succeeded(explain(plain, 'sqlite', library)).query;

  it('are the same by seeded rows when the program differs and the rows do not', () => {
    const again = plain.replace('pages > 300', '(pages > 300 OR pages > 301)');
    assert.equal(judgeWithoutData(plain, again, read, library), 'same-seeded');
  });

  it.each(
    mutants(plain, library).filter(({ kind }) => kind === 'literal' || kind === 'operator' || kind === 'direction'),
  )('are told apart by seeded rows: $kind $sql', ({ sql: changed }) => {
    assert.equal(judgeWithoutData(plain, changed, read, library), 'different');
  });

  it('are undecided when no seed gives a row', () => {
    const empty = 'SELECT title FROM book WHERE pages > 3 AND pages < 2';
    const trip = roundTrip(empty, library);
    assert.equal(judgeWithoutData(empty, 'SELECT title FROM book WHERE 1 = 0', trip.query!, library), 'undecided');
  });

  it('are not judged when the first does not compile', () => {
    assert.equal(judgeWithoutData('SELECT nothing FROM book', sql, query, library), undefined);
  });
});
