import assert from 'node:assert/strict';
import { it } from 'vitest';
import { type Cell, columnHeading, type ResultTable } from '#src/domain/result-table.ts';
import { takeaway } from '#src/pipeline/stages/takeaway.ts';

const table = (names: readonly string[], rows: readonly (readonly Cell[])[], more = false): ResultTable => ({
  columns: names.map((name, at) => ({ name, kind: typeof rows[0]?.[at] === 'number' ? 'number' : 'text' })),
  rows,
  ...(more ? { truncated: 'rows' as const } : {}),
  cellsCut: false,
  elapsedMs: 1,
});

it.each([
  [table(['COUNT(*)'], [[1234]]), 'Count: 1,234.'],
  [table(['AVG(staff.base_salary)'], [[10.256]]), 'Average of base salary: 10.26.'],
  [table(['SUM(a) * 100 / COUNT(*)'], [[66]]), 'Result: 66.'],
  [table(['name'], [[null]]), 'Name: no value.'],
  [table(['name', 'age'], [['Ada', 36]]), 'Name Ada, Age 36.'],
  [
    table(
      ['status', 'count'],
      [
        ['open', 3],
        ['paid', 9],
      ],
    ),
    '2 rows; the highest is paid with 9.',
  ],
  [table(['name'], [['a'], ['b']], true), 'Here are the first 2 rows.'],
  [table(['name'], []), 'No rows match.'],
])('says what is in the table (%#)', (given, said) => {
  assert.equal(takeaway(given), said);
});

it.each([
  ['COUNT(*)', 'count'],
  ['sum', 'total'],
  ['COUNT(DISTINCT orders.customer_id)', 'count of distinct customer id'],
  ['SUM(a) * 100 / COUNT(*)', 'SUM(a) * 100 / COUNT(*)'],
  ['joined_on', 'joined on'],
  ['constructor', 'constructor'],
  ['CONSTRUCTOR(x)', 'CONSTRUCTOR(x)'],
  ['LENGTH(name)', 'LENGTH(name)'],
])('calls %s %s', (name, heading) => {
  assert.equal(columnHeading(name), heading);
});

const countries = table(
  ['country', 'orders'],
  [
    ['Norway', 3],
    ['Chile', 9],
    ['Peru', 5],
  ],
);

it.each<readonly [string, ResultTable, string]>([
  ['Are there any refunds?', table(['COUNT(*)'], [[3]]), 'Yes. Count: 3.'],
  ['Are there any refunds in 1999?', table(['COUNT(*)'], [[0]]), 'No. Count: 0.'],
  ['Do we have customers in Peru?', table(['name'], []), 'No. No rows match.'],
  ['Is there a customer called Ada?', table(['name'], [['Ada']]), 'Yes. Name: Ada.'],
  ['Which country has the fewest orders?', countries, '3 rows; the lowest is Norway with 3.'],
  ['Which country has the most orders?', countries, '3 rows; the highest is Chile with 9.'],
  [
    'Orders by country',
    table(
      ['country', 'orders'],
      [
        ['Norway', 9],
        ['Chile', 9],
        ['Peru', 5],
      ],
    ),
    '3 rows; the highest is 9, which 2 share.',
  ],
])('the question’s form counts: %s', (question, result, said) => assert.equal(takeaway(result, question), said));
