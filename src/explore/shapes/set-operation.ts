import type { QueryIr, SelectIr, SetOperator } from '#src/sql/query-ir.ts';
import { columnsOf, type Draft, itemsOf, type MakeDraft, saidColumns, saidFilters, whereOf } from '../draft.ts';
import { drawApart, drawFilters, type Filter, filterCount } from '../draw-filters.ts';
import { type Placed, type PlacedColumn, placedColumn, selectOver, type Workbench } from '../workbench.ts';

/** Values that rows of two conditions have both, or of one and not of the other, or of either; or what no row of another table leads to. */
export const setOperation: MakeDraft = (bench) => {
  const { random } = bench;
  return (random.chance(0.35) ? ofTwoTables(bench) : undefined) ?? ofTwoConditions(bench);
};

function ofTwoConditions(bench: Workbench): Draft | undefined {
  const { random, root } = bench;
  const operator = random.weighted(['INTERSECT', 'EXCEPT', 'UNION'] as const, (one) => WEIGHTS[one]);
  const shown = drawNames(bench, bench.columns);
  if (!shown.length) return undefined;
  const free = bench.columns.filter((one) => !shown.includes(one));
  const sides = drawSides(operator, bench, free);
  if (!sides) return undefined;
  const [left, right] = sides;
  const side = (filters: readonly Filter[]): SelectIr =>
    selectOver(bench, [...shown, ...columnsOf(filters)], (name) => ({
      items: itemsOf(shown, name),
      where: whereOf(filters, name),
    }));
  const { many } = root.things;
  const [one, other] = [`${many}${saidFilters(left)}`, `${many}${saidFilters(right)}`];
  const values = shown.map(({ words }) => words).join(' and the ');
  const said = {
    UNION: `Which different values of the ${values} do ${one} have, together with those of ${other}?`,
    INTERSECT: `Which values of the ${values} do ${one} have, and ${other} as well?`,
    EXCEPT: `Which values of the ${values} do ${one} have, but no ${other}?`,
  };
  return { shape: 'set operation', query: combined(operator, side(left), side(right)), question: said[operator] };
}

const WEIGHTS = { INTERSECT: 5, EXCEPT: 3, UNION: 2 } as const;

/** The conditions of both sides: mostly two on one column that no row has both of. */
function drawSides(
  operator: keyof typeof WEIGHTS,
  bench: Workbench,
  free: readonly PlacedColumn[],
): readonly [readonly Filter[], readonly Filter[]] | undefined {
  const { random } = bench;
  const apart = random.chance(operator === 'EXCEPT' ? 0.3 : 0.75) ? drawApart(bench, free) : undefined;
  if (apart) {
    const more = random.chance(0.1) ? drawFilters(bench, 1, free) : [];
    return [
      [...more, apart[0]],
      [...more, apart[1]],
    ];
  }
  const draw = () => drawFilters(bench, random.chance(0.2) ? 2 : 1, free);
  const left = operator === 'EXCEPT' && random.chance(0.5) ? [] : draw();
  const right = draw();
  const isNone = !right.length || (operator !== 'EXCEPT' && !left.length);
  return isNone || saidFilters(left) === saidFilters(right) ? undefined : [left, right];
}

/** One or two columns that things are called or told apart by. */
function drawNames({ random }: Workbench, columns: readonly PlacedColumn[]): readonly PlacedColumn[] {
  const named = columns.filter(({ role }) => role === 'label' || role === 'category' || role === 'key');
  if (!named.length) return [];
  const first = random.pick(named);
  const near = named.filter((one) => one !== first && one.at === first.at);
  return near.length && random.chance(0.12) ? [first, random.pick(near)] : [first];
}

/** Rows of a table without those that rows of another lead to, or those of them alone. */
function ofTwoTables(bench: Workbench): Draft | undefined {
  const { random, placed, catalog, columns, root } = bench;
  const led = placed.filter(({ via }) => via?.join.pairs.length === 1);
  if (!led.length) return undefined;
  const at = random.pick(led);
  const operator = random.chance(0.85) ? 'EXCEPT' : 'INTERSECT';
  const filters = drawFilters(bench, filterCount(bench, [60, 40, 0, 0]));
  const byKey = at.via?.from === root && random.chance(0.4) ? keysOf(at, bench) : undefined;
  const shown = drawNames(
    bench,
    columns.filter((one) => one.at === at),
  );
  const [all, those] = byKey ? byKey : [shown, shown];
  if (!all.length) return undefined;
  const own: Placed = { table: at.table, things: at.things, path: '' };
  const alone = all.map(({ column }) => placedColumn(own, column, catalog));
  const ofAll = selectOver({ ...bench, root: own, placed: [own] }, alone, (name) => ({ items: itemsOf(alone, name) }));
  const ofThose = selectOver(bench, [...those, ...columnsOf(filters)], (name) => ({
    items: itemsOf(those, name),
    where: whereOf(filters, name),
  }));
  const others = `${saidColumns(those)} of ${root.things.many}${saidFilters(filters)}`;
  const question =
    operator === 'EXCEPT'
      ? `List ${saidColumns(alone)} of all ${at.things.many}, without ${others}.`
      : `List ${saidColumns(alone)} of the ${at.things.many} that are also ${others}.`;
  return { shape: 'set operation', query: combined(operator, ofAll, ofThose), question };
}

/** The key of a table, and the column of the first that leads to it. */
function keysOf(
  { via }: Placed,
  { columns }: Workbench,
): readonly [readonly PlacedColumn[], readonly PlacedColumn[]] | undefined {
  const [own, target] = via?.join.pairs[0] ?? [];
  const key = columns.find(({ at, column }) => at.via === via && column === target);
  const referring = columns.find(({ at, column }) => at === via?.from && column === own);
  return key && referring ? [[key], [referring]] : undefined;
}

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
