import type { Engine } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Result } from '#src/domain/result.ts';
import type { Database } from './database.ts';

/** An address taken apart, so that what is stored and shown never holds its password. */
export interface DatabaseAddress {
  readonly engine: Engine;
  readonly url: string;
  /** The name that a database of this address is registered under where no other is given. */
  readonly name: string;
  readonly password?: string;
}

/** Opens company databases by their address. */
export interface DatabaseOpener {
  parse(address: string): Result<DatabaseAddress>;
  /**
   * Why the address of its server may not be connected to, as its name leads now (NET-1), or its password not be read where a form says;
   * each connection looks again.
   */
  refused(database: RegisteredDatabase): Promise<Failure | undefined>;
  /** The statements that make a role of this name, which may only read, for the database at an address. */
  roleScript(address: string, role: string): Result<string>;
  /** Connects lazily: a wrong address shows at first use. Fails where the address or the password cannot be had. */
  open(database: RegisteredDatabase): Promise<Result<Database>>;
}
