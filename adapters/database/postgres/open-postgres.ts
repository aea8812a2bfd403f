import pg, { type PoolClient } from 'pg';
import Cursor from 'pg-cursor';
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
import { extractOwnCode, extractTables } from './extract.ts';
import { probeRole } from './probe-role.ts';
import { beginReadOnly, clientConfig, connectFailure, reset, runFailure, sendCancel, setTimeLimit } from './session.ts';
import { kindOfOid, toCell } from './types.ts';

export interface PostgresOptions extends ServerTarget {
  readonly id: string;
  readonly description?: string;
  /** Only these schemas are read; all that the role may use, if absent. */
  readonly schemas?: readonly string[];
}

const CAPABILITIES: Capabilities = {
  comments: true,
  schemas: true,
  engineStatistics: true,
  cancels: 'protocol-cancel',
  engineTimeout: true,
};

const MAX_CONNECTIONS = 4;
const BATCH_ROWS = 200;
const ESTIMATE_MS = 2_000;
const PROBE_MS = 10_000;
/** What a server may send for a piece of work besides rows, and for its whole schema with samples. */
const SMALL = 8 * 2 ** 20;
const CATALOG_BYTES = 2 ** 30;
const PING_MS = 5_000;
const CATALOG_MS = 30 * 60_000;
/** Session settings, cost and reset around a statement. */
const RUN_GRACE_MS = 10_000;

/** A PostgreSQL database behind the Database port. */
export function openPostgres(options: PostgresOptions): Database {
  const config = clientConfig(options, 'querent');
  const pool = new pg.Pool({ ...config, max: MAX_CONNECTIONS, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
  pool.on('error', () => undefined); // an idle connection that the server closed; the next run opens another

  async function withClient<T>(
    deadlineMs: number,
    maxBytes: number,
    work: (client: PoolClient) => Promise<{ readonly result: Result<T>; readonly clean: boolean }>,
  ): Promise<Result<T>> {
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      return fail(connectFailure(options, error));
    }
    const onError = () => undefined; // a connection lost while ours: the running query rejects with the reason
    client.on('error', onError);
    let clean = false;
    const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
    allow(stream, maxBytes);
    const silence = withoutAnswer(deadlineMs, () => stream.destroy());
    try {
      const done = await Promise.race([work(client), silence.gone]);
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
      client.off('error', onError);
      client.release(!clean);
    }
  }

  async function run(sql: ReadOnlySql, limits: StatementLimits, signal: AbortSignal): Promise<Result<ResultTable>> {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    return withClient(limits.timeoutMs + RUN_GRACE_MS, limits.maxRawBytes + SMALL, async (client) => {
      const started = performance.now();
      const stop = watch(client, limits, signal);
      try {
        await beginReadOnly(client, { timeoutMs: limits.timeoutMs, searchPath: sql.searchPath, asker: sql.asker });
        const costly = limits.budget && (await tooCostly(client, sql.text, limits.budget, limits.timeoutMs));
        if (costly) {
          const failure = stop.reason ?? costly;
          return { result: fail(failure), clean: stop.reason === undefined && (await reset(client)) };
        }
        const read = await readRows(client, sql.text, limits, options.id);
        if (!read.ok) return { result: read, clean: false };
        const elapsedMs = performance.now() - started;
        const clean = read.value.truncated === undefined && stop.reason === undefined && (await reset(client));
        return { result: ok({ ...read.value, elapsedMs }), clean };
      } catch (error) {
        return { result: fail(stop.reason ?? runFailure(options, limits.timeoutMs, error)), clean: false };
      } finally {
        stop.end();
      }
    });
  }

  async function tooCostly(client: PoolClient, text: string, budget: CostBudget, timeoutMs: number) {
    try {
      await setTimeLimit(client, Math.min(ESTIMATE_MS, timeoutMs));
      const expected = await estimate(client, text);
      const why = overBudget(expected, budget);
      await setTimeLimit(client, timeoutMs);
      return why && ({ kind: 'query-too-costly', database: options.id, why, seconds: expected.seconds } as const);
    } catch (error) {
      const failure = runFailure(options, ESTIMATE_MS, error);
      if (failure.kind !== 'query-timed-out') throw error;
      return { kind: 'query-too-costly', database: options.id, why: 'even planning it takes too long' } as const;
    }
  }

  function watch(client: PoolClient, limits: StatementLimits, signal: AbortSignal) {
    const { stream } = (client as unknown as { connection: { stream: { bytesRead: number; destroy(): void } } })
      .connection;
    return watchStatement({
      database: options.id,
      limits,
      signal,
      stream,
      cancel: () => void sendCancel(config, client),
    });
  }

  async function catalog(extract: ExtractOptions, signal: AbortSignal): Promise<Result<DatabaseCatalog>> {
    return withClient(CATALOG_MS, CATALOG_BYTES, async (client) => {
      const onAbort = () => void sendCancel(config, client);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await beginReadOnly(client, { timeoutMs: 30_000, searchPath: [], asker: '' });
        const { tables, warnings } = await extractTables(client, options.schemas, (done, total, table) => {
          signal.throwIfAborted();
          extract.onTable?.(done, total, table);
        });
        const version = await client.query<{ v: string }>("SELECT current_setting('server_version') AS v");
        const ownCode = await extractOwnCode(client);
        await reset(client);
        if (!tables.length) return { result: fail({ kind: 'database-empty', database: options.id }), clean: true };
        const { description } = options;
        const value: DatabaseCatalog = {
          databaseId: options.id,
          engine: 'postgres',
          serverVersion: version.rows[0]!.v,
          ...(description ? { description } : {}),
          ...(ownCode.functions.length || ownCode.operators.length ? { ownCode } : {}),
          tables,
          warnings,
        };
        return { result: ok(value), clean: true };
      } catch (error) {
        const failure: Failure = signal.aborted ? { kind: 'cancelled' } : runFailure(options, 30_000, error);
        return { result: fail(failure), clean: false };
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    });
  }

  return {
    id: options.id,
    engine: 'postgres',
    capabilities: CAPABILITIES,
    ping: () =>
      withClient(PING_MS, SMALL, async (client) => {
        try {
          const version = await client.query<{ v: string }>("SELECT current_setting('server_version') AS v");
          return { result: ok({ serverVersion: version.rows[0]!.v }), clean: true };
        } catch (error) {
          return { result: fail(connectFailure(options, error)), clean: false };
        }
      }),
    catalog,
    probeRole: () =>
      withClient(PROBE_MS, SMALL, async (client) => {
        try {
          await beginReadOnly(client, { timeoutMs: PROBE_MS, searchPath: [], asker: '' });
          return {
            result: ok(await probeRole(client, options.tls || isLoopback(options.host))),
            clean: await reset(client),
          };
        } catch (error) {
          return { result: fail(runFailure(options, PROBE_MS, error)), clean: false };
        }
      }),
    run,
    estimate: (sql) =>
      withClient(PROBE_MS, SMALL, async (client) => {
        try {
          await beginReadOnly(client, { timeoutMs: ESTIMATE_MS, searchPath: sql.searchPath, asker: sql.asker });
          return { result: ok(await estimate(client, sql.text)), clean: await reset(client) };
        } catch (error) {
          return { result: fail(runFailure(options, ESTIMATE_MS, error)), clean: false };
        }
      }),
    close: () => pool.end(),
  };
}

/** Reads through a portal, a batch at a time, and stops at the caps; the text is sent as it is. */
async function readRows(
  client: PoolClient,
  text: string,
  limits: StatementLimits,
  database: string,
): Promise<Result<Omit<ResultTable, 'elapsedMs'>>> {
  const cursor = client.query(new Cursor<(string | null)[]>(text, [], { rowMode: 'array' }));
  const rows: (readonly Cell[])[] = [];
  let columns: readonly (ResultColumn & { readonly oid: number })[] | undefined;
  let bytes = 0;
  let cellsCut = false;
  let truncated: 'rows' | 'bytes' | undefined;
  while (truncated === undefined) {
    const { batch, fields } = await readBatch(cursor, Math.min(BATCH_ROWS, limits.maxRows + 1 - rows.length));
    columns ??= fields.map(({ name, dataTypeID }) => ({ name, kind: kindOfOid(dataTypeID), oid: dataTypeID }));
    if (columns.length > limits.maxColumns) {
      return fail({ kind: 'query-too-big', database, what: `${columns.length} columns` });
    }
    for (const raw of batch) {
      if (rows.length === limits.maxRows) {
        truncated = 'rows';
        break;
      }
      const { row, size, cut } = decode(raw, columns, limits);
      if (size > limits.maxRowBytes || bytes + size > limits.maxResultBytes) {
        truncated = 'bytes';
        break;
      }
      rows.push(row);
      bytes += size;
      cellsCut ||= cut;
    }
    if (batch.length === 0) break;
  }
  if (truncated === undefined) await cursor.close();
  const shown = (columns ?? []).map(({ name, kind }) => ({ name, kind }));
  return ok({ columns: shown, rows, cellsCut, ...(truncated ? { truncated } : {}) });
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

function readBatch(
  cursor: Cursor<(string | null)[]>,
  size: number,
): Promise<{ batch: (string | null)[][]; fields: readonly Field[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(Math.max(size, 1), (error, batch, result) => {
      if (error) reject(error);
      else resolve({ batch, fields: (result?.fields as readonly Field[] | undefined) ?? [] });
    });
  });
}

function decode(
  raw: readonly (string | null)[],
  columns: readonly { readonly oid: number }[],
  limits: StatementLimits,
) {
  let size = 0;
  let cut = false;
  const row = raw.map((text, at): Cell => {
    if (text === null) return null;
    let kept = text;
    if (Buffer.byteLength(text) > limits.maxCellBytes) {
      cut = true;
      kept = `${Buffer.from(text)
        .subarray(0, limits.maxCellBytes)
        .toString('utf8')
        .replace(/\ufffd+$/, '')}…`;
      if (text.startsWith('\\x')) kept = text.slice(0, limits.maxCellBytes);
    }
    size += Buffer.byteLength(kept);
    return toCell(kept, columns[at]?.oid ?? 0);
  });
  return { row, size, cut };
}
