import type { Table } from '#src/domain/catalog.ts';
import type { DateSpan } from './date-span.ts';
import type { Frame } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { isEvent } from './verbs.ts';

/** Reads periods and puts each on the date that it speaks of. */
export function readDates(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  // "hired after 2024", "signed up last month": the verb names the date column
  sentence.take(/ ([a-z]{4,}|[VCB]\d+)(?: (?:up|in|on|out|at|during|by))* D(\d+)/, (match) => {
    const period = sentence.dates[Number(match[2])];
    const ref = period && resolver.dateNamed(sentence.wording(match[1]!), subjects(frame, resolver));
    if (ref) return addPeriod(frame, resolver, period, ref);
    // "orders placed this week": all that came to be then, whatever became of them, though a state is called so too
    const event = period && match[1]!.startsWith('V') && isEvent(sentence.wording(match[1]!).toLowerCase());
    return event ? addPeriod(frame, resolver, period, undefined) : false;
  });
  sentence.take(
    /(?: (?:with|whose|where|and|that|which|who|were|was|are|is|have|has|had|been))*(?: (?:the |an? |their )?([CB]\d+))?(?: (?:is|are|was|were|of|in|on|been))* D(\d+)/,
    (match) => {
      const period = sentence.dates[Number(match[2])];
      if (!period) return false;
      const named = match[1] ? resolver.column(match[1], frame.main) : undefined;
      const dated =
        named && (named.column.kind === 'date' || named.column.kind === 'timestamp' || /year/i.test(named.column.name))
          ? named
          : undefined;
      if (match[1] && !dated) return false;
      return addPeriod(frame, resolver, period, dated);
    },
  );
  sentence.take(/ D(\d+)/, (match) => {
    const period = sentence.dates[Number(match[1])];
    return period ? addPeriod(frame, resolver, period, undefined) : false;
  });
}

/** The tables that the question is about, the main one first. */
function subjects(frame: Frame, resolver: FrameResolver): Table[] {
  const main = frame.main ? [frame.main] : [];
  return [...new Set([...main, ...subjectsOf(frame), ...resolver.named, ...frame.touched])];
}

export const subjectsOf = (frame: Frame): Table[] =>
  frame.items.flatMap((item) => (item.kind === 'column' || item.kind === 'aggregate' ? [item.ref.table] : []));

/** A column that says the fiscal year itself: the company's own reckoning goes before the configured one. */
const fiscalYearOf = (frame: Frame, resolver: FrameResolver): ColumnRef | undefined =>
  subjects(frame, resolver)
    .map((table) => resolver.fiscalYearColumn(table))
    .find((found) => found !== undefined);

/** Puts a date span on the named column, else on the date of the table that is asked about or of one joined to it. */
function addPeriod(frame: Frame, resolver: FrameResolver, period: DateSpan, named: ColumnRef | undefined): boolean {
  const own = period.fiscalYear === undefined ? undefined : fiscalYearOf(frame, resolver);
  if (own) {
    const value = { kind: 'number' as const, value: period.fiscalYear! };
    frame.filters.push({ kind: 'compare', ref: own, operator: '=', value });
    frame.assumptions.push(
      `Fiscal year ${period.fiscalYear} is the one that ${own.table.name}.${own.column.name} holds.`,
    );
    return true;
  }
  const years = [period.from, period.to].every((day) => day === undefined || day.endsWith('-01-01'));
  const dateOf = (table: Table) => resolver.eventDate(table) ?? (years ? resolver.yearColumn(table) : undefined);
  const ref =
    named ??
    subjects(frame, resolver)
      .map(dateOf)
      .find((found) => found !== undefined);
  if (!ref) return false;
  frame.filters.push({ kind: 'period', ref, span: period, ...resolver.zoneOf(ref) });
  frame.assumptions.push(`The period ${period.label} is read on ${ref.table.name}.${ref.column.name}.`);
  return true;
}
