import { type EachFilter, type Filter, rowFilters } from './frame.ts';
import { type Reading, rule } from './frame-rule.ts';
import { isState } from './naming.ts';
import { capture, pattern } from './pattern.ts';

/** "Show both the name and the age": what says no more than "and". */
export const readBothListed = rule(
  pattern` ${capture('verb', 'show|return|list|give|find|include|display')}(?: me)? both(?= (?:the |their )*[CTB]\d+ and )`,
  ({ verb }) => ({ leaving: verb }),
);

/** Two conditions on one column; "from the north and the south" is one that either meets, which "both" says of two rows. */
function pairOf(filters: readonly Filter[], asked: string): EachFilter | undefined {
  const single = filters.filter((filter) => filter.kind === 'compare' || filter.kind === 'period');
  const pairs = [...new Set(single.map(({ ref }) => ref.column))]
    .map((column) => single.filter(({ ref }) => ref.column === column))
    .filter((pair) => pair.length === 2);
  const [pair, ...more] = pairs;
  const [one] = pair ?? [];
  if (more.length) return undefined;
  if (pair && one) return { kind: 'each', ref: one.ref, conditions: pair };
  const listed = filters.flatMap((filter) => (filter.kind === 'one-of' && filter.values.length === 2 ? [filter] : []));
  const [list, ...others] = listed;
  if (!list || others.length || / both .* or /.test(asked)) return undefined;
  const { ref } = list;
  return {
    kind: 'each',
    ref,
    conditions: list.values.map((value) => ({ kind: 'compare', ref, operator: '=', value })),
  };
}

/** "both … and …", "shared by … and …": two conditions on one column, each met by a row. */
export function settleBoth({ sentence, frame }: Reading): void {
  sentence.take(pattern`(?: by)? (?:both|shared by|in common)(?= )`, () => {
    if (frame.filters.some(({ kind }) => kind === 'each')) return true;
    const pair = pairOf(rowFilters(frame), sentence.asked);
    if (!pair) return false;
    frame.filters = [...frame.filters.filter(({ ref }) => ref.column !== pair.ref.column), pair];
    return true;
  });
}

/** "sent but not received", of one column of states: what is sent is not received anyway. */
export function settleStates({ sentence, frame }: Reading): void {
  const held = frame.filters.flatMap((filter) =>
    filter.kind === 'compare' && filter.operator === '=' && isState(filter.ref) ? [filter.ref.column] : [],
  );
  if (
    !/ V\d+(?: [CTB]\d+)?(?: ,)? (?:but|and)?(?: (?:is|are|were|was|still|have|has|been))* ?not(?: yet)? (?:been )?V\d+ /.test(
      sentence.asked,
    )
  )
    return;
  frame.filters = frame.filters.filter(
    (filter) => filter.kind !== 'compare' || filter.operator !== '<>' || !held.includes(filter.ref.column),
  );
}
