import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import parser from 'node-sql-parser';
import { beforeAll, describe, it } from 'vitest';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { readSpiderTables } from '#src/evaluation/data/spider-tables.ts';
import { goldStatements } from '#src/evaluation/data/statements.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { type QueryIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { succeeded } from '#test/support/edl-result.ts';

const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const present = existsSync(path.join(bench, 'spider', 'tables.json'));
const file = (...parts: string[]) => path.join(bench, ...parts);

/** Our own SQL reader, held against the engines and against the parsers of others. */
describe.skipIf(!present)('the SQL reader (needs QUERENT_BENCH)', () => {
  beforeAll(() => loadModule());

  it.each([
    ['spider', 'dev-visible.jsonl'],
    ['bird', 'questions.jsonl'],
  ])('finds the tables and columns that SQLite itself reads: %s', async (set, questions) => {
    const catalogs = new Map(readSpiderTables(file(set, 'tables.json')).map((one) => [one.databaseId, one]));
    const differing: string[] = [];
    let compared = 0;
    for (const { id, sql, database } of goldStatements(readQuestions(file(set, questions)), 'sqlite').statements) {
      const catalog = catalogs.get(database)!;
      const judged = await judge(sql, 'sqlite', wholeCatalog(catalog), { doubleQuotedText: true });
      // BIRD's schemas are of another release than some of its questions.
      if (!judged.ok) continue;
      compared += 1;
      const theirs = judged.value.tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`));
      const ours = columnsOf(sql, 'sqlite', catalog);
      const [left, right] = [ours, theirs].map((list) =>
        [...new Set(list.map((one) => one.toLowerCase()))].sort().join(),
      );
      if (left !== right) differing.push(`${id}\n  ${sql}\n  ours   ${left}\n  SQLite ${right}`);
    }
    assert.ok(compared > 390, `${compared} compared`);
    assert.deepEqual(differing, []);
  });

  it('finds the tables that PostgreSQL’s own grammar finds', () => {
    const { statements } = goldStatements(readQuestions(file('sql-eval', 'questions.jsonl')), 'postgres');
    for (const { id, sql } of statements) {
      const names = new Set<string>();
      walk(parseSync(sql), (node) => {
        const range = node.RangeVar as { relname?: string } | undefined;
        if (range?.relname) names.add(range.relname);
      });
      assert.deepEqual(tableNames(sql, 'postgres'), [...names].sort(), id);
    }
    assert.ok(statements.length > 240);
  });

  it('finds the tables that node-sql-parser finds where it reads a statement', () => {
    const second = new parser.Parser();
    let compared = 0;
    for (const [engine, dialect] of [
      ['mysql', 'mysql'],
      ['sqlite', 'postgresql'],
    ] as const) {
      const { statements } = goldStatements(readQuestions(file('sql-eval', 'questions.jsonl')), engine);
      for (const { id, sql } of statements) {
        let theirs: string[];
        try {
          theirs = second.tableList(sql, { database: dialect }).map((entry) => entry.split('::').at(-1)!.toLowerCase());
        } catch {
          continue;
        }
        compared += 1;
        const ours = [...new Set(tableNames(sql, engine).map((name) => name.toLowerCase()))].sort();
        assert.deepEqual(ours, [...new Set(theirs)].filter((name) => name !== 'dual').sort(), `${id} ${sql}`);
      }
    }
    assert.ok(compared > 400, `${compared} compared`);
  });
});

function read(sql: string, engine: Engine, catalog?: DatabaseCatalog): QueryIr {
  return resolve(succeeded(parseSql(sql, engine)), engine, catalog).query;
}

/** Names in FROM, CTEs among them, as the other parsers list them. */
function tableNames(sql: string, engine: Engine): string[] {
  const names = new Set<string>();
  visit(read(sql, engine), (node) => {
    if (node.kind === 'table') names.add(String(node.name));
  });
  return [...names].sort();
}

function columnsOf(sql: string, engine: Engine, catalog: DatabaseCatalog): string[] {
  const columns = new Set<string>();
  const ofTable = (name: string) => catalog.tables.find((table) => table.name.toLowerCase() === name.toLowerCase());
  visit(read(sql, engine, catalog), (node) => {
    if (node.kind === 'column' && typeof node.resolved === 'string') {
      const table = ofTable(node.resolved);
      const column = table?.columns.find(({ name }) => name.toLowerCase() === String(node.name).toLowerCase());
      if (table && column) columns.add(`${table.name}.${column.name}`);
    }
    // A star reads every column of its sources.
    if (node.kind === 'select') {
      const select = node as unknown as Extract<QueryIr, { kind: 'select' }>;
      const sources = [...(select.from ? [select.from] : []), ...select.joins.map((join) => join.source)];
      for (const { expression } of select.items) {
        if (expression.kind !== 'star') continue;
        for (const source of sources) {
          if (source.kind !== 'table') continue;
          const called = source.alias ?? source.name;
          if (expression.table !== undefined && called.toLowerCase() !== expression.table.toLowerCase()) continue;
          const table = ofTable(source.name);
          for (const column of table?.columns ?? []) columns.add(`${table!.name}.${column.name}`);
        }
      }
    }
  });
  return [...columns];
}

function walk(node: unknown, seen: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const part of node) walk(part, seen);
  else if (node !== null && typeof node === 'object') {
    seen(node as Record<string, unknown>);
    for (const value of Object.values(node)) walk(value, seen);
  }
}
