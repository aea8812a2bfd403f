import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import type { ColumnKind, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { explain } from '#src/edl/explain.ts';
import { makeDatabase } from '#src/evaluation/bird-rows/make-database.ts';
import { holds, selectScopes } from '#src/evaluation/bird-rows/tests.ts';
import { rowsOf } from '#src/evaluation/suite/make-suite.ts';
import { succeeded } from '#test/support/edl-result.ts';

const KINDS: Readonly<Record<string, ColumnKind>> = { integer: 'number', real: 'number', date: 'date', text: 'text' };

/** `name type, …`; the first column is the key. */
const table = (name: string, columns: string, refers: Readonly<Record<string, string>> = {}): Table => {
  const made = columns.split(', ').map((text) => {
    const at = text.lastIndexOf(' ');
    const [column, type] = [text.slice(0, at), text.slice(at + 1)];
    return { name: column, type, kind: KINDS[type]!, nullable: true, values: [], valuesComplete: false };
  });
  return {
    name,
    kind: 'table',
    columns: made,
    primaryKey: [made[0]!.name],
    foreignKeys: Object.entries(refers).map(([column, target]) => ({
      columns: [column],
      targetTable: target,
      targetColumns: ['ID'],
    })),
  };
};

/** Names with blanks and brackets, as BIRD's schemas have them. */
const clinic: DatabaseCatalog = {
  databaseId: 'clinic',
  engine: 'sqlite',
  serverVersion: '',
  warnings: [],
  tables: [
    table('ward', 'ID integer, ward name text'),
    table('patient', 'ID integer, sex text, Birthday date, ward integer', { ward: 'ward' }),
    table('test', 'test_id text, patient integer, aCL (IgG) real, taken text, note text', { patient: 'patient' }),
  ],
};

const GOLD = {
  joined:
    "SELECT T1.ID FROM patient AS T1 INNER JOIN test AS T2 ON T1.ID = T2.patient INNER JOIN ward AS T3 ON T1.ward = T3.ID WHERE T3.`ward name` = 'North' AND T2.`aCL (IgG)` > 1.5 AND T2.`aCL (IgG)` < 1.9 AND T1.sex = 'F'",
  part: "SELECT COUNT(ID) FROM patient WHERE STRFTIME('%Y', Birthday) = '1944' AND STRFTIME('%m', Birthday) = '03'",
  slice: "SELECT note FROM test WHERE SUBSTR(taken, 1, 4) = '2019' AND note LIKE 'fever %'",
  key: "SELECT sex FROM patient WHERE ID = 48473 AND Birthday < '1930-01-01'",
  missing: 'SELECT test_id FROM test WHERE note IS NULL',
  share:
    "SELECT CAST(SUM(CASE WHEN sex = 'M' THEN 1 ELSE 0 END) AS REAL) / COUNT(*) FROM patient WHERE ward IN (SELECT ID FROM ward WHERE `ward name` = 'South')",
  many: 'SELECT patient FROM test GROUP BY patient HAVING COUNT(*) > 3',
  wrong: 'SELECT nothing FROM ward',
} as const;

describe('a database from seeded rows for gold queries', () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'clinic.sqlite');
  const golds = Object.entries(GOLD).map(([id, sql]) => ({ id, sql }));
  const made = makeDatabase(clinic, golds, file, 1);
  const database = new DatabaseSync(file, { readOnly: true });
  const all = (sql: string) => rowsOf(database, sql)!.rows;

  it('has an answer to each that runs', () => {
    assert.deepEqual([made.failed, made.withoutAnswer], [['wrong'], []]);
  });

  it.each(Object.entries(GOLD).filter(([id]) => id !== 'wrong'))('has rows for %s: %s', (_, sql) => {
    assert.ok(
      all(sql)
        .flat()
        .some((cell) => cell !== 0),
    );
  });

  it('has more rows than those that the queries ask for', () => {
    const [[inside, outside]] = all("SELECT SUM(`ward name` = 'North'), SUM(`ward name` <> 'North') FROM ward") as [
      number[],
    ];
    assert.ok(Number(inside) > 0 && Number(outside) > 0);
  });

  it('writes dates as the literals are written, and keys that meet', () => {
    assert.deepEqual(
      all("SELECT Birthday FROM patient WHERE Birthday NOT GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"),
      [],
    );
    assert.deepEqual(all('SELECT patient FROM test WHERE patient NOT IN (SELECT ID FROM patient)'), []);
  });

  it('is the same for the same seed', () => {
    const [again, other] = [1, 2].map((seed) => {
      const copy = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'clinic.sqlite');
      makeDatabase(clinic, golds, copy, seed);
      return rowsOf(new DatabaseSync(copy, { readOnly: true }), 'SELECT * FROM test')!.rows;
    });
    assert.deepEqual(again, all('SELECT * FROM test'));
    assert.notDeepEqual(other, again);
  });
});

describe('what a query asks of cells', () => {
  const testsOf = (where: string) => {
    const { query } = succeeded(explain(`SELECT ID FROM patient WHERE ${where}`, 'sqlite', clinic));
    return selectScopes(query)[0]!.tests.map(({ test }) => test);
  };

  it.each([
    ['ID >= 5', 5, 4],
    ['5 < ID', 6, 5],
    ['ID BETWEEN 2 AND 4', 3, 5],
    ["sex <> 'F'", 'M', 'F'],
    ["sex LIKE 'f%'", 'Fa', 'aF'],
    ["STRFTIME('%Y', Birthday) > '1944'", '1945-01-01', '1944-12-31'],
    ['sex IS NULL', null, 'F'],
    ["sex IS NOT NULL AND sex = 'F'", 'F', null],
  ])('%s holds of %j and not of %j', (where, yes, no) => {
    const tests = testsOf(where);
    assert.ok(tests.length > 0);
    assert.deepEqual(
      [yes, no].map((cell) => tests.every((test) => holds(test, cell))),
      [true, false],
    );
  });
});
