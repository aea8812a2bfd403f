import type { RowFilter, Scalar } from './frame.ts';
import { addFilter, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ValueRef } from './lexicon.ts';
import { capture, oneOf, optional, pattern } from './pattern.ts';
import { NAME, VALUE } from './sentence.ts';

const textOf = ({ value }: ValueRef): Scalar => ({ kind: 'text', value });

/** What values mean that stand in one list: all are of the column that the first is of; undefined where one is not. */
function valuesMeant({ resolver, sentence }: Reading, codes: readonly string[], near: ValueRef | undefined) {
  const [first = ''] = codes;
  const own = near ?? resolver.value(first);
  const meant = codes.map((code) => sentence.mention(code).values.find(({ column }) => column === own?.column));
  return meant.every((one) => one !== undefined) ? meant : undefined;
}

const codesOf = (said: string): readonly string[] => said.match(/[VTBC]\d+/g) ?? [];

/** "in Norway, Sweden and Germany", "red, green or blue": three and more values of one column. */
export const readListedValues = rule(
  pattern`(?: (?:from|in|of|for|by|with|are|is|was|were|either|that|which|who|the))* ${capture('list', 'V\\d+(?: ,(?: (?:in|from|the))* V\\d+)+')}(?: ,)? ${oneOf('tie', ['and', 'or'])}(?: (?:in|from|the))* ${capture('last', VALUE)}`,
  ({ list, tie, last }, reading) => {
    const { frame, resolver } = reading;
    const [first = ''] = codesOf(list);
    const values = valuesMeant(reading, [...codesOf(list), last], resolver.value(first, subjectOf(reading)));
    const [ref] = values ?? [];
    if (!values || !ref) return false;
    if (frame.compares) frame.groups.push({ kind: 'column', ref });
    const scalars = values.map(textOf);
    // "albums with tracks of rock, jazz and pop" have one of each
    const each = tie === 'and' && !frame.compares && resolver.isMany(subjectOf(reading), ref.table);
    if (!each) return addFilter(reading, { kind: 'one-of', ref, values: scalars });
    const conditions = scalars.map((value): RowFilter => ({ kind: 'compare', ref, operator: '=', value }));
    return addFilter(reading, { kind: 'each', ref, conditions });
  },
);

const either = capture('first', '[VTBC]\\d+');
const nor = capture('second', '[VTBC]\\d+');

/** "neither cancelled nor returned": two values of one column, though another table may be called so. */
export const readNeither = rule(
  pattern`(?: (?:that|which|who|whose|with|is|are|was|were|been|have|has|had|in|from|of))* neither(?: (?:in|from|of|the|an?|been))* ${either} nor(?: (?:in|from|of|the|an?|been))* ${nor}`,
  ({ first, second }, reading) => {
    const { sentence } = reading;
    const main = subjectOf(reading);
    const shared = sentence
      .mention(first)
      .values.filter((one) => sentence.mention(second).values.some(({ column }) => column === one.column));
    const own = shared.filter(({ table }) => table === main);
    const [near, ...more] = own.length ? own : shared;
    const values = near && !more.length ? valuesMeant(reading, [first, second], near) : undefined;
    return (
      values?.every((ref) => addFilter(reading, { kind: 'compare', ref, operator: '<>', value: textOf(ref) })) ?? false
    );
  },
);

/** "customers in Norway and Sweden – count for each": one figure for each value that the question lists. */
export const readForEach = rule(
  pattern`(?: ,| ·)+(?: (?:with|and|the|a|show|give|me))* (?:${optional(capture('figure', '(?:the )?(?:counts?|numbers?|how many)(?: of them)?'))} )?(?:(?:for|of|in|from|per|by) )?each(?: (?:one|of them|of these|of those|${optional(capture('kind', NAME))}))?(?= $| ·| ,)`,
  ({ figure, kind }, reading) => {
    const { frame, resolver } = reading;
    const lists = frame.filters.flatMap((filter) => (filter.kind === 'one-of' ? [filter.ref] : []));
    const [ref, ...more] = lists;
    if (!ref || more.length || frame.groups.length) return false;
    if (kind !== undefined && resolver.column(kind, ref.table)?.column !== ref.column) return false;
    if (figure === undefined && !frame.items.some(({ kind: one }) => one === 'count' || one === 'aggregate'))
      return false;
    frame.groups.push({ kind: 'column', ref, asked: true });
    if (figure !== undefined && frame.main && !frame.items.length)
      frame.items.push({ kind: 'count', distinct: false, table: frame.main });
    return true;
  },
);
