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
  ['avg', 'average'],
  ['sum', 'total'],
  ['max', 'highest'],
  ['min', 'lowest'],
] as const;

/** What can be reckoned of a column: only what adds up is added up. */
export const aggregatesOf = ({ role }: PlacedColumn) =>
  AGGREGATES.filter(([name]) => name !== 'sum' || role === 'additive measure');

/** Measures of the table whose rows are asked for: of another they would be added up once a row that refers to them. */
export const measuresOf = ({ columns, root }: Workbench): readonly PlacedColumn[] =>
  columns.filter(({ at, role }) => at === root && isMeasureRole(role));

export function figureOf(measure: PlacedColumn, { random }: Workbench, of = ''): Figure {
  const [called, word] = random.pick(aggregatesOf(measure));
  return {
    expression: (name) => aggregate(called, name(measure)),
    columns: [measure],
    words: `the ${word} ${measure.words}${of}`,
  };
}

export const countOf = ({ root }: Workbench): Figure => ({
  expression: () => COUNT,
  columns: [],
  words: `the number of ${root.things.many}`,
});

/** What is reckoned of each group: how many, or something of a measure. */
export function drawFigure(bench: Workbench): Figure {
  const measures = measuresOf(bench);
  if (!measures.length || bench.random.chance(0.5)) return countOf(bench);
  return figureOf(bench.random.pick(measures), bench, ` of the ${bench.root.things.many}`);
}

/** What groups are made by: a category, a flag, what the row of another table is called, a year. */
export function drawGroup({ random, columns }: Workbench): PlacedColumn | undefined {
  const fit = columns.filter(
    ({ role, column, at }) =>
      ['category', 'flag', 'currency', 'reference'].includes(role) ||
      (role === 'label' && at.path !== '') ||
      (role === 'other date' && column.kind === 'number'),
  );
  return fit.length ? random.weighted(fit, ({ role }) => (role === 'reference' ? 0.3 : 1)) : undefined;
}

/** What rows are put in order by: a measure or a date of theirs. */
export const orderable = ({ columns, root }: Workbench): readonly PlacedColumn[] =>
  columns.filter(
    ({ at, role, column }) =>
      at === root &&
      (isMeasureRole(role) || role === 'event date' || (role === 'other date' && column.kind !== 'text')),
  );

export const sortedBy = (expression: ExpressionIr, descending: boolean): SortKeyIr => ({ expression, descending });
