import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Progress } from '#src/domain/progress.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import { asRegistered } from './as-registered.ts';
import type { Connections } from './connections.ts';
import { findRegistered } from './find-registered.ts';

/** Catalogs that were read just now, and why others could not be. */
export interface ReadCatalogs {
  readonly fresh: readonly DatabaseCatalog[];
  readonly failures: readonly Failure[];
}

/** Reads the schemas of databases, one after the other. One that fails is told and keeps none of the others. */
export async function readCatalogs(
  databases: readonly RegisteredDatabase[],
  connections: Connections,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Result<ReadCatalogs>> {
  const failures: Failure[] = [];
  const fresh: DatabaseCatalog[] = [];
  for (const database of databases) {
    const read = await readCatalog(database, connections, onProgress, signal);
    if (read.ok) fresh.push(read.value);
    else if (read.failure.kind === 'cancelled') return read;
    else failures.push(read.failure);
  }
  return ok({ fresh, failures });
}

/** The one database that is named, or all; of these one that an admin paused is left alone. */
export async function databasesToRead(
  only: DatabaseId | undefined,
  store: Pick<DatabaseStore, 'databases'>,
): Promise<Result<readonly RegisteredDatabase[]>> {
  if (only !== undefined) {
    const named = await findRegistered(only, store);
    return named.ok ? ok([named.value]) : named;
  }
  const registered = await store.databases();
  return registered.length ? ok(registered.filter((one) => !one.paused)) : fail({ kind: 'no-databases' });
}

/** Catalogs in the order of their ids, fresh ones in the place of stored ones. */
export function mergedCatalogs(
  stored: readonly DatabaseCatalog[],
  fresh: readonly DatabaseCatalog[],
): readonly DatabaseCatalog[] {
  const byId = new Map([...stored, ...fresh].map((catalog) => [catalog.databaseId, catalog]));
  return [...byId.values()].sort((a, b) => (a.databaseId < b.databaseId ? -1 : 1));
}

async function readCatalog(
  database: RegisteredDatabase,
  connections: Connections,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Result<DatabaseCatalog>> {
  const opened = await connections.open(database.id);
  if (!opened.ok) return opened;
  const onTable = (done: number, total: number) => onProgress(database.id, done, total);
  const read = await opened.value.catalog({ onTable }, signal).finally(() => opened.value.close());
  return read.ok ? ok(asRegistered(read.value, database)) : read;
}
