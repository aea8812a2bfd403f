import type { QueryIr, SelectIr, SetOperator } from '#src/sql/query-ir.ts';
import { columnsOf, itemsOf, type MakeDraft, saidFilters, whereOf } from '../draft.ts';
import { drawFilters, type Filter } from '../draw-filters.ts';
import { selectOver } from '../workbench.ts';

/** Values that rows of two conditions have both, or of one and not of the other, or of either. */
export const setOperation: MakeDraft = (bench) => {
  const { random, root } = bench;
  const named = bench.columns.filter(({ role }) => role === 'label' || role === 'category' || role === 'key');
  if (!named.length) return undefined;
  const shown = random.pick(named);
  const operator = random.pick(['INTERSECT', 'EXCEPT', 'UNION'] as const);
  const free = bench.columns.filter((one) => one !== shown);
  const draw = () => drawFilters(bench, random.chance(0.2) ? 2 : 1, free);
  const left = operator === 'EXCEPT' && random.chance(0.5) ? [] : draw();
  const right = draw();
  if (!right.length || (operator !== 'EXCEPT' && !left.length) || saidFilters(left) === saidFilters(right))
    return undefined;
  const side = (filters: readonly Filter[]): SelectIr =>
    selectOver(bench, [shown, ...columnsOf(filters)], (name) => ({
      items: itemsOf([shown], name),
      where: whereOf(filters, name),
    }));
  const { many } = root.things;
  const [one, other] = [`${many}${saidFilters(left)}`, `${many}${saidFilters(right)}`];
  const said = {
    UNION: `Which different values of the ${shown.words} do ${one} have, together with those of ${other}?`,
    INTERSECT: `Which values of the ${shown.words} do ${one} have, and ${other} as well?`,
    EXCEPT: `Which values of the ${shown.words} do ${one} have, but no ${other}?`,
  };
  return { shape: 'set operation', query: combined(operator, side(left), side(right)), question: said[operator] };
};

export const combined = (operator: SetOperator, left: QueryIr, right: QueryIr): QueryIr => ({
  kind: 'set-operation',
  ctes: [],
  operator,
  left,
  right,
  orderBy: [],
  limit: undefined,
  offset: undefined,
});
