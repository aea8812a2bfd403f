import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';

/** A registered database by its id; the failure names those that there are. */
export async function findRegistered(
  id: DatabaseId,
  store: Pick<DatabaseStore, 'databases'>,
): Promise<Result<RegisteredDatabase>> {
  const registered = await store.databases();
  const found = registered.find((database) => database.id === id);
  return found ? ok(found) : fail({ kind: 'unknown-database', name: id, known: registered.map((one) => one.id) });
}
