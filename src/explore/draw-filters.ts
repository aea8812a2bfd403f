import { flagOf } from '#src/domain/column-meaning.ts';
import { identifies, isDateRole, isMeasureRole } from '#src/domain/roles/roles-of-columns.ts';
import type { ColumnIr, ComparisonOperator, ConditionIr, ExpressionIr } from '#src/sql/query-ir.ts';
import { drawNumber, drawQuantile, drawRange, drawSpan, drawText, drawWord, textsOf } from './literals.ts';
import type { PlacedColumn, Workbench } from './workbench.ts';

/** A condition with the words that say it after the things that it is about: "whose status is “open”". */
export interface Filter {
  readonly column: PlacedColumn;
  readonly words: string;
  readonly condition: (name: (column: PlacedColumn) => ColumnIr) => ConditionIr;
}

/** How many conditions, from none to three, each number by its weight. */
export const filterCount = ({ random }: Workbench, weights: readonly number[]): number =>
  random.weighted([0, 1, 2, 3], (count) => weights[count]!);

/** Up to so many conditions on different columns. */
export function drawFilters(bench: Workbench, most: number, columns = bench.columns): readonly Filter[] {
  const { random } = bench;
  const able = columns.filter((column) => !identifies(column.role) || column.role === 'label');
  return random.some(able, most).flatMap((column) => drawFilter(column, bench) ?? []);
}

/** A condition that suits a column; none where nothing of what it holds is known. */
function drawFilter(column: PlacedColumn, { random, catalog }: Workbench): Filter | undefined {
  const { kind, nullShare = 0 } = column.column;
  if (nullShare > 0.02 && nullShare < 0.98 && random.chance(0.15)) return missing(column, random.chance(0.5));
  const flag = flagOf(column.column, catalog.engine);
  if (flag) {
    const said = random.chance(0.6) ? 'yes' : 'no';
    return equals(column, flag[said], said);
  }
  if (isDateRole(column.role) || kind === 'date' || kind === 'timestamp') return dateFilter(column, random);
  if (kind === 'number' && (isMeasureRole(column.role) || column.role === 'category' || column.role === 'other date'))
    return numberFilter(column, random);
  if (kind === 'text') return textFilter(column, random);
  return undefined;
}

type Draw = Workbench['random'];
const quoted = (text: string) => `“${text}”`;
const text = (value: string): ExpressionIr => ({ kind: 'text', value });
const number = (value: string): ExpressionIr =>
  value.startsWith('-')
    ? { kind: 'negative', argument: { kind: 'number', text: value.slice(1) } }
    : { kind: 'number', text: value };

const compare = (column: PlacedColumn, operator: ComparisonOperator, right: ExpressionIr, words: string): Filter => ({
  column,
  words: `whose ${column.words} ${words}`,
  condition: (name) => ({ kind: 'compare', operator, left: name(column), right }),
});

function equals(
  column: PlacedColumn,
  value: NonNullable<ReturnType<typeof flagOf>>['yes'],
  said: 'yes' | 'no',
): Filter {
  const right: ExpressionIr =
    value.kind === 'boolean'
      ? { kind: 'boolean', value: value.value }
      : value.kind === 'number'
        ? number(String(value.value))
        : text(value.value);
  return compare(column, '=', right, `is ${value.kind === 'text' ? quoted(value.value) : said}`);
}

function missing(column: PlacedColumn, negated: boolean): Filter {
  return {
    column,
    words: `whose ${column.words} is ${negated ? 'known' : 'not known'}`,
    condition: (name) => ({ kind: 'null-test', negated, value: name(column) }),
  };
}

/** Types that LIKE takes on every engine. */
const MATCHED = /char|text|clob|string|^$/i;

function textFilter(column: PlacedColumn, random: Draw): Filter | undefined {
  if (MATCHED.test(column.column.type) && random.chance(0.1)) {
    const word = drawWord(column.column, random);
    if (word !== undefined)
      return {
        column,
        words: `whose ${column.words} contains ${quoted(word)}`,
        condition: (name) => ({
          kind: 'like',
          negated: false,
          value: name(column),
          pattern: text(`%${word}%`),
          ignoreCase: false,
        }),
      };
  }
  const value = drawText(column.column, random);
  if (value === undefined) return undefined;
  if (random.chance(0.08) && textsOf(column.column).length > 1)
    return compare(column, '<>', text(value), `is not ${quoted(value)}`);
  const other = random.chance(0.08) ? drawText(column.column, random) : undefined;
  if (other !== undefined && other !== value)
    return {
      column,
      words: `whose ${column.words} is ${quoted(value)} or ${quoted(other)}`,
      condition: (name) => ({
        kind: 'or',
        parts: [value, other].map((one) => ({ kind: 'compare', operator: '=', left: name(column), right: text(one) })),
      }),
    };
  return compare(column, '=', text(value), `is ${quoted(value)}`);
}

const BOUNDS = [
  ['>', 'is above'],
  ['<', 'is below'],
  ['>=', 'is at least'],
  ['<=', 'is at most'],
] as const;

function numberFilter(column: PlacedColumn, random: Draw): Filter | undefined {
  if (random.chance(0.1)) {
    const range = drawRange(column.column, random);
    if (range)
      return {
        column,
        words: `whose ${column.words} is between ${range[0]} and ${range[1]}`,
        condition: (name) => ({
          kind: 'between',
          negated: false,
          value: name(column),
          low: number(range[0]),
          high: number(range[1]),
        }),
      };
  }
  if (column.role !== 'additive measure' && random.chance(0.4)) {
    const value = drawNumber(column.column, random);
    if (value !== undefined) return compare(column, '=', number(value), `is ${value}`);
  }
  const value = drawQuantile(column.column, random);
  const [operator, words] = random.weighted(BOUNDS, ([one]) => (one.length === 1 ? 3 : 1));
  return value === undefined ? undefined : compare(column, operator, number(value), `${words} ${value}`);
}

function dateFilter(column: PlacedColumn, random: Draw): Filter | undefined {
  const { kind } = column.column;
  if (kind === 'number') return numberFilter(column, random);
  const span = drawSpan(column.column, random);
  if (!span) return kind === 'text' ? textFilter(column, random) : undefined;
  const day = (value: string): ExpressionIr => (kind === 'text' ? text(value) : { kind: 'date', value });
  return {
    column,
    words: `whose ${column.words} is in ${span.words}`,
    condition: (name) => ({
      kind: 'and',
      parts: [
        { kind: 'compare', operator: '>=', left: name(column), right: day(span.from) },
        { kind: 'compare', operator: '<', left: name(column), right: day(span.to) },
      ],
    }),
  };
}
