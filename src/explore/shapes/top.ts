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
  withoutColumns,
} from '../draft.ts';
import { drawFilters, type Filter, filterCount } from '../draw-filters.ts';
import { selectOver, type Workbench } from '../workbench.ts';
import { drawFigure, orderable, sortedBy } from './figures.ts';
import { drawGrouping, type Grouping } from './grouping.ts';

interface Cut {
  readonly count: number;
  readonly descending: boolean;
  readonly filters: readonly Filter[];
}

/** The first rows, or groups, in an order. */
export const top: MakeDraft = (bench) => {
  const { random } = bench;
  const cut: Cut = {
    count: random.weighted([1, 3, 5, 10], (one) => COUNTS[one]!),
    descending: random.chance(0.75),
    filters: drawFilters(bench, filterCount(bench, [85, 13, 2, 0])),
  };
  const by = random.chance(0.55) ? drawGrouping(bench) : undefined;
  return by ? topGroups(by, cut, bench) : topRows(cut, bench);
};

/** How many are asked for, by how often: mostly the first alone. */
const COUNTS: Readonly<Record<number, number>> = { 1: 10, 3: 3, 5: 2, 10: 1 };

function topGroups(by: Grouping, { count, descending, filters }: Cut, bench: Workbench): Draft {
  const { random } = bench;
  const figure = drawFigure(bench);
  const kept = withoutColumns(filters, by.keys);
  const withFigure = random.chance(0.12);
  const query = selectOver(bench, [...by.keys, ...by.shown, ...figure.columns, ...columnsOf(kept)], (name) => ({
    items: [...itemsOf(by.shown, name), ...(withFigure ? [{ expression: figure.expression(name) }] : [])],
    where: whereOf(kept, name),
    groupBy: by.keys.map(name),
    orderBy: [sortedBy(figure.expression(name), descending)],
    limit: count,
  }));
  const best = `the ${descending ? 'highest' : 'lowest'} value of ${figure.words}${saidFilters(kept)}`;
  const shown = withFigure ? ', and what is it' : '';
  return { shape: 'top', query, question: `${saidFirst(by, count)} ${best}${shown}?` };
}

function saidFirst(by: Grouping, count: number): string {
  const several = `${count} values of the ${by.words}`;
  if (by.isOfRows)
    return `What ${by.shown.length === 1 ? 'is' : 'are'} ${saidColumns(by.shown)} of the ${count === 1 ? by.words : several} with`;
  return count === 1 ? `Which ${by.words} has` : `Which ${several} have`;
}

function topRows({ count, descending, filters }: Cut, bench: Workbench): Draft | undefined {
  const { random, root } = bench;
  const keys = orderable(bench);
  if (!keys.length) return undefined;
  const key = random.pick(keys);
  const shown = drawShown(bench, 3, [key]);
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
