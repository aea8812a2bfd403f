import assert from 'node:assert/strict';
import { it } from 'vitest';
import { findDates, relativeDates } from '#src/planner/dates.ts';

it.each([
  ['orders last month', '2024-02-01', '2024-03-01'],
  ['orders this year', '2024-01-01', '2025-01-01'],
  ['orders last quarter', '2023-10-01', '2024-01-01'],
  ['orders last week', '2024-03-04', '2024-03-11'],
  ['orders in the last 7 days', '2024-03-08', '2024-03-16'],
  ['orders in the past 3 months', '2023-12-15', '2024-03-16'],
  ['orders yesterday', '2024-03-14', '2024-03-15'],
  ['orders in q2 2023', '2023-04-01', '2023-07-01'],
  ['orders in february 2024', '2024-02-01', '2024-03-01'],
  ['orders in may', '2023-05-01', '2023-06-01'],
  ['orders since 2022', '2022-01-01', undefined],
  ['orders after 2022', '2023-01-01', undefined],
  ['orders before 2022', undefined, '2022-01-01'],
  ['orders on 2024-02-29', '2024-02-29', '2024-03-01'],
  ['orders between 2023-12-31 and 2024-01-01', '2023-12-31', '2024-01-02'],
  ['orders from 2020 to 2022', '2020-01-01', '2023-01-01'],
  ['orders the day before yesterday', '2024-03-13', '2024-03-14'],
  ['deliveries tomorrow', '2024-03-16', '2024-03-17'],
  ['deliveries next week', '2024-03-18', '2024-03-25'],
  ['deliveries in the next 10 days', '2024-03-15', '2024-03-25'],
  ['orders in the last 2 full months', '2024-01-01', '2024-03-01'],
  ['orders 3 days ago', '2024-03-12', '2024-03-13'],
  ['orders 2 months ago', '2024-01-01', '2024-02-01'],
  ['orders month to date', '2024-03-01', '2024-03-16'],
  ['orders so far this quarter', '2024-01-01', '2024-03-16'],
  ['orders in the first half of 2023', '2023-01-01', '2023-07-01'],
  ['orders in the second half of last year', '2023-07-01', '2024-01-01'],
  ['orders in week 1 of 2021', '2021-01-04', '2021-01-11'],
])('reads “%s” as days, the last one excluded', (text, from, to) => {
  const found = findDates(text, '2024-03-15');
  assert.deepEqual([found?.span.from, found?.span.to], [from, to]);
});

it('finds no date where there is none', () => {
  assert.equal(findDates('customers with 2000 points', '2024-03-15'), undefined);
});

it('gives every expression that depends on today, and no other', () => {
  const found = relativeDates('Compare last month with last year for orders of 2019 and the past 7 days', '2024-03-15');
  assert.deepEqual(found.map(({ matched, span }) => [matched, span.from, span.to]).sort(), [
    ['last month', '2024-02-01', '2024-03-01'],
    ['last year', '2023-01-01', '2024-01-01'],
    ['the past 7 days', '2024-03-08', '2024-03-16'],
  ]);
});
