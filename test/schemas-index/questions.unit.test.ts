import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { TableGroup } from '#schemas-index/index/schema-index.ts';
import { indexWords } from '#schemas-index/index/schema-index.ts';
import { memoryQuestions } from '#schemas-index/questions/memory-questions.ts';
import { nearnessLogits, nearnessOf } from '#schemas-index/retrieve/score-questions.ts';
import { known, questionIndexContract } from '#test/contracts/question-index.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

questionIndexContract({ name: 'memory', open: memoryQuestions });

describe('nearness', () => {
  const { databases } = indexWords([
    bareCatalog('sales', ['orders: id, status', 'customers: id, country']),
    bareCatalog('fleet', ['vehicles: id, plate']),
  ]);
  const [sales, fleet] = databases.map((database): TableGroup => ({ database, tables: database.tables }));
  const nearest = (similarity: number, count: number) =>
    Array.from({ length: count }, () => ({ question: known('sales', 'List all orders.'), similarity }));

  it('rises with how many of the questions are near, and not with how many there are', () => {
    const of = (count: number, all: number) =>
      nearnessOf([{ databaseId: 'sales', known: all, nearest: nearest(0.8, count) }])(sales!)!;
    assert.ok(of(40, 200) > of(20, 200));
    assert.ok(Math.abs(of(200, 2_000) - of(20, 200)) < 0.01);
  });

  it('of a part of a database counts the questions about its tables', () => {
    const near = nearnessOf([{ databaseId: 'sales', known: 2, nearest: nearest(0.8, 1) }]);
    const part = (name: string) => ({ ...sales!, tables: sales!.tables.filter(({ table }) => table.name === name) });
    assert.ok(near(part('orders'))! > near(part('customers'))!);
    assert.equal(near(part('customers')), 0);
  });

  it('leaves a database without known questions where it stood against the first', () => {
    const near = nearnessOf([{ databaseId: 'sales', known: 2, nearest: nearest(0.8, 1) }]);
    const scored = [
      { group: sales!, logit: 9 },
      { group: fleet!, logit: 8 },
    ];
    const [first, second] = nearnessLogits(scored, near);
    assert.ok(first! > 0);
    assert.equal(first, second);
  });
});
