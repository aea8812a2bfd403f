import { isMeasureRole } from '#src/domain/roles/roles-of-columns.ts';
import type { AggregateFunction, ColumnIr, ExpressionIr, SortKeyIr } from '#src/sql/query-ir.ts';
import type { NameOf } from '../draft.ts';
import type { PlacedColumn, Workbench } from '../workbench.ts';

/** What is reckoned of rows. */
export interface Figure {
  readonly expression: (name: NameOf) => ExpressionIr;
  readonly columns: readonly PlacedColumn[];
  /** "the number of orders", "the total amount of the orders". */
  readonly words: string;
}

export const COUNT: ExpressionIr = { kind: 'aggregate', name: 'count', distinct: false, argument: undefined };

export const aggregate = (name: AggregateFunction, argument: ColumnIr, distinct = false): ExpressionIr => ({
  kind: 'aggregate',
  name,
  distinct,
  argument,
});

const AGGREGATES = [
  ['avg', 'average', 5],
  ['sum', 'total', 4],
  ['max', 'highest', 3],
  ['min', 'lowest', 2],
] as const;

/** What can be reckoned of a column: only what adds up is added up. */
const aggregatesOf = ({ role }: PlacedColumn) =>
  AGGREGATES.filter(([name]) => name !== 'sum' || role === 'additive measure');

/** Measures of the table whose rows are asked for: of another they would be added up once a row that refers to them. */
export const measuresOf = ({ columns, root }: Workbench): readonly PlacedColumn[] =>
  columns.filter(({ at, role }) => at === root && isMeasureRole(role));

export function figureOf(measure: PlacedColumn, { random }: Workbench, of = ''): Figure {
  return reckoned(
    measure,
    random.weighted(aggregatesOf(measure), ([, , weight]) => weight),
    of,
  );
}

const reckoned = (measure: PlacedColumn, [called, word]: (typeof AGGREGATES)[number], of = ''): Figure => ({
  expression: (name) => aggregate(called, name(measure)),
  columns: [measure],
  words: `the ${word} ${measure.words}${of}`,
});

/** So many different figures: several of one measure, or the same of two. There must be a measure. */
export function drawFigures(bench: Workbench, count: number): readonly Figure[] {
  const { random } = bench;
  const measures = measuresOf(bench);
  const measure = random.pick(measures);
  if (count === 1) return [figureOf(measure, bench)];
  const other = measures.filter((one) => one !== measure);
  if (count === 2 && other.length && random.chance(0.4)) {
    const second = random.pick(other);
    const both = aggregatesOf(measure).filter((one) => aggregatesOf(second).includes(one));
    const drawn = random.weighted(both, ([, , weight]) => weight);
    return [measure, second].map((one) => reckoned(one, drawn));
  }
  return random.shuffled(random.some(aggregatesOf(measure), count)).map((one) => reckoned(measure, one));
}

export const countOf = ({ root }: Workbench): Figure => ({
  expression: () => COUNT,
  columns: [],
  words: `the number of ${root.things.many}`,
});

/** What is reckoned of each group: how many, or something of a measure. */
export function drawFigure(bench: Workbench): Figure {
  const measures = measuresOf(bench);
  if (!measures.length || bench.random.chance(0.6)) return countOf(bench);
  return figureOf(bench.random.pick(measures), bench, ` of the ${bench.root.things.many}`);
}

/** What rows are put in order by: a measure or a date of theirs. */
export const orderable = ({ columns, root }: Workbench): readonly PlacedColumn[] =>
  columns.filter(
    ({ at, role, column }) =>
      at === root &&
      (isMeasureRole(role) || role === 'event date' || (role === 'other date' && column.kind !== 'text')),
  );

export const sortedBy = (expression: ExpressionIr, descending: boolean): SortKeyIr => ({ expression, descending });
