import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Result } from '#src/domain/result.ts';
import { isRefused } from '#src/domain/role-report.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import { changeRegistered } from './change.ts';

/** Why a database is not asked now: an admin paused it, or its role was found to do more than read. */
export async function pausedBecause(
  { id, paused }: RegisteredDatabase,
  store: Pick<DatabaseStore, 'roleReport'>,
): Promise<Failure | undefined> {
  if (paused) return { kind: 'database-paused', database: id, since: paused.since, by: paused.by };
  const report = await store.roleReport(id);
  return report && isRefused(report) ? { kind: 'database-paused', database: id, since: report.checkedAt } : undefined;
}

/** Keeps a database from being asked, or lets it be asked again; it stays registered and granted as it is. */
export async function pauseDatabase(
  id: DatabaseId,
  how: { readonly pause: boolean; readonly by: string; readonly at: Date },
  store: DatabaseStore,
): Promise<Result<void>> {
  return changeRegistered(
    id,
    ({ paused: _, ...asked }) =>
      how.pause ? { ...asked, paused: { since: how.at.toISOString(), by: how.by } } : asked,
    store,
  );
}
