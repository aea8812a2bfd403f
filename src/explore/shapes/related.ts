import { type ConditionIr, EMPTY_SELECT } from '#src/sql/query-ir.ts';
import type { ColumnGraph, GraphJoin } from '../column-graph.ts';
import { type Draft, drawShown, itemsOf, saidColumns, saidFilters, whereOf } from '../draft.ts';
import { drawFilters } from '../draw-filters.ts';
import type { Random } from '../random.ts';
import type { SubSchema } from '../sample-schema.ts';
import { benchOf, nounOf, selectOver, type Workbench } from '../workbench.ts';
import { COUNT } from './figures.ts';

/** Rows that have, or have not, rows of another table that refer to them: NOT IN and IN over one of the joins of a sub-schema. */
export function related(sub: SubSchema, graph: ColumnGraph, random: Random): Draft | undefined {
  const able = sub.joins.filter(({ pairs }) => pairs.length === 1);
  if (!able.length) return undefined;
  const join = random.pick(able);
  const columns = [...sub.columns, ...(graph.columnsOf.get(join.to) ?? [])];
  const bench = benchOf(join.to, [...new Set(columns)], graph.catalog, random);
  const shown = drawShown(bench, 2);
  if (!shown.length) return undefined;
  const other = benchOf(join.from, sub.columns, graph.catalog, random);
  const filters = drawFilters(other, random.chance(0.35) ? 1 : 0);
  const negated = random.chance(0.65);
  const isCount = random.chance(0.25);
  const query = selectOver(bench, shown, (name) => ({
    items: isCount ? [{ expression: COUNT }] : itemsOf(shown, name),
    where: among(
      join,
      negated,
      filters.length ? whereOf(filters, (column) => ({ kind: 'column', name: column.column.name })) : undefined,
    ),
  }));
  const those = `${bench.root.things.many} ${saidRelation(join, negated, bench, other)}${saidFilters(filters)}`;
  const question = isCount ? `How many ${those} are there?` : `List ${saidColumns(shown)} of the ${those}.`;
  return { shape: 'related', query, question };
}

/** NOT IN holds for nothing once the other side has a missing value: these are left out there, where they may be. */
function among({ from, pairs }: GraphJoin, negated: boolean, where: ConditionIr | undefined): ConditionIr {
  const [own, target] = pairs[0]!;
  const mayMiss = negated && own.nullable && own.nullShare !== 0;
  const column = { kind: 'column', name: own.name } as const;
  const known: ConditionIr = { kind: 'null-test', negated: true, value: column };
  const kept = [...(mayMiss ? [known] : []), ...(where ? (where.kind === 'and' ? where.parts : [where]) : [])];
  return {
    kind: 'in-query',
    negated,
    value: { kind: 'column', name: target.name },
    query: {
      ...EMPTY_SELECT,
      items: [{ expression: column }],
      from: { kind: 'table', ...(from.schema === undefined ? {} : { schema: from.schema }), name: from.name },
      where: kept.length > 1 ? { kind: 'and', parts: kept } : kept[0],
    },
  };
}

function saidRelation(join: GraphJoin, negated: boolean, { root, catalog }: Workbench, other: Workbench): string {
  const noun = nounOf(join, catalog);
  const { one, many } = other.root.things;
  if (noun === root.things.one) return negated ? `that have no ${many}` : `that have ${many}`;
  return negated ? `that are the ${noun} of no ${one}` : `that are the ${noun} of some ${one}`;
}
