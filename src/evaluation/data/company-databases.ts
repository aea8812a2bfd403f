import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generateCompany } from '#src/demo/generate.ts';
import { createReader, loadPostgres, loadSqlite, READER } from '#src/demo/load.ts';
import { needed, openAddress, startEmbeddedPostgres } from '../parts.ts';
import { COMPANY_DAY, COMPANY_SEED } from './company-questions.ts';
import type { FilledDatabase } from './places.ts';

export interface CompanyDatabases {
  /** By their ids. */
  readonly databases: ReadonlyMap<string, FilledDatabase>;
  close(): Promise<void>;
}

/** The sample company as the demo loads it, on the day of its questions: embedded PostgreSQL, and SQLite files that go away. */
export async function openCompany(): Promise<CompanyDatabases> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-company-'));
  const server = await startEmbeddedPostgres();
  const databases = new Map<string, FilledDatabase>();
  const close = async () => {
    for (const one of databases.values()) await one.databases.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const password = encodeURIComponent(await createReader(server));
    for (const one of generateCompany(COMPANY_SEED, COMPANY_DAY)) {
      if (one.engine === 'postgres') await loadPostgres(one, server);
      const address =
        one.engine === 'sqlite'
          ? `sqlite:${loadSqlite(one, folder)}`
          : `postgres://${READER}:${password}@127.0.0.1:${server.port}/${one.id}`;
      databases.set(one.id, await open(address, one.id));
    }
    return { databases, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(address: string, id: string): Promise<FilledDatabase> {
  const database = needed(await openAddress(address, id), id);
  const catalog = needed(await database.catalog({}, new AbortController().signal), id);
  return { catalog, databases: { product: database, gold: database, close: () => database.close() } };
}
