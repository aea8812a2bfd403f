import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { lackPoints, unexplained } from '#src/pipeline/support/unexplained.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);
const read = (question: string, taught?: readonly string[]) => unexplained(question, catalog, taught);

describe('words that nothing of a database stands for', () => {
  it.each([
    ['How many orders does each customer have?', []],
    ['Which products cost more than the Spade?', []],
    ['How many customres joined in 2024?', []],
    ['Which customers ordered a voucher?', ['voucher']],
    ['Sorry to bother, I am preparing a meeting: which orders were shipped?', []],
    ['What is the revenue by country?', []],
    ['Which women ordered a voucher?', ['women', 'voucher']],
    ['What is the weight of each product, and which supplier sent it?', ['weight', 'supplier']],
  ])('%s', (question, things) => assert.deepEqual(read(question).things, things));

  it('are none of those within names that tell nowhere where their words end', () => {
    const broker = catalogOf('CREATE TABLE sbdailyprice (sbdpid INTEGER, sbdpclose REAL, epochms INTEGER)');
    assert.deepEqual(unexplained('What was the lowest price per daily close of a weight?', broker).things, ['weight']);
  });

  it('are none of those for men and women where a column says which is which', () => {
    const people = catalogOf('CREATE TABLE people (id INTEGER, gender TEXT); INSERT INTO people VALUES (1, 2)');
    assert.deepEqual(unexplained('How many women are there?', people).things, []);
  });

  it('are told apart: quoted texts and names, verbs that say how two things belong together, things', () => {
    const { things, names, relations } = read('Which museum exhibited "Guernica" and was directed by Pablo?');
    assert.deepEqual(things, ['museum']);
    assert.deepEqual(names, ['Guernica', 'Pablo']);
    assert.deepEqual(relations, ['exhibited', 'directed']);
  });

  it('are none of those that a hint or an earlier answer explains', () => {
    assert.deepEqual(read('What is the churn by country?').things, ['churn']);
    assert.deepEqual(read('What is the churn by country?', ['Churn: customers without an order']).things, []);
  });

  it.each([
    ['How does photosynthesis work?', true],
    ['Why is the sky blue?', true],
    ['What should I give to a customer who complains?', true],
    ['How do prices vary by color?', false],
    ['How many orders were shipped?', false],
    ['Can you show the customers of Norway?', false],
  ])('or it asks for an explanation: %s', (question, open) => assert.equal(read(question).open, open));
});

describe('how much speaks for a question that cannot be answered', () => {
  it('is nothing where all that it asks for has a name, however it is put', () => {
    assert.equal(lackPoints(read('Show the names of customers that have shipped orders')), Number.NEGATIVE_INFINITY);
  });

  it('rises with every thing without a name and falls with every one that has one', () => {
    const points = (question: string) => lackPoints(read(question));
    assert.ok(points('Which vouchers and coupons are there?') > points('Which vouchers are there?'));
    assert.ok(points('Which vouchers are there?') > points('Which vouchers do customers have?'));
    assert.ok(points('Which vouchers do customers have?') > points('Which vouchers do customers have by country?'));
  });

  it('is as great for a long question as for one with three things', () => {
    assert.equal(
      lackPoints(read('Name a planet, a comet and a galaxy')),
      lackPoints(read('Name a planet, a comet, a galaxy, a nebula and a quasar')),
    );
  });
});
