import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { KeptSchema, KeptSchemas } from '#src/ports/kept-schemas.ts';
import { readCatalog } from './sqlite/stored-databases.ts';

/** Addresses of which a schema is kept. */
const MOST = 8;
/** Stored values and row counts grow old without the schema changing. */
const OLDEST_MS = 24 * 3_600_000;
/** Raised with what is read of a schema. */
const VERSION = 1;

const Kept = z.object({ version: z.literal(VERSION), stamp: z.string(), at: z.number(), catalog: z.string() });

/** A folder for each address, that nobody but its owner can look into: a catalog holds values. */
export function openKeptSchemas(folder: string, now: () => Date): KeptSchemas {
  const folderOf = (address: string) =>
    path.join(folder, createHash('sha256').update(address).digest('hex').slice(0, 32));
  return {
    at: (address, stamp) => keptSchema(folder, folderOf(address), stamp, now),
    forget: (address) => rm(folderOf(address), { recursive: true, force: true }),
  };
}

function keptSchema(all: string, own: string, stamp: string, now: () => Date): KeptSchema {
  const file = path.join(own, 'schema.json');
  return {
    indexFolder: path.join(own, 'index'),
    async read() {
      const kept = await readKept(file);
      const age = now().getTime() - (kept?.at ?? 0);
      if (kept?.stamp !== stamp || age < 0 || age > OLDEST_MS) return undefined;
      await unlessHindered(() => utimes(own, now(), now()));
      return kept.catalog;
    },
    async keep(catalog) {
      const text = JSON.stringify(catalog);
      const kept: z.infer<typeof Kept> = { version: VERSION, stamp, at: now().getTime(), catalog: text };
      await unlessHindered(async () => {
        await mkdir(own, { recursive: true, mode: 0o700 });
        const partial = `${file}.${process.pid}`;
        await writeFile(partial, JSON.stringify(kept), { mode: 0o600 });
        await rename(partial, file);
        await utimes(own, now(), now());
        await makeRoom(all);
      });
      return readCatalog(text, catalog.databaseId);
    },
  };
}

/** What a full disk or another process that keeps the same stands in the way of is not kept, and is no reason not to answer. */
const unlessHindered = (work: () => Promise<void>) => work().catch(() => undefined);

async function readKept(
  file: string,
): Promise<{ readonly stamp: string; readonly at: number; readonly catalog: DatabaseCatalog } | undefined> {
  try {
    const { stamp, at, catalog } = Kept.parse(JSON.parse(await readFile(file, 'utf8')));
    return { stamp, at, catalog: readCatalog(catalog, 'an unregistered database') };
  } catch {
    return undefined; // never kept, or by another version: it is read anew
  }
}

async function makeRoom(folder: string): Promise<void> {
  const folders = (await readdir(folder)).map((name) => path.join(folder, name));
  const dated = await Promise.all(folders.map(async (one) => ({ one, used: (await stat(one)).mtimeMs })));
  const tooMany = dated.sort((a, b) => b.used - a.used).slice(MOST);
  for (const { one } of tooMany) await rm(one, { recursive: true, force: true });
}
