import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import { findRegistered } from './find-registered.ts';

/** So often a change is made anew where somebody else was faster. */
const TRIES = 3;

/**
 * Changes a registration as it is at that moment. `beforeSave` is asked with what it was and becomes; what it says keeps it from
 * being changed.
 */
export async function changeRegistered(
  id: DatabaseId,
  change: (before: RegisteredDatabase) => RegisteredDatabase,
  store: Pick<DatabaseStore, 'databases' | 'changeDatabase'>,
  beforeSave: (before: RegisteredDatabase, after: RegisteredDatabase) => Promise<Failure | undefined> = async () =>
    undefined,
): Promise<Result<void>> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const found = await findRegistered(id, store);
    if (!found.ok) return found;
    const after = change(found.value);
    const refused = tried === 0 ? await beforeSave(found.value, after) : undefined;
    if (refused) return fail(refused);
    if (await store.changeDatabase(found.value, after)) return ok(undefined);
  }
  return fail({ kind: 'database-changed', database: id });
}
