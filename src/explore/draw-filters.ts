import { flagOf } from '#src/domain/column-meaning.ts';
import { identifies, isDateRole, isMeasureRole } from '#src/domain/roles/roles-of-columns.ts';
import type { ColumnIr, ComparisonOperator, ConditionIr, ExpressionIr } from '#src/sql/query-ir.ts';
import { drawNumber, drawQuantile, drawRange, drawSpan, drawText, drawWord, textsOf } from './literals.ts';
import type { PlacedColumn, Workbench } from './workbench.ts';

/** A condition with the words that say it after the things that it is about: "whose status is “open”". */
export interface Filter {
  readonly columns: readonly PlacedColumn[];
  readonly words: string;
  readonly condition: (name: (column: PlacedColumn) => ColumnIr) => ConditionIr;
}

/** How many conditions, from none to three, each number by its weight. */
export const filterCount = ({ random }: Workbench, weights: readonly number[]): number =>
  random.weighted([0, 1, 2, 3], (count) => weights[count]!);

/** Up to so many conditions on different columns; of two, sometimes one is enough. */
export function drawFilters(bench: Workbench, most: number, columns = bench.columns): readonly Filter[] {
  const { random } = bench;
  const able = columns.filter((column) => !identifies(column.role) || column.role === 'label');
  const drawn = random.some(able, most).flatMap((column) => drawFilter(column, bench) ?? []);
  const [one, other] = drawn;
  return drawn.length === 2 && one && other && random.chance(EITHER) ? [either(one, other)] : drawn;
}

const EITHER = 0.12;

/** Rows of which one condition holds, or the other. */
function either(one: Filter, other: Filter): Filter {
  const both = [one, other];
  return {
    columns: both.flatMap(({ columns }) => columns),
    words: both.map(({ words }) => words).join(' or '),
    condition: (name) => ({ kind: 'or', parts: both.map(({ condition }) => condition(name)) }),
  };
}

/** Two conditions on one column that no row has both of, as two values or two ends of its numbers; none where it has no two. */
export function drawApart(bench: Workbench, columns = bench.columns): readonly [Filter, Filter] | undefined {
  const { random } = bench;
  const able = columns.filter(({ role, column }) => !identifies(role) || (role === 'label' && column.kind === 'text'));
  if (!able.length) return undefined;
  const column = random.pick(able);
  const { kind } = column.column;
  if (kind === 'number') {
    const ends = random.chance(0.25) ? undefined : drawRange(column.column, random);
    if (ends) {
      const [low, high] = ends;
      const apart = [
        compare(column, '>', number(high), `is above ${high}`),
        compare(column, '<', number(low), `is below ${low}`),
      ] as const;
      return random.chance(0.7) ? apart : [apart[1], apart[0]];
    }
    const [one, other] = [drawNumber(column.column, random), drawNumber(column.column, random)];
    if (one === undefined || other === undefined || one === other) return undefined;
    return [compare(column, '=', number(one), `is ${one}`), compare(column, '=', number(other), `is ${other}`)];
  }
  if (kind !== 'text') return undefined;
  const [one, other] = [drawText(column.column, random), drawText(column.column, random)];
  if (one === undefined || other === undefined || one === other) return undefined;
  return [
    compare(column, '=', text(one), `is ${quoted(one)}`),
    compare(column, '=', text(other), `is ${quoted(other)}`),
  ];
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
  columns: [column],
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
    columns: [column],
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
        columns: [column],
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
  if (random.chance(0.07) && textsOf(column.column).length > 1)
    return compare(column, '<>', text(value), `is not ${quoted(value)}`);
  const other = random.chance(0.1) ? drawText(column.column, random) : undefined;
  if (other !== undefined && other !== value)
    return oneOrOther(column, [
      ['=', text(value), `is ${quoted(value)}`],
      ['=', text(other), quoted(other)],
    ]);
  return compare(column, '=', text(value), `is ${quoted(value)}`);
}

type Compared = readonly [operator: ComparisonOperator, right: ExpressionIr, words: string];

/** "whose status is “open” or “late”". */
const oneOrOther = (column: PlacedColumn, both: readonly [Compared, Compared]): Filter => ({
  columns: [column],
  words: `whose ${column.words} ${both.map(([, , words]) => words).join(' or ')}`,
  condition: (name) => ({
    kind: 'or',
    parts: both.map(([operator, right]) => ({ kind: 'compare', operator, left: name(column), right })),
  }),
});

const BOUNDS = [
  ['>', 'is above', 6],
  ['<', 'is below', 4],
  ['>=', 'is at least', 1],
  ['<=', 'is at most', 1],
] as const;

function numberFilter(column: PlacedColumn, random: Draw): Filter | undefined {
  const range = random.chance(0.2) ? drawRange(column.column, random) : undefined;
  if (range) return rangeFilter(column, range, random);
  if (column.role !== 'additive measure' && random.chance(0.4)) {
    const value = drawNumber(column.column, random);
    if (value !== undefined) return compare(column, '=', number(value), `is ${value}`);
  }
  const value = drawQuantile(column.column, random);
  const [operator, words] = random.weighted(BOUNDS, ([, , weight]) => weight);
  return value === undefined ? undefined : compare(column, operator, number(value), `${words} ${value}`);
}

/** Between two numbers, outside them, or one of them. */
function rangeFilter(column: PlacedColumn, [low, high]: readonly [string, string], random: Draw): Filter {
  const kind = random.weighted(['between', 'outside', 'either'] as const, (one) => (one === 'between' ? 2 : 1));
  if (kind === 'outside')
    return oneOrOther(column, [
      ['<', number(low), `is below ${low}`],
      ['>', number(high), `above ${high}`],
    ]);
  if (kind === 'either')
    return oneOrOther(column, [
      ['=', number(low), `is ${low}`],
      ['=', number(high), high],
    ]);
  return {
    columns: [column],
    words: `whose ${column.words} is between ${low} and ${high}`,
    condition: (name) => ({
      kind: 'between',
      negated: false,
      value: name(column),
      low: number(low),
      high: number(high),
    }),
  };
}

function dateFilter(column: PlacedColumn, random: Draw): Filter | undefined {
  const { kind } = column.column;
  if (kind === 'number') return numberFilter(column, random);
  const span = drawSpan(column.column, random);
  if (!span) return kind === 'text' ? textFilter(column, random) : undefined;
  const day = (value: string): ExpressionIr => (kind === 'text' ? text(value) : { kind: 'date', value });
  if (random.chance(0.25)) return compare(column, '>=', day(span.from), `is in ${span.words} or later`);
  return {
    columns: [column],
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
