import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import type { Scalar } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { Sentence } from './sentence.ts';

/** How people say comparisons. */
export const OPERATORS: ReadonlyMap<string, ComparisonOperator> = new Map(
  Object.entries({
    'more than': '>',
    'greater than': '>',
    'higher than': '>',
    'larger than': '>',
    'bigger than': '>',
    'longer than': '>',
    over: '>',
    above: '>',
    exceeding: '>',
    exceeds: '>',
    after: '>',
    'later than': '>',
    'older than': '>',
    'heavier than': '>',
    'taller than': '>',
    bigger: '>',
    greater: '>',
    'less than': '<',
    'fewer than': '<',
    'lower than': '<',
    'smaller than': '<',
    'shorter than': '<',
    under: '<',
    below: '<',
    before: '<',
    'earlier than': '<',
    'younger than': '<',
    'cheaper than': '<',
    'lighter than': '<',
    'at least': '>=',
    'no less than': '>=',
    'not less than': '>=',
    'a minimum of': '>=',
    'greater than or equal to': '>=',
    'more than or equal to': '>=',
    'at most': '<=',
    'no more than': '<=',
    'not more than': '<=',
    'up to': '<=',
    'less than or equal to': '<=',
    'a maximum of': '<=',
    exactly: '=',
    'equal to': '=',
    equals: '=',
    'not equal to': '<>',
    not: '<>',
    'different from': '<>',
    'other than': '<>',
  } as const),
);

/** "younger than 50" is no number of rows. */
export const COUNTING: ReadonlyMap<string, ComparisonOperator> = new Map(
  [...OPERATORS].filter(([said]) => !/^(?:older|younger|heavier|lighter|taller|cheaper|earlier|later) /.test(said)),
);

/** Words that may lead into a condition, and those that may join a column to what it is compared with. */
export const LEAD =
  '(?:,? ?(?<![a-z])(?:and |that |which |who |whose |where |with |have |has |had |having |of |for |in |by )*)';
export const IS = '(?:is |are |was |were |be |being |that is |that are |which is |as |of |to be )*';

interface Adjective {
  readonly operator: ComparisonOperator;
  /** Words of the column that is compared. */
  readonly hints: readonly string[];
}

/** Words that compare by a column of their own: "older than 20" speaks of age. */
export const ADJECTIVES: ReadonlyMap<string, Adjective> = new Map(
  Object.entries({
    older: { operator: '>', hints: ['age'] },
    younger: { operator: '<', hints: ['age'] },
    heavier: { operator: '>', hints: ['weight'] },
    lighter: { operator: '<', hints: ['weight'] },
    taller: { operator: '>', hints: ['height'] },
    longer: { operator: '>', hints: ['length', 'duration', 'distance'] },
    shorter: { operator: '<', hints: ['length', 'duration', 'height'] },
    cheaper: { operator: '<', hints: ['price', 'cost'] },
  }),
);

/** Text that is all digits: compared as it is stored. */
export const holdsNumbers = ({ column }: ColumnRef) =>
  column.kind === 'text' &&
  column.values.slice(0, 50).every((value) => /^-?[\d.,]+$/.test(value)) &&
  column.values.length > 0;

/** A number, quoted text or stored value as the column holds it. */
export function scalar(sentence: Sentence, code: string, ref: ColumnRef): Scalar {
  const said = sentence.wording(code);
  if (code.startsWith('N'))
    return ref.column.kind === 'number'
      ? { kind: 'number', value: sentence.numberAt(code) }
      : { kind: 'text', value: said };
  const stored = ref.column.values.find((value) => value.toLowerCase() === said.toLowerCase());
  if (ref.column.kind === 'number' && /^-?\d+(\.\d+)?$/.test(said)) return { kind: 'number', value: Number(said) };
  return { kind: 'text', value: stored ?? said };
}
