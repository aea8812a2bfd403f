import assert from 'node:assert/strict';
import { it } from 'vitest';
import { namedPeriod } from '#src/domain/days.ts';

it.each([
  ['2026-05-01', '2026-06-01', 'May 2026'],
  ['2026-04-01', '2026-07-01', 'Q2 2026'],
  ['2026-05-01', '2026-08-01', undefined],
  ['2026-01-01', '2027-01-01', '2026'],
  ['2026-04-01', '2027-04-01', undefined],
  ['2026-05-02', '2026-06-01', undefined],
])('from %s to before %s is %s', (from, to, named) => assert.equal(namedPeriod(from, to), named));
