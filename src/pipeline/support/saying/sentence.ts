import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { displayByName, numberOf, type ResultDisplay, saidCell } from '#src/domain/display.ts';
import { capital, listed } from '#src/domain/plain-names.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { groupsOf } from './labels.ts';
import { displayOfParts, type ReadResult, readQuery, readResult, restrictionSaid } from './reading.ts';
import { sayFigures, sayTwoPeriods } from './say-figures.ts';
import { type Asked, havingSaid, sayGroups } from './say-groups.ts';
import { sayList } from './say-list.ts';

/** The statement that gave a result, and the database that it ran on. */
export interface RanStatement {
  readonly sql: string;
  readonly catalog: DatabaseCatalog;
}

/** What a result is in words: its sentence, without a capital and full stop, and how its columns are shown. */
export interface SaidResult {
  readonly sentence: string;
  readonly display: ResultDisplay;
}

/**
 * What a result says, by the query that gave it: what was counted, of which table, under which conditions, by what groups. Every number and
 * name is a cell, a count of rows or a literal of the query, or a share of two cells ("up 4 %"); where the query is not simple enough, it is
 * said by the result alone.
 */
export function sayResult(table: ResultTable, ran: RanStatement | undefined, asked: Asked): SaidResult {
  const query = ran && readQuery(ran.sql, ran.catalog);
  const result = query && readResult(query, ran.catalog, table);
  const byName = displayByName(table);
  const display = result ? displayOfParts(result.parts, byName) : byName;
  const sentence =
    (result && ofQuery(result, table, asked)) ??
    (query && sayTwoPeriods(query, ran.catalog, table)) ??
    ofTable(table, display, asked);
  return { sentence, display };
}

function ofQuery(result: ReadResult, table: ResultTable, asked: Asked): string | undefined {
  const { read } = result;
  const { select } = read;
  if (select.offset !== undefined) return undefined;
  if (!table.rows.length) return sayNothing(result);
  if (select.groupBy.length) return sayGroups(result, table, asked);
  if (select.having) return undefined;
  const figures = table.rows.length === 1 ? sayFigures(result, table) : undefined;
  return figures ?? sayList(result, table, asked);
}

/** An empty result, with what was asked for: "no orders in 2026 with status lost". */
function sayNothing(result: ReadResult): string | undefined {
  const { read, parts } = result;
  const said = restrictionSaid(read);
  const keys = parts.filter(({ part }) => part.kind === 'column');
  if (read.select.having && keys.length) return `no ${groupsOf(keys, read).many}${havingSaid(result)}${said}`;
  return read.finest && !read.select.having ? `no ${read.finest.things.many}${said}` : undefined;
}

/** By the result alone. */
function ofTable(table: ResultTable, display: ResultDisplay, { least }: Asked): string {
  const { rows } = table;
  const [first] = rows;
  if (!first) return 'no rows match';
  const cell = (row: typeof first, at: number) =>
    row[at] === null || row[at] === undefined ? 'no value' : saidCell(row[at], display[at]!.form);
  const heading = (at: number) => display[at]!.heading.replace(/ \([A-Z]{3}\)$/, '');
  const called = (at: number) => heading(at).replace(/^./, (one) => one.toLowerCase());
  const figure = /^(?:result|count|total|average|minimum|maximum|lowest|highest)\b/;
  if (rows.length === 1 && first.length === 1)
    return figure.test(called(0)) ? `the ${called(0)} is ${cell(first, 0)}` : `${heading(0)}: ${cell(first, 0)}`;
  if (rows.length === 1) return listed(first.slice(0, 4).map((_, at) => `${heading(at)} ${cell(first, at)}`));
  const counted = rows.length.toLocaleString('en-US');
  const measure = table.columns.findIndex((column, at) => at > 0 && column.kind === 'number');
  const label = table.columns.findIndex((column) => column.kind !== 'number');
  if (rows.length === 2 && table.columns.length === 2)
    return listed(rows.map((row) => `${cell(row, 0)} ${cell(row, 1)}`));
  if (measure > 0 && label >= 0 && table.columns.length <= 3 && !table.truncated) {
    const ranked = rows.flatMap((row) => {
      const value = numberOf(row[measure] ?? null);
      return value === undefined ? [] : [{ row, value }];
    });
    const best = ranked.reduce<number | undefined>(
      (top, { value }) => (top === undefined || (least ? value < top : value > top) ? value : top),
      undefined,
    );
    const top = ranked.filter(({ value }) => value === best);
    const [one] = top;
    if (one && top.length > 1 && top.length < rows.length)
      return `${top.length} of ${counted} rows share the ${least ? 'lowest' : 'highest'} value, ${cell(one.row, measure)}`;
    if (one && top.length === 1)
      return `${cell(one.row, label)} is ${least ? 'lowest' : 'first'} of ${counted} with ${cell(one.row, measure)}`;
  }
  return `${table.truncated ? 'the first ' : ''}${counted} rows`;
}

/** A sentence with its capital and full stop; what begins with a cell keeps its spelling. */
export function asSentence(said: string, { rows }: ResultTable): string {
  const beginsWith = (cell: Cell) =>
    typeof cell === 'string' && cell !== '' && said.startsWith(cell) && !/^[\p{L}\p{N}]/u.test(said.slice(cell.length));
  const text = rows.some((row) => row.some(beginsWith)) ? said : capital(said);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
