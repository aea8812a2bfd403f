import type { ColumnOf } from '#src/domain/column-meaning.ts';
import type { QueryUsage, UsedQuery } from '#src/query-log/usage.ts';
import { endsKey, type GraphEvidence, type GraphJoin } from './column-graph.ts';

/** What queries that were asked of a database tell of it: which columns are used together, and joins that nobody declared. */
export function evidenceOf({ queries }: QueryUsage): GraphEvidence {
  const found = queries.flatMap(observedIn);
  return {
    seeds: queries.map(({ columns, calls }) => ({ columns, weight: weightOf(calls) })),
    found: [...new Map(found.map((join) => [endsKey(join), join])).values()],
  };
}

/** A query that a dashboard runs each minute counts for more than one that was asked once, and leaves something to the others. */
const weightOf = (calls: number) => 1 + Math.log2(Math.max(1, calls));

/** Joins towards the columns that tell a table's rows apart, all of them: what joins by a part of a key finds several rows. */
function observedIn({ matches }: UsedQuery): readonly GraphJoin[] {
  const ways = matches.flatMap(([one, other]) => [
    { from: one, to: other },
    { from: other, to: one },
  ]);
  const towardsKeys = ways.filter(({ to }) => to.table.primaryKey.includes(to.column.name));
  const byTables = [...Map.groupBy(towardsKeys, ({ from }) => from.table)].flatMap(([, all]) => [
    ...Map.groupBy(all, ({ to }) => to.table).values(),
  ]);
  return byTables.flatMap((all) => joinOf(all) ?? []);
}

function joinOf(all: readonly { readonly from: ColumnOf; readonly to: ColumnOf }[]): GraphJoin | undefined {
  const [first] = all;
  if (!first) return undefined;
  const { table: to } = first.to;
  const pairs = to.primaryKey.flatMap((name) => {
    const by = all.find((one) => one.to.column.name === name);
    return by ? [[by.from.column, by.to.column] as const] : [];
  });
  return pairs.length === to.primaryKey.length ? { from: first.from.table, to, pairs, source: 'observed' } : undefined;
}
