import { identifies } from '#src/domain/roles/roles-of-columns.ts';
import { columnsOf, drawShown, itemsOf, type MakeDraft, saidColumns, saidFilters, whereOf } from '../draft.ts';
import { drawFilters, filterCount } from '../draw-filters.ts';
import { selectOver } from '../workbench.ts';
import { sortedBy } from './figures.ts';

/** Columns of rows, some of them by conditions, in an order or as different values. */
export const list: MakeDraft = (bench) => {
  const { random, root } = bench;
  const filters = drawFilters(bench, filterCount(bench, [33, 50, 13, 4]));
  const shown = drawShown(bench, 3, columnsOf(filters));
  if (!shown.length) return undefined;
  const isDistinct = shown.every(({ role }) => !identifies(role) || role === 'label') && random.chance(0.22);
  const sortable = isDistinct || random.chance(0.6) ? shown : bench.columns;
  const sort = random.chance(0.2) ? random.pick(sortable) : undefined;
  const descending = random.chance(0.3);
  const used = [...shown, ...columnsOf(filters), ...(sort ? [sort] : [])];
  const query = selectOver(bench, used, (name) => ({
    distinct: isDistinct,
    items: itemsOf(shown, name),
    where: whereOf(filters, name),
    orderBy: sort ? [sortedBy(name(sort), descending)] : [],
  }));
  const order = sort ? `, in ${descending ? 'descending' : 'ascending'} order of ${sort.words}` : '';
  const which = isDistinct ? `the different values of ${saidColumns(shown)}` : saidColumns(shown);
  const question = `List ${which} of ${filters.length ? 'the' : 'all'} ${root.things.many}${saidFilters(filters)}${order}.`;
  return { shape: 'list', query, question };
};
