import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { explain } from '#src/edl/explain.ts';
import { emptyDatabase, quoteName } from '../bytecode.ts';
import { compareSpider } from '../compare.ts';
import { isOrdered } from '../comparisons.ts';
import { mutants } from '../mutants.ts';
import { type SeededRows, seededDatabase } from './seeded-rows.ts';

/** One database of a suite: it is made anew from its seed. */
export interface SuiteDatabase extends Required<Pick<SeededRows, 'seed' | 'rows'>> {
  /** Rows that tie under the gold query's ORDER BY come in any order here: theirs is not compared. */
  readonly tied: boolean;
}

/** The databases on which a query must agree with the gold query, besides the real one (sources.md#test-suites). */
export interface Suite {
  readonly gold: string;
  readonly databases: readonly SuiteDatabase[];
  /** Mutants of the gold query, and how many of them some database tells from it. */
  readonly mutants: number;
  readonly apart: number;
}

/** Seeds that are tried; the last of them seldom tells apart what none before did. */
const SEEDS = 24;
/** Small ones, too: among few rows less ties, and an extreme is in one row alone. */
const SIZES = [60, 12, 30, 6];

/**
 * Of the databases that seeds give, at most so many: those that tell apart a mutant of the gold query which none before told apart,
 * then others. None on which the gold query's own result depends on the order in which rows are read. Undefined where it has an
 * answer on none.
 */
export function makeSuite(gold: string, catalog: DatabaseCatalog, most: number): Suite | undefined {
  const explained = explain(gold, catalog.engine, catalog);
  if (!explained.ok) return undefined;
  const { query } = explained.value;
  const changed = mutants(gold, catalog).map(({ sql }) => sql);
  const left = new Set(changed);
  const telling: SuiteDatabase[] = [];
  const others: SuiteDatabase[] = [];
  let answers = false;
  for (let seed = 1; seed <= SEEDS && telling.length < most; seed += 1) {
    const rows = SIZES[seed % SIZES.length]!;
    const database = seededDatabase(catalog, query, { seed, rows });
    const wanted = steadyRows(database, gold, catalog);
    if (wanted) {
      const found = [...left].filter((sql) => isApart(database, wanted, sql, gold));
      for (const sql of found) left.delete(sql);
      (found.length ? telling : others).push({ seed, rows, tied: wanted.tied });
      answers ||= hasAnswer(wanted.table);
    }
    database.close();
  }
  if (!answers) return undefined;
  const statements = compiling(catalog, query, changed);
  const databases = [...telling, ...others].slice(0, most);
  return { gold, databases, mutants: statements.size, apart: [...statements].filter((sql) => !left.has(sql)).length };
}

/** Whether a query gives the gold query's rows on every database of a suite. */
export function agreesOn({ gold, databases }: Suite, catalog: DatabaseCatalog, predicted: string): boolean {
  const explained = explain(gold, catalog.engine, catalog);
  if (!explained.ok) return false;
  const { query } = explained.value;
  return databases.every(({ tied, ...from }) => {
    const own = seededDatabase(catalog, query, from);
    // The product knows no double-quoted text.
    const product = seededDatabase(catalog, query, { ...from, doubleQuotedText: false });
    const [wanted, given] = [rowsOf(own, gold), rowsOf(product, predicted)];
    own.close();
    product.close();
    return wanted && given && compareSpider(wanted, given, isOrdered(gold) && !tied).equal;
  });
}

interface Steady {
  readonly table: ResultTable;
  readonly tied: boolean;
}

/** The gold query's rows, if they are the same when the tables hold theirs the other way round. */
function steadyRows(database: DatabaseSync, gold: string, catalog: DatabaseCatalog): Steady | undefined {
  const table = rowsOf(database, gold);
  if (!table) return undefined;
  const turned = turnedRound(database, catalog);
  const again = rowsOf(turned, gold);
  turned.close();
  if (!again || !compareSpider(table, again, false).equal) return undefined;
  return { table, tied: isOrdered(gold) && !compareSpider(table, again, true).equal };
}

/** The same rows, the last first; without keys, by which SQLite would put them in order again. */
function turnedRound(database: DatabaseSync, catalog: DatabaseCatalog): DatabaseSync {
  const keyless = { ...catalog, tables: catalog.tables.map((table) => ({ ...table, primaryKey: [] })) };
  const turned = emptyDatabase(keyless, true);
  turned.exec('BEGIN');
  for (const { name, columns } of catalog.tables) {
    const rows = rowsOf(database, `SELECT * FROM ${quoteName(name)}`)?.rows ?? [];
    const insert = turned.prepare(`INSERT INTO ${quoteName(name)} VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of rows.toReversed()) insert.run(...(row as SQLInputValue[]));
  }
  turned.exec('COMMIT');
  return turned;
}

function isApart(database: DatabaseSync, { table, tied }: Steady, mutant: string, gold: string): boolean {
  const given = rowsOf(database, mutant);
  return given !== undefined && !compareSpider(table, given, isOrdered(gold) && !tied).equal;
}

/** Those that are statements. */
function compiling(
  catalog: DatabaseCatalog,
  query: Parameters<typeof seededDatabase>[1],
  statements: readonly string[],
): ReadonlySet<string> {
  const database = seededDatabase(catalog, query, { seed: 1, rows: 1 });
  const found = new Set(statements.filter((sql) => rowsOf(database, sql)));
  database.close();
  return found;
}

/** Rows of which not all is missing or nought: what any query with no match gives says little. */
const hasAnswer = ({ rows }: ResultTable) => rows.some((row) => row.some((cell) => cell !== null && cell !== 0));

export function rowsOf(database: DatabaseSync, sql: string): ResultTable | undefined {
  try {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    const rows = statement.all() as unknown as Cell[][];
    return { columns: [], rows, cellsCut: false, elapsedMs: 0 };
  } catch {
    return undefined;
  }
}
