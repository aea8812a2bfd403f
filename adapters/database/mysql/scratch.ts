import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';

/** What somebody without a server types to get one. */
export const START_MARIADB =
  'apt-get install mariadb-server (its mariadbd is then started on demand), or set QUERENT_MARIADB_URL=mariadb://root@host:port/ to a scratch server';

export interface ScratchServer {
  /** An administrator's URL of a database on it. */
  url(database: string): string;
  stop(): Promise<void>;
}

const BINARIES = ['/usr/sbin/mariadbd', '/usr/local/sbin/mariadbd', '/opt/homebrew/bin/mariadbd'];

/**
 * A MariaDB server of our own, for tests and benchmarks: a fresh data folder, loopback only, gone when stopped. Undefined
 * where MariaDB is not installed. Real companies' servers are never started by us.
 */
export async function startScratchMariadb(flags: readonly string[] = []): Promise<ScratchServer | undefined> {
  const binary = BINARIES.find((file) => existsSync(file));
  if (!binary) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-mariadb-'));
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = path.join(folder, 'data');
  const install = ['mariadb-install-db', '/usr/bin/mariadb-install-db', '/opt/homebrew/bin/mariadb-install-db'];
  const installer = install.find((file) => existsSync(file)) ?? 'mariadb-install-db';
  execFileSync(
    installer,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...user],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  const server = spawn(
    binary,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${path.join(folder, 'socket')}`,
      `--pid-file=${path.join(folder, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      ...flags,
      ...user,
    ],
    { stdio: 'ignore' },
  );
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  const onExit = () => {
    server.kill('SIGKILL');
    remove();
  };
  process.once('exit', onExit);
  const stop = async () => {
    process.off('exit', onExit);
    await ended(server);
    remove();
  };
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
      await connection.end();
      return { url: (database) => `mariadb://root@127.0.0.1:${port}/${database}`, stop };
    } catch {
      if (server.exitCode !== null) break;
      await sleep(50);
    }
  }
  await stop();
  throw new Error('MariaDB is installed but did not start');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), 10_000).unref();
  });
}
