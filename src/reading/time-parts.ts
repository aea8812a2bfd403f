import type { Words } from '#src/domain/reading.ts';
import { sayWords } from '#src/domain/reading.ts';
import { columnsWithRole } from '#src/domain/roles/roles-of-columns.ts';
import type { SelectIr } from '#src/sql/query-ir.ts';
import type { Outline } from './outline.ts';
import { type Edit, nearestFirst, type Part, type ReadFor } from './part.ts';
import { holds, isDated, type Period, within } from './periods.ts';
import { withConditions } from './rewriting.ts';
import { periodWords } from './say-expression.ts';
import { columnWords, dateWords, text } from './say-names.ts';
import { nearSpans, saySpan, spanOf } from './spans.ts';
import type { SourceColumn, Statement } from './statement.ts';

/** The period and the date that it is read on, of each; where there is none, when it could be. */
export function timeParts(outline: Outline, read: ReadFor): readonly Part[] {
  const { statement, periods } = outline;
  const parts = periods.flatMap((period) => [periodPart(period, statement, read), datePart(period, outline, read)]);
  return periods.length ? parts : anyTime(statement, read);
}

function periodPart(period: Period, statement: Statement, { calendar }: ReadFor): Part {
  const { at, conditions } = period;
  const spans = nearSpans(period.asWritten ? {} : period, calendar).filter((span) => holds(at, span));
  const edits = spans.map((span): Edit => {
    const [before, said] = saySpan(span);
    const put = within(at, span, statement, calendar);
    const words = before === 'in' || before === 'on' ? said : `${before} ${said}`;
    return { words, becomes: said, query: withConditions(statement.query, conditions, [put]) };
  });
  const without = withConditions(statement.query, conditions, []);
  return {
    kind: 'period',
    words: period.asWritten ? asWrittenWords(period, statement) : [text(saySpan(period)[1])],
    edits: [...edits, { words: 'at any time', becomes: undefined, query: without }],
  };
}

const asWrittenWords = (period: Period, statement: Statement): Words => periodWords(period, statement) ?? [];

/** Other dates of the same rows. */
function datePart(
  { at, conditions, asWritten, from, to }: Period,
  { statement, periods }: Outline,
  read: ReadFor,
): Part {
  const span = asWritten ? undefined : spanOf({ from, to });
  const isTaken = (one: SourceColumn) => periods.some((period) => period.at.column === one.column);
  const others = span ? datesOf(statement, read).filter((one) => !isTaken(one) && holds(one, span)) : [];
  const edits = others.flatMap((one): readonly Edit[] => {
    const words = sayWords(columnWords(one, statement));
    const put = span && within(one, span, statement, read.calendar);
    return put ? [{ words, becomes: words, query: withConditions(statement.query, conditions, [put]) }] : [];
  });
  return { kind: 'date', words: columnWords(at, statement), edits };
}

/** The dates of what a statement reads, those that say when something took place first. */
function datesOf(statement: Statement, { question }: ReadFor): readonly SourceColumn[] {
  const { sources, grain, catalog } = statement;
  const tables = grain ? [grain, ...sources.filter((one) => one !== grain)] : sources;
  const dates = tables.flatMap((source) =>
    (['event date', 'other date'] as const).flatMap((role) =>
      columnsWithRole(source.table, role, catalog).map((column) => ({ source, column })),
    ),
  );
  return nearestFirst(dates.filter(isDated), ({ column }) => column.name, question);
}

/** Nothing says when: on the date of what took place it could be any of the latest periods. */
function anyTime(statement: Statement, read: ReadFor): readonly Part[] {
  const { grain, catalog, query } = statement;
  const column = grain && columnsWithRole(grain.table, 'event date', catalog)[0];
  const at = grain && column && { source: grain, column };
  if (!at || !isDated(at)) return [];
  const edits = nearSpans({}, read.calendar)
    .filter((span) => holds(at, span))
    .map((span): Edit => {
      const [before, said] = saySpan(span);
      const put = within(at, span, statement, read.calendar);
      const words = `${sayWords(dateWords(at, statement))} ${before} ${said}`;
      return { words, becomes: said, query: withPeriod(query, put) };
    });
  return [{ kind: 'period', words: [text('at any time')], isUnsaid: true, edits }];
}

const withPeriod = (query: SelectIr, put: Parameters<typeof withConditions>[2][number]) =>
  withConditions(query, [], [put]);
