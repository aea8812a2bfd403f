import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { generateCompany } from '#src/demo/generate.ts';

const company = generateCompany(7, '2025-03-15');

describe('the sample company', () => {
  it('is the same for the same seed and day, and another for another seed', () => {
    assert.deepEqual(generateCompany(7, '2025-03-15'), company);
    assert.notDeepEqual(generateCompany(8, '2025-03-15')[0], company[0]);
  });

  it('has at least eight databases on both engines, a hundred tables and names that overlap', () => {
    const tables = company.flatMap((database) => database.tables.map((table) => table.name));
    assert.ok(company.length >= 8 && tables.length >= 100);
    assert.deepEqual([...new Set(company.map((database) => database.engine))].sort(), ['postgres', 'sqlite']);
    for (const name of ['customers', 'orders']) assert.ok(tables.filter((table) => table === name).length > 1, name);
  });

  it('has keys whose every value exists, nulls, comments on some tables, and several years', () => {
    let nulls = 0;
    for (const { tables } of company) {
      for (const table of tables) {
        for (const [at, column] of table.columns.entries()) {
          const target = tables.find((other) => other.name === column.references);
          for (const row of table.rows) {
            if (row[at] === null) nulls += 1;
            else if (target)
              assert.ok(Number(row[at]) >= 1 && Number(row[at]) <= target.rows.length, `${table.name}.${column.name}`);
          }
        }
      }
    }
    assert.ok(nulls > 100);
    const commented = company.flatMap(({ tables }) => tables).filter((table) => table.comment !== undefined).length;
    assert.ok(commented > 5 && commented < 60);
    const orders = company.find(({ id }) => id === 'sales')!.tables.find(({ name }) => name === 'orders')!;
    const days = orders.rows.map((row) => String(row[orders.columns.findIndex(({ name }) => name === 'order_date')]));
    assert.ok(new Set(days.map((day) => day.slice(0, 4))).size >= 4);
    assert.ok(days.every((day) => day <= '2025-03-15'));
  });
});
