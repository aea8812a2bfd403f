import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { isQuestion, keepsSaid, lackingIn, namesColumn, saysNumbers } from '#src/explore/model/keeps-said.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { catalogOf, SHOP } from '../support/catalogs.ts';

const catalog = catalogOf(SHOP);

describe('other words for a question', () => {
  it.each([
    ['List the names whose country is “Norway”.', 'Who lives in norway?', true],
    ['List the names whose country is “Norway”.', 'Who lives up north?', false],
    ['Which cost more than 1,000?', 'What is dearer than 1000?', true],
    ['Show the first 3 of them.', 'Which three come first?', true],
    ['Show the first 3 of them.', 'Which come first?', false],
    ['Which are of March 2024?', 'What came in 2024?', false],
    ['Which are of March 2024?', 'What came in March 2024?', true],
  ] as const)('“%s” as “%s” keep its values: %s', (before, after, keeps) =>
    assert.equal(keepsSaid(before, after), keeps),
  );

  it.each([
    ['Which customer_id is the highest?', true],
    ['Which orderDate is the latest?', false], // no name of this schema
    ['What is the order_date of each?', true],
    ['How many customers are there?', false],
  ] as const)('“%s” names a column as only the schema does: %s', (question, names) =>
    assert.equal(namesColumn(question, catalog), names),
  );

  it.each([
    ['Which novels are there?', true],
    ['<the question>', false],
    ['Novels?', false],
    [`Which ${'very '.repeat(80)}long?`, false],
  ] as const)('“%s” is a question: %s', (text, is) => assert.equal(isQuestion(text), is));
});

it.each([
  ['SELECT id FROM orders WHERE amount > 20', 'Which are over 20?', true],
  ['SELECT id FROM orders WHERE amount > 20', 'Which are dear?', false],
  ['SELECT id FROM orders WHERE id IN (2, 12)', 'Which are numbers two and twelve?', true],
  ['SELECT id FROM orders WHERE amount BETWEEN 5 AND 7', 'Which are from 5 on?', false],
  ['SELECT id FROM orders WHERE customer_id = 1', 'Which are ours?', true],
  ['SELECT amount * 100 FROM orders', 'What is each in cents?', true],
] as const)('%s compares with what “%s” says alone: %s', (sql, question, says) => {
  const parsed = parseSql(sql, 'sqlite');
  assert.ok(parsed.ok);
  assert.equal(saysNumbers(parsed.value, question), says);
});

it.each([
  ['SELECT COUNT(*) FROM customers', 'How many customers live in Norway?', 'Norway'],
  ["SELECT COUNT(*) FROM customers WHERE country = 'Norway'", 'How many customers live in Norway?', undefined],
  ['SELECT COUNT(*) FROM customers', 'Norwayan customers, how many?', undefined],
  ['SELECT COUNT(*) FROM orders', 'How many orders were placed?', undefined], // `placed` looks like any word
  ['SELECT COUNT(*) FROM orders', 'How many orders are “placed”?', 'placed'],
  ["SELECT COUNT(*) FROM orders WHERE order_date >= '2024-01-01'", 'How many orders since 2024?', undefined],
  ['SELECT title FROM products ORDER BY price LIMIT 3', 'What are the 5 cheapest products?', '5'],
  ['SELECT SUM(amount) * 0.1 FROM orders', 'What is 10 % of all sales?', undefined],
] as const)('%s lacks of “%s”: %s', (sql, question, lacks) => assert.equal(lackingIn(sql, question, catalog), lacks));
