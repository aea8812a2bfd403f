import type { AccessRule } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase, StoredRoleReport } from '#src/domain/registered-database.ts';

/** Registered databases with their catalogs, rules, role reports and sealed secrets. One transaction a call. */
export interface DatabaseStore {
  /** In the order of their ids. */
  databases(): Promise<readonly RegisteredDatabase[]>;
  saveDatabase(database: RegisteredDatabase): Promise<void>;
  /** Saves one whose name is free; false where it is taken, be it by another who registers at the same time. */
  addDatabase(database: RegisteredDatabase): Promise<boolean>;
  /** Replaces a registration where it is still what was read. False, and nothing is changed, where somebody changed it meanwhile. */
  changeDatabase(before: RegisteredDatabase, after: RegisteredDatabase): Promise<boolean>;
  /** Gives a database another name everywhere that it is kept; false where that name is taken. A record that cannot be read keeps the old. */
  renameDatabase(id: DatabaseId, name: DatabaseId): Promise<boolean>;
  /**
   * Removes a database with all that is kept of it: catalogs, rules, secret, role report, and the questions that were asked of it,
   * answered from it or answered with a choice of its queries, with their SQL, choices, verdicts and traces; what it removes is
   * overwritten. Returns the questions removed.
   */
  removeDatabase(id: DatabaseId): Promise<number>;
  /** Questions that are kept and were asked of a database or answered from it. */
  questionsOf(id: DatabaseId): Promise<number>;

  /** Keeps a new version of a catalog when it differs from the last. Returns the version. */
  saveCatalog(catalog: DatabaseCatalog, at: Date): Promise<number>;
  /** The same of several, each with when it was read; all or none, and of those alone that are registered. */
  saveCatalogs(read: readonly (readonly [DatabaseCatalog, at: Date])[]): Promise<void>;
  /** The latest of each database. */
  catalogs(): Promise<readonly DatabaseCatalog[]>;
  /** When a database's schema was last read. */
  readAt(id: DatabaseId): Promise<Date | undefined>;

  /** The rules of all databases, in the order that they were made. */
  accessRules(): Promise<readonly AccessRule[]>;
  /** Replaces the rules of a database. */
  saveAccessRules(id: DatabaseId, rules: readonly AccessRule[]): Promise<void>;
  /**
   * Replaces the rules of a registered database where they are still what was read. False, and nothing is changed, where somebody
   * changed them meanwhile or the database is not registered any more.
   */
  changeAccessRules(id: DatabaseId, before: readonly AccessRule[], after: readonly AccessRule[]): Promise<boolean>;

  /** What the role of a database was last found to be able to do; `accepted` when an admin took its warnings. */
  roleReport(id: DatabaseId): Promise<StoredRoleReport | undefined>;
  saveRoleReport(id: DatabaseId, report: StoredRoleReport): Promise<void>;

  /** Sealed secrets by the id of what they belong to. */
  sealed(): Promise<ReadonlyMap<string, string>>;
  /** Adds or replaces sealed secrets, all or none. */
  saveSealed(secrets: ReadonlyMap<string, string>): Promise<void>;
}
