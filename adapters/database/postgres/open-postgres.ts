import pg, { type PoolClient } from 'pg';
import type { Capabilities, Database } from '#src/ports/database.ts';
import { type Extracted, type OnTable, pooledServer, type ServerOptions, type Stream } from '../pooled-server.ts';
import { estimate } from './estimate.ts';
import { extractOwnCode, extractTables, schemaParts } from './extract.ts';
import { loggedStatements } from './logged-statements.ts';
import { probeRole } from './probe-role.ts';
import { readRows } from './read-rows.ts';
import { beginReadOnly, clientConfig, connectFailure, reset, runFailure, sendCancel, setTimeLimit } from './session.ts';

export interface PostgresOptions extends ServerOptions {
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

/** A connection that is lost while it is ours: the running query rejects with the reason. */
const onLost = () => undefined;

/** A PostgreSQL database behind the Database port. */
export function openPostgres(options: PostgresOptions): Database {
  const config = clientConfig(options, 'querent');
  const pool = new pg.Pool({ ...config, max: MAX_CONNECTIONS, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
  pool.on('error', onLost); // an idle connection that the server closed; the next run opens another

  return pooledServer<PoolClient>(options, {
    engine: 'postgres',
    capabilities: CAPABILITIES,
    async connect() {
      const client = await pool.connect();
      return client.on('error', onLost);
    },
    giveBack(client, clean) {
      client.off('error', onLost);
      client.release(!clean);
    },
    close: () => pool.end(),
    streamOf: (client) => (client as unknown as { readonly connection: { readonly stream: Stream } }).connection.stream,
    cancel: (client) => void sendCancel(config, client),
    // The first came, it may be, before the statement was begun.
    giveUp: (client) => void sendCancel(config, client),
    async version(client) {
      const { rows } = await client.query<{ v: string }>("SELECT current_setting('server_version') AS v");
      return rows[0]?.v;
    },
    async begin(client, { timeoutMs, sql }) {
      const { searchPath = [], asker = '', identity = '' } = sql ?? {};
      await beginReadOnly(client, { timeoutMs, searchPath, asker, identity });
      return (ms) => setTimeLimit(client, ms);
    },
    reset,
    estimate,
    readRows: (client, text, limits) => readRows(client, text, limits, options.id),
    probeRole,
    loggedStatements,
    schemaParts: (client) => schemaParts(client, options.schemas),
    extract: (client, onTable) => extract(client, options.schemas, onTable),
    extractTimeoutMs: 30_000,
    connectFailure: (error) => connectFailure(options, error),
    runFailure: (limitMs, error) => runFailure(options, limitMs, error),
  });
}

async function extract(
  client: PoolClient,
  schemas: readonly string[] | undefined,
  onTable: OnTable,
): Promise<Extracted> {
  const extracted = await extractTables(client, schemas, onTable);
  const ownCode = await extractOwnCode(client);
  const { functions, operators } = ownCode;
  return { ...(functions.length || operators.length ? { ownCode } : {}), ...extracted };
}
