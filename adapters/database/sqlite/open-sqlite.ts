import { statSync } from 'node:fs';
import path from 'node:path';
import type { ColumnKind, DatabaseCatalog } from '#src/domain/catalog.ts';
import type { CostEstimate } from '#src/domain/cost.ts';
import type { Failure, FileFault, QueryFault } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Cell, ResultColumn, ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import type { RoleReport } from '#src/domain/role-report.ts';
import type { Capabilities, Database, ExtractOptions } from '#src/ports/database.ts';
import { tablesOf } from './catalog-tables.ts';
import { type Child, type Ended, startChild } from './child-process.ts';
import { liesBelow, OUTSIDE, probeFile } from './probe-role.ts';
import type { RawTable, Request } from './protocol.ts';

export interface OpenSqliteOptions {
  readonly id: string;
  readonly file: string;
  readonly description?: string;
  /** The file must lie below one of these; anywhere, if there are none. */
  readonly folders?: readonly string[];
  /** SQLite's legacy double-quoted text; on only where gold queries of a benchmark are run. */
  readonly doubleQuotedText?: boolean;
}

const CAPABILITIES: Capabilities = {
  comments: false,
  schemas: false,
  engineStatistics: false,
  cancels: 'kill-process',
  engineTimeout: false,
};

const OPEN_TIMEOUT_MS = 5_000;
const ESTIMATE_MS = 2_000;
const CATALOG_MS = 10 * 60_000;

/** A SQLite file behind the Database port: one warm child process, killed to stop a statement and forked anew. */
export function openSqlite(options: OpenSqliteOptions): Database {
  let child: Child | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** The process that holds the file; a file in the wrong place is opened `to probe` alone, so that its report says so. */
  async function ready(signal: AbortSignal, toProbe?: 'to probe'): Promise<Result<Child>> {
    const fault = fileFault(options) ?? (toProbe ? undefined : placeFault(options));
    if (fault) return fail(fault);
    if (child?.alive) return ok(child);
    const opened = await openChild(options, signal);
    if (opened.ok) child = opened.value;
    return opened;
  }

  /** One piece of work after another, each on the process that holds the file. */
  function onChild<T>(
    signal: AbortSignal,
    work: (child: Child) => Promise<Result<T>>,
    toProbe?: 'to probe',
  ): Promise<Result<T>> {
    const next = queue.then(async () => {
      if (signal.aborted) return fail({ kind: 'cancelled' });
      const open = await ready(signal, toProbe);
      return open.ok ? work(open.value) : open;
    });
    queue = next.catch(() => undefined);
    return next;
  }

  return {
    id: options.id,
    engine: 'sqlite',
    capabilities: CAPABILITIES,
    ping: (signal) => onChild(signal, async ({ version }) => ok({ serverVersion: version })),
    probeRole: (signal) => onChild(signal, (held) => probe(options, held, signal), 'to probe'),
    catalog: (extract, signal) => onChild(signal, (held) => readCatalog(options, held, extract, signal)),
    loggedStatements: async () => fail({ kind: 'no-query-log', database: options.id, why: 'none-kept' }),
    schemaStamp: async () => stampOf(options),
    run: (sql, limits, signal) => onChild(signal, (held) => runStatement(options, held, sql, limits, signal)),
    estimate: (sql, signal) => onChild(signal, (held) => estimate(options, held, sql, signal)),
    close: async () => {
      const last = child;
      child = undefined;
      last?.kill();
      await last?.ended;
    },
  };
}

/** A file tells when it was written, and reading one is cheap: any write makes another stamp. */
function stampOf(options: OpenSqliteOptions): Result<string> {
  const fault = fileFault(options) ?? placeFault(options);
  if (fault) return fail(fault);
  const file = path.resolve(options.file);
  const written = [file, `${file}-wal`].map((one) => statSync(one, { throwIfNoEntry: false }));
  return ok(written.map((one) => (one?.size ? `${one.ino} ${one.size} ${one.mtimeMs}` : 'none')).join(', '));
}

async function openChild(options: OpenSqliteOptions, signal: AbortSignal): Promise<Result<Child>> {
  const child = startChild();
  const file = path.resolve(options.file);
  const open: Request = { kind: 'open', file, doubleQuotedText: options.doubleQuotedText ?? false };
  const opened = await child.ask(open, OPEN_TIMEOUT_MS, signal, (reply) => reply.kind === 'opened');
  if (opened.kind !== 'replied') {
    child.kill();
    return fail(opened.kind === 'aborted' ? { kind: 'cancelled' } : unreachable(options, opened));
  }
  child.version = opened.reply.kind === 'opened' ? opened.reply.version : '';
  return ok(child);
}

async function runStatement(
  { id: database }: OpenSqliteOptions,
  child: Child,
  { text, readable, callable, tables }: ReadOnlySql,
  limits: StatementLimits,
  signal: AbortSignal,
): Promise<Result<ResultTable>> {
  const started = performance.now();
  let columns: readonly ResultColumn[] = [];
  const rows: (readonly Cell[])[] = [];
  let cellsCut = false;
  const request: Request = { kind: 'run', sql: text, readable, callable, tables, limits };
  const ended = await child.ask(request, limits.timeoutMs, signal, (reply) => {
    if (reply.kind === 'columns') columns = reply.columns;
    if (reply.kind === 'rows') {
      for (const row of reply.rows) rows.push(row);
      cellsCut ||= reply.cellsCut;
    }
    return reply.kind === 'done' || reply.kind === 'costly';
  });
  switch (ended.kind) {
    case 'aborted':
      return fail({ kind: 'cancelled' });
    case 'timed-out':
      return fail({ kind: 'query-timed-out', database, limitMs: limits.timeoutMs });
    case 'died':
      return fail({ kind: 'query-too-big', database, what: 'it used up its memory' });
    case 'failed':
      return fail(runFailure(database, ended.message, ended.code));
    case 'replied': {
      if (ended.reply.kind === 'costly') {
        const { why, seconds } = ended.reply;
        return fail({ kind: 'query-too-costly', database, why, seconds });
      }
      const truncated = ended.reply.kind === 'done' ? ended.reply.truncated : undefined;
      return ok({
        columns: columns.map((column, at) => ({ ...column, kind: observedKind(column.kind, rows, at) })),
        rows,
        ...(truncated ? { truncated } : {}),
        cellsCut,
        elapsedMs: performance.now() - started,
      });
    }
  }
}

async function probe(options: OpenSqliteOptions, child: Child, signal: AbortSignal): Promise<Result<RoleReport>> {
  const ended = await child.ask({ kind: 'schema' }, OPEN_TIMEOUT_MS, signal, (reply) => reply.kind === 'schema');
  if (ended.kind !== 'replied' || ended.reply.kind !== 'schema') return fail(unreachable(options, ended));
  return ok(probeFile(path.resolve(options.file), options.folders ?? [], ended.reply.objects));
}

async function estimate(
  { id: database }: OpenSqliteOptions,
  child: Child,
  sql: ReadOnlySql,
  signal: AbortSignal,
): Promise<Result<CostEstimate>> {
  const request: Request = { kind: 'estimate', sql: sql.text, tables: sql.tables };
  const ended = await child.ask(request, ESTIMATE_MS, signal, (reply) => reply.kind === 'estimated');
  if (ended.kind === 'replied' && ended.reply.kind === 'estimated') return ok(ended.reply.estimate);
  if (ended.kind === 'failed') return fail(runFailure(database, ended.message, ended.code));
  return fail({ kind: 'query-timed-out', database, limitMs: ESTIMATE_MS });
}

async function readCatalog(
  options: OpenSqliteOptions,
  child: Child,
  extract: ExtractOptions,
  signal: AbortSignal,
): Promise<Result<DatabaseCatalog>> {
  const tables: RawTable[] = [];
  const ended = await child.ask({ kind: 'extract' }, CATALOG_MS, signal, (reply) => {
    if (reply.kind === 'table') {
      tables.push(reply.table);
      extract.onTable?.(reply.done, reply.total, reply.table.name);
    }
    return reply.kind === 'extracted';
  });
  if (ended.kind === 'aborted') return fail({ kind: 'cancelled' });
  if (ended.kind !== 'replied') return fail(unreachable(options, ended));
  if (!tables.length) return fail({ kind: 'database-empty', database: options.id });
  return ok({
    databaseId: options.id,
    engine: 'sqlite',
    serverVersion: child.version,
    ...(options.description ? { description: options.description } : {}),
    tables: tablesOf(tables),
    warnings: [],
  });
}

const unreachableFile = ({ id, file }: OpenSqliteOptions, fault: FileFault, cause?: Ended): Failure => ({
  kind: 'database-unreachable',
  database: id,
  retry: false,
  where: { kind: 'file', file: path.resolve(file), fault },
  ...(cause ? { cause } : {}),
});

function fileFault(options: OpenSqliteOptions): Failure | undefined {
  const found = statSync(options.file, { throwIfNoEntry: false });
  if (!found) return unreachableFile(options, 'missing');
  return found.isFile() ? undefined : unreachableFile(options, 'no-file');
}

function placeFault({ id, file, folders = [] }: OpenSqliteOptions): Failure | undefined {
  return folders.length && !liesBelow(file, folders)
    ? { kind: 'role-refused', database: id, findings: [OUTSIDE] }
    : undefined;
}

function unreachable(options: OpenSqliteOptions, cause: Ended): Failure {
  const SQLITE_NOTADB = 26;
  const isNone = cause.kind === 'failed' && (cause.code & 0xff) === SQLITE_NOTADB;
  return unreachableFile(options, isNone ? 'no-database' : 'unreadable', cause);
}

function runFailure(database: string, message: string, code: number): Failure {
  if (/^too many columns/.test(message)) return { kind: 'query-too-big', database, what: message };
  if (/string or blob too big/.test(message))
    return { kind: 'query-too-big', database, what: 'one value is over 5 MB' };
  return { kind: 'query-failed', database, reason: faultOf(message, code), cause: message };
}

function faultOf(message: string, code: number): QueryFault {
  const SQLITE_AUTH = 23;
  if (code === SQLITE_AUTH || /prohibited|not authorized/.test(message)) return 'permission';
  if (/no such (table|column)/.test(message)) return 'unknown-name';
  if (/ambiguous column name/.test(message)) return 'ambiguous';
  if (/misuse of aggregate/.test(message)) return 'grouping';
  return /syntax error|incomplete input/.test(message) ? 'syntax' : 'other';
}

/** A column whose declared type says nothing takes the kind of the cells that came. */
function observedKind(declared: ColumnKind, rows: readonly (readonly Cell[])[], at: number): ColumnKind {
  if (declared !== 'other') return declared;
  const cells = rows.map((row) => row[at] ?? null).filter((cell) => cell !== null);
  if (!cells.length) return 'other';
  if (cells.every((cell) => typeof cell === 'number' || typeof cell === 'bigint')) return 'number';
  if (cells.every((cell) => typeof cell === 'string')) {
    return cells.every((cell) => /^\d{4}-\d{2}-\d{2}$/.test(cell as string)) ? 'date' : 'text';
  }
  return cells.some((cell) => cell instanceof Uint8Array) ? 'binary' : 'other';
}
