import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { isDatabaseName } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import { findRegistered } from './find-registered.ts';

export interface RenamePorts {
  readonly store: DatabaseStore;
  readonly vault: SecretVault;
  /** Asked once the name is found to be free; what it says keeps the old one. */
  readonly beforeSave: () => Promise<Failure | undefined>;
}

/** Gives a database another name; its sealed password is bound to the name, so it is sealed anew. The audit keeps the old one. */
export async function renameDatabase(
  id: DatabaseId,
  name: DatabaseId,
  { store, vault, beforeSave }: RenamePorts,
): Promise<Result<void>> {
  const found = await findRegistered(id, store);
  if (!found.ok) return found;
  if (!isDatabaseName(name)) return fail({ kind: 'bad-name', name });
  if ((await findRegistered(name, store)).ok) return fail({ kind: 'database-exists', name });
  const refused = await beforeSave();
  if (refused) return fail(refused);
  if (found.value.secret === 'sealed') {
    const secret = await vault.open(id);
    if (!secret.ok) return secret;
    const sealed = await vault.seal(name, secret.value);
    if (!sealed.ok) return sealed;
  }
  return (await store.renameDatabase(id, name)) ? ok(undefined) : fail({ kind: 'database-exists', name });
}
