import { allOf } from '#src/sql/query-ir.ts';
import { columnsOf, drawShown, itemsOf, type MakeDraft, saidColumns, saidFilters, whereOf } from '../draft.ts';
import { drawFilters } from '../draw-filters.ts';
import { selectOver, type Workbench } from '../workbench.ts';
import { aggregate, measuresOf } from './figures.ts';

const COMPARED = [
  ['avg', '>', 'is above the average of all'],
  ['avg', '<', 'is below the average of all'],
  ['max', '=', 'is the highest of all'],
  ['min', '=', 'is the lowest of all'],
] as const;

/** Rows of which a measure is held against one number of all rows, or of those of a condition. */
export const aboveAverage: MakeDraft = (bench) => {
  const { random, root } = bench;
  const measures = measuresOf(bench);
  if (!measures.length) return undefined;
  const measure = random.pick(measures);
  const shown = drawShown(bench, 2, [measure]);
  const [called, operator, words] = random.pick(COMPARED);
  const own: Workbench = { ...bench, placed: [root], columns: bench.columns.filter(({ at }) => at === root) };
  const filters = random.chance(0.3) ? drawFilters(own, 1).filter(({ column }) => column !== measure) : [];
  const inside = selectOver(own, columnsOf(filters), (name) => ({
    items: [{ expression: aggregate(called, name(measure)) }],
    where: whereOf(filters, name),
  }));
  const both = filters.length > 0 && random.chance(0.5);
  const query = selectOver(bench, [...shown, measure, ...columnsOf(filters)], (name) => {
    const held = { kind: 'compare', operator, left: name(measure), right: { kind: 'query', query: inside } } as const;
    const among = both ? whereOf(filters, name) : undefined;
    return {
      items: itemsOf(shown, name),
      where: allOf([held, ...(among?.kind === 'and' ? among.parts : among ? [among] : [])]),
    };
  });
  const those = `${root.things.many}${saidFilters(filters)}`;
  const question = both
    ? `Among the ${those}, list ${saidColumns(shown)} of those whose ${measure.words} ${words} these.`
    : `List ${saidColumns(shown)} of the ${root.things.many} whose ${measure.words} ${words} ${those}.`;
  return { shape: 'above average', query, question };
};
