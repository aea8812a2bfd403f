import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { sideOfEach } from '#src/pipeline/support/mending/sides.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE sailings (id INTEGER PRIMARY KEY, status TEXT, reason TEXT, delay INTEGER);
  INSERT INTO sailings VALUES (1, 'CANCELLED', 'WEATHER', 0), (2, 'CANCELLED', 'TECHNICAL', 0), (3, 'SAILED', NULL, 4);`);
const mended = (question: string, sql: string) => sideOfEach(sql, 'sqlite', catalog, question);

describe('a figure of two kinds together', () => {
  it('is shown of each where they stand beside each other in the question', () => {
    assert.equal(
      mended(
        'weather vs technical cancellations',
        "SELECT COUNT(*) FROM sailings AS s WHERE s.status = 'CANCELLED' AND s.reason IN ('WEATHER', 'TECHNICAL')",
      ),
      "SELECT s.reason, COUNT(*) FROM sailings AS s WHERE s.status = 'CANCELLED' AND s.reason IN ('WEATHER', 'TECHNICAL') GROUP BY s.reason",
    );
  });

  it.each([
    [
      'the question adds them up',
      'weather and technical cancellations in all',
      "SELECT COUNT(*) FROM sailings WHERE reason IN ('WEATHER', 'TECHNICAL')",
    ],
    [
      'one of them is not asked about',
      'weather vs all',
      "SELECT COUNT(*) FROM sailings WHERE reason IN ('WEATHER', 'TECHNICAL')",
    ],
    [
      'they are told apart',
      'weather vs technical',
      "SELECT reason, COUNT(*) FROM sailings WHERE reason IN ('WEATHER', 'TECHNICAL') GROUP BY reason",
    ],
    ['rows are listed', 'weather vs technical', "SELECT id FROM sailings WHERE reason IN ('WEATHER', 'TECHNICAL')"],
    ['there is one kind', 'weather vs technical', "SELECT COUNT(*) FROM sailings WHERE reason = 'WEATHER'"],
  ])('stays where %s', (_, question, sql) => {
    assert.equal(mended(question, sql), undefined);
  });
});
