import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import type { LoggedStatement } from '#src/ports/query-log.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { maskStatement } from './mask-statement.ts';
import { columnsIn, type FilterKind, filtersIn, matchesIn, onceEach } from './used-in.ts';

/** What a query that was asked of a database uses of it, and how often it ran. None of its literals is here. */
export interface UsedQuery {
  readonly columns: readonly ColumnOf[];
  /** Columns that it demands to be equal: how it joins. */
  readonly matches: readonly (readonly [ColumnOf, ColumnOf])[];
  readonly filters: readonly { readonly column: ColumnOf; readonly kind: FilterKind }[];
  readonly calls: number;
}

export interface QueryUsage {
  readonly queries: readonly UsedQuery[];
  /** Statements that tell nothing of it: no queries, not to be read, or of other tables. */
  readonly unread: number;
}

/** What statements tell of a database: which columns are used together, joined and chosen by, and how often. */
export function usageOf(statements: readonly LoggedStatement[], catalog: DatabaseCatalog): QueryUsage {
  const queries = statements.flatMap(({ text, calls }) => {
    const masked = maskStatement(text, catalog.engine);
    const parsed = masked === undefined ? undefined : parseSql(masked, catalog.engine);
    if (!parsed?.ok) return [];
    const { query } = resolve(parsed.value, catalog.engine, catalog);
    const [matches, filters] = [matchesIn(query, catalog), filtersIn(query, catalog)];
    const columns = onceEach([...columnsIn(query, catalog), ...matches.flat()]);
    return columns.length ? [{ columns, matches, filters, calls }] : [];
  });
  return { queries, unread: statements.length - queries.length };
}

/** Of several logs. */
export const together = (usages: readonly QueryUsage[]): QueryUsage => ({
  queries: usages.flatMap(({ queries }) => queries),
  unread: usages.reduce((sum, { unread }) => sum + unread, 0),
});
