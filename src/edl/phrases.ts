import type { AggregateFunction, ArithmeticOperator, ComparisonOperator, JoinType } from '#src/sql/query-ir.ts';

/** The fixed phrases of EDL, shared by the printer and the parser so that they cannot drift apart. */
export const JOIN_WORDS: Readonly<Record<JoinType, string>> = {
  inner: 'Join',
  left: 'Left join',
  right: 'Right join',
  full: 'Full join',
  cross: 'Cross join',
};

export const COMPARISON_WORDS: Readonly<Record<ComparisonOperator, string>> = {
  '=': 'equals',
  '<>': 'does not equal',
  '<': 'is less than',
  '<=': 'is less than or equal to',
  '>': 'is greater than',
  '>=': 'is greater than or equal to',
  'is distinct from': 'is distinct from',
  'is not distinct from': 'is not distinct from',
};

export const AGGREGATE_WORDS: Readonly<Record<AggregateFunction, string>> = {
  count: 'count',
  sum: 'sum',
  avg: 'average',
  min: 'minimum',
  max: 'maximum',
};

/** Operators of one level chain from the left without parentheses. */
export const ARITHMETIC_WORDS: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'sum',
  '-': 'sum',
  '*': 'product',
  '/': 'product',
  '%': 'product',
  '||': 'text',
};

export const LIKE_WORDS = {
  contains: { plain: 'contains', negated: 'does not contain' },
  starts: { plain: 'starts with', negated: 'does not start with' },
  ends: { plain: 'ends with', negated: 'does not end with' },
  like: { plain: 'is like', negated: 'is not like' },
} as const;

export const CURRENT_WORDS = { date: 'the current date', time: 'the current time' } as const;

/** `DENSE_RANK` → `dense rank`. */
export const windowWords = (name: string): string => name.toLowerCase().replaceAll('_', ' ');

/** Window functions that take no value: what is ranked is the row. */
export const RANKS: ReadonlySet<string> = new Set(['RANK', 'DENSE_RANK', 'ROW_NUMBER']);

/** The names of the operators, as they may stand before the colon. */
const LABELS: readonly string[] = [
  'scan table',
  'subquery',
  'join',
  'reserve rows',
  'group',
  'apply having clause',
  'having clause',
  'sort row',
  'sort rows',
  'limit',
  'select column',
  'select columns',
  'set operation',
  'arithmetic calculation',
  'date operation',
  'case statement',
  'substring',
  'cast',
  'window function',
  'run as written',
];

/** What could have stood where reading stopped; by these the mends know the place (mend-words.ts). */
export const WANTED = {
  step: 'a step such as #1',
  table: 'a table such as [t]',
  column: 'a column such as [name]',
  name: 'a name such as [total]',
  number: 'a whole number',
  direction: ['in ascending order', 'in descending order'],
  comparison: ['equals', 'is greater than', 'is less than', 'is between', 'is in', 'is like', 'contains', 'is null'],
  verb: ['Retrieve', 'Join', 'Reserve', 'Group', 'Order', 'Limit', 'Select', 'Apply', 'Compute', 'Extract', 'Cast'],
  label: LABELS,
} as const;
