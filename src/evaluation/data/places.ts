import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { needed } from '../parts.ts';
import { type BenchDatabase, type DatabaseSource, mysqlSource, postgresSource, sqliteSource } from './databases.ts';
import { readSpiderTables } from './spider-tables.ts';

/** A benchmark database with its catalog; without data when only its schema is known. */
export interface BenchmarkDatabase {
  readonly catalog: DatabaseCatalog;
  readonly databases: BenchDatabase | undefined;
}

export interface FilledDatabase extends BenchmarkDatabase {
  readonly databases: BenchDatabase;
}

export interface BenchmarkDatabases {
  open(id: string): Promise<BenchmarkDatabase>;
  close(): Promise<void>;
}

export interface BenchmarkDatabasesOptions {
  readonly engine: Engine;
  /** A folder of databases. */
  readonly databases?: string | undefined;
  /** A file of schemas, used where there is no folder. */
  readonly tables?: string | undefined;
  readonly url?: string | undefined;
}

/** Opens each database of a benchmark once. */
export async function openPlaces({
  engine,
  databases,
  tables,
  url,
}: BenchmarkDatabasesOptions): Promise<BenchmarkDatabases> {
  const source = databases ? await sourceOf(engine, databases, url) : undefined;
  const schemas = tables ? readSpiderTables(tables) : [];
  const opened = new Map<string, BenchmarkDatabase>();
  return {
    async open(id) {
      const known = opened.get(id);
      if (known) return known;
      const made = source
        ? await withData(source, id)
        : { catalog: schemas.find((one) => one.databaseId === id), databases: undefined };
      if (!made.catalog) throw new Error(`${tables} has no schema ${id}.`);
      const place = { ...made, catalog: made.catalog };
      opened.set(id, place);
      return place;
    },
    async close() {
      for (const place of opened.values()) await place.databases?.close();
      await source?.close();
    },
  };
}

export function sourceOf(engine: Engine, folder: string, url: string | undefined): Promise<DatabaseSource> {
  if (engine === 'sqlite') return Promise.resolve(sqliteSource(folder));
  return engine === 'postgres' ? postgresSource(folder, url) : mysqlSource(folder, url);
}

export async function withData(source: DatabaseSource, id: string): Promise<FilledDatabase> {
  const databases = await source.open(id);
  const catalog = needed(await databases.product.catalog({}, new AbortController().signal), id);
  return { databases, catalog };
}
