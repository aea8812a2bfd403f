import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { NamedValue } from '#src/domain/schema-slice.ts';
import { fillTemplate } from '#src/pipeline/support/examples/fill-template.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const { tables } = catalogOf(SHOP);

/** A value that is stored in a column of the shop, named as it is stored. */
function stored(columnName: string, value: string): NamedValue {
  const table = tables.find(({ columns }) => columns.some(({ name }) => name === columnName));
  const column = table?.columns.find(({ name }) => name === columnName);
  assert.ok(table && column);
  return { table, column, value, asked: value.toLowerCase() };
}
const NAMED = [stored('country', 'Chile'), stored('country', "Côte d'Ivoire"), stored('status', 'placed')];

const fill = (question: string, sql: string, asked: string) =>
  fillTemplate({ question, sql, engine: 'postgres' }, asked, NAMED);

const NORWAY = [
  'How many customers from Norway have more than 3 orders?',
  "SELECT COUNT(*) FROM customers WHERE country = 'Norway' AND 3 < (SELECT COUNT(*) FROM orders WHERE customer_id = customers.id)",
] as const;

describe('a verified query with other values', () => {
  it('is itself where the question is the same but for blanks, case and its mark', () => {
    assert.equal(fill(...NORWAY, 'how many customers from Norway  have more than 3 orders'), NORWAY[1]);
  });

  it('takes stored texts and numbers', () => {
    assert.equal(
      fill(...NORWAY, 'How many customers from Chile have more than 12 orders?'),
      NORWAY[1].replace('Norway', 'Chile').replace('3', '12'),
    );
  });

  it('writes a text with a quote in it as the engine wants it', () => {
    const sql = "SELECT name FROM customers WHERE country IN ('Norway')";
    assert.equal(
      fill('Who is from Norway?', sql, "Who is from Côte d'Ivoire?"),
      sql.replace('Norway', "Côte d''Ivoire"),
    );
  });

  it('takes how many rows are wanted', () => {
    const sql = 'SELECT title FROM products ORDER BY price DESC LIMIT 5';
    assert.equal(fill('Top 5 products by price', sql, 'top 10 products by price?'), sql.replace('5', '10'));
  });

  it.each([
    ['a text that is stored nowhere', ...NORWAY, 'How many customers from Atlantis have more than 3 orders?'],
    ['a text of another column', ...NORWAY, 'How many customers from placed have more than 3 orders?'],
    ['another word', ...NORWAY, 'How many suppliers from Norway have more than 3 orders?'],
    ['one more word', ...NORWAY, 'How many customers from Norway have more than 3 open orders?'],
    ['a word for a number', ...NORWAY, 'How many customers from Norway have more than no orders?'],
    [
      'a number that stands in two places',
      'Which 2 products cost over 2?',
      'SELECT title FROM products WHERE price > 2 LIMIT 2',
      'Which 3 products cost over 2?',
    ],
    ['a value that the query does not hold', 'Orders of Norway', 'SELECT COUNT(*) FROM orders', 'Orders of Chile'],
    [
      'a day that is reckoned from the day of asking',
      'Orders of last month',
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2025-01-01'",
      'Orders of last month',
    ],
  ])('is none for %s', (_, question, sql, asked) => {
    assert.equal(fill(question, sql, asked), undefined);
  });
});
