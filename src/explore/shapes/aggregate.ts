import { listed } from '#src/domain/plain-names.ts';
import { isMeasureRole } from '#src/domain/roles/roles-of-columns.ts';
import { columnsOf, type MakeDraft, saidFilters, whereOf } from '../draft.ts';
import { drawFilters, filterCount } from '../draw-filters.ts';
import { selectOver, type Workbench } from '../workbench.ts';
import { aggregate, COUNT, type Figure, figureOf, measuresOf } from './figures.ts';

/** Numbers of all rows, or of those of some conditions. */
export const aggregateOf: MakeDraft = (bench) => {
  const { random, root } = bench;
  const filters = drawFilters(bench, filterCount(bench, [30, 50, 15, 5]));
  const of = `${root.things.many}${saidFilters(filters)}`;
  const over = (figures: readonly Figure[]) =>
    selectOver(bench, [...figures.flatMap(({ columns }) => columns), ...columnsOf(filters)], (name) => ({
      items: figures.map(({ expression }) => ({ expression: expression(name) })),
      where: whereOf(filters, name),
    }));
  if (measuresOf(bench).length && random.chance(0.5)) {
    const figures = drawFigures(bench);
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

/** One or two figures of measures, sometimes with the count. */
function drawFigures(bench: Workbench): readonly Figure[] {
  const { random } = bench;
  const measures = measuresOf(bench);
  const measure = random.pick(measures);
  const first = figureOf(measure, bench);
  if (random.chance(0.7)) return [first];
  const second = figureOf(random.chance(0.6) ? measure : random.pick(measures), bench);
  const count: Figure = { expression: () => COUNT, columns: [], words: 'the number' };
  const other = random.chance(0.3) || second.words === first.words ? count : second;
  return random.chance(0.5) ? [first, other] : [other, first];
}
