import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type GraphEvidence, type GraphJoin, joinKey } from './column-graph.ts';
import { columnsIn, matchesIn } from './used-in.ts';

/**
 * What statements that were asked of a database tell of it: which columns are used together, and joins that nobody declared. A statement
 * that is no query, or cannot be read, tells nothing.
 */
export function evidenceOf(statements: readonly string[], catalog: DatabaseCatalog): GraphEvidence {
  const queries = statements.flatMap((sql) => {
    const parsed = parseSql(sql, catalog.engine);
    return parsed.ok ? [resolve(parsed.value, catalog.engine, catalog).query] : [];
  });
  const found = queries.flatMap((query) => matchesIn(query, catalog).flatMap((match) => observed(match) ?? []));
  return {
    seeds: queries.map((query) => columnsIn(query, catalog)),
    found: [...new Map(found.map((join) => [joinKey(join), join])).values()],
  };
}

/** A join towards the column that tells its table's rows apart; none where neither does. */
function observed([one, other]: readonly [ColumnOf, ColumnOf]): GraphJoin | undefined {
  const isKey = ({ table, column }: ColumnOf) => table.primaryKey.length === 1 && table.primaryKey[0] === column.name;
  const [from, to] = isKey(other) ? [one, other] : [other, one];
  if (!isKey(to)) return undefined;
  return { from: from.table, to: to.table, pairs: [[from.column, to.column]], source: 'observed' };
}
