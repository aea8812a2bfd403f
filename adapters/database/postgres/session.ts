import type { Client, ClientConfig, PoolClient } from 'pg';
import pg from 'pg';
import type { Failure, QueryFault } from '#src/domain/failure.ts';
import { BoundedSocket } from '../../network/bounded-socket.ts';
import { refusedEgress } from '../../network/egress.ts';
import { driverError } from '../driver-error.ts';
import { type ServerName, type ServerTarget, whereabouts } from '../server-target.ts';
import { tlsFailure } from '../tls-failure.ts';

/** Options for a client: fields only, never a connection string from outside (RUN-PG-1). */
export function clientConfig(target: ServerTarget, application: string): ClientConfig {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    ...(target.password === undefined ? {} : { password: target.password.reveal() }),
    ssl: target.tls
      ? { rejectUnauthorized: true, servername: target.host, ...(target.ca ? { ca: target.ca } : {}) }
      : false,
    stream: (target.socket ?? (() => new BoundedSocket())) as never,
    connectionTimeoutMillis: 5_000,
    application_name: application,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    lock_timeout: 2_000,
    types: { getTypeParser: () => (text: unknown) => text },
  };
}

/** Opens the transaction that every statement runs in: read-only, timed, with a fixed search path (RUN-PG-2, RUN-PG-3). */
export async function beginReadOnly(
  client: PoolClient,
  settings: {
    readonly timeoutMs: number;
    readonly searchPath: readonly string[];
    readonly asker: string;
    readonly identity: string;
  },
): Promise<void> {
  await client.query({
    text: 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY',
    queryMode: 'extended',
  } as pg.QueryConfig);
  const local: readonly (readonly [string, string])[] = [
    ['statement_timeout', String(settings.timeoutMs)],
    ['lock_timeout', '2s'],
    ['idle_in_transaction_session_timeout', '20s'],
    ['search_path', ['pg_catalog', ...settings.searchPath.map(pg.escapeIdentifier)].join(', ')],
    ['standard_conforming_strings', 'on'],
    ['row_security', 'on'],
    ['work_mem', '32MB'],
    ['max_parallel_workers_per_gather', '0'],
    ['jit', 'off'],
    ['datestyle', 'ISO, YMD'],
    // What a statement means hangs on its text alone: another zone stands in it (AT TIME ZONE, an offset).
    ['timezone', 'UTC'],
    ['intervalstyle', 'postgres'],
    ['bytea_output', 'hex'],
    ['app.asker', settings.asker],
    ['app.identity', settings.identity],
  ];
  const calls = local.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`).join(', ');
  const checked = await client.query<{ read_only: string }>({
    // transaction_timeout came with version 17; elsewhere the line sets what is set already.
    text: `SELECT ${calls}, current_setting('transaction_read_only') AS read_only,
             CASE WHEN current_setting('server_version_num')::int >= 170000
               THEN set_config('transaction_timeout', '25s', true) END AS transaction_timeout`,
    values: local.flat(),
  });
  if (checked.rows[0]?.read_only !== 'on') throw new Error('the transaction is not read-only');
}

/** Ends the transaction and forgets whatever the session might have kept (RUN-PG-4). True when the connection is as new. */
export async function reset(client: PoolClient): Promise<boolean> {
  await client.query('ROLLBACK');
  await client.query('DISCARD ALL');
  return true;
}

export async function setTimeLimit(client: PoolClient, timeoutMs: number): Promise<void> {
  await client.query("SELECT set_config('statement_timeout', $1, true)", [String(timeoutMs)]);
}

/** Sends the protocol's cancel request from a socket of its own; the server answers by ending the statement (RUN-PG-4). */
export function sendCancel(config: ClientConfig, running: PoolClient | Client): Promise<void> {
  const { processID, secretKey } = running as unknown as { processID: number | null; secretKey: number };
  if (processID === null) return Promise.resolve();
  const messenger = new pg.Client(config) as unknown as {
    connection: NodeJS.EventEmitter & {
      connect(port: number, host: string): void;
      cancel(processID: number, secretKey: number): void;
      stream: { destroy(): void };
    };
    port: number;
    host: string;
    ssl: unknown;
  };
  return new Promise((resolve) => {
    const { connection } = messenger;
    const done = () => {
      clearTimeout(giveUp);
      resolve();
    };
    const giveUp = setTimeout(() => {
      connection.stream.destroy();
      resolve();
    }, 2_000);
    connection.on('error', done);
    connection.on('end', done);
    connection.on(messenger.ssl ? 'sslconnect' : 'connect', () => connection.cancel(processID, secretKey));
    connection.connect(messenger.port, messenger.host);
  });
}

/** Translates a driver's error by its code; the original stays as the cause, for the trace alone. */
export function connectFailure(server: ServerName, error: unknown): Failure {
  const database = server.id;
  const tls = tlsFailure(database, error);
  if (tls) return tls;
  const egress = refusedEgress(error);
  if (egress) return { kind: 'address-refused', database, why: egress };
  const { code } = driverError(error);
  if (code === '28P01' || code === '28000') return { kind: 'wrong-credentials', database, cause: error };
  const retry = /^(57P0|53|08)/.test(code) || code === 'ECONNRESET' || code === 'ETIMEDOUT';
  return { kind: 'database-unreachable', database, retry, where: whereabouts(server), cause: error };
}

export function runFailure(server: ServerName, limitMs: number, error: unknown): Failure {
  const database = server.id;
  const { code } = driverError(error);
  if (code === '57014') return { kind: 'query-timed-out', database, limitMs };
  if (/^(57P|08|53)/.test(code) || /^E[A-Z]+$/.test(code) || /Connection terminated/.test(String(error))) {
    return { kind: 'database-unreachable', database, retry: true, where: whereabouts(server), cause: error };
  }
  return { kind: 'query-failed', database, reason: faultOf(code), cause: error };
}

function faultOf(code: string): QueryFault {
  if (code === '42501') return 'permission';
  if (/^42(P01|703|P02|704)$/.test(code)) return 'unknown-name';
  if (code === '42883') return 'unknown-function';
  if (code === '42702') return 'ambiguous';
  if (code === '42803') return 'grouping';
  if (code === '42601') return 'syntax';
  if (code === '22012') return 'division-by-zero';
  return /^(22|42804|42846)/.test(code) ? 'type' : 'other';
}
