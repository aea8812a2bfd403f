import { columnsOf, type MakeDraft, saidFilters, whereOf } from '../draft.ts';
import { drawFilters, filterCount } from '../draw-filters.ts';
import { drawQuantile } from '../literals.ts';
import { type PlacedColumn, selectOver, type Workbench } from '../workbench.ts';
import { countOf, drawFigure, drawGroup, type Figure, figureOf, measuresOf, sortedBy } from './figures.ts';

/** A figure for each of the groups that one or two columns make. */
export const group: MakeDraft = (bench) => {
  const { random } = bench;
  const first = drawGroup(bench);
  if (!first) return undefined;
  const other = random.chance(0.15) ? drawGroup(bench) : undefined;
  const by = other && other !== first ? [first, other] : [first];
  const figure = drawFigure(bench);
  const filters = drawFilters(bench, filterCount(bench, [70, 25, 5, 0])).filter(({ column }) => !by.includes(column));
  const isSorted = random.chance(0.25);
  const descending = random.chance(0.7);
  const figureFirst = random.chance(0.25);
  const query = selectOver(bench, [...by, ...figure.columns, ...columnsOf(filters)], (name) => {
    const reckoned = figure.expression(name);
    const items = figureFirst ? [reckoned, ...by.map(name)] : [...by.map(name), reckoned];
    return {
      items: items.map((expression) => ({ expression })),
      where: whereOf(filters, name),
      groupBy: by.map(name),
      orderBy: isSorted ? [sortedBy(reckoned, descending)] : [],
    };
  });
  const groups = by.map(({ words }) => words).join(' and ');
  const reckoned = `${figure.words}${saidFilters(filters)}`;
  const order = isSorted ? `, from the ${descending ? 'highest to the lowest' : 'lowest to the highest'}` : '';
  const question = figureFirst
    ? `Show ${reckoned} and the ${groups}, for each ${groups}${order}.`
    : `Show ${reckoned} for each ${groups}${order}.`;
  return { shape: 'group', query, question };
};

/** The groups of which a figure is above or below a bound. */
export const having: MakeDraft = (bench) => {
  const { random } = bench;
  const by = drawGroup(bench);
  if (!by) return undefined;
  const filters = drawFilters(bench, filterCount(bench, [80, 20, 0, 0])).filter(({ column }) => column !== by);
  const measures = measuresOf(bench);
  const bound = measures.length && random.chance(0.3) ? boundOf(random.pick(measures), bench) : countBound(bench);
  if (!bound) return undefined;
  const { figure, operator, limit, words } = bound;
  const withFigure = random.chance(0.3);
  const query = selectOver(bench, [by, ...figure.columns, ...columnsOf(filters)], (name) => ({
    items: [by, ...(withFigure ? [figure] : [])].map((one) => ({
      expression: 'expression' in one ? one.expression(name) : name(one),
    })),
    where: whereOf(filters, name),
    groupBy: [name(by)],
    having: { kind: 'compare', operator, left: figure.expression(name), right: { kind: 'number', text: limit } },
  }));
  const shown = withFigure ? ', and what is it for each' : '';
  const question = `For which values of the ${by.words} is ${figure.words}${saidFilters(filters)} ${words} ${limit}${shown}?`;
  return { shape: 'having', query, question };
};

interface Bound {
  readonly figure: Figure;
  readonly operator: '>' | '>=' | '<';
  readonly words: string;
  readonly limit: string;
}

const OPERATORS = [
  ['>', 'more than'],
  ['>=', 'at least'],
  ['<', 'less than'],
] as const;

function countBound(bench: Workbench): Bound {
  const [operator, words] = bench.random.pick(OPERATORS);
  const limit = String(1 + bench.random.below(3) + (operator === '<' ? 1 : 0));
  return { figure: countOf(bench), operator, words, limit };
}

function boundOf(measure: PlacedColumn, bench: Workbench): Bound | undefined {
  const limit = drawQuantile(measure.column, bench.random);
  if (limit === undefined || limit.startsWith('-')) return undefined;
  const [operator, words] = bench.random.pick(OPERATORS);
  return { figure: figureOf(measure, bench, ` of the ${bench.root.things.many}`), operator, words, limit };
}
