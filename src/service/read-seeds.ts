import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Database } from '#src/ports/database.ts';
import type { LoggedStatement } from '#src/ports/query-log.ts';
import type { ReviewStore } from '#src/ports/review-store.ts';
import { statementsIn } from '#src/query-log/statements-in.ts';
import { type QueryUsage, together, usageOf } from '#src/query-log/usage.ts';

/** What exploring begins with: how many statements told something of the database, by where they are from. */
export interface SeedReport {
  readonly verified: number;
  /** Of the server's own log, with how often they ran. */
  readonly logged: number;
  readonly calls: number;
  readonly inFiles: number;
  /** Statements that told nothing: no queries, not to be read, or of other tables. */
  readonly unread: number;
  /** Why the server has no log that can be read. */
  readonly noLog?: Failure;
}

export interface SeedSources {
  readonly database: Pick<Database, 'loggedStatements' | 'engine'>;
  readonly catalog: DatabaseCatalog;
  /** Texts of statements. */
  readonly files: readonly string[];
  readonly withoutLog: boolean;
}

/** What was asked of a database before: what people verified, what its server counted, what files say. */
export async function readSeeds(
  { database, catalog, files, withoutLog }: SeedSources,
  store: Pick<ReviewStore, 'verifiedByTeam'>,
): Promise<{ readonly usage: QueryUsage; readonly report: SeedReport }> {
  const verified = (await store.verifiedByTeam()).filter(({ databaseId }) => databaseId === catalog.databaseId);
  const log = withoutLog ? undefined : await database.loggedStatements();
  const read = (statements: readonly LoggedStatement[]) => usageOf(statements, catalog);
  const ofVerified = read(verified.map(({ sql }) => ({ text: sql, calls: 1 })));
  const ofLog = read(log?.ok ? log.value : []);
  const ofFiles = read(files.flatMap((text) => statementsIn(text, database.engine)));
  const usage = together([ofVerified, ofLog, ofFiles]);
  const report: SeedReport = {
    verified: ofVerified.queries.length,
    logged: ofLog.queries.length,
    calls: ofLog.queries.reduce((sum, { calls }) => sum + calls, 0),
    inFiles: ofFiles.queries.length,
    unread: usage.unread,
    ...(log && !log.ok ? { noLog: log.failure } : {}),
  };
  return { usage, report };
}
