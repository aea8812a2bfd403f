import { type ColumnOf, columnNamed } from '#src/domain/column-meaning.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { EMPTY_SELECT, type ExpressionIr, type QueryIr, type SelectIr, type SourceIr } from '#src/sql/query-ir.ts';
import {
  type Check,
  type Finding,
  failed,
  look,
  NOT_APPLICABLE,
  outerSelect,
  passed,
  type Subject,
  told,
} from './check.ts';
import { countOf } from './joined.ts';

/** A period that a column of dates is held to: from a day on, before another, both YYYY-MM-DD. */
interface Period {
  readonly of: ColumnOf;
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const next = (day: string) => dayOf(Date.parse(day) + DAY_MS);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/**
 * Whether the period that is asked for is complete: over, and with data up to its end. What is grouped by a unit of time without a period
 * has one that may not be over, its last.
 */
export const checkPeriod: Check = (subject) => {
  const select = outerSelect(subject);
  if (!select) return NOT_APPLICABLE;
  const period = periodOf(select, subject) ?? latestBeside(select, subject);
  const today = subject.calendar.today;
  if (period)
    return period.from > today
      ? NOT_APPLICABLE
      : look(extentOf(period.of), ({ rows: [row] }) => readExtent(period, row, today));
  return lookAtLast(select, subject);
};

function readExtent(period: Period, row: readonly unknown[] | undefined, today: string): Finding {
  const [first, last, rows] = [dayIn(row?.[0]), dayIn(row?.[1]), Number(row?.[2] ?? 0)];
  if (!first || !last) return NOT_APPLICABLE;
  const { of, from, to } = period;
  const name = `${of.table.name}.${of.column.name}`;
  const over = next(today) < to ? next(today) : to;
  if (last < from) return failed(`the latest ${name} is ${last}, before the period begins.`);
  if (first >= to) return failed(`the first ${name} is ${first}, after the period ends.`);
  const gap = gapThatTells(daysBetween(first, next(last)) / Math.max(1, rows), daysBetween(from, over));
  if (daysBetween(next(last), over) > gap)
    return failed(`the latest ${name} is ${last}, so the rest of the period has no data.`);
  if (daysBetween(from, first) > gap) return failed(`the first ${name} is ${first}, so the period before has no data.`);
  if (next(today) < to && last <= today) return told(`The period is not over: this is what there is up to ${today}.`);
  return passed('There are data for the whole period.');
}

/** Days without a row that are more than chance: many times what lies between two rows, and a good part of the period. */
const gapThatTells = (usual: number, length: number) => Math.max(3, 5 * usual, length / 10);

/** The first and last day of a column, and how many rows have one. */
function extentOf({ table, column }: ColumnOf): QueryIr {
  const value: ExpressionIr = { kind: 'column', name: column.name };
  const from: SourceIr = {
    kind: 'table',
    name: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
  };
  const end = (name: 'min' | 'max'): ExpressionIr => ({ kind: 'aggregate', name, distinct: false, argument: value });
  return {
    ...EMPTY_SELECT,
    items: [end('min'), end('max'), countOf(value)].map((expression) => ({ expression })),
    from,
  };
}

const dayIn = (cell: unknown): string | undefined => /^\d{4}-\d{2}-\d{2}/.exec(String(cell ?? ''))?.[0];

/** The period that the conditions of a SELECT hold one column of dates to, where it has both ends. */
export const periodOf = ({ where }: SelectIr, subject: Subject): Period | undefined =>
  periodIn(conjunctsOf(where), subject);

/** Of figures that are each of a period of their own, side by side, the latest. */
function latestBeside({ items }: SelectIr, subject: Subject): Period | undefined {
  const periods = items.flatMap(({ expression }) => {
    if (expression.kind !== 'aggregate') return [];
    const { filter, argument } = expression;
    const [only] = argument?.kind === 'case' && argument.whens.length === 1 ? argument.whens : [];
    return periodIn(conjunctsOf(filter ?? only?.condition), subject) ?? [];
  });
  return periods.sort((a, b) => (a.to < b.to ? 1 : -1))[0];
}

function periodIn(conditions: readonly ExpressionIr[], subject: Subject): Period | undefined {
  let [from, to]: readonly (string | undefined)[] = [undefined, undefined];
  let of: ColumnOf | undefined;
  for (const one of conditions) {
    const bounds = boundsOf(one, subject);
    if (!bounds) continue;
    if (of && of.column !== bounds.of.column) return undefined;
    of = bounds.of;
    if (bounds.from && (!from || bounds.from > from)) from = bounds.from;
    if (bounds.to && (!to || bounds.to < to)) to = bounds.to;
  }
  return of && from && to && from < to ? { of, from, to } : undefined;
}

type Bounds = Pick<Period, 'of'> & { readonly from?: string; readonly to?: string };

/** What one condition says of a column of dates. */
function boundsOf(one: ExpressionIr, subject: Subject): Bounds | undefined {
  if (one.kind === 'between' && !one.negated) {
    const [of, low, high] = [dateColumn(one.value, subject), dayOfLiteral(one.low), dayOfLiteral(one.high)];
    return of && low && high ? { of, from: low, to: next(high) } : undefined;
  }
  if (one.kind === 'like' && !one.negated && one.pattern.kind === 'text') {
    const of = dateColumn(one.value, subject);
    const [, said] = /^(\d{4}(?:-\d{2})?)-?%$/.exec(one.pattern.value) ?? [];
    return of && said ? { of, ...spanOf(said) } : undefined;
  }
  if (one.kind !== 'compare' || one.quantifier) return undefined;
  const part = partSaid(one, subject);
  if (part) return part;
  const [of, day] = [dateColumn(one.left, subject), dayOfLiteral(one.right)];
  if (!of || !day) return undefined;
  switch (one.operator) {
    case '>=':
      return { of, from: day };
    case '>':
      return { of, from: next(day) };
    case '<':
      return { of, to: day };
    case '<=':
      return { of, to: next(day) };
    case '=':
      return { of, from: day, to: next(day) };
    default:
      return undefined;
  }
}

/** `year of the column = 2026`, or its text as YYYY or YYYY-MM. */
function partSaid(one: Extract<ExpressionIr, { readonly kind: 'compare' }>, subject: Subject): Bounds | undefined {
  const { left, right } = one;
  if (one.operator !== '=') return undefined;
  const said = right.kind === 'number' ? right.text : right.kind === 'text' ? right.value : '';
  const asYear = left.kind === 'date-part' && left.part === 'year' && /^\d{4}$/.test(said);
  const asText = left.kind === 'date-text' && !left.adjusted?.length && /^\d{4}(?:-\d{2})?$/.test(said);
  if (!asYear && !(asText && left.format === (said.length === 4 ? 'YYYY' : 'YYYY-MM'))) return undefined;
  const of = dateColumn(left.argument, subject);
  return of && { of, ...spanOf(said) };
}

/** The days of a year or of a month. */
function spanOf(said: string): { readonly from: string; readonly to: string } {
  const [year = 0, month] = said.split('-').map(Number);
  const from = Date.UTC(year, (month ?? 1) - 1, 1);
  return { from: dayOf(from), to: dayOf(month === undefined ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month, 1)) };
}

/** The stored column of dates that an expression is the date of. */
function dateColumn(one: ExpressionIr, subject: Subject): ColumnOf | undefined {
  if (one.kind === 'date-of' || one.kind === 'at-zone' || one.kind === 'cast') return dateColumn(one.argument, subject);
  if (one.kind !== 'column' || one.resolved === undefined) return undefined;
  const of = columnNamed(subject.catalog, one.resolved, one.name);
  return of && (of.column.kind === 'date' || of.column.kind === 'timestamp') ? of : undefined;
}

const dayOfLiteral = (one: ExpressionIr): string | undefined =>
  'value' in one && typeof one.value === 'string' ? dayIn(one.value) : undefined;

const UNIT_OF: Readonly<Record<string, string>> = {
  YYYY: 'year',
  'YYYY-MM': 'month',
  year: 'year',
  month: 'month',
  quarter: 'quarter',
  week: 'week',
};

/** The last group of a column that is grouped by a unit of time, where nothing bounds it. */
function lookAtLast(select: SelectIr, subject: Subject): Finding {
  const key = select.groupBy.find((one) => one.kind === 'date-start' || one.kind === 'date-text');
  if (!key || select.limit !== undefined) return NOT_APPLICABLE;
  const unit = UNIT_OF[key.kind === 'date-start' ? key.unit : key.kind === 'date-text' ? key.format : ''];
  const of = 'argument' in key && key.argument ? dateColumn(key.argument, subject) : undefined;
  const { today } = subject.calendar;
  if (!unit || !of || conjunctsOf(select.where).some((one) => boundsOf(one, subject))) return NOT_APPLICABLE;
  return look(extentOf(of), ({ rows: [row] }) => {
    const last = dayIn(row?.[1]);
    if (!last) return NOT_APPLICABLE;
    return last >= beginOf(unit, today) && last <= today && next(today) < endOf(unit, today)
      ? told(`The last ${unit} is not over: this is what there is up to ${today}.`)
      : passed(`The last ${unit} with data is over.`);
  });
}

function beginOf(unit: string, today: string): string {
  const at = new Date(`${today}T00:00:00Z`);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (unit === 'year') return dayOf(Date.UTC(year, 0, 1));
  if (unit === 'quarter') return dayOf(Date.UTC(year, month - (month % 3), 1));
  if (unit === 'month') return dayOf(Date.UTC(year, month, 1));
  return dayOf(at.getTime() - ((at.getUTCDay() + 6) % 7) * DAY_MS);
}

function endOf(unit: string, today: string): string {
  const begin = new Date(`${beginOf(unit, today)}T00:00:00Z`);
  const [year, month] = [begin.getUTCFullYear(), begin.getUTCMonth()];
  if (unit === 'year') return dayOf(Date.UTC(year + 1, 0, 1));
  if (unit === 'week') return dayOf(begin.getTime() + 7 * DAY_MS);
  return dayOf(Date.UTC(year, month + (unit === 'quarter' ? 3 : 1), 1));
}
