import { isReference } from '#src/domain/column-meaning.ts';
import { displayedCell, numberOf, saidCell } from '#src/domain/display.ts';
import { ownPlaces } from '#src/domain/own-order.ts';
import { counted, listed } from '#src/domain/plain-names.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { datedBy } from './conditions.ts';
import { groupsOf, isFigure, labelOf } from './labels.ts';
import type { Measure } from './measures.ts';
import { superlativeOf } from './order.ts';
import { lastDayOf } from './period.ts';
import { measureSaid, type ReadResult, type ResultPart, type Row, restrictionSaid, wordsOfMeasure } from './reading.ts';
import { changeSaid } from './say-figures.ts';
import { columnIn, isLabel, type SourceColumn } from './sources.ts';

/** Names that a sentence lists. */
export const MOST_LISTED = 5;

type MeasurePart = ResultPart & { readonly measure: Measure };

/** A result with a row a group, ready to be spoken of. */
interface Groups {
  readonly result: ReadResult;
  readonly table: ResultTable;
  readonly dimensions: readonly ResultPart[];
  readonly measure: MeasurePart;
  /** What the groups are: "countries", "5 customers with the highest total amount". */
  readonly many: string;
  readonly said: string;
}

export interface Asked {
  /** The least of something is asked for. */
  readonly least: boolean;
  /** Today where it was asked, `YYYY-MM-DD`. */
  readonly today?: string;
}

/** Figures by group: who is first, or how a series goes; undefined where it has no words. */
export function sayGroups(result: ReadResult, table: ResultTable, asked: Asked): string | undefined {
  const { read, parts } = result;
  const measures = parts.flatMap((part): MeasurePart[] =>
    part.part.kind === 'measure' ? [{ ...part, measure: part.part.measure }] : [],
  );
  const dimensions = dimensionsOf(result);
  if (!dimensions.length || parts.some(({ part }) => part.kind === 'unknown')) return undefined;
  const things = groupsOf(dimensions, read);
  const having = havingSaid(result);
  const [first] = measures;
  if (!first) return sayNames(result, table, dimensions, things, having);
  const measure = sortedBy(measures, result) ?? first;
  const said = restrictionSaid(read, { beside: dimensions });
  const groups: Groups = { result, table, dimensions, measure, many: things.many, said };
  if (mixesCurrencies(groups)) return sayCurrencies(groups, things);
  const [only] = dimensions;
  const series =
    dimensions.length === 1 && only?.part.kind === 'period' && read.select.limit === undefined
      ? saySeries(groups, only, asked)
      : undefined;
  if (series) return series;
  if (table.rows.length === 1) return sayOnlyGroup(groups, things);
  return sayRanked({ ...groups, many: topOf(groups, things) ?? `${things.many}${having}` }, asked);
}

/** The columns that say what a group is; keys and amounts of the group's own stand beside them. */
function dimensionsOf({ read, parts }: ReadResult): readonly ResultPart[] {
  const all = parts.filter(({ part }) => part.kind === 'column' || part.kind === 'period');
  const telling = all.filter(
    (one) => !(one.part.kind === 'column' && (isFigure(one, read) || isReference(keyed(one.part.of), read.catalog))),
  );
  const named =
    telling.length > 1 && telling.some(({ part }) => part.kind === 'column' && isLabel(part.of, read))
      ? telling.filter((one) => isGrouped(one, read))
      : telling;
  return named.length ? named : telling.length ? telling : all;
}

const keyed = ({ source: { table }, column }: SourceColumn) => ({ table, column });

/** Whether a column is among the keys of the groups. */
const isGrouped = ({ expression }: ResultPart, { select }: ReadResult['read']): boolean =>
  expression !== undefined && select.groupBy.some((key) => plain(key) === plain(expression));

/** The measure that the rows are sorted by, where it is among those shown. */
function sortedBy(measures: readonly MeasurePart[], { read }: ReadResult): MeasurePart | undefined {
  const [key] = read.select.orderBy;
  const written = key && plain(key.expression);
  return written === undefined
    ? undefined
    : measures.find(({ expression }) => expression && plain(expression) === written);
}

const plain = (tree: unknown): string =>
  JSON.stringify(tree, (key, value: unknown) =>
    key === 'span' || key === 'limitSpan' || key === 'resolved' ? undefined : value,
  );

/** Whether the query shows the rows from the highest, or from the lowest. */
function descends({ result, measure }: Groups): boolean | undefined {
  const [key] = result.read.select.orderBy;
  return key && measure.expression && plain(key.expression) === plain(measure.expression) ? key.descending : undefined;
}

/** "5 customers with the highest total amount", where a limit cut the groups. */
function topOf({ result: { read }, table, many }: Groups, things: { readonly many: string }): string | undefined {
  const { limit } = read.select;
  if (limit === undefined || table.rows.length < limit) return undefined;
  const best = superlativeOf(read, things.many);
  return best ? `${many} with ${best}` : many;
}

function sayRanked(groups: Groups, { least }: Asked): string | undefined {
  const { table, dimensions, measure, many, said } = groups;
  const { rows } = table;
  const limited = groups.result.read.select.limit !== undefined;
  const total = rows.length.toLocaleString('en-US');
  if (table.truncated) return undefined;
  const ranked = rows.flatMap((row) => {
    const value = numberOf(row[measure.at] ?? null);
    return value === undefined ? [] : [{ row, value }];
  });
  const sortedDown = descends(groups);
  const lowest = sortedDown === undefined ? least && !limited : !sortedDown;
  const best = ranked.reduce<number | undefined>(
    (top, { value }) => (top === undefined || (lowest ? value < top : value > top) ? value : top),
    undefined,
  );
  if (best === undefined) return undefined;
  const first = ranked.filter(({ value }) => value === best);
  const counts = isCount(measure.measure);
  const by = counts ? '' : byMeasure(groups);
  const behind = limited ? (many.includes(' with the ') ? said : by) : by;
  const of = `of ${limited ? 'the ' : ''}${total} ${many}${behind}`;
  const value = `${valueSaid(first[0]!.row, groups)}${counts && !limited ? said : ''}`;
  if (first.length === ranked.length && first.length > 2) return `all ${total} ${many} have the same: ${value}${by}`;
  const place = lowest ? 'lowest' : 'first';
  if (first.length > 3) return `${first.length} share ${lowest ? 'last' : 'first'} place with ${value} each, ${of}`;
  const labels = first.map(({ row }) => labelOf(row, dimensions));
  if (!labels.every((label) => label !== undefined)) return undefined;
  if (labels.length > 1) return `${listed(labels)} share ${lowest ? 'last' : 'first'} place with ${value} each, ${of}`;
  const other = rows.length === 2 ? ranked.find(({ row }) => row !== first[0]!.row) : undefined;
  if (!other) return `${labels[0]} is ${place} with ${value}, ${of}`;
  const second = `${labelOf(other.row, dimensions) ?? 'the other'} with ${saidCell(other.row[measure.at] ?? null, measure.form)}`;
  return `${labels[0]} is ${place} with ${value}, ${lowest ? 'below' : 'before'} ${second}${by && `,${by}`}`;
}

/** A plain count, which is said with what it counts. */
const isCount = (measure: Measure): boolean => measure.kind === 'count' && !measure.only && !measure.different;

/** By what groups are ranked: " by total amount of orders in 2026". */
function byMeasure({ measure: { measure }, result: { read }, said, many }: Groups): string {
  const own = read.finest?.things.many === many;
  const words = own ? wordsOfMeasure(measure) : measureSaid(measure, read, said);
  return words === undefined ? said : ` by ${words}${own ? said : ''}`;
}

/** Whose figure it is, where the groups' name does not say it. */
function thingsBehind({ measure: { measure }, result: { read }, many }: Groups): string {
  const of = measure.kind === 'figure' ? read.finest?.things.all : undefined;
  return of === undefined || of === many ? '' : ` of ${of}`;
}

function valueSaid(row: Row, { measure: { measure, at, form } }: Groups): string {
  const cell = row[at] ?? null;
  if (measure.kind !== 'count' || measure.only || measure.different || cell === null || typeof cell === 'object')
    return saidCell(cell, form);
  const count = numberOf(cell) ?? 0;
  return counted(count, measure.things).replace(/^no /, '0 ');
}

/** The only row: the one that a limit left, or the only group that there is. */
function sayOnlyGroup(groups: Groups, things: { readonly one: string; readonly many: string }): string | undefined {
  const { result, table, dimensions, said } = groups;
  const row = table.rows[0]!;
  const label = labelOf(row, dimensions);
  if (label === undefined) return undefined;
  const best = result.read.select.limit === 1 ? superlativeOf(result.read, things.many) : undefined;
  if (best && sortedBy([groups.measure], result))
    return `${label} has ${best}${said}: ${saidCell(row[groups.measure.at] ?? null, groups.measure.form)}`;
  const words = wordsOfMeasure(groups.measure.measure);
  if (best) return `${label} has ${best}${said}`;
  const value = valueSaid(row, groups);
  return groups.measure.measure.kind === 'count'
    ? `${value}${said}, all of ${things.one} ${label}`
    : `${label} is the only ${things.one}${said}: ${words ?? 'result'} ${value}`;
}

/** A figure over time: the latest, how it has changed, and the highest. */
function saySeries(groups: Groups, period: ResultPart, { today }: Asked): string | undefined {
  const { table, measure, result } = groups;
  const texts = table.rows.map((row) => displayedCell(row[period.at] ?? null, period.form));
  const places = ownPlaces(texts);
  if (table.truncated || !places || texts.some((text) => !/^\d{4}/.test(text)) || table.rows.length < 2)
    return undefined;
  const sorted = table.rows
    .map((row, at) => ({ row, place: places[at]!, text: texts[at]! }))
    .sort((a, b) => a.place - b.place);
  const valued = sorted.flatMap((one) => {
    const value = numberOf(one.row[measure.at] ?? null);
    return value === undefined ? [] : [{ ...one, value, label: labelOf(one.row, [period])! }];
  });
  const [last, before] = valued.toReversed();
  if (!last || !before || valued.length < sorted.length) return undefined;
  const end = lastDayOf(last.text);
  const open = today !== undefined && end !== undefined && end >= today;
  const others = restrictionSaid(result.read, { withoutPeriod: true });
  const where = `${datedWith(period, result)}${/^\d{1,2} /.test(last.label) ? 'on' : 'in'} ${last.label}${open ? ' so far' : ''}`;
  const words = wordsOfMeasure(measure.measure);
  const value = valueSaid(last.row, groups);
  const now =
    measure.measure.kind === 'count' && !measure.measure.only
      ? `${value}${others} ${where}`
      : words
        ? `the ${words}${thingsBehind(groups)}${others} was ${value} ${where}`
        : undefined;
  if (!now) return undefined;
  const change = open ? undefined : changeSaid(last.value, before.value, before.label);
  if (valued.length === 2)
    return change
      ? `${now}, ${change}`
      : `${now}, after ${saidCell(before.row[measure.at] ?? null, measure.form)} in ${before.label}`;
  const top = valued.reduce((best, one) => (one.value > best.value ? one : best));
  const most =
    top === last
      ? `the most of ${valued.length} ${period.words}s`
      : `the most of ${valued.length} ${period.words}s was ${saidCell(top.row[measure.at] ?? null, measure.form)} in ${top.label}`;
  return `${now}${change ? `, ${change}` : ''}; ${top === last ? `that is ${most}` : most}`;
}

/** "applied ", where the dates are when that was done. */
function datedWith({ expression }: ResultPart, { read }: ReadResult): string {
  const argument = expression && 'argument' in expression ? expression.argument : undefined;
  const of = argument && columnIn(argument, read);
  const by = of ? datedBy(of, read.finest) : '';
  return by && `${by} `;
}

/* ── currencies ── */

const currencyPart = ({ dimensions }: Groups): ResultPart | undefined =>
  dimensions.find(({ part }) => part.kind === 'column' && /(?:^|_)(?:currency|ccy)(?:_|$)/i.test(part.of.column.name));

/** Amounts of several currencies, which nothing ranks. */
function mixesCurrencies(groups: Groups): boolean {
  const { measure, table } = groups;
  const by = currencyPart(groups);
  return by !== undefined && measure.form.kind === 'money' && new Set(table.rows.map((row) => row[by.at])).size > 1;
}

function sayCurrencies(groups: Groups, things: { readonly many: string }): string | undefined {
  const { table, measure, dimensions, said } = groups;
  const by = currencyPart(groups)!;
  const words = wordsOfMeasure(measure.measure);
  if (words === undefined) return undefined;
  const of = `the ${words}${thingsBehind(groups)}${said}`;
  if (dimensions.length === 1 && table.rows.length <= MOST_LISTED)
    return `${of} is ${listed(table.rows.map((row) => `${saidCell(row[measure.at] ?? null, { kind: 'money' })} ${saidCell(row[by.at] ?? null, by.form)}`))}`;
  const currencies = new Set(table.rows.map((row) => row[by.at])).size;
  return `${of}, in ${currencies} currencies: ${table.rows.length.toLocaleString('en-US')} ${things.many}`;
}

/* ── groups without figures ── */

/** "with over 30 employees": what groups must meet; that they meet a condition, where there are no words for it. */
export function havingSaid({ read }: ReadResult): string {
  const { having } = read.select;
  if (!having) return '';
  const bound = having.kind === 'compare' && having.right.kind === 'number' ? having : undefined;
  const counts =
    bound?.left.kind === 'aggregate' &&
    bound.left.name === 'count' &&
    !bound.left.distinct &&
    !bound.left.filter &&
    (!bound.left.argument || bound.left.argument.kind === 'number');
  const over: Readonly<Partial<Record<string, string>>> = {
    '>': 'over',
    '>=': 'at least',
    '<': 'under',
    '<=': 'at most',
    '=': '',
  };
  const word = bound && over[bound.operator];
  if (!bound || !counts || word === undefined || !read.finest || bound.right.kind !== 'number')
    return ' that meet the condition';
  const { one, many } = read.finest.things;
  return ` with ${word}${word && ' '}${bound.right.text} ${bound.right.text === '1' ? one : many}`;
}

function sayNames(
  { read }: ReadResult,
  table: ResultTable,
  dimensions: readonly ResultPart[],
  things: { readonly one: string; readonly many: string },
  having: string,
): string | undefined {
  const { rows } = table;
  const { limit } = read.select;
  const labels = rows.slice(0, MOST_LISTED + 1).map((row) => labelOf(row, dimensions));
  if (!labels.every((label) => label !== undefined)) return undefined;
  const said = restrictionSaid(read);
  const best = limit === undefined ? undefined : superlativeOf(read, things.many);
  if (best && limit === 1 && rows.length === 1) return `${labels[0]} has ${best}${said}`;
  const behind =
    read.finest && read.finest.things.many !== things.many && !having ? ` with ${read.finest.things.many}` : '';
  const what = best
    ? `the ${counted(rows.length, things)} with ${best}`
    : `${table.truncated ? 'the first ' : ''}${counted(rows.length, things)}${having || behind}`;
  return `${what}${said}${rows.length <= MOST_LISTED ? `: ${listed(labels as string[])}` : ''}`;
}
