import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Column, ColumnKind, DatabaseCatalog, ForeignKey, Table } from '#src/domain/catalog.ts';
import type { CostEstimate } from '#src/domain/cost.ts';
import type { Failure, FileFault, QueryFault } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Cell, ResultColumn, ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import type { RoleReport } from '#src/domain/role-report.ts';
import type { Capabilities, Database, ExtractOptions } from '#src/ports/database.ts';
import { liesBelow, OUTSIDE, probeFile } from './probe-role.ts';
import type { RawColumn, RawTable, Reply, Request } from './protocol.ts';

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
const WATCH_EVERY_MS = 250;
const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;

/** A SQLite file behind the Database port: one warm child process, killed to stop a statement and forked anew. */
export function openSqlite(options: OpenSqliteOptions): Database {
  let child: Child | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  };

  /** The process that holds the file; a file in the wrong place is opened `to probe` alone, so that its report says so. */
  async function ready(signal: AbortSignal, toProbe?: 'to probe'): Promise<Result<Child>> {
    const fault = fileFault(options) ?? (toProbe ? undefined : placeFault(options));
    if (fault) return fail(fault);
    if (child?.alive) return ok(child);
    const fresh = startChild();
    const open: Request = {
      kind: 'open',
      file: path.resolve(options.file),
      doubleQuotedText: options.doubleQuotedText ?? false,
    };
    const opened = await fresh.ask(open, OPEN_TIMEOUT_MS, signal, (reply) => reply.kind === 'opened');
    if (opened.kind !== 'replied') {
      fresh.kill();
      return fail(opened.kind === 'aborted' ? { kind: 'cancelled' } : unreachable(options, opened));
    }
    fresh.version = opened.reply.kind === 'opened' ? opened.reply.version : '';
    child = fresh;
    return ok(fresh);
  }

  async function run(sql: ReadOnlySql, limits: StatementLimits, signal: AbortSignal): Promise<Result<ResultTable>> {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    const open = await ready(signal);
    if (!open.ok) return open;
    const started = performance.now();
    let columns: readonly ResultColumn[] = [];
    const rows: (readonly Cell[])[] = [];
    let cellsCut = false;
    const { text, readable, callable, tables } = sql;
    const request: Request = { kind: 'run', sql: text, readable, callable, tables, limits };
    const ended = await open.value.ask(request, limits.timeoutMs, signal, (reply) => {
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
        return fail({ kind: 'query-timed-out', database: options.id, limitMs: limits.timeoutMs });
      case 'died':
        return fail({ kind: 'query-too-big', database: options.id, what: 'it used up its memory' });
      case 'failed':
        return fail(runFailure(options.id, ended.message, ended.code));
      case 'replied': {
        if (ended.reply.kind === 'costly') {
          const { why, seconds } = ended.reply;
          return fail({ kind: 'query-too-costly', database: options.id, why, seconds });
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

  async function probe(signal: AbortSignal): Promise<Result<RoleReport>> {
    const open = await ready(signal, 'to probe');
    if (!open.ok) return open;
    const ended = await open.value.ask({ kind: 'schema' }, OPEN_TIMEOUT_MS, signal, (reply) => reply.kind === 'schema');
    if (ended.kind !== 'replied' || ended.reply.kind !== 'schema') return fail(unreachable(options, ended));
    return ok(probeFile(path.resolve(options.file), options.folders ?? [], ended.reply.objects));
  }

  async function estimate(sql: ReadOnlySql, signal: AbortSignal): Promise<Result<CostEstimate>> {
    const open = await ready(signal);
    if (!open.ok) return open;
    const request: Request = { kind: 'estimate', sql: sql.text, tables: sql.tables };
    const ended = await open.value.ask(request, ESTIMATE_MS, signal, (reply) => reply.kind === 'estimated');
    if (ended.kind === 'replied' && ended.reply.kind === 'estimated') return ok(ended.reply.estimate);
    if (ended.kind === 'failed') return fail(runFailure(options.id, ended.message, ended.code));
    return fail({ kind: 'query-timed-out', database: options.id, limitMs: ESTIMATE_MS });
  }

  async function catalog(extract: ExtractOptions, signal: AbortSignal): Promise<Result<DatabaseCatalog>> {
    const open = await ready(signal);
    if (!open.ok) return open;
    const tables: RawTable[] = [];
    const ended = await open.value.ask({ kind: 'extract' }, 10 * 60_000, signal, (reply) => {
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
      serverVersion: open.value.version,
      ...(options.description ? { description: options.description } : {}),
      tables: tables.map((table) => toTable(table, tables)),
      warnings: [],
    });
  }

  return {
    id: options.id,
    engine: 'sqlite',
    capabilities: CAPABILITIES,
    ping: (signal) =>
      inTurn(async () => {
        const open = await ready(signal);
        return open.ok ? ok({ serverVersion: open.value.version }) : open;
      }),
    probeRole: (signal) => inTurn(() => probe(signal)),
    catalog: (extract, signal) => inTurn(() => catalog(extract, signal)),
    run: (sql, limits, signal) => inTurn(() => run(sql, limits, signal)),
    estimate: (sql, signal) => inTurn(() => estimate(sql, signal)),
    close: async () => {
      const last = child;
      child = undefined;
      last?.kill();
      await last?.ended;
    },
  };
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
  return /syntax error|incomplete input/.test(message) ? 'syntax' : 'other';
}

type Ended =
  | { readonly kind: 'replied'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly message: string; readonly code: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'died' };

interface Child {
  alive: boolean;
  version: string;
  /** Sends one request and hands over replies until `isLast` says so. A timeout or abort kills the process. */
  ask(request: Request, timeoutMs: number, signal: AbortSignal, isLast: (reply: Reply) => boolean): Promise<Ended>;
  kill(): void;
  /** Settles once the process is gone and its folder with it. */
  readonly ended: Promise<void>;
}

function startChild(): Child {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-sqlite-'));
  const script = fileURLToPath(new URL('./child.ts', import.meta.url));
  const process_: ChildProcess = fork(script, [], {
    env: { SQLITE_TMPDIR: folder },
    cwd: folder,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const child: Child = {
    ended,
    alive: true,
    version: '',
    kill() {
      child.alive = false;
      process_.ref(); // its end is awaited, if it is alive
      process_.kill('SIGKILL');
    },
    ask(request, timeoutMs, signal, isLast) {
      return new Promise<Ended>((resolve) => {
        const settle = (ended: Ended, kill: boolean) => {
          clearTimeout(deadline);
          clearInterval(watch);
          signal.removeEventListener('abort', onAbort);
          process_.off('message', onMessage);
          process_.off('exit', onExit);
          if (kill) child.kill();
          resolve(ended);
        };
        const onAbort = () => settle({ kind: 'aborted' }, true);
        const onExit = () => settle({ kind: 'died' }, true);
        const onMessage = (reply: Reply) => {
          if (reply.kind === 'failed') settle(reply, false);
          else if (isLast(reply)) settle({ kind: 'replied', reply }, false);
        };
        const deadline = setTimeout(() => settle({ kind: 'timed-out' }, true), timeoutMs);
        const watch = setInterval(() => {
          if (memoryOf(process_.pid) > MEMORY_LIMIT_BYTES || sizeOf(folder) > MEMORY_LIMIT_BYTES) onExit();
        }, WATCH_EVERY_MS);
        process_.on('message', onMessage);
        process_.once('exit', onExit);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
        else if (!process_.connected) onExit();
        else process_.send(request);
      });
    },
  };
  process_.on('error', () => {
    child.kill();
    end();
  });
  process_.once('exit', () => {
    child.alive = false;
    rmSync(folder, { recursive: true, force: true });
    end();
  });
  process_.unref();
  (process_.channel as { unref(): void } | null | undefined)?.unref();
  return child;
}

/** Resident bytes of a process, from /proc; 0 where there is none (the deadline still holds). */
function memoryOf(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return pages * 4096;
  } catch {
    return 0;
  }
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
  } catch {
    return 0;
  }
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

function toTable(raw: RawTable, all: readonly RawTable[]): Table {
  const primaryKey = raw.columns
    .filter((column) => column.keyPosition > 0)
    .sort((a, b) => a.keyPosition - b.keyPosition)
    .map((column) => column.name);
  return {
    name: raw.name,
    kind: raw.view ? 'view' : 'table',
    columns: raw.columns.map(toColumn),
    primaryKey,
    foreignKeys: toForeignKeys(raw, all),
    ...(raw.rowEstimate === undefined ? {} : { rowEstimate: raw.rowEstimate }),
  };
}

function toColumn(raw: RawColumn): Column {
  return {
    name: raw.name,
    type: raw.type || 'ANY',
    kind: kindOf(raw),
    nullable: raw.nullable,
    values: raw.values,
    valuesComplete: raw.valuesComplete,
    distinct: raw.distinct,
    nullShare: raw.nullShare,
  };
}

/** Declared type first; SQLite lets any value in, so text that is all dates counts as a date. */
function kindOf(raw: RawColumn): ColumnKind {
  const type = raw.type.toUpperCase();
  const text = raw.values.length > 0 && raw.storage.every((storage) => storage === 'text');
  if (text && raw.values.every((value) => /^\d{4}-\d{2}-\d{2}$/.test(value))) return 'date';
  if (text && raw.values.every((value) => /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}/.test(value))) return 'timestamp';
  if (raw.storage.length > 0 && raw.storage.every((storage) => storage === 'blob')) return 'binary';
  if (/BOOL/.test(type)) return 'boolean';
  if (raw.storage.length > 0 && raw.storage.every((storage) => storage === 'integer' || storage === 'real'))
    return 'number';
  if (text) return 'text';
  if (/DATETIME|TIMESTAMP/.test(type)) return 'timestamp';
  if (/^DATE/.test(type)) return 'date';
  if (/INT|REAL|FLOA|DOUB|NUM|DEC|MONEY|BIT|YEAR/.test(type)) return 'number';
  return /BLOB|BINARY/.test(type) ? 'binary' : 'text';
}

function toForeignKeys(raw: RawTable, all: readonly RawTable[]): ForeignKey[] {
  const byId = Map.groupBy(raw.foreignKeys, (key) => key.id);
  return [...byId.values()].map((parts) => {
    const target = all.find((table) => table.name.toLowerCase() === parts[0]!.table.toLowerCase());
    const targetKey = (target?.columns ?? [])
      .filter((column) => column.keyPosition > 0)
      .sort((a, b) => a.keyPosition - b.keyPosition);
    return {
      columns: parts.map((part) => part.from),
      targetTable: target?.name ?? parts[0]!.table,
      targetColumns: parts.map((part, at) => part.to ?? targetKey[at]?.name ?? part.from),
    };
  });
}
