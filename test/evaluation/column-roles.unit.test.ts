import assert from 'node:assert/strict';
import { it } from 'vitest';
import { measureRoles } from '#src/evaluation/column-roles.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

it('holds the roles of columns against what gold queries do with them', () => {
  const queries = [
    'SELECT status, SUM(amount) FROM orders GROUP BY status',
    'SELECT AVG(price), SUM(id) FROM products',
    "SELECT COUNT(*) FROM customers WHERE joined_on >= '2023-01-01'",
    'SELECT title FROM products',
    'SELECT title FROM products WHERE price > 3',
    'SELECT title FROM products ORDER BY price',
    "SELECT country FROM customers WHERE name = 'Ada'",
    "SELECT country FROM customers WHERE name = 'Bo'",
    "SELECT country FROM customers WHERE name = 'Cy'",
  ];
  const measured = measureRoles([{ catalog: catalogOf(SHOP), queries }]);
  assert.deepEqual(
    { ...measured, roles: undefined },
    {
      tables: 3,
      columns: 13,
      roles: undefined,
      summed: { 'additive measure': 1, key: 1 },
      averaged: { 'other measure': 1 },
      grouped: { category: 1 },
      periods: { 'event date': 1 },
      labels: { tables: 2, right: 1, none: 0 },
      labelsMissed: [{ table: 'shop.customers', label: ['name'], shown: 'country', times: 3 }],
      odd: ['sum of shop.products.id (key)'],
    },
  );
});
