import type { Socket } from 'node:net';
import mysql, { type Connection, type ConnectionOptions, type PoolConnection } from 'mysql2/promise';
import type { Failure, QueryFault } from '#src/domain/failure.ts';
import { BoundedSocket } from '../../network/bounded-socket.ts';
import { refusedEgress } from '../../network/egress.ts';
import { driverError } from '../driver-error.ts';
import { type ServerName, type ServerTarget, whereabouts } from '../server-target.ts';
import { tlsFailure } from '../tls-failure.ts';

/** Options for a connection (RUN-MY-1): fields only, one statement at a time, no local files. */
export function connectionConfig(target: ServerTarget): ConnectionOptions {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    ...(target.password === undefined ? {} : { password: target.password.reveal() }),
    ...(target.tls
      ? { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(target.ca ? { ca: target.ca } : {}) } }
      : {}),
    stream: connected(target, target.socket ?? (() => new BoundedSocket())),
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    charset: 'utf8mb4',
    connectTimeout: 5_000,
  };
}

/** The driver takes a stream that is connecting already. */
function connected({ host, port }: ServerTarget, socket: () => Socket) {
  return () => socket().connect(port, host);
}

/**
 * Whatever the server's own modes are, the gate's reader assumed these: a backslash escapes, double quotes hold texts, `||` is OR,
 * and a call may have a blank before its parenthesis. Without ONLY_FULL_GROUP_BY a view that was made without it still runs.
 */
const SQL_MODE = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,IGNORE_SPACE';

/**
 * Prepares the session that every statement runs in (RUN-MY-2). The session form of READ ONLY is what stops a CREATE TABLE:
 * inside a read-only transaction alone it would commit and succeed. MariaDB and MySQL limit time by settings of their own.
 */
export async function beginReadOnly(
  connection: PoolConnection | Connection,
  limits: { readonly timeoutMs: number; readonly maxRows?: number },
): Promise<{ readonly serverVersion: string; readonly isMariadb: boolean }> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT VERSION() AS v');
  const serverVersion = String(rows[0]!.v);
  const isMariadb = /mariadb/i.test(serverVersion);
  await connection.query('SET SESSION TRANSACTION READ ONLY');
  const settings: readonly (readonly [name: string, value: string | number])[] = [
    ['sql_mode', SQL_MODE],
    // What a statement means hangs on its text alone: another zone stands in it (CONVERT_TZ).
    ['time_zone', '+00:00'],
    ['lock_wait_timeout', 2],
    ['innodb_lock_wait_timeout', 2],
    ['sql_big_selects', 0],
    ['max_join_size', 50_000_000],
    ['group_concat_max_len', 1_048_576],
    ...(limits.maxRows === undefined ? [] : ([['sql_select_limit', limits.maxRows + 1]] as const)),
    ...(isMariadb
      ? ([
          ['max_statement_time', limits.timeoutMs / 1_000],
          ['max_recursive_iterations', 10_000],
        ] as const)
      : ([
          ['max_execution_time', limits.timeoutMs],
          ['cte_max_recursion_depth', 10_000],
        ] as const)),
  ];
  const assignments = settings.map(([name]) => `${name} = ?`).join(', ');
  await connection.query(
    `SET SESSION ${assignments}`,
    settings.map(([, value]) => value),
  );
  await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  return { serverVersion, isMariadb };
}

/** Ends the transaction and resets the session by the protocol's command (RUN-MY-3). True when the connection is as new. */
export async function reset(connection: PoolConnection): Promise<boolean> {
  await connection.query('ROLLBACK');
  await connection.reset();
  return true;
}

export async function setTimeLimit(connection: PoolConnection, isMariadb: boolean, timeoutMs: number): Promise<void> {
  await (isMariadb
    ? connection.query('SET SESSION max_statement_time = ?', [timeoutMs / 1_000])
    : connection.query('SET SESSION max_execution_time = ?', [timeoutMs]));
}

/** Warnings with which a statement ends as if all were well though it stopped early (RUN-MY-5). */
const EARLY_ENDS: ReadonlyMap<number, string> = new Map([
  [1931, 'its recursion or its rows reached the limit'],
  [1260, 'a joined text was cut'],
  [1317, 'it was interrupted'],
  [3636, 'its recursion reached the limit'],
  [1969, 'it reached the time limit'],
]);

/** Why the result of the statement that just ended is not whole; nothing where it is. */
export async function incompleteness(connection: PoolConnection): Promise<string | undefined> {
  const [warnings] = await connection.query<mysql.RowDataPacket[]>('SHOW WARNINGS');
  for (const { Code } of warnings) {
    const why = EARLY_ENDS.get(Number(Code));
    if (why) return why;
  }
  return undefined;
}

/** Ends what a connection runs, or the connection itself, from another one (RUN-MY-4). */
export async function kill(config: ConnectionOptions, what: 'QUERY' | 'CONNECTION', threadId: number): Promise<void> {
  let control: Connection | undefined;
  try {
    control = await mysql.createConnection(config);
    await control.query(what === 'QUERY' ? 'KILL QUERY ?' : 'KILL CONNECTION ?', [threadId]);
  } catch {
    // The statement may have ended by itself; the caller destroys the connection either way.
  } finally {
    control?.destroy();
  }
}

const WRONG_CREDENTIALS = new Set([1044, 1045, 1698]);
/** Too many connections, server shutting down, read-only failover, gone away, lost. */
const RETRIABLE = new Set([1040, 1053, 1290, 2006, 2013]);

/** Translates a driver's error by its number; the original stays as the cause, for the trace alone. */
export function connectFailure(server: ServerName, error: unknown): Failure {
  const database = server.id;
  const tls = tlsFailure(database, error);
  if (tls) return tls;
  const egress = refusedEgress(error);
  if (egress) return { kind: 'address-refused', database, why: egress };
  const { errno, code } = driverError(error);
  if (WRONG_CREDENTIALS.has(errno)) return { kind: 'wrong-credentials', database, cause: error };
  const retry = RETRIABLE.has(errno) || code === 'ECONNRESET' || code === 'ETIMEDOUT';
  return { kind: 'database-unreachable', database, retry, where: whereabouts(server), cause: error };
}

/** 1969 and 3024: the engine's own time limit; 1317: killed. */
export function runFailure(server: ServerName, limitMs: number, error: unknown): Failure {
  const database = server.id;
  const { errno, code } = driverError(error);
  if (errno === 1969 || errno === 3024) return { kind: 'query-timed-out', database, limitMs };
  if (errno === 1317) return { kind: 'cancelled' };
  if (errno === 1104) return { kind: 'query-too-big', database, what: 'it would look at more than 50 million rows' };
  if (RETRIABLE.has(errno) || /^(?:E[A-Z]+|PROTOCOL_CONNECTION_LOST)$/.test(code)) {
    return { kind: 'database-unreachable', database, retry: true, where: whereabouts(server), cause: error };
  }
  return { kind: 'query-failed', database, reason: faultOf(errno), cause: error };
}

function faultOf(errno: number): QueryFault {
  if (errno === 1142 || errno === 1143 || errno === 1370) return 'permission';
  if (errno === 1054 || errno === 1146 || errno === 1109 || errno === 1305) return 'unknown-name';
  if (errno === 1052) return 'ambiguous';
  if (errno === 1055 || errno === 1056 || errno === 1140) return 'grouping';
  if (errno === 1064) return 'syntax';
  if (errno === 1365) return 'division-by-zero';
  return errno === 1292 || errno === 1366 || errno === 1411 ? 'type' : 'other';
}
