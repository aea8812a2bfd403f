import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
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
  const found = findDates(text, { today: '2024-03-15' });
  assert.deepEqual([found?.span.from, found?.span.to], [from, to]);
});

it('finds no date where there is none', () => {
  assert.equal(findDates('customers with 2000 points', { today: '2024-03-15' }), undefined);
});

it('gives every expression that depends on today, and no other', () => {
  const found = relativeDates('Compare last month with last year for orders of 2019 and the past 7 days', {
    today: '2024-03-15',
  });
  assert.deepEqual(found.map(({ matched, span }) => [matched, span.from, span.to]).sort(), [
    ['last month', '2024-02-01', '2024-03-01'],
    ['last year', '2023-01-01', '2024-01-01'],
    ['the past 7 days', '2024-03-08', '2024-03-16'],
  ]);
});

it.each([
  ['2026-03-01', 'monday', 'orders this week', '2026-02-23', '2026-03-02'],
  ['2026-03-01', 'sunday', 'orders this week', '2026-03-01', '2026-03-08'],
  ['2026-03-01', 'saturday', 'orders this week', '2026-02-28', '2026-03-07'],
  ['2026-03-02', 'monday', 'orders last week', '2026-02-23', '2026-03-02'],
  ['2026-03-02', 'sunday', 'orders last week', '2026-02-22', '2026-03-01'],
  ['2026-03-02', 'saturday', 'orders last week', '2026-02-21', '2026-02-28'],
  ['2026-03-01', 'sunday', 'orders week to date', '2026-03-01', '2026-03-02'],
  ['2026-03-03', 'sunday', 'orders in the last 2 full weeks', '2026-02-15', '2026-03-01'],
  ['2026-03-03', 'sunday', 'orders in week 10 of 2026', '2026-03-02', '2026-03-09'],
] as const)('on %s, with weeks from %s, reads “%s”', (today, weekStart, text, from, to) => {
  const found = findDates(text, { today, weekStart });
  assert.deepEqual([found?.span.from, found?.span.to], [from, to]);
});

it.each([
  ['2028-02-29', 'orders today', '2028-02-29', '2028-03-01'],
  ['2028-02-29', 'orders last month', '2028-01-01', '2028-02-01'],
  ['2028-03-01', 'orders yesterday', '2028-02-29', '2028-03-01'],
  ['2027-03-01', 'orders yesterday', '2027-02-28', '2027-03-01'],
  ['2026-01-01', 'orders last month', '2025-12-01', '2026-01-01'],
  ['2026-01-01', 'orders last quarter', '2025-10-01', '2026-01-01'],
  ['2026-12-31', 'orders next month', '2027-01-01', '2027-02-01'],
  ['2026-03-31', 'orders last month', '2026-02-01', '2026-03-01'],
])('on %s reads “%s” at the ends of months', (today, text, from, to) => {
  const found = findDates(text, { today });
  assert.deepEqual([found?.span.from, found?.span.to], [from, to]);
});

it.each([
  ['invoices in fy2026', 4, '2025-04-01', '2026-04-01', 'fiscal year 2026'],
  ['invoices in fy 26', 4, '2025-04-01', '2026-04-01', 'fiscal year 2026'],
  ['invoices of fy2025/26', 4, '2025-04-01', '2026-04-01', 'fiscal year 2026'],
  ['invoices in fiscal year 2026', 1, '2026-01-01', '2027-01-01', 'fiscal year 2026'],
  ['invoices this fiscal year', 4, '2025-04-01', '2026-04-01', 'fiscal year 2026'],
  ['invoices this fiscal year', 3, '2026-03-01', '2027-03-01', 'fiscal year 2027'],
  ['invoices last fiscal year', 4, '2024-04-01', '2025-04-01', 'fiscal year 2025'],
  ['invoices next financial year', 7, '2026-07-01', '2027-07-01', 'fiscal year 2027'],
  ['invoices this fiscal quarter', 4, '2026-01-01', '2026-04-01', 'quarter 4 of fiscal year 2026'],
  ['invoices last fiscal quarter', 2, '2025-11-01', '2026-02-01', 'quarter 4 of fiscal year 2026'],
  ['invoices next fiscal quarter', 4, '2026-04-01', '2026-07-01', 'quarter 1 of fiscal year 2027'],
  ['invoices in q2 of fy2026', 4, '2025-07-01', '2025-10-01', 'quarter 2 of fiscal year 2026'],
  ['invoices in fy2026 q2', 10, '2026-01-01', '2026-04-01', 'quarter 2 of fiscal year 2026'],
  ['invoices in fiscal q1 2026', 4, '2025-04-01', '2025-07-01', 'quarter 1 of fiscal year 2026'],
  ['invoices in the third quarter of last fiscal year', 4, '2024-10-01', '2025-01-01', 'quarter 3 of fiscal year 2025'],
  ['invoices in the first half of fy2026', 4, '2025-04-01', '2025-10-01', 'first half of fiscal year 2026'],
  ['invoices fiscal year to date', 4, '2025-04-01', '2026-03-16', 'fiscal year 2026 to date'],
  ['invoices so far this fiscal quarter', 4, '2026-01-01', '2026-03-16', 'quarter 4 of fiscal year 2026 to date'],
  ['invoices in the last 2 fiscal years', 4, '2023-04-01', '2025-04-01', 'the last 2 fiscal years'],
  ['invoices since fy2025', 4, '2024-04-01', undefined, 'since fiscal year 2025'],
  ['invoices before fy2025', 4, undefined, '2024-04-01', 'before fiscal year 2025'],
] as const)('reads “%s” where fiscal years begin in month %i', (text, fiscalYearStart, from, to, name) => {
  const found = findDates(text, { today: '2026-03-15', fiscalYearStart });
  assert.deepEqual([found?.span.from, found?.span.to, found?.span.name], [from, to, name]);
});

it('says of a fiscal year how it was read, also where it does not depend on today', () => {
  const [found] = relativeDates('Revenue of FY2026?', { today: '2030-01-01', fiscalYearStart: 4 });
  assert.equal(found?.span.label, 'fiscal year 2026 (2025-04-01 to 2026-03-31)');
});

describe('days as people say them', () => {
  it.each([
    ['between 3 March and 5 April 2026', '2026-03-03', '2026-04-06'],
    ['from 3 March 2026 to 5 April 2026', '2026-03-03', '2026-04-06'],
    ['on the 15th of March', '2026-03-15', '2026-03-16'],
    ['on March 15, 2025', '2025-03-15', '2025-03-16'],
    ['12 december', '2025-12-12', '2025-12-13'],
    ['june last year', '2025-06-01', '2025-07-01'],
    ['last june', '2025-06-01', '2025-07-01'],
    ['q2', '2026-04-01', '2026-07-01'],
    ['q3', '2025-07-01', '2025-10-01'],
  ])('“%s”', (said, from, to) => {
    const found = findDates(said.toLowerCase(), { today: '2026-06-30' });
    assert.deepEqual(found && [found.span.from, found.span.to], [from, to]);
  });
});
