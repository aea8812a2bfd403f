import { listed } from '#src/domain/plain-names.ts';
import { isMeasureRole } from '#src/domain/roles/roles-of-columns.ts';
import { columnsOf, type MakeDraft, saidFilters, whereOf } from '../draft.ts';
import { drawFilters, filterCount } from '../draw-filters.ts';
import { selectOver, type Workbench } from '../workbench.ts';
import { aggregate, COUNT, drawFigures, type Figure, measuresOf } from './figures.ts';

/** Numbers of all rows, or of those of some conditions. */
export const aggregateOf: MakeDraft = (bench) => {
  const { random, root } = bench;
  const filters = drawFilters(bench, filterCount(bench, [40, 45, 12, 3]));
  const of = `${root.things.many}${saidFilters(filters)}`;
  const over = (figures: readonly Figure[]) =>
    selectOver(bench, [...figures.flatMap(({ columns }) => columns), ...columnsOf(filters)], (name) => ({
      items: figures.map(({ expression }) => ({ expression: expression(name) })),
      where: whereOf(filters, name),
    }));
  if (measuresOf(bench).length && random.chance(0.5)) {
    const figures = figuresOf(bench);
    const said = `${figures.length === 1 ? 'is' : 'are'} ${listed(figures.map(({ words }) => words))}`;
    const question = `What ${said} of ${filters.length ? 'the' : 'all'} ${of}?`;
    return { shape: 'aggregate', query: over(figures), question };
  }
  const counted = bench.columns.filter(({ role }) => !isMeasureRole(role));
  if (counted.length && random.chance(0.3)) {
    const column = random.pick(counted);
    const different: Figure = {
      expression: (name) => aggregate('count', name(column), true),
      columns: [column],
      words: '',
    };
    const question = `How many different values of the ${column.words} are there among the ${of}?`;
    return { shape: 'aggregate', query: over([different]), question };
  }
  const count: Figure = { expression: () => COUNT, columns: [], words: '' };
  return { shape: 'aggregate', query: over([count]), question: `How many ${of} are there?` };
};

/** One to three figures of measures, sometimes with the count. */
function figuresOf(bench: Workbench): readonly Figure[] {
  const { random } = bench;
  const figures = drawFigures(
    bench,
    random.weighted([1, 2, 3], (one) => [6, 3, 2][one - 1]!),
  );
  if (figures.length !== 1 || !random.chance(0.06)) return figures;
  const count: Figure = { expression: () => COUNT, columns: [], words: 'the number' };
  return random.chance(0.5) ? [...figures, count] : [count, ...figures];
}
