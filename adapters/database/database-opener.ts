import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import type { EgressPolicy } from '../network/egress.ts';
import { openDatabase, parseDatabaseUrl, refusedAddress, refusedSource } from './open-database.ts';
import { roleScriptFor } from './role-script.ts';

export interface OpenerOptions {
  /** Where `env:` passwords are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folders below which SQLite files must lie; anywhere, if there are none. */
  readonly sqliteFolders: readonly string[];
  readonly vault: Pick<SecretVault, 'open'>;
  /** Where servers may be that a form names; nowhere private, if absent. */
  readonly egress?: EgressPolicy;
  /** The folder below which password files lie that a form names. */
  readonly secretsFolder?: string;
}

/** Opens databases of every engine that there is an adapter for. */
export function openDatabaseOpener({
  environment,
  sqliteFolders,
  vault,
  egress,
  secretsFolder,
}: OpenerOptions): DatabaseOpener {
  return {
    parse: parseDatabaseUrl,
    refused: async (database) =>
      (database.fromForm && refusedSource(database.secret, secretsFolder)) || refusedAddress(database, egress),
    roleScript: (address, role) => roleScriptFor(address, role, []),
    open: (database) =>
      openDatabase(database, environment, {
        vault,
        sqliteFolders,
        ...(egress ? { egress } : {}),
        ...(secretsFolder === undefined ? {} : { secretsFolder }),
      }),
  };
}
