// The process that holds one SQLite file open. It is a process and not a thread because SQLite in Node cannot be
// interrupted: the parent stops a statement by killing this (RUN-SL-1).
import { constants, DatabaseSync } from 'node:sqlite';
import type { ColumnKind } from '#src/domain/catalog.ts';
import { overBudget } from '#src/domain/cost.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import type { Cell } from '#src/domain/result-table.ts';
import { cutText, rowBounds } from '../row-bounds.ts';
import { estimate, rowCountsOf } from './estimate.ts';
import { extractTables } from './extract.ts';
import type { Reply, Request, SchemaObject } from './protocol.ts';

let database: DatabaseSync | undefined;
let rowCounts: Pick<ReadonlyMap<string, number>, 'get'> | undefined;

process.on('message', (request: Request) => {
  try {
    answer(request);
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    reply({ kind: 'failed', message, code: errcode ?? 0 });
  }
});
process.on('disconnect', () => process.exit(0));

function reply(message: Reply): void {
  process.send?.(message);
}

function answer(request: Request): void {
  if (request.kind === 'open') {
    database = new DatabaseSync(request.file, {
      readOnly: true,
      allowExtension: false,
      enableDoubleQuotedStringLiterals: request.doubleQuotedText,
      timeout: 200,
      defensive: true,
      limits: {
        attach: 0,
        length: 5_000_000,
        sqlLength: 20_000,
        exprDepth: 200,
        compoundSelect: 50,
        variableNumber: 0,
        likePatternLength: 200,
        functionArg: 50,
        triggerDepth: 0,
        vdbeOp: 100_000,
      },
    });
    const version = database.prepare('SELECT sqlite_version() AS version').get()?.version;
    database.prepare('SELECT count(*) FROM sqlite_schema').get(); // reads the file: what is no database is told here
    reply({ kind: 'opened', version: String(version) });
  } else if (request.kind === 'run') {
    run(opened(), request);
  } else if (request.kind === 'schema') {
    const objects = opened().prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL').all();
    reply({ kind: 'schema', objects: objects as unknown as SchemaObject[] });
  } else if (request.kind === 'estimate') {
    reply({ kind: 'estimated', estimate: expected(opened(), request) });
  } else {
    for (const { done, total, table } of extractTables(opened())) reply({ kind: 'table', done, total, table });
    reply({ kind: 'extracted' });
  }
}

function opened(): DatabaseSync {
  if (!database) throw new Error('not open');
  return database;
}

const BATCH_ROWS = 500;
const BATCH_BYTES = 256 * 1024;

function expected(db: DatabaseSync, { sql, tables }: { readonly sql: string; readonly tables: readonly TableUse[] }) {
  rowCounts ??= rowCountsOf(db);
  return estimate(
    db,
    sql,
    tables.map((table) => table.name),
    rowCounts,
  );
}

function run(db: DatabaseSync, request: Request & { readonly kind: 'run' }): void {
  const { sql, limits } = request;
  if (limits.budget) {
    const cost = expected(db, request);
    const why = overBudget(cost, limits.budget);
    if (why) {
      reply({ kind: 'costly', why, seconds: cost.seconds });
      return;
    }
  }
  authorize(db, request);
  try {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    const columns = statement.columns();
    if (columns.length > limits.maxColumns) throw new Error(`too many columns: ${columns.length}`);
    reply({ kind: 'columns', columns: columns.map(({ name, type }) => ({ name, kind: declaredKind(type ?? '') })) });
    let batch: Cell[][] = [];
    let batchBytes = 0;
    let cellsCut = false;
    const bounds = rowBounds(limits);
    const flush = () => {
      if (batch.length) reply({ kind: 'rows', rows: batch, cellsCut });
      batch = [];
      batchBytes = 0;
      cellsCut = false;
    };
    for (const raw of statement.iterate() as unknown as Iterable<unknown[]>) {
      if (!bounds.hasRoom()) break;
      const row = raw.map((value) => {
        const cell = toCell(value);
        const cut = cutCell(cell, limits.maxCellBytes);
        if (cut !== cell) cellsCut = true;
        return cut;
      });
      const size = row.reduce((sum: number, cell) => sum + cellBytes(cell), 0);
      if (!bounds.take(size)) break;
      batch.push(row);
      batchBytes += size;
      if (batch.length === BATCH_ROWS || batchBytes > BATCH_BYTES) flush();
    }
    flush();
    reply({ kind: 'done', ...(bounds.truncated ? { truncated: bounds.truncated } : {}) });
  } finally {
    db.setAuthorizer(null);
  }
}

/** Table functions whose rows come from their arguments alone. */
const TABLE_FUNCTIONS = new Set(['json_each', 'json_tree']);

/**
 * Engine-level check under the guard's (RUN-SL-3): only SELECT, functions of the list, visible columns of readable tables; a
 * view may read what it is made of.
 */
function authorize(
  db: DatabaseSync,
  { readable, callable }: { readonly readable: readonly TableUse[]; readonly callable: readonly string[] },
): void {
  const visible = new Map(
    readable.map((table) => [table.name.toLowerCase(), new Set(table.columns.map((column) => column.toLowerCase()))]),
  );
  const functions = new Set(callable);
  const real = realTables(db);
  const whole = new Set(
    readable
      .filter((table) => !(table as { hidden?: readonly string[] }).hidden?.length)
      .map(({ name }) => name.toLowerCase()),
  );
  const mayRead = (name: string, column: string, view: string | null) => {
    if (TABLE_FUNCTIONS.has(name) || (view !== null && visible.has(view.toLowerCase()))) return true;
    const columns = visible.get(name);
    // No column: the table is used and nothing of it read, or the name is a CTE's.
    if (!column) return columns !== undefined || !(real.has(name) || /^(sqlite|pragma)_/.test(name));
    // A table that hides nothing may have got a column since its schema was read.
    return columns?.has(column.toLowerCase()) || whole.has(name);
  };
  db.setAuthorizer((action, first, second, _database, inner) => {
    switch (action) {
      case constants.SQLITE_SELECT:
      case constants.SQLITE_RECURSIVE:
        return constants.SQLITE_OK;
      case constants.SQLITE_FUNCTION:
        return functions.has((second ?? '').toLowerCase()) ? constants.SQLITE_OK : constants.SQLITE_DENY;
      case constants.SQLITE_READ:
        return mayRead((first ?? '').toLowerCase(), second ?? '', inner) ? constants.SQLITE_OK : constants.SQLITE_DENY;
      default:
        return constants.SQLITE_DENY;
    }
  });
}

/** Tables, views and modules of the file and the engine, lower case. */
function realTables(db: DatabaseSync): ReadonlySet<string> {
  const rows = db.prepare('SELECT name FROM sqlite_schema UNION SELECT name FROM pragma_module_list').all();
  return new Set(rows.map((row) => String(row.name).toLowerCase()));
}

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  return value as Cell;
}

function cellBytes(cell: Cell): number {
  if (typeof cell === 'string') return Buffer.byteLength(cell);
  return cell instanceof Uint8Array ? cell.byteLength : 8;
}

function cutCell(cell: Cell, maxBytes: number): Cell {
  if (typeof cell === 'string' && cell.length > maxBytes / 4 && Buffer.byteLength(cell) > maxBytes)
    return cutText(Buffer.from(cell), maxBytes);
  return cell instanceof Uint8Array && cell.byteLength > maxBytes ? cell.slice(0, maxBytes) : cell;
}

/** SQLite's affinity rules, with the date types that people declare. */
function declaredKind(type: string): ColumnKind {
  const name = type.toUpperCase();
  if (name === '') return 'other';
  if (/BOOL/.test(name)) return 'boolean';
  if (/TIMESTAMP|DATETIME/.test(name)) return 'timestamp';
  if (/^DATE/.test(name)) return 'date';
  if (/INT|REAL|FLOA|DOUB|NUM|DEC|MONEY|BIT|YEAR/.test(name)) return 'number';
  if (/CHAR|CLOB|TEXT|STRING|ENUM|TIME/.test(name)) return 'text';
  return /BLOB|BINARY/.test(name) ? 'binary' : 'other';
}
