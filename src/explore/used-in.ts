import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { matchesIn } from '#src/query-log/used-in.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { columnKey, type GraphJoin, joinKey } from './column-graph.ts';

/** The joins of a graph that a resolved query walks, by their keys: all pairs of a composite one. */
export function joinsIn(query: QueryIr, joins: readonly GraphJoin[], catalog: DatabaseCatalog): readonly string[] {
  const keyOf = (one: ColumnOf, other: ColumnOf) => [columnKey(one), columnKey(other)].sort().join('\n');
  const matched = new Set(matchesIn(query, catalog).map(([one, other]) => keyOf(one, other)));
  const isWalked = ({ from, to, pairs }: GraphJoin) =>
    pairs.every(([own, other]) => matched.has(keyOf({ table: from, column: own }, { table: to, column: other })));
  return joins.filter(isWalked).map(joinKey);
}
