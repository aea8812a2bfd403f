import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { isKey } from './column-roles.ts';
import type { Scalar } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { Sentence } from './sentence.ts';

/** How people say comparisons. */
export const OPERATORS: Readonly<Record<string, ComparisonOperator>> = {
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
};
export const OPERATOR = Object.keys(OPERATORS)
  .sort((a, b) => b.length - a.length)
  .join('|');
/** Words that may lead into a condition, and those that may join a column to what it is compared with. */
export const LEAD = '(?:,? ?(?:and |that |which |who |whose |where |with |have |has |had |having |of |for |in |by )*)';
export const IS = '(?:is |are |was |were |be |being |that is |that are |which is |as |of |to be )*';

/** Words that compare by a column of their own: "older than 20" speaks of age. */
export const ADJECTIVES: Readonly<Record<string, readonly string[]>> = {
  older: ['age'],
  younger: ['age'],
  heavier: ['weight'],
  lighter: ['weight'],
  taller: ['height'],
  longer: ['length', 'duration', 'distance'],
  shorter: ['length', 'duration', 'height'],
  cheaper: ['price', 'cost'],
};

/** Text that is all digits: compared as it is stored. */
export const holdsNumbers = ({ column }: ColumnRef) =>
  column.kind === 'text' &&
  column.values.slice(0, 50).every((value) => /^-?[\d.,]+$/.test(value)) &&
  column.values.length > 0;

/** A number, quoted text or stored value as the column holds it. */
export function scalar(sentence: Sentence, code: string, ref: ColumnRef): Scalar {
  if (code.startsWith('N')) {
    const token = sentence.token(code);
    if (ref.column.kind === 'number') return { kind: 'number', value: token.value ?? 0 };
    return { kind: 'text', value: token.text };
  }
  const said = sentence.wording(code);
  const stored = ref.column.values.find((value) => value.toLowerCase() === said.toLowerCase());
  if (ref.column.kind === 'number' && !isKey(ref) && /^-?\d+(\.\d+)?$/.test(said))
    return { kind: 'number', value: Number(said) };
  return { kind: 'text', value: stored ?? said };
}
