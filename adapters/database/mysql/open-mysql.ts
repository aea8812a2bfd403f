import mysql, { type PoolConnection } from 'mysql2/promise';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type CostBudget, overBudget } from '#src/domain/cost.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Cell, ResultColumn, ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import type { Capabilities, Database, ExtractOptions } from '#src/ports/database.ts';
import { allow } from '../../network/bounded-socket.ts';
import { isLoopback, type ServerTarget, whereabouts } from '../server-target.ts';
import { watchStatement, withoutAnswer } from '../watch-statement.ts';
import { estimate } from './estimate.ts';
import { extractNaming, extractTables } from './extract.ts';
import { probeRole } from './probe-role.ts';
import {
  beginReadOnly,
  connectFailure,
  connectionConfig,
  incompleteness,
  kill,
  reset,
  runFailure,
  setTimeLimit,
} from './session.ts';
import { type FieldType, kindOfField, toCell } from './types.ts';

export interface MysqlOptions extends ServerTarget {
  readonly id: string;
  readonly engine: 'mysql' | 'mariadb';
  readonly description?: string;
}

const CAPABILITIES: Capabilities = {
  comments: true,
  schemas: false,
  engineStatistics: false,
  cancels: 'protocol-cancel',
  engineTimeout: true,
};

const MAX_CONNECTIONS = 4;
const ESTIMATE_MS = 2_000;
const PROBE_MS = 10_000;
/** What a server may send for a piece of work besides rows, and for its whole schema with samples. */
const SMALL = 8 * 2 ** 20;
const CATALOG_BYTES = 2 ** 30;
const PING_MS = 5_000;
const CATALOG_MS = 30 * 60_000;
/** Session settings, cost and reset around a statement. */
const RUN_GRACE_MS = 10_000;

/** A MariaDB or MySQL database behind the Database port. Which of the two is read from its version. */
export function openMysql(options: MysqlOptions): Database {
  const config = connectionConfig(options);
  const pool = mysql.createPool({ ...config, connectionLimit: MAX_CONNECTIONS, idleTimeout: 10_000 });

  async function withConnection<T>(
    deadlineMs: number,
    maxBytes: number,
    work: (connection: PoolConnection) => Promise<{ readonly result: Result<T>; readonly clean: boolean }>,
  ): Promise<Result<T>> {
    let connection: PoolConnection;
    try {
      connection = await pool.getConnection();
    } catch (error) {
      return fail(connectFailure(options, error));
    }
    let clean = false;
    const { stream } = (connection as unknown as { connection: { stream: { destroy(): void } } }).connection;
    allow(stream, maxBytes);
    const silence = withoutAnswer(deadlineMs, () => stream.destroy());
    try {
      const done = await Promise.race([work(connection), silence.gone]);
      clean = done.clean;
      return done.result;
    } catch (error) {
      if (error !== silence.error) throw error;
      return fail({
        kind: 'database-unreachable',
        database: options.id,
        retry: true,
        where: whereabouts(options),
        cause: error,
      });
    } finally {
      silence.end();
      if (clean) connection.release();
      else connection.destroy();
    }
  }

  async function run(sql: ReadOnlySql, limits: StatementLimits, signal: AbortSignal): Promise<Result<ResultTable>> {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    return withConnection(limits.timeoutMs + RUN_GRACE_MS, limits.maxRawBytes + SMALL, async (connection) => {
      const started = performance.now();
      const stop = watch(connection, limits, signal);
      try {
        const { isMariadb } = await beginReadOnly(connection, limits);
        const costly =
          limits.budget && (await tooCostly(connection, isMariadb, sql.text, limits.budget, limits.timeoutMs));
        if (costly) {
          const clean = stop.reason === undefined && (await reset(connection));
          return { result: fail(stop.reason ?? costly), clean };
        }
        const read = await Promise.race([readRows(connection, sql.text, limits, options.id), stop.gone]);
        if (!read.ok) return { result: read, clean: false };
        const elapsedMs = performance.now() - started;
        if (read.value.truncated !== undefined || stop.reason !== undefined) {
          return { result: ok({ ...read.value, elapsedMs }), clean: false };
        }
        const why = await incompleteness(connection);
        const result: Result<ResultTable> =
          why === undefined
            ? ok({ ...read.value, elapsedMs })
            : fail({ kind: 'query-incomplete', database: options.id, why });
        return { result, clean: await reset(connection) };
      } catch (error) {
        return { result: fail(stop.reason ?? runFailure(options, limits.timeoutMs, error)), clean: false };
      } finally {
        stop.end();
      }
    });
  }

  async function tooCostly(
    connection: PoolConnection,
    isMariadb: boolean,
    text: string,
    budget: CostBudget,
    timeoutMs: number,
  ) {
    try {
      await setTimeLimit(connection, isMariadb, Math.min(ESTIMATE_MS, timeoutMs));
      const expected = await estimate(connection, text);
      const why = overBudget(expected, budget);
      await setTimeLimit(connection, isMariadb, timeoutMs);
      return why && ({ kind: 'query-too-costly', database: options.id, why, seconds: expected.seconds } as const);
    } catch (error) {
      const failure = runFailure(options, ESTIMATE_MS, error);
      if (failure.kind !== 'query-timed-out') throw error;
      return { kind: 'query-too-costly', database: options.id, why: 'even planning it takes too long' } as const;
    }
  }

  function watch(connection: PoolConnection, limits: StatementLimits, signal: AbortSignal) {
    const { stream } = (connection as unknown as { connection: { stream: { bytesRead: number; destroy(): void } } })
      .connection;
    const threadId = connection.threadId ?? 0;
    return watchStatement({
      database: options.id,
      limits,
      signal,
      stream,
      cancel: () => void kill(config, 'QUERY', threadId),
      // Some statements do not look up while they run; then the connection is given up, on both sides.
      giveUp: () => void kill(config, 'CONNECTION', threadId),
    });
  }

  async function catalog(extract: ExtractOptions, signal: AbortSignal): Promise<Result<DatabaseCatalog>> {
    return withConnection(CATALOG_MS, CATALOG_BYTES, async (connection) => {
      const onAbort = () => void kill(config, 'QUERY', connection.threadId ?? 0);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const { serverVersion } = await beginReadOnly(connection, { timeoutMs: 5_000 });
        const { tables, warnings } = await extractTables(connection, (done, total, table) => {
          signal.throwIfAborted();
          extract.onTable?.(done, total, table);
        });
        const naming = await extractNaming(connection);
        await reset(connection);
        if (!tables.length) return { result: fail({ kind: 'database-empty', database: options.id }), clean: true };
        const { description } = options;
        const value: DatabaseCatalog = {
          databaseId: options.id,
          engine: options.engine,
          serverVersion,
          schemaName: options.database,
          ...(description ? { description } : {}),
          ...naming,
          tables,
          warnings,
        };
        return { result: ok(value), clean: true };
      } catch (error) {
        const failure: Failure = signal.aborted ? { kind: 'cancelled' } : runFailure(options, 5_000, error);
        return { result: fail(failure), clean: false };
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    });
  }

  return {
    id: options.id,
    engine: options.engine,
    capabilities: CAPABILITIES,
    ping: () =>
      withConnection(PING_MS, SMALL, async (connection) => {
        try {
          const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT VERSION() AS v');
          return { result: ok({ serverVersion: String(rows[0]!.v) }), clean: true };
        } catch (error) {
          return { result: fail(connectFailure(options, error)), clean: false };
        }
      }),
    catalog,
    probeRole: () =>
      withConnection(PROBE_MS, SMALL, async (connection) => {
        try {
          await beginReadOnly(connection, { timeoutMs: PROBE_MS });
          return {
            result: ok(await probeRole(connection, options.tls || isLoopback(options.host))),
            clean: await reset(connection),
          };
        } catch (error) {
          return { result: fail(runFailure(options, PROBE_MS, error)), clean: false };
        }
      }),
    run,
    estimate: (sql) =>
      withConnection(PROBE_MS, SMALL, async (connection) => {
        try {
          await beginReadOnly(connection, { timeoutMs: ESTIMATE_MS });
          return { result: ok(await estimate(connection, sql.text)), clean: await reset(connection) };
        } catch (error) {
          return { result: fail(runFailure(options, ESTIMATE_MS, error)), clean: false };
        }
      }),
    close: () => pool.end(),
  };
}

/** Reads row by row as the server sends them and stops at the caps; the text is sent as it is. */
function readRows(
  connection: PoolConnection,
  text: string,
  limits: StatementLimits,
  database: string,
): Promise<Result<Omit<ResultTable, 'elapsedMs'>>> {
  const rows: (readonly Cell[])[] = [];
  let columns: readonly ResultColumn[] = [];
  let types: readonly FieldType[] = [];
  let bytes = 0;
  let cellsCut = false;
  return new Promise((resolve, reject) => {
    const core = (connection as unknown as { connection: import('mysql2').Connection }).connection;
    let settled = false;
    const finish = (result: Result<Omit<ResultTable, 'elapsedMs'>>) => {
      settled = true;
      resolve(result);
    };
    const done = (truncated?: 'rows' | 'bytes') =>
      finish(ok({ columns, rows, cellsCut, ...(truncated ? { truncated } : {}) }));
    const query = core.query({
      sql: text,
      rowsAsArray: true,
      typeCast: (field) => field.buffer(),
    });
    query.on('fields', (fields) => {
      const packets = fields as unknown as readonly (FieldType & { readonly name: string })[];
      types = packets;
      columns = packets.map((field) => ({ name: field.name, kind: kindOfField(field) }));
      if (columns.length > limits.maxColumns) {
        finish(fail({ kind: 'query-too-big', database, what: `${columns.length} columns` }));
      }
    });
    query.on('result', (raw) => {
      if (settled || !Array.isArray(raw)) return;
      if (rows.length === limits.maxRows) return done('rows');
      const { row, size, cut } = decode(raw as unknown as (Buffer | null)[], types, limits);
      if (size > limits.maxRowBytes || bytes + size > limits.maxResultBytes) return done('bytes');
      rows.push(row);
      bytes += size;
      cellsCut ||= cut;
    });
    query.on('error', (error) => {
      if (!settled) reject(error);
    });
    query.on('end', () => {
      if (!settled) done();
    });
  });
}

function decode(raw: readonly (Buffer | null)[], types: readonly FieldType[], limits: StatementLimits) {
  let size = 0;
  let cut = false;
  const row = raw.map((bytes, at): Cell => {
    if (bytes === null) return null;
    const long = bytes.byteLength > limits.maxCellBytes;
    const kept = long ? bytes.subarray(0, limits.maxCellBytes) : bytes;
    size += kept.byteLength;
    cut ||= long;
    const cell = toCell(kept, types[at]!);
    return long && typeof cell === 'string' ? `${cell.replace(/\ufffd+$/, '')}…` : cell;
  });
  return { row, size, cut };
}
