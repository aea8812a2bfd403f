import { allOf, type ConditionIr, type QueryIr } from '#src/sql/query-ir.ts';
import type { ColumnGraph, GraphJoin } from '../column-graph.ts';
import { columnsOf, type Draft, drawShown, itemsOf, saidColumns, saidFilters, whereOf } from '../draft.ts';
import { drawFilters, type Filter } from '../draw-filters.ts';
import type { Random } from '../random.ts';
import type { SubSchema } from '../sample-schema.ts';
import { benchOf, layOutFrom, nounOf, placedColumn, selectOver, type Workbench } from '../workbench.ts';
import { COUNT, figureOf, measuresOf } from './figures.ts';

/** Rows that have, or have not, rows of another table that refer to them: NOT IN and IN over one of the joins of a sub-schema. */
export function related(sub: SubSchema, graph: ColumnGraph, random: Random): Draft | undefined {
  const able = sub.joins.filter(({ pairs }) => pairs.length === 1);
  if (!able.length) return undefined;
  const join = random.pick(able);
  const columns = [...sub.columns, ...(graph.columnsOf.get(join.to) ?? [])];
  const bench = benchOf(join.to, [...new Set(columns)], graph.catalog, random);
  if (!bench.columns.length) return undefined;
  const other = layOutFrom(join.from, sub, graph.catalog, random);
  const within = drawFilters(other, random.chance(0.3) ? 1 : 0);
  const own = drawFilters(bench, random.chance(0.08) ? 1 : 0);
  const negated = random.chance(0.75);
  const asked = drawAsked(bench);
  const query = selectOver(bench, [...asked.columns, ...columnsOf(own)], (name) => ({
    items: asked.items(name),
    where: allOf([...partsOf(whereOf(own, name)), among(join, negated, within, other)]),
  }));
  const both = own.length ? ' and' : '';
  const those = `${bench.root.things.many}${saidFilters(own)}${both} ${saidRelation(join, negated, bench, other)}${saidFilters(within)}`;
  return { shape: 'related', query, question: asked.says(those) };
}

interface Asked {
  readonly columns: Parameters<typeof itemsOf>[0];
  readonly items: (name: Parameters<typeof itemsOf>[1]) => ReturnType<typeof itemsOf>;
  readonly says: (those: string) => string;
}

/** What is asked of the rows: columns of theirs, how many they are, or a figure. */
function drawAsked(bench: Workbench): Asked {
  const { random } = bench;
  if (random.chance(0.2))
    return { columns: [], items: () => [{ expression: COUNT }], says: (those) => `How many ${those} are there?` };
  if (measuresOf(bench).length && random.chance(0.12)) {
    const figure = figureOf(random.pick(measuresOf(bench)), bench);
    const items: Asked['items'] = (name) => [{ expression: figure.expression(name) }];
    return { columns: figure.columns, items, says: (those) => `What is ${figure.words} of the ${those}?` };
  }
  const shown = drawShown(bench, 2);
  return {
    columns: shown,
    items: (name) => itemsOf(shown, name),
    says: (those) => `List ${saidColumns(shown)} of the ${those}.`,
  };
}

const partsOf = (condition: ConditionIr | undefined): readonly ConditionIr[] =>
  condition === undefined ? [] : condition.kind === 'and' ? condition.parts : [condition];

/** NOT IN holds for nothing once the other side has a missing value: these are left out there, where they may be. */
function among(
  { pairs }: GraphJoin,
  negated: boolean,
  filters: readonly Filter[],
  other: Workbench,
): ConditionIr & { readonly kind: 'in-query' } {
  const [own, target] = pairs[0]!;
  const mayMiss = negated && own.nullable && own.nullShare !== 0;
  const referring = placedColumn(other.root, own, other.catalog);
  const query: QueryIr = selectOver(other, [referring, ...columnsOf(filters)], (name) => ({
    items: [{ expression: name(referring) }],
    where: allOf([
      ...(mayMiss ? [{ kind: 'null-test', negated: true, value: name(referring) } as const] : []),
      ...partsOf(whereOf(filters, name)),
    ]),
  }));
  return { kind: 'in-query', negated, value: { kind: 'column', name: target.name }, query };
}

function saidRelation(join: GraphJoin, negated: boolean, { root, catalog }: Workbench, other: Workbench): string {
  const noun = nounOf(join, catalog);
  const { one, many } = other.root.things;
  if (noun === root.things.one) return negated ? `that have no ${many}` : `that have ${many}`;
  return negated ? `that are the ${noun} of no ${one}` : `that are the ${noun} of some ${one}`;
}
