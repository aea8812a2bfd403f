import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { groupByKeys } from '#src/pipeline/support/mending/groups.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE clients (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
  CREATE TABLE depots (code TEXT PRIMARY KEY, name TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients (id), depot_code TEXT REFERENCES depots (code), amount REAL);
  INSERT INTO clients VALUES (1, 'Birch Foods', 'Norway'), (2, 'Birch Foods', 'Chile'), (3, 'Acorn', 'Chile');
  INSERT INTO depots VALUES ('N', 'North'), ('S', 'South');
  INSERT INTO orders VALUES (1, 1, 'N', 5), (2, 2, 'N', 7), (3, 3, 'S', 9);`);
const mended = (sql: string) => groupByKeys(sql, 'sqlite', catalog);

describe('groups by a name that several rows have', () => {
  it('are told apart by the key', () => {
    assert.deepEqual(
      mended(
        'SELECT c.name, SUM(o.amount) FROM clients c JOIN orders o ON c.id = o.client_id GROUP BY c.name ORDER BY 2 DESC',
      ),
      {
        sql: 'SELECT c.name, SUM(o.amount) FROM clients c JOIN orders o ON c.id = o.client_id GROUP BY c.id, c.name ORDER BY 2 DESC',
        toldApart: ['clients.id'],
      },
    );
  });

  it.each([
    [
      'no two rows share the name',
      'SELECT d.name, COUNT(*) FROM depots d JOIN orders o ON d.code = o.depot_code GROUP BY d.name',
    ],
    ['the names themselves are counted', 'SELECT name, COUNT(*) FROM clients GROUP BY name HAVING COUNT(*) > 1'],
    [
      'they are told apart already',
      'SELECT c.name, SUM(o.amount) FROM clients c JOIN orders o ON c.id = o.client_id GROUP BY c.id, c.name',
    ],
    [
      'they are grouped by a kind',
      'SELECT c.country, SUM(o.amount) FROM clients c JOIN orders o ON c.id = o.client_id GROUP BY c.country',
    ],
    [
      'names are grouped within a kind',
      'SELECT c.name, c.country, SUM(o.amount) FROM clients c JOIN orders o ON c.id = o.client_id GROUP BY c.name, c.country',
    ],
    [
      'nothing is held against the key',
      'SELECT c.name, COUNT(*) FROM clients c JOIN orders o ON c.id > o.client_id GROUP BY c.name',
    ],
    ['it cannot be read', 'SELECT name FROM clients GROUP BY'],
  ])('stay where %s', (_, sql) => assert.equal(mended(sql), undefined));
});
