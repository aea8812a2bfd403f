import type { AggregateFunction, ComparisonOperator, ExpressionIr, QueryIr } from '#src/sql/query-ir.ts';
import {
  columnsOf,
  type Draft,
  drawShown,
  itemsOf,
  type MakeDraft,
  type NameOf,
  saidColumns,
  saidFilters,
  whereOf,
  withoutColumns,
} from '../draft.ts';
import { drawFilters } from '../draw-filters.ts';
import { type PlacedColumn, selectOver, type Workbench } from '../workbench.ts';
import { aggregate, COUNT, measuresOf, sortedBy } from './figures.ts';
import { drawGroup } from './grouping.ts';

type Compared = readonly [called: AggregateFunction, operator: ComparisonOperator, words: string, weight: number];

const WITH_ALL: readonly Compared[] = [
  ['avg', '>', 'is above the average of all', 5],
  ['avg', '<', 'is below the average of all', 4],
  ['max', '=', 'is the highest of all', 3],
  ['min', '=', 'is the lowest of all', 2],
];
/** Of rows of a condition the others can be beyond the ends as well. */
const WITH_SOME: readonly Compared[] = [
  ...WITH_ALL,
  ['min', '>', 'is above the lowest of all', 3],
  ['max', '>', 'is above the highest of all', 3],
  ['max', '<', 'is below the highest of all', 2],
  ['min', '<', 'is below the lowest of all', 2],
];

/** Rows of which a column is held against one value of all rows, or of those of a condition. */
export const aboveAverage: MakeDraft = (bench) => {
  const { random } = bench;
  return (random.chance(0.1) ? mostFrequent(bench) : undefined) ?? comparedWithFigure(bench);
};

function comparedWithFigure(bench: Workbench): Draft | undefined {
  const { random, root } = bench;
  const measures = measuresOf(bench);
  if (!measures.length) return undefined;
  const measure = random.pick(measures);
  const own: Workbench = { ...bench, placed: [root], columns: bench.columns.filter(({ at }) => at === root) };
  const filters = random.chance(0.3) ? withoutColumns(drawFilters(own, 1), [measure]) : [];
  const [called, operator, words] = random.weighted(filters.length ? WITH_SOME : WITH_ALL, ([, , , weight]) => weight);
  const inside = selectOver(own, [measure, ...columnsOf(filters)], (name) => ({
    items: [{ expression: aggregate(called, name(measure)) }],
    where: whereOf(filters, name),
  }));
  const both = filters.length > 0 && random.chance(0.25);
  const those = `${root.things.many}${saidFilters(filters)}`;
  const holding = { operator, column: measure, inside, among: both ? filters : [] };
  const said = both ? `whose ${measure.words} ${words} these` : `whose ${measure.words} ${words} ${those}`;
  const draft = rowsHolding(holding, said, bench);
  return both ? { ...draft, question: `Among the ${those}: ${draft.question}` } : draft;
}

/** Rows of the group that there are most of. */
function mostFrequent(bench: Workbench): Draft | undefined {
  const { random, root } = bench;
  const by = drawGroup({ ...bench, columns: bench.columns.filter(({ at }) => at === root) });
  if (!by) return undefined;
  const descending = random.chance(0.8);
  const inside = selectOver(bench, [by], (name) => ({
    items: itemsOf([by], name),
    groupBy: [name(by)],
    orderBy: [sortedBy(COUNT, descending)],
    limit: 1,
  }));
  const said = `whose ${by.words} is the ${descending ? 'most' : 'least'} frequent of all ${root.things.many}`;
  return rowsHolding({ operator: '=', column: by, inside, among: [] }, said, bench);
}

interface Holding {
  readonly operator: ComparisonOperator;
  readonly column: PlacedColumn;
  readonly inside: QueryIr;
  readonly among: Parameters<typeof whereOf>[0];
}

/** What is asked of the rows for which it holds: columns, sometimes as different values, or how many they are. */
function rowsHolding({ operator, column, inside, among }: Holding, said: string, bench: Workbench): Draft {
  const { random, root } = bench;
  const isCount = random.chance(0.1);
  const shown = isCount ? [] : drawShown(bench, 3, [column]);
  const isDistinct = !isCount && random.chance(0.15);
  const where = (name: NameOf) => {
    const right: ExpressionIr = { kind: 'query', query: inside };
    const held = { kind: 'compare', operator, left: name(column), right } as const;
    const also = whereOf(among, name);
    return also ? ({ kind: 'and', parts: [held, ...(also.kind === 'and' ? also.parts : [also])] } as const) : held;
  };
  const query = selectOver(bench, [...shown, column, ...columnsOf(among)], (name) => ({
    distinct: isDistinct,
    items: isCount ? [{ expression: COUNT }] : itemsOf(shown, name),
    where: where(name),
  }));
  const those = `${root.things.many} ${said}`;
  const values = isDistinct ? `the different values of ${saidColumns(shown)}` : saidColumns(shown);
  const question = isCount ? `How many ${those} are there?` : `List ${values} of the ${those}.`;
  return { shape: 'above average', query, question };
}
