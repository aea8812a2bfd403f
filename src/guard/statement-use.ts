import type { TableUse } from '#src/domain/read-only-sql.ts';

/** What an allowed statement was seen to use. */
export interface StatementUse {
  readonly tables: readonly TableUse[];
  readonly functions: readonly string[];
}
