import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import { openDatabase, parseDatabaseUrl } from './open-database.ts';

export interface OpenerOptions {
  /** Where `env:` passwords are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folders below which SQLite files must lie; anywhere, if there are none. */
  readonly sqliteFolders: readonly string[];
  readonly vault: Pick<SecretVault, 'open'>;
}

/** Opens databases of every engine that there is an adapter for. */
export function openDatabaseOpener({ environment, sqliteFolders, vault }: OpenerOptions): DatabaseOpener {
  return {
    parse: parseDatabaseUrl,
    open: (database) => openDatabase(database, environment, { vault, sqliteFolders }),
  };
}
