import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { endPeriods } from '#src/pipeline/support/mending/periods.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE tickets (id INTEGER PRIMARY KEY, opened_on DATE, closed_at TIMESTAMP);
  INSERT INTO tickets VALUES (1, '2026-06-22', '2026-06-24 10:00:00');`);
const ended = (question: string, where: string) =>
  endPeriods(`SELECT COUNT(*) FROM tickets AS t WHERE ${where}`, 'sqlite', catalog, {
    text: question,
    today: '2026-06-30',
  });

describe('the end of a period', () => {
  it.each([
    [
      'How many tickets came last week?',
      "t.opened_on BETWEEN '2026-06-22' AND '2026-06-29'",
      "t.opened_on >= '2026-06-22' AND t.opened_on < '2026-06-29'",
    ],
    [
      'tickets opened in May 2026',
      "t.opened_on >= '2026-05-01' AND t.opened_on <= '2026-06-01'",
      "t.opened_on >= '2026-05-01' AND t.opened_on < '2026-06-01'",
    ],
    [
      'tickets closed in 2025',
      "t.closed_at BETWEEN '2025-01-01' AND '2025-12-31'",
      "t.closed_at >= '2025-01-01' AND t.closed_at < '2026-01-01'",
    ],
  ])('is that of the question: %s', (question, where, mended) => {
    const made = ended(question, where);
    assert.equal(made?.sql, `SELECT COUNT(*) FROM tickets AS t WHERE ${mended}`);
    assert.match(made?.endsBefore.join() ?? '', /^20\d\d-0\d-01$|^2026-06-29$/);
  });

  it.each([
    [
      'of whole days that ends with its last one',
      'tickets opened in 2025',
      "t.opened_on BETWEEN '2025-01-01' AND '2025-12-31'",
    ],
    [
      'that the question names by its days',
      'tickets between 2026-06-22 and 2026-06-29',
      "t.opened_on BETWEEN '2026-06-22' AND '2026-06-29'",
    ],
    [
      'that the question does not name',
      'How many tickets came last week?',
      "t.opened_on BETWEEN '2026-06-01' AND '2026-06-30'",
    ],
    ['that is not to be', 'tickets not opened last week', "t.opened_on NOT BETWEEN '2026-06-22' AND '2026-06-29'"],
    ['of nothing that was asked', 'all tickets', "t.closed_at <= '2026-01-01'"],
  ])('stays as it is %s', (_, question, where) => {
    assert.equal(ended(question, where), undefined);
  });
});
