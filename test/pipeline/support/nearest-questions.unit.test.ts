import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { nearestQuestions, recognised, shorterQuestions } from '#src/pipeline/support/nearest-questions.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';
import { asked } from '#test/support/question.ts';

const catalog = catalogOf(`${SHOP} CREATE TABLE empties (id INTEGER PRIMARY KEY, color TEXT);`);
const { calendar } = asked('');
const near = (text: string) => nearestQuestions(text, { catalog, ranked: [] }, calendar);

describe('near questions', () => {
  it('are about the table and column that was named, and each is planned over it alone', () => {
    const found = near('why do so many products have no color at night?');
    assert.equal(found[0]?.text, 'How many products are there by color?');
    for (const { text, planned } of found) {
      assert.equal(plan({ question: text, catalog, ranked: [], ...calendar }).kind, 'planned', text);
      assert.equal(planned.tables.length, 1, text);
    }
  });

  it('are of no table that has no rows', () => {
    assert.deepEqual(
      near('how many empties by color').filter(({ planned }) => planned.tables.includes('empties')),
      [],
    );
  });

  it('share nothing with what names nothing', () => {
    assert.ok(near('what is the weather like?').every(({ shares }) => shares === 0));
  });

  it('count by month what happens, and not the things that it happens to', () => {
    const texts = near('orders and customers').map(({ text }) => text);
    assert.ok(texts.includes('How many orders are there per month?'), texts.join(' '));
    assert.ok(!texts.includes('How many customers are there per month?'), texts.join(' '));
  });
});

it('what a text names of a catalog is told with its words', () => {
  const { namesTable, said } = recognised('orders of robots in Norway', catalog);
  assert.equal(namesTable, true);
  assert.deepEqual(said, ['“orders” (the table orders)', '“Norway” (a value of customers.country)']);
  assert.equal(recognised('the weather of robots', catalog).words.size, 0);
});

describe('a shorter question', () => {
  it('leaves out the clauses that hold what was not understood', () => {
    assert.deepEqual(shorterQuestions('how many orders came in 2025 because of robots?', ['robots']), [
      'How many orders came in 2025?',
    ]);
  });
  it('keeps what it is asked about', () => {
    assert.deepEqual(shorterQuestions('orders in Norway by robots', ['robots']), ['Orders in Norway']);
    assert.deepEqual(shorterQuestions('how many robots in Norway', ['robots']), []);
    assert.deepEqual(shorterQuestions('refunds by robots', ['robots']), []);
  });
  it('is none of a ranking without what it is ranked by', () => {
    assert.deepEqual(shorterQuestions('top 5 customers by lifetime value', ['lifetime']), []);
  });
});
