import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { explain } from '#src/edl/explain.ts';
import { createTable, quoteName } from '../bytecode.ts';
import { rowsOf } from '../suite/make-suite.ts';
import { keyOf } from '../suite/planted-literals.ts';
import { randomFrom } from '../suite/seeded-rows.ts';
import type { ColumnFacts } from './column-values.ts';
import { onlyKey, type Planting, plantBase, plantScope, type References, type Row, type Soft } from './plant-rows.ts';
import { type CellTest, type SelectScope, selectScopes } from './tests.ts';

export interface GoldQuery {
  readonly id: string;
  readonly sql: string;
}

export interface MadeDatabase {
  readonly rows: number;
  /** Gold queries that SQLite refuses. */
  readonly failed: readonly string[];
  /** Of those that run, the ones without an answer: no row, or nothing but NULL and nought. */
  readonly withoutAnswer: readonly string[];
}

/** How often rows are planted anew for gold queries that have no answer yet. */
const ROUNDS = 6;
const VARIANTS = 4;
const SOFT: readonly Soft[] = ['none', 'all', 'one', 'one'];

/**
 * A database of a schema whose rows every one of its gold queries has an answer on, as far as a few tries reach: rows of plausible
 * values, then for each query some that meet its conditions along its joins. It shows what a query does, not what the real data hold.
 */
export function makeDatabase(
  catalog: DatabaseCatalog,
  golds: readonly GoldQuery[],
  file: string,
  seed: number,
): MadeDatabase {
  const read = golds.flatMap(({ id, sql }) => {
    const explained = explain(sql, catalog.engine, catalog);
    return explained.ok ? [{ id, sql, scopes: selectScopes(explained.value.query) }] : [];
  });
  const scopes = read.flatMap((one) => one.scopes);
  const planting: Planting = {
    catalog,
    facts: factsOf(catalog, scopes),
    references: referencesOf(catalog, scopes),
    rows: new Map(catalog.tables.map((table): [Table, Row[]] => [table, []])),
    draw: randomFrom(seed),
  };
  plantBase(planting);
  let left = read;
  for (let round = 0; round < ROUNDS && left.length; round += 1) {
    for (const gold of left) plantQuery(planting, gold.scopes, round);
    const database = written(planting, ':memory:');
    left = read.filter(({ sql }) => !hasAnswer(rowsOf(database, sql)));
    database.close();
  }
  const database = written(planting, file);
  const results = golds.map(({ id, sql }) => ({ id, table: rowsOf(database, sql) }));
  database.close();
  return {
    rows: [...planting.rows.values()].reduce((sum, rows) => sum + rows.length, 0),
    failed: results.filter(({ table }) => !table).map(({ id }) => id),
    withoutAnswer: results.filter(({ table }) => table && !hasAnswer(table)).map(({ id }) => id),
  };
}

function plantQuery(planting: Planting, scopes: readonly SelectScope[], round: number): void {
  for (const scope of scopes) {
    const variants = Math.max(VARIANTS, scope.groupRows);
    for (let at = 0; at < variants; at += 1) plantScope(planting, scope, SOFT[(at + round) % SOFT.length]!);
  }
}

const hasAnswer = (table: ResultTable | undefined) =>
  table?.rows.some((row) => row.some((cell) => cell !== null && cell !== 0)) ?? false;

function factsOf(catalog: DatabaseCatalog, scopes: readonly SelectScope[]): ReadonlyMap<string, ColumnFacts> {
  const tests = new Map<string, CellTest[]>();
  for (const { sources, tests: hard, softTests } of scopes)
    for (const { alias, column, test } of [...hard, ...softTests]) {
      const place = keyOf(sources.get(alias) ?? '', column);
      tests.set(place, [...(tests.get(place) ?? []), test]);
    }
  return new Map(
    catalog.tables.flatMap((table) =>
      table.columns.map((column): [string, ColumnFacts] => {
        const place = keyOf(table.name, column.name);
        return [place, { table, column, tests: tests.get(place) ?? [] }];
      }),
    ),
  );
}

/** Declared keys, and columns that a gold query joins with the only key of a table. */
function referencesOf(catalog: DatabaseCatalog, scopes: readonly SelectScope[]): References {
  const found = new Map<string, Table>();
  const refer = (from: string, column: string, to: Table | undefined, target: string) => {
    const source = findTable(catalog, from);
    const isKey = source && onlyKey(source) === column.toLowerCase();
    if (!to || !source || source === to || isKey || onlyKey(to) !== target.toLowerCase()) return;
    const place = keyOf(from, column);
    if (findColumn(source, column) && !found.has(place)) found.set(place, to);
  };
  for (const { name, foreignKeys } of catalog.tables)
    for (const { columns, targetTable, targetColumns } of foreignKeys)
      refer(name, columns[0]!, findTable(catalog, targetTable), targetColumns[0]!);
  for (const { sources, joins } of scopes)
    for (const [left, right] of joins) {
      const [a, b] = [sources.get(left.alias)!, sources.get(right.alias)!];
      refer(a, left.column, findTable(catalog, b), right.column);
      refer(b, right.column, findTable(catalog, a), left.column);
    }
  return found;
}

function written({ catalog, rows }: Planting, file: string): DatabaseSync {
  const database = new DatabaseSync(file, {
    enableDoubleQuotedStringLiterals: true,
    enableForeignKeyConstraints: false, // BIRD's own data break some
  });
  database.exec('BEGIN');
  for (const table of catalog.tables) {
    database.exec(createTable(table, 'with foreign keys'));
    const marks = table.columns.map(() => '?').join(', ');
    const insert = database.prepare(`INSERT OR IGNORE INTO ${quoteName(table.name)} VALUES (${marks})`);
    for (const row of rows.get(table)!)
      insert.run(...table.columns.map(({ name }): SQLInputValue => row.get(name.toLowerCase()) ?? null));
  }
  database.exec('COMMIT');
  return database;
}
