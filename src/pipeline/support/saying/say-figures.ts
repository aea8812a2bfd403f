import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { numberOf, saidCell } from '#src/domain/display.ts';
import { counted, listed } from '#src/domain/plain-names.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { type ColumnIr, type ConditionIr, visit } from '#src/sql/query-ir.ts';
import { type Restriction, restrictionOf, sayPredicate, sayRestriction } from './conditions.ts';
import { type Measure, measureOf } from './measures.ts';
import { sayDays } from './period.ts';
import { type ReadResult, type ResultPart, restrictionSaid, wordsOfMeasure } from './reading.ts';
import { columnIn, type ReadSelect, readSelect, type SourceColumn, type TableSource } from './sources.ts';

/** The one row of figures over all rows: how many, how much, what part; undefined where it has no words. */
export function sayFigures({ read, parts }: ReadResult, { rows }: ResultTable): string | undefined {
  const row = rows[0]!;
  const measures = parts.flatMap((part) =>
    part.part.kind === 'measure' ? [{ ...part, measure: part.part.measure }] : [],
  );
  const [first] = measures;
  if (!first || measures.length !== parts.length) return undefined;
  if (measures.length === 1) return sayOne(first.measure, row[0] ?? null, first, read);
  const said = restrictionSaid(read);
  if (measures.every(({ measure }) => measure.kind === 'count' && measure.only) && read.finest) {
    const values = measures.map(
      ({ measure, at }) =>
        `${saidCell(row[at] ?? 0, first.form)}${measure.kind === 'count' ? sayRestriction(measure.only!) : ''}`,
    );
    return `${read.finest.things.many}${said}: ${listed(values)}`;
  }
  const whole = measures.find(({ measure }) => measure.kind === 'count' && !measure.only && !measure.different);
  const about =
    whole?.measure.kind === 'count' && typeof row[whole.at] !== 'string'
      ? countSaid(whole.measure, row[whole.at] ?? 0, read)
      : undefined;
  const others = measures.filter((one) => one !== whole || !about).slice(0, 4);
  const values = others.map(({ at, words, form }) => `${words} ${valueSaid(row[at] ?? null, form)}`);
  if (about) return `${about}: ${listed(values)}`;
  return read.finest ? `${read.finest.things.all}${said}: ${listed(values)}` : listed(values);
}

const valueSaid = (cell: Cell, form: ResultPart['form']): string => (cell === null ? 'unknown' : saidCell(cell, form));

function sayOne(measure: Measure, cell: Cell, { form }: ResultPart, read: ReadSelect): string | undefined {
  const of = read.finest;
  const value = cell === null ? undefined : saidCell(cell, form);
  switch (measure.kind) {
    case 'count':
      return countSaid(measure, cell, read);
    case 'share': {
      if (!of) return undefined;
      const things = `${of.things.all}${restrictionSaid(read)}`;
      if (value === undefined) return `no ${things}, so there is no share of them`;
      const so = sayPredicate(measure.only);
      return so ? `${value} of ${things} ${so}` : `${value} of ${things} meet the condition`;
    }
    case 'figure': {
      const things = of ? ` of ${of.things.all}${restrictionSaid(read)}` : undefined;
      if (things === undefined) return undefined;
      if (value === undefined) return `no ${measure.words}${things}: no row has a value`;
      return `the ${measure.words}${things} is ${value}`;
    }
    case 'other':
      return measure.words && value !== undefined ? `the ${measure.words} is ${value}` : undefined;
  }
}

/** "848 orders in 2026 with channel phone", "501 users with app ratings", "8 different countries of suppliers". */
function countSaid(measure: Extract<Measure, { kind: 'count' }>, cell: Cell, read: ReadSelect): string | undefined {
  const count = typeof cell === 'bigint' ? cell : numberOf(cell ?? 0);
  if (count === undefined || !measure.of) return undefined;
  const only: Restriction = measure.only ?? { phrases: [], unsaid: 0 };
  const all = restrictionOf(read.conditions, read, measure.of);
  const said = sayRestriction(both(all, only));
  const { things, different, of } = measure;
  if (different) {
    const number = Number(count) === 0 ? 'no' : count.toLocaleString('en-US');
    return `${number} different ${Number(count) === 1 ? things.one : things.many} of ${of.things.many}${said}`;
  }
  if (things === of.things || things.many === of.things.many) return `${counted(count, things)}${said}`;
  const { own } = measure;
  const theirs = read.conditions.filter((one) => own && isAbout(one, own, read));
  const others = read.conditions.filter((one) => !theirs.includes(one));
  const first = own ? restrictionOf(theirs, read, own) : { phrases: [], unsaid: 0 };
  const rest = restrictionOf(others, read, of);
  // what the figure alone is held to is said of what it counts
  const [theirsSaid, restSaid] = own ? [both(first, only), rest] : [first, both(rest, only)];
  return `${counted(count, things)}${sayRestriction(theirsSaid)} with ${of.things.many}${sayRestriction(restSaid)}`;
}

const both = (one: Restriction, other: Restriction): Restriction => ({
  phrases: [...one.phrases, ...other.phrases],
  unsaid: one.unsaid + other.unsaid,
});

/** Whether a condition is about the rows of one source alone. */
function isAbout(condition: ConditionIr, source: TableSource, read: ReadSelect): boolean {
  const columns: (SourceColumn | undefined)[] = [];
  visit(condition, (node) => {
    if (node.kind === 'column') columns.push(columnIn(node as ColumnIr, read));
  });
  return columns.length > 0 && columns.every((one) => one?.source === source);
}

/**
 * Two counts or sums of the same over two periods, each a query of its own: "1,451 orders in 2026, up 4 % on 2025 (1,395)". Undefined where
 * they are not the same.
 */
export function sayTwoPeriods(
  query: Parameters<typeof readSelect>[0],
  catalog: DatabaseCatalog,
  { rows }: ResultTable,
) {
  if (query.kind !== 'select' || query.from || query.items.length !== 2 || rows.length !== 1) return undefined;
  const read = query.items.map(({ expression, alias }) => {
    if (expression.kind !== 'query') return undefined;
    const inner = readSelect(expression.query, catalog);
    const [item] = inner?.select.items ?? [];
    const measure =
      inner && item && inner.select.items.length === 1 && !inner.select.groupBy.length
        ? measureOf(item.expression, alias, inner)
        : undefined;
    if (!inner || !measure) return undefined;
    const restriction = restrictionOf(inner.conditions, inner, inner.finest);
    return {
      inner,
      measure,
      restriction,
      others: restrictionSaid(inner, { withoutPeriod: true }),
      name: wordsOfMeasure(measure),
    };
  });
  const [a, b] = read;
  const [x, y] = rows[0]!.map(numberOf);
  if (!a?.restriction.days?.from || !b?.restriction.days?.from || x === undefined || y === undefined) return undefined;
  if (a.name !== b.name || a.others !== b.others || a.measure.kind === 'share' || a.measure.kind === 'other')
    return undefined;
  const [late, early] =
    a.restriction.days.from > b.restriction.days.from
      ? [
          { ...a, value: x, cell: rows[0]![0]! },
          { ...b, value: y, cell: rows[0]![1]! },
        ]
      : [
          { ...b, value: y, cell: rows[0]![1]! },
          { ...a, value: x, cell: rows[0]![0]! },
        ];
  const [days, before] = [late.restriction.days!, early.restriction.days!];
  const period = before.from && before.to ? sayDays(before).replace(/^(?:in|on|from) /, '') : undefined;
  const form = 'form' in late.measure ? late.measure.form : { kind: 'number' as const };
  const change = period ? changeSaid(late.value, early.value, period) : undefined;
  if (!change || !days.to) return undefined;
  const first = sayOne(late.measure, late.cell, { form } as ResultPart, late.inner);
  return first && `${first}, ${change} (${saidCell(early.cell, form)})`;
}

/** "up 4 % on 2025"; undefined where one of the two cannot be compared with. */
export function changeSaid(value: number, before: number, period: string): string | undefined {
  if (before <= 0 || value < 0) return undefined;
  if (value === before) return `the same as in ${period}`;
  const change = (100 * Math.abs(value - before)) / before;
  const said = change.toLocaleString('en-US', { maximumFractionDigits: change < 1 ? 1 : 0 });
  return said === '0' ? `about the same as in ${period}` : `${value > before ? 'up' : 'down'} ${said} % on ${period}`;
}
