import { isMeasureRole } from '#src/domain/roles/roles-of-columns.ts';
import {
  columnsOf,
  type Draft,
  drawShown,
  itemsOf,
  type MakeDraft,
  saidColumns,
  saidFilters,
  whereOf,
} from '../draft.ts';
import { drawFilters, type Filter, filterCount } from '../draw-filters.ts';
import { type PlacedColumn, selectOver, type Workbench } from '../workbench.ts';
import { drawFigure, drawGroup, orderable, sortedBy } from './figures.ts';

interface Cut {
  readonly count: number;
  readonly descending: boolean;
  readonly filters: readonly Filter[];
}

/** The first rows, or groups, in an order. */
export const top: MakeDraft = (bench) => {
  const { random } = bench;
  const cut: Cut = {
    count: random.weighted([1, 3, 5, 10], (one) => (one === 1 ? 6 : 1)),
    descending: random.chance(0.7),
    filters: drawFilters(bench, filterCount(bench, [75, 20, 5, 0])),
  };
  const by = random.chance(0.45) ? drawGroup(bench) : undefined;
  return by ? topGroups(by, cut, bench) : topRows(cut, bench);
};

function topGroups(by: PlacedColumn, { count, descending, filters }: Cut, bench: Workbench): Draft {
  const { random, columns } = bench;
  const figure = drawFigure(bench);
  const kept = filters.filter(({ column }) => column !== by);
  const withFigure = random.chance(0.25);
  // what else is known of the group: other columns of the row that names it
  const more = by.at.path
    ? random.some(
        columns.filter((one) => one.at === by.at && one !== by),
        random.below(2),
      )
    : [];
  const query = selectOver(bench, [by, ...more, ...figure.columns, ...columnsOf(kept)], (name) => ({
    items: [...itemsOf([by, ...more], name), ...(withFigure ? [{ expression: figure.expression(name) }] : [])],
    where: whereOf(kept, name),
    groupBy: [by, ...more].map(name),
    orderBy: [sortedBy(figure.expression(name), descending)],
    limit: count,
  }));
  const groups = [by, ...more].map(({ words }) => words).join(' and ');
  const which = count === 1 ? `Which ${groups} has` : `Which ${count} values of the ${groups} have`;
  const shown = withFigure ? ', and what is it' : '';
  const question = `${which} the ${descending ? 'highest' : 'lowest'} value of ${figure.words}${saidFilters(kept)}${shown}?`;
  return { shape: 'top', query, question };
}

function topRows({ count, descending, filters }: Cut, bench: Workbench): Draft | undefined {
  const { random, root } = bench;
  const keys = orderable(bench);
  if (!keys.length) return undefined;
  const key = random.pick(keys);
  const shown = drawShown(bench, 2, [key]);
  const query = selectOver(bench, [...shown, key, ...columnsOf(filters)], (name) => ({
    items: itemsOf(shown, name),
    where: whereOf(filters, name),
    orderBy: [sortedBy(name(key), descending)],
    limit: count,
  }));
  const [high, low] = isMeasureRole(key.role) ? ['highest', 'lowest'] : ['latest', 'earliest'];
  const rows = count === 1 ? root.things.one : `${count} ${root.things.many}`;
  const best = `the ${descending ? high : low} ${key.words}`;
  const question = `What ${shown.length === 1 ? 'is' : 'are'} ${saidColumns(shown)} of the ${rows} with ${best}${saidFilters(filters)}?`;
  return { shape: 'top', query, question };
}
