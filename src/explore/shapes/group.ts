import { columnsOf, type MakeDraft, saidFilters, whereOf, withoutColumns } from '../draft.ts';
import { drawFilters, filterCount } from '../draw-filters.ts';
import { drawQuantile } from '../literals.ts';
import { selectOver, type Workbench } from '../workbench.ts';
import { countOf, drawFigure, drawFigures, type Figure, figureOf, measuresOf, sortedBy } from './figures.ts';
import { drawGrouping, type Grouping, saidOfEach } from './grouping.ts';

/** Figures for each of the groups that a column makes, or two, or the rows of another table. */
export const group: MakeDraft = (bench) => {
  const { random } = bench;
  const by = drawGrouping(bench);
  if (!by) return undefined;
  const several = measuresOf(bench).length > 0 && random.chance(0.08);
  const figures = several ? drawFigures(bench, 2) : [drawFigure(bench)];
  const filters = withoutColumns(drawFilters(bench, filterCount(bench, [83, 14, 3, 0])), by.keys);
  const isSorted = random.chance(0.12);
  // in an order, the figure may go without saying
  const isShown = !isSorted || random.chance(0.7);
  const descending = random.chance(0.6);
  const figureFirst = random.chance(0.3);
  const used = [...by.keys, ...by.shown, ...figures.flatMap(({ columns }) => columns), ...columnsOf(filters)];
  const query = selectOver(bench, used, (name) => {
    const reckoned = figures.map(({ expression }) => expression(name));
    const shown = isShown ? reckoned : [];
    const items = figureFirst ? [...shown, ...by.shown.map(name)] : [...by.shown.map(name), ...shown];
    return {
      items: items.map((expression) => ({ expression })),
      where: whereOf(filters, name),
      groupBy: by.keys.map(name),
      orderBy: isSorted ? [sortedBy(reckoned[0]!, descending)] : [],
    };
  });
  const reckoned = `${figures.map(({ words }) => words).join(' and ')}${saidFilters(filters)}`;
  const way = descending ? 'highest to the lowest' : 'lowest to the highest';
  const order = isSorted ? `, from the ${way}${isShown ? '' : ` by ${reckoned}`}` : '';
  const said = isShown ? saidGroups(by, reckoned, figureFirst) : by.isOfRows ? saidOfEach(by) : `each ${by.words}`;
  return { shape: 'group', query, question: `Show ${said}${order}.` };
};

function saidGroups(by: Grouping, reckoned: string, figureFirst: boolean): string {
  if (by.isOfRows) return figureFirst ? `${reckoned}, and ${saidOfEach(by)}` : `${saidOfEach(by)}, and ${reckoned}`;
  return figureFirst ? `${reckoned} and the ${by.words}, for each ${by.words}` : `${reckoned} for each ${by.words}`;
}

/** The groups of which a figure is above or below a bound. */
export const having: MakeDraft = (bench) => {
  const { random } = bench;
  const by = drawGrouping(bench);
  if (!by) return undefined;
  const filters = withoutColumns(drawFilters(bench, filterCount(bench, [88, 12, 0, 0])), by.keys);
  const measures = measuresOf(bench);
  const bound = measures.length && random.chance(0.2) ? boundOf(bench) : countBound(bench);
  if (!bound) return undefined;
  const { figure, operator, limit, words } = bound;
  const withFigure = random.chance(0.12);
  const query = selectOver(bench, [...by.keys, ...by.shown, ...figure.columns, ...columnsOf(filters)], (name) => ({
    items: [...by.shown.map(name), ...(withFigure ? [figure.expression(name)] : [])].map((expression) => ({
      expression,
    })),
    where: whereOf(filters, name),
    groupBy: by.keys.map(name),
    having: { kind: 'compare', operator, left: figure.expression(name), right: { kind: 'number', text: limit } },
  }));
  const held = `is ${figure.words}${saidFilters(filters)} ${words} ${limit}`;
  const shown = withFigure ? ', and what is it for each' : '';
  const question = by.isOfRows
    ? `What is ${saidOfEach(by)} for which it holds that ${figure.words}${saidFilters(filters)} is ${words} ${limit}${shown}?`
    : `For which values of the ${by.words} ${held}${shown}?`;
  return { shape: 'having', query, question };
};

interface Bound {
  readonly figure: Figure;
  readonly operator: '>' | '>=' | '<' | '<=' | '=';
  readonly words: string;
  readonly limit: string;
}

const OPERATORS = [
  ['>', 'more than', 8],
  ['>=', 'at least', 7],
  ['=', 'exactly', 2],
  ['<', 'less than', 2],
  ['<=', 'at most', 2],
] as const;

const drawOperator = ({ random }: Workbench) => random.weighted(OPERATORS, ([, , weight]) => weight);

function countBound(bench: Workbench): Bound {
  const [operator, words] = drawOperator(bench);
  const limit = String(1 + bench.random.below(3) + (operator === '<' ? 1 : 0));
  return { figure: countOf(bench), operator, words, limit };
}

function boundOf(bench: Workbench): Bound | undefined {
  const measure = bench.random.pick(measuresOf(bench));
  const limit = drawQuantile(measure.column, bench.random);
  if (limit === undefined || limit.startsWith('-')) return undefined;
  const [operator, words] = drawOperator(bench);
  if (operator === '=') return undefined;
  return { figure: figureOf(measure, bench, ` of the ${bench.root.things.many}`), operator, words, limit };
}
