import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const today = '2025-06-30';

function sqlOf(catalog: DatabaseCatalog, question: string): string {
  const made = plan({ question, catalog, ranked: [], today });
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}

const FREIGHT = catalogOf(
  `CREATE TABLE clients (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
   CREATE TABLE depots (code TEXT PRIMARY KEY, depot_name TEXT);
   CREATE TABLE consignments (id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients (id), depot_code TEXT REFERENCES depots (code),
     booked_on DATE, promised_on DATE, delivered_on DATE, status TEXT, mode TEXT, freight_amt REAL, weight_kg REAL);
   INSERT INTO clients VALUES (1, 'Nordhavn', 'Norway'), (2, 'Belmar', 'Spain');
   INSERT INTO depots VALUES ('OSL', 'Oslo North'), ('HAM', 'Hamburg Port');
   INSERT INTO consignments VALUES
     (1, 1, 'OSL', '2025-01-02', '2025-01-07', '2025-01-09', 'delivered', 'road', 100, 20),
     (2, 1, 'OSL', '2025-02-02', '2025-02-07', NULL, 'booked', 'sea', 300, 40),
     (3, 2, 'HAM', '2024-02-02', '2024-02-07', '2024-02-05', 'delivered', 'road', 50, 60);`,
);

describe('many conditions', () => {
  it('are no reason to doubt where each is a stored value of one column, or a period on the date of events', () => {
    assert.match(
      sqlOf(
        FREIGHT,
        'delivered road consignments booked in 2025 with a weight above 10: status, mode, weight. Heaviest first',
      ),
      /^SELECT status, mode, weight_kg FROM .*weight_kg > 10 AND .*booked_on >= '2025-01-01'.*ORDER BY weight_kg DESC$/,
    );
  });
});
