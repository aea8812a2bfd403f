import { createHash } from 'node:crypto';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type CostBudget, type CostEstimate, overBudget } from '#src/domain/cost.ts';
import type { Failure, QueryLogFault } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import type { RoleReport } from '#src/domain/role-report.ts';
import type { Capabilities, Database, ExtractOptions } from '#src/ports/database.ts';
import type { LoggedStatement } from '#src/ports/query-log.ts';
import { allow } from '../network/bounded-socket.ts';
import { isLoopback, type ServerTarget, whereabouts } from './server-target.ts';
import { watchStatement, withoutAnswer } from './watch-statement.ts';

export interface ServerOptions extends ServerTarget {
  readonly id: string;
  readonly description?: string;
}

/** The socket of a connection. */
export interface Stream {
  readonly bytesRead: number;
  destroy(): void;
}

/** What a session is prepared for. */
interface SessionFor {
  readonly timeoutMs: number;
  readonly maxRows?: number;
  /** The statement that is to run; nothing, where Querent's own queries do. */
  readonly sql?: ReadOnlySql;
}

/** How one kind of server is spoken to. */
export interface ServerEngine<Connection> {
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  /** A connection of the pool. */
  connect(): Promise<Connection>;
  /** Back into the pool where it is as new; else it is closed. */
  giveBack(connection: Connection, clean: boolean): void;
  close(): Promise<void>;
  streamOf(connection: Connection): Stream;
  /** Asks the server to end what the connection runs. */
  cancel(connection: Connection): void;
  /** Has the server end the connection, where it does not look up while it runs a statement. */
  giveUp?(connection: Connection): void;
  /** As the server tells it; nothing, where it tells none. */
  version(connection: Connection): Promise<string | undefined>;
  /** Opens the read-only, timed transaction that everything runs in; what is given sets another time limit in it. */
  begin(connection: Connection, session: SessionFor): Promise<(timeoutMs: number) => Promise<void>>;
  /** Ends the transaction and forgets what the session kept. True when the connection is as new. */
  reset(connection: Connection): Promise<boolean>;
  estimate(connection: Connection, text: string): Promise<CostEstimate>;
  readRows(
    connection: Connection,
    text: string,
    limits: StatementLimits,
  ): Promise<Result<Omit<ResultTable, 'elapsedMs'>>>;
  /** Why the result of the statement that just ended is not whole, where an engine does not fail then. */
  incompleteness?(connection: Connection): Promise<string | undefined>;
  probeRole(connection: Connection, encrypted: boolean): Promise<RoleReport>;
  /** Statements that the server counted of this database; or why there are none. */
  loggedStatements(connection: Connection): Promise<readonly LoggedStatement[] | QueryLogFault>;
  /** Its schema, as far as the role may see it. */
  extract(connection: Connection, onTable: OnTable): Promise<Extracted>;
  /** What the stamp of its schema is made of: as it extracts it, without what the engine counts. */
  schemaParts(connection: Connection): Promise<readonly unknown[]>;
  /** Milliseconds of one statement of those that read the schema. */
  readonly extractTimeoutMs: number;
  connectFailure(error: unknown): Failure;
  runFailure(limitMs: number, error: unknown): Failure;
}

export type OnTable = (done: number, total: number, table: string) => void;
export type Extracted = Omit<DatabaseCatalog, 'databaseId' | 'engine' | 'serverVersion' | 'description'>;

/** What came of a piece of work, and whether its connection is as new. */
interface Done<T> {
  readonly result: Result<T>;
  readonly clean: boolean;
}

const PING_MS = 5_000;
const ESTIMATE_MS = 2_000;
const PROBE_MS = 10_000;
const CATALOG_MS = 30 * 60_000;
/** Session settings, cost and reset around a statement. */
const RUN_GRACE_MS = 10_000;
/** What a server may send for a piece of work besides rows, and for its whole schema with samples. */
const SMALL = 8 * 2 ** 20;
const CATALOG_BYTES = 2 ** 30;

/** A server with its address and the name that its database is registered under. */
interface Server<Connection> {
  readonly options: ServerOptions;
  readonly engine: ServerEngine<Connection>;
}

/** A database on a server that several connections share, behind the Database port. */
export function pooledServer<Connection>(options: ServerOptions, engine: ServerEngine<Connection>): Database {
  const server = { options, engine };
  return {
    id: options.id,
    engine: engine.engine,
    capabilities: engine.capabilities,
    ping: () =>
      withConnection(server, { ms: PING_MS, bytes: SMALL }, async (connection) => {
        try {
          return { result: ok({ serverVersion: await versionOf(server, connection) }), clean: true };
        } catch (error) {
          return { result: fail(engine.connectFailure(error)), clean: false };
        }
      }),
    catalog: (extract, signal) =>
      withConnection(server, { ms: CATALOG_MS, bytes: CATALOG_BYTES }, (connection) =>
        readCatalog(server, connection, extract, signal),
      ),
    schemaStamp: () =>
      inSession(server, { timeoutMs: engine.extractTimeoutMs }, async (connection) =>
        digestOf([await versionOf(server, connection), await engine.schemaParts(connection)]),
      ),
    probeRole: () =>
      inSession(server, { timeoutMs: PROBE_MS }, (connection) =>
        engine.probeRole(connection, options.tls || isLoopback(options.host)),
      ),
    async loggedStatements() {
      const work = (connection: Connection) => engine.loggedStatements(connection);
      const read = await inSession(server, { timeoutMs: PROBE_MS }, work);
      if (!read.ok) return read;
      const { value } = read;
      return typeof value === 'string' ? fail({ kind: 'no-query-log', database: options.id, why: value }) : ok(value);
    },
    async run(sql, limits, signal) {
      if (signal.aborted) return fail({ kind: 'cancelled' });
      const bounds = { ms: limits.timeoutMs + RUN_GRACE_MS, bytes: limits.maxRawBytes + SMALL };
      return withConnection(server, bounds, (connection) => runStatement(server, connection, sql, limits, signal));
    },
    estimate: (sql, signal) =>
      inSession(server, { timeoutMs: ESTIMATE_MS, sql }, (connection) => engine.estimate(connection, sql.text), signal),
    close: () => engine.close(),
  };
}

const digestOf = (parts: unknown) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Work on a connection of the pool, bounded in time and in what the server may send. */
async function withConnection<Connection, T>(
  { options, engine }: Server<Connection>,
  bounds: { readonly ms: number; readonly bytes: number },
  work: (connection: Connection) => Promise<Done<T>>,
): Promise<Result<T>> {
  let connection: Connection;
  try {
    connection = await engine.connect();
  } catch (error) {
    return fail(engine.connectFailure(error));
  }
  const stream = engine.streamOf(connection);
  allow(stream, bounds.bytes);
  const silence = withoutAnswer(bounds.ms, () => stream.destroy());
  let clean = false;
  try {
    const done = await Promise.race([work(connection), silence.gone]);
    clean = done.clean;
    return done.result;
  } catch (cause) {
    if (cause !== silence.error) throw cause;
    const where = whereabouts(options);
    return fail({ kind: 'database-unreachable', database: options.id, retry: true, where, cause });
  } finally {
    silence.end();
    engine.giveBack(connection, clean);
  }
}

/** A few small queries of Querent's own, whose failures are named as those of a run. The server is asked to end them at an abort. */
const inSession = <Connection, T>(
  server: Server<Connection>,
  session: SessionFor,
  work: (connection: Connection) => Promise<T>,
  signal?: AbortSignal,
): Promise<Result<T>> =>
  withConnection(server, { ms: PROBE_MS, bytes: SMALL }, async (connection) => {
    const { engine } = server;
    const onAbort = () => engine.cancel(connection);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      signal?.throwIfAborted();
      await engine.begin(connection, session);
      signal?.throwIfAborted();
      return { result: ok(await work(connection)), clean: await engine.reset(connection) };
    } catch (error) {
      const cancelled = signal?.aborted ? ({ kind: 'cancelled' } as const) : undefined;
      return { result: fail(cancelled ?? engine.runFailure(session.timeoutMs, error)), clean: false };
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  });

async function runStatement<Connection>(
  server: Server<Connection>,
  connection: Connection,
  sql: ReadOnlySql,
  limits: StatementLimits,
  signal: AbortSignal,
): Promise<Done<ResultTable>> {
  const { engine, options } = server;
  const { timeoutMs, maxRows, budget } = limits;
  const started = performance.now();
  const stop = watchStatement({
    database: options.id,
    limits,
    signal,
    stream: engine.streamOf(connection),
    cancel: () => engine.cancel(connection),
    giveUp: () => engine.giveUp?.(connection),
  });
  const clean = async () => stop.reason === undefined && (await engine.reset(connection));
  try {
    const set = await engine.begin(connection, { timeoutMs, maxRows, sql });
    const costly = budget && (await tooCostly(server, connection, sql.text, budget, { ms: timeoutMs, set }));
    // A cancel that came between two statements had nothing to end: nothing is begun after it.
    if (stop.reason) return { result: fail(stop.reason), clean: false };
    if (costly) return { result: fail(costly), clean: await clean() };
    const read = await Promise.race([engine.readRows(connection, sql.text, limits), stop.gone]);
    if (!read.ok) return { result: read, clean: false };
    const table = { ...read.value, elapsedMs: performance.now() - started };
    if (table.truncated !== undefined || stop.reason !== undefined) return { result: ok(table), clean: false };
    const why = await engine.incompleteness?.(connection);
    const result =
      why === undefined ? ok(table) : fail({ kind: 'query-incomplete', database: options.id, why } as const);
    return { result, clean: await clean() };
  } catch (error) {
    return { result: fail(stop.reason ?? engine.runFailure(timeoutMs, error)), clean: false };
  } finally {
    stop.end();
  }
}

/** Why a statement is not run at all; nothing where it may be. */
async function tooCostly<Connection>(
  { engine, options: { id } }: Server<Connection>,
  connection: Connection,
  text: string,
  budget: CostBudget,
  limit: { readonly ms: number; readonly set: (timeoutMs: number) => Promise<void> },
): Promise<Failure | undefined> {
  try {
    await limit.set(Math.min(ESTIMATE_MS, limit.ms));
    const expected = await engine.estimate(connection, text);
    const why = overBudget(expected, budget);
    await limit.set(limit.ms);
    return why ? { kind: 'query-too-costly', database: id, why, seconds: expected.seconds } : undefined;
  } catch (error) {
    if (engine.runFailure(ESTIMATE_MS, error).kind !== 'query-timed-out') throw error;
    return { kind: 'query-too-costly', database: id, why: 'even planning it takes too long' };
  }
}

async function versionOf<Connection>({ engine }: Server<Connection>, connection: Connection): Promise<string> {
  const version = await engine.version(connection);
  if (version === undefined) throw new Error('the server does not say which version it is');
  return version;
}

async function readCatalog<Connection>(
  server: Server<Connection>,
  connection: Connection,
  { onTable }: ExtractOptions,
  signal: AbortSignal,
): Promise<Done<DatabaseCatalog>> {
  const { engine, options } = server;
  const { id, description } = options;
  const onAbort = () => engine.cancel(connection);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await engine.begin(connection, { timeoutMs: engine.extractTimeoutMs });
    const extracted = await engine.extract(connection, (done, total, table) => {
      signal.throwIfAborted();
      onTable?.(done, total, table);
    });
    const serverVersion = await versionOf(server, connection);
    const clean = await engine.reset(connection);
    if (!extracted.tables.length) return { result: fail({ kind: 'database-empty', database: id }), clean };
    // Always in this order: a stored catalog is told from another by its text.
    const { schemaName, ...rest } = extracted;
    const catalog = {
      databaseId: id,
      engine: engine.engine,
      serverVersion,
      ...(schemaName === undefined ? {} : { schemaName }),
      ...(description ? { description } : {}),
      ...rest,
    };
    return { result: ok(catalog), clean };
  } catch (error) {
    const cancelled = signal.aborted ? ({ kind: 'cancelled' } as const) : undefined;
    return { result: fail(cancelled ?? engine.runFailure(engine.extractTimeoutMs, error)), clean: false };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
