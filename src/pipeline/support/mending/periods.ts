import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import { next } from '#src/planner/date-span.ts';
import { datesSaid } from '#src/planner/dates.ts';
import { type ExpressionIr, type Span, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { edited } from './edit.ts';

/** A statement whose periods end where those of the question do, and the days before which they now end. */
export interface EndedStatement {
  readonly sql: string;
  readonly endsBefore: readonly string[];
}

/**
 * Mends the end of a period that the question asks for: the day after it, where that is taken in (`BETWEEN '2026-06-22' AND '2026-06-29'`
 * of the week before 29 June), and its last day, where times of day are stored and all of it but midnight is left out. Undefined
 * where there is nothing to mend.
 */
export function endPeriods(
  sql: string,
  engine: Engine,
  catalog: DatabaseCatalog,
  asked: Calendar & { readonly text: string },
): EndedStatement | undefined {
  const ends = datesSaid(asked.text, asked).flatMap(({ span }) => span.to ?? []);
  const parsed = ends.length ? parseSql(sql, engine) : undefined;
  if (!parsed?.ok) return undefined;
  const found: { readonly start: number; readonly end: number; readonly text: string; readonly day: string }[] = [];
  visit(resolve(parsed.value, engine, catalog).query, (node) => {
    const until = untilDay(node as unknown as ExpressionIr);
    const day = ends.find(
      (end) => until?.day === end || (until && next(until.day) === end && hasTimes(until.value, catalog)),
    );
    if (until && day !== undefined) found.push({ ...until.span, text: endedBefore(day, until, sql), day });
  });
  if (!found.length) return undefined;
  return { sql: edited(sql, found), endsBefore: [...new Set(found.map(({ day }) => day))] };
}

/** A condition that a value lies at a day at most, which is counted in; at the same time above another, in a BETWEEN. */
interface UntilDay {
  readonly span: Span;
  readonly value: ExpressionIr & { readonly span: Span };
  readonly low?: Span;
  readonly day: string;
}

function untilDay(one: ExpressionIr): UntilDay | undefined {
  const { span } = one;
  if (!span) return undefined;
  if (one.kind === 'between' && !one.negated) {
    const day = dayOf(one.high);
    const { value, low } = one;
    return isLocated(value) && low.span && day ? { span, value, low: low.span, day } : undefined;
  }
  if (one.kind !== 'compare' || one.operator !== '<=') return undefined;
  const day = dayOf(one.right);
  return isLocated(one.left) && day ? { span, value: one.left, day } : undefined;
}

const isLocated = (one: ExpressionIr): one is UntilDay['value'] => one.span !== undefined;

/** The day that a literal says without a time. */
const dayOf = (one: ExpressionIr): string | undefined =>
  (one.kind === 'text' || one.kind === 'date') && /^\d{4}-\d{2}-\d{2}$/.test(one.value) ? one.value : undefined;

function endedBefore(day: string, { value, low }: UntilDay, sql: string): string {
  const said = ({ start, end }: Span) => sql.slice(start, end);
  const below = `${said(value.span)} < '${day}'`;
  return low ? `${said(value.span)} >= ${said(low)} AND ${below}` : below;
}

/** Whether a value is a column of days with their time. */
function hasTimes(value: ExpressionIr, catalog: DatabaseCatalog): boolean {
  if (value.kind !== 'column' || value.resolved === undefined) return false;
  const column = columnNamed(catalog, value.resolved, value.name)?.column;
  if (column?.kind !== 'timestamp') return false;
  return !column.values.length || column.values.some((stored) => /[T ]\d{2}:\d{2}/.test(stored));
}
