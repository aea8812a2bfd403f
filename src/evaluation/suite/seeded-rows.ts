import type { DatabaseSync } from 'node:sqlite';
import { type Column, type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import { type QueryIr, visit } from '#src/sql/query-ir.ts';
import { emptyDatabase, quoteName } from '../bytecode.ts';
import { columnOf, keyOf, type Planted, plantedLiterals } from './planted-literals.ts';

const ROWS = 60;
/** Few enough that keys of 60 rows meet, many enough that groups differ. */
const KEYS = 25;

export interface SeededRows {
  readonly seed: number;
  /** Of each table. */
  readonly rows?: number;
  /** SQLite's legacy double-quoted text, which gold queries rely on. */
  readonly doubleQuotedText?: boolean;
}

/**
 * A database with random rows on which two statements can be told apart. Keys meet: columns that are joined (by foreign key or by
 * the statement) share their values, and what refers to a key refers to a row. The literals of the statement and what nearly is
 * them are planted in the columns that they are compared with; other cells are often values that the real data has. Nothing is
 * missing where the real data is known to miss nothing.
 */
export function seededDatabase(
  catalog: DatabaseCatalog,
  query: QueryIr,
  { seed, rows = ROWS, doubleQuotedText = true }: SeededRows,
): DatabaseSync {
  const database = emptyDatabase(catalog, doubleQuotedText);
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const planted = plantedLiterals(query);
  const keys = joinedKeys(catalog, query, planted, rows);
  database.exec('BEGIN');
  for (const table of catalog.tables) {
    const marks = table.columns.map(() => '?').join(', ');
    const insert = database.prepare(`INSERT OR IGNORE INTO ${quoteName(table.name)} VALUES (${marks})`);
    for (let row = 0; row < rows; row += 1) insert.run(...table.columns.map((column) => cell(table, column, row)));
  }
  database.exec('COMMIT');
  return database;

  function cell(table: Table, column: Column, row: number): Planted | null {
    const key = keyOf(table.name, column.name);
    const shared = keys.get(key);
    const literals = planted.get(key) ?? [];
    if (isOnlyKey(table, column)) return shared?.[row] ?? ownKeys(column, literals, rows)[row]!;
    if (literals.length > 0 && random(100) < 60) return pick(literals);
    if (mayBeMissing(column) && random(100) < 4) return null;
    if (shared) return pick(shared.slice(0, KEYS));
    if (column.values.length > 0 && random(2) === 0) return stored(column, pick(column.values));
    return invented(column);
  }

  function invented({ kind }: Column): Planted {
    if (kind === 'number') return random(10) < 7 ? random(100) : random(10_000) / 100;
    if (kind === 'date' || kind === 'timestamp') return `20${10 + random(15)}-0${1 + random(9)}-1${random(10)}`;
    return random(4) === 0 ? String(random(2_000)) : `word ${random(30)}`;
  }
}

const isOnlyKey = ({ primaryKey }: Table, { name }: Column) => primaryKey.length === 1 && primaryKey[0] === name;

/** Without data nothing is known of it. */
const mayBeMissing = ({ nullShare }: Column) => nullShare === undefined || nullShare > 0;

const stored = ({ kind }: Column, value: string): Planted =>
  kind === 'number' && Number.isFinite(Number(value)) ? Number(value) : value;

/** A key for each row, the planted ones first. */
function ownKeys({ kind }: Pick<Column, 'kind'>, planted: readonly Planted[], rows: number): readonly Planted[] {
  const fits = planted.filter((value) => kind !== 'number' || typeof value === 'number');
  const made = Array.from({ length: rows }, (_, row) => (kind === 'text' ? `k${row + 1}` : row + 1));
  return [...new Set<Planted>([...fits, ...made])].slice(0, rows);
}

/** For each column that stands on a side of a key or of an equality, the values that its side and the other share. */
function joinedKeys(
  catalog: DatabaseCatalog,
  query: QueryIr,
  planted: ReadonlyMap<string, readonly Planted[]>,
  rows: number,
): ReadonlyMap<string, readonly Planted[]> {
  const kinds = new Map(
    catalog.tables.flatMap(({ name, columns }) =>
      columns.map((column) => [keyOf(name, column.name), column.kind] as const),
    ),
  );
  const found = new Map<string, readonly Planted[]>();
  for (const group of joinedColumns(catalog, query)) {
    const literals = group.flatMap((key) => planted.get(key) ?? []);
    // A key of texts on one side makes texts of all.
    const kind = group.some((key) => kinds.get(key) === 'text') ? 'text' : 'number';
    const values = ownKeys({ kind }, literals, rows);
    for (const key of group) found.set(key, values);
  }
  return found;
}

/** Columns that stand on the two sides of a key or of an equality, as groups of equal values. */
export function joinedColumns(catalog: DatabaseCatalog, query: QueryIr): readonly (readonly string[])[] {
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
      const target = findTable(catalog, key.targetTable);
      for (const [at, column] of key.columns.entries()) {
        const named = key.targetColumns[at] ?? target?.primaryKey[at] ?? column;
        if (target && findColumn(target, named)) join(keyOf(table.name, column), keyOf(target.name, named));
      }
    }
  }
  visit(query, (one) => {
    if (one.kind !== 'compare' || one.operator !== '=') return;
    const [left, right] = [columnOf(one.left), columnOf(one.right)];
    if (left && right) join(left, right);
  });
  return [...Map.groupBy(parent.keys(), root).values()];
}

export function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}
