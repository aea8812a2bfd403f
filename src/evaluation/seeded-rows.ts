import type { DatabaseSync } from 'node:sqlite';
import { type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import { type ExpressionIr, type IrNode, type QueryIr, visit } from '#src/sql/query-ir.ts';
import { emptyDatabase, quoteName } from './bytecode.ts';

const ROWS = 60;
/** Few enough that keys of 60 rows meet, many enough that groups differ. */
const KEYS = 25;

/**
 * A database with random rows on which two statements can be told apart: columns that are joined (by foreign key or by the
 * statement) share their values, and the literals of the statement are planted in the columns they are compared with.
 */
export function seededDatabase(catalog: DatabaseCatalog, query: QueryIr, seed: number): DatabaseSync {
  const database = emptyDatabase(catalog, true);
  const random = randomFrom(seed);
  const groups = joinedColumns(catalog, query);
  const planted = plantedLiterals(query);
  for (const table of catalog.tables) {
    const marks = table.columns.map(() => '?').join(', ');
    const insert = database.prepare(`INSERT OR IGNORE INTO ${quoteName(table.name)} VALUES (${marks})`);
    for (let row = 0; row < ROWS; row += 1) {
      insert.run(...table.columns.map(({ name, kind }) => cell(table, name, kind, row)));
    }
  }
  return database;

  function cell(table: Table, column: string, kind: string, row: number): string | number | null {
    const key = keyOf(table.name, column);
    const literals = planted.get(key) ?? [];
    if (literals.length > 0 && random(100) < 60) return literals[random(literals.length)]!;
    if (table.primaryKey.length === 1 && table.primaryKey[0] === column) return row + 1;
    if (random(100) < 4) return null;
    const group = groups.get(key);
    if (group !== undefined) return kind === 'text' ? `k${random(KEYS) + 1}` : random(KEYS) + 1;
    if (kind === 'number') return random(10) < 7 ? random(100) : random(10_000) / 100;
    if (kind === 'date' || kind === 'timestamp') return `20${10 + random(15)}-0${1 + random(9)}-1${random(10)}`;
    return random(4) === 0 ? String(random(2_000)) : `word ${random(30)}`;
  }
}

const keyOf = (table: string, column: string) => `${table}.${column}`.toLowerCase();

/** Columns that stand on the two sides of a key or of an equality, as groups of equal values. */
function joinedColumns(catalog: DatabaseCatalog, query: QueryIr): ReadonlyMap<string, string> {
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    const up = parent.get(key);
    return up === undefined || up === key ? key : root(up);
  };
  const join = (left: string, right: string) => {
    for (const key of [left, right]) if (!parent.has(key)) parent.set(key, key);
    parent.set(root(left), root(right));
  };
  for (const table of catalog.tables) {
    for (const key of table.foreignKeys) {
      for (const [at, column] of key.columns.entries()) {
        const target = key.targetColumns[at] ?? findTable(catalog, key.targetTable)?.primaryKey[at] ?? column;
        join(keyOf(table.name, column), keyOf(key.targetTable, target));
      }
    }
  }
  visit(query, (one) => {
    if (one.kind !== 'compare' || one.operator !== '=') return;
    const [left, right] = [columnOf(one.left), columnOf(one.right)];
    if (left && right) join(left, right);
  });
  return new Map([...parent.keys()].map((key) => [key, root(key)]));
}

/** Each literal by the column that it is compared with, with a neighbour on either side of a bound. */
function plantedLiterals(query: QueryIr): ReadonlyMap<string, (string | number)[]> {
  const planted = new Map<string, (string | number)[]>();
  const plant = (column: ExpressionIr, literals: readonly ExpressionIr[]) => {
    const key = columnIn(column);
    if (!key) return;
    const values = literals.flatMap(valuesOf);
    planted.set(key, [...(planted.get(key) ?? []), ...values]);
  };
  visit(query, (one) => {
    if (one.kind === 'compare') {
      plant(one.left, [one.right]);
      plant(one.right, [one.left]);
    } else if (one.kind === 'between') plant(one.value, [one.low, one.high]);
    else if (one.kind === 'in') plant(one.value, one.options);
    else if (one.kind === 'like') plant(one.value, [one.pattern]);
  });
  return planted;
}

function valuesOf(literal: ExpressionIr): (string | number)[] {
  if (literal.kind === 'number') {
    const value = Number(literal.text);
    return [value, value - 1, value + 1, value * 2 + 7];
  }
  if (literal.kind === 'date' || literal.kind === 'timestamp') return [literal.value, `${literal.value} 10:00:00`];
  if (literal.kind !== 'text') return [];
  const text = literal.value;
  const plain = text.replaceAll('%', 'ab').replaceAll('_', 'c');
  // A year or a month compared with a part of a date: whole dates of it.
  const dated = /^\d{4}$/.test(text) ? [`${text}-05-17`] : /^\d{4}-\d{2}$/.test(text) ? [`${text}-17`] : [];
  return [plain, text, ...dated, ...(/^-?\d+(\.\d+)?$/.test(text) ? [Number(text)] : [])];
}

const columnOf = (expression: IrNode): string | undefined =>
  expression.kind === 'column' && expression.resolved !== undefined
    ? keyOf(expression.resolved, expression.name)
    : undefined;

/** The one column of an expression: of the bare column, or of what is computed from it. */
function columnIn(expression: ExpressionIr): string | undefined {
  const found = new Set<string>();
  visit(expression, (node) => {
    const key = columnOf(node);
    if (key) found.add(key);
  });
  return found.size === 1 ? [...found][0] : undefined;
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}
