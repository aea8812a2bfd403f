import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXAMPLE_QUESTIONS } from '#src/demo/example-questions.ts';
import { generateCompany } from '#src/demo/generate.ts';
import { createReader, loadPostgres, loadSqlite, READER } from '#src/demo/load.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { Example } from '#src/ports/example-bank.ts';
import { needed, openAddress, startEmbeddedPostgres } from '../parts.ts';

const SEED = 7;
const TODAY = '2026-06-30';

/** The questions over the sample company as examples, each with the tables and columns that its query uses. */
export async function companyExamples(): Promise<readonly Example[]> {
  const catalogs = await companyCatalogs();
  return EXAMPLE_QUESTIONS.flatMap(({ database, question, sql }) => {
    const catalog = catalogs.get(database);
    return (catalog && makeExample({ question, sql, verified: false }, catalog)) || [];
  });
}

/** What the databases of the sample company hold, loaded as the demo loads them. */
async function companyCatalogs(): Promise<ReadonlyMap<string, DatabaseCatalog>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-company-'));
  const server = await startEmbeddedPostgres();
  try {
    const password = encodeURIComponent(await createReader(server));
    const catalogs = new Map<string, DatabaseCatalog>();
    for (const one of generateCompany(SEED, TODAY)) {
      if (one.engine === 'postgres') await loadPostgres(one, server);
      const address =
        one.engine === 'sqlite'
          ? `sqlite:${loadSqlite(one, folder)}`
          : `postgres://${READER}:${password}@127.0.0.1:${server.port}/${one.id}`;
      const database = needed(await openAddress(address, one.id), one.id);
      catalogs.set(one.id, needed(await database.catalog({}, new AbortController().signal), one.id));
      await database.close();
    }
    return catalogs;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
