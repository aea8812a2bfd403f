import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import type { CostEstimate } from '#src/domain/cost.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import type { Result } from '#src/domain/result.ts';
import type { ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import type { RoleReport } from '#src/domain/role-report.ts';
import type { QueryLog } from './query-log.ts';

/** What a backend can and cannot do, as data: the pipeline reads these, never the backend's name. */
export interface Capabilities {
  readonly comments: boolean;
  readonly schemas: boolean;
  readonly engineStatistics: boolean;
  /** How a running statement is stopped. */
  readonly cancels: 'protocol-cancel' | 'kill-process';
  /** The engine itself ends a statement at the limit (else only the client's deadline does). */
  readonly engineTimeout: boolean;
}

export interface ExtractOptions {
  /** Called after each table, for progress. */
  readonly onTable?: (done: number, total: number, table: string) => void;
}

/** One registered company database: its catalog, one read-only statement at a time, and what its server counted of others. */
export interface Database extends QueryLog {
  readonly id: string;
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  /** Connects and says the server's version; the cheapest way to learn that a database can be used. */
  ping(signal: AbortSignal): Promise<Result<{ readonly serverVersion: string }>>;
  /** Reads schema, statistics and bounded samples. Never scans a whole table. */
  catalog(options: ExtractOptions, signal: AbortSignal): Promise<Result<DatabaseCatalog>>;
  /**
   * Changes with the schema as the role may see it, and not with what is stored: told in moments, so that a catalog which was read before need
   * not be read again. Of a file it may change with every write.
   */
  schemaStamp(signal: AbortSignal): Promise<Result<string>>;
  /** Runs one checked statement under the limits, its cost first; an abort stops it on the engine at once. */
  run(sql: ReadOnlySql, limits: StatementLimits, signal: AbortSignal): Promise<Result<ResultTable>>;
  /** What the engine expects of a checked statement, without running it; its own two seconds. */
  estimate(sql: ReadOnlySql, signal: AbortSignal): Promise<Result<CostEstimate>>;
  /** What the role that it connects with may do beyond reading. */
  probeRole(signal: AbortSignal): Promise<Result<RoleReport>>;
  close(): Promise<void>;
}
