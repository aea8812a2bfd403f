import mysql, { type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import type { Capabilities, Database } from '#src/ports/database.ts';
import { pooledServer, type ServerOptions, type Stream } from '../pooled-server.ts';
import { estimate } from './estimate.ts';
import { extractNaming, extractTables, schemaParts } from './extract.ts';
import { loggedStatements } from './logged-statements.ts';
import { probeRole } from './probe-role.ts';
import { readRows } from './read-rows.ts';
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

export interface MysqlOptions extends ServerOptions {
  readonly engine: 'mysql' | 'mariadb';
}

const CAPABILITIES: Capabilities = {
  comments: true,
  schemas: false,
  engineStatistics: false,
  cancels: 'protocol-cancel',
  engineTimeout: true,
};

const MAX_CONNECTIONS = 4;

/** A MariaDB or MySQL database behind the Database port. Which of the two is read from its version. */
export function openMysql(options: MysqlOptions): Database {
  const config = connectionConfig(options);
  const pool = mysql.createPool({ ...config, connectionLimit: MAX_CONNECTIONS, idleTimeout: 10_000 });

  return pooledServer<PoolConnection>(options, {
    engine: options.engine,
    capabilities: CAPABILITIES,
    connect: () => pool.getConnection(),
    giveBack(connection, clean) {
      if (clean) connection.release();
      else connection.destroy();
    },
    close: () => pool.end(),
    streamOf: (connection) =>
      (connection as unknown as { readonly connection: { readonly stream: Stream } }).connection.stream,
    cancel: (connection) => void kill(config, 'QUERY', connection.threadId ?? 0),
    giveUp: (connection) => void kill(config, 'CONNECTION', connection.threadId ?? 0),
    async version(connection) {
      const [rows] = await connection.query<(RowDataPacket & { readonly v: string })[]>('SELECT VERSION() AS v');
      return rows[0]?.v;
    },
    async begin(connection, session) {
      const { isMariadb } = await beginReadOnly(connection, session);
      return (ms) => setTimeLimit(connection, isMariadb, ms);
    },
    reset,
    estimate,
    readRows: (connection, text, limits) => readRows(connection, text, limits, options.id),
    incompleteness,
    probeRole,
    loggedStatements,
    schemaParts,
    extract: async (connection, onTable) => ({
      schemaName: options.database,
      ...(await extractNaming(connection)),
      ...(await extractTables(connection, onTable)),
    }),
    extractTimeoutMs: 5_000,
    connectFailure: (error) => connectFailure(options, error),
    runFailure: (limitMs, error) => runFailure(options, limitMs, error),
  });
}
