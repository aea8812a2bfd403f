import type { Calendar } from '#src/domain/calendar.ts';
import { type DatabaseCatalog, isInstant } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import { dayAt, instantOf, isUtc, startOfDay } from '#src/domain/time-zone.ts';
import { explain } from '#src/edl/explain.ts';
import { type ExpressionIr, visit } from '#src/sql/query-ir.ts';

/** The zone of the asker where it is another than the one that databases keep instants in. */
export const zoneApart = ({ timeZone }: Calendar): string | undefined =>
  timeZone === undefined || isUtc(timeZone) ? undefined : timeZone;

/**
 * In which zone a statement reads time, where the asker's is not that of the database. Told by the statement that ran, whoever
 * wrote it: by the zone that it names, and by whether what it compares instants with are midnights there or those of UTC.
 *
 * @param relative the question counts from today.
 */
export function timeCaveats(sql: string, catalog: DatabaseCatalog, calendar: Calendar, relative: boolean): string[] {
  const zone = zoneApart(calendar);
  if (zone === undefined) return [];
  const { named, inUtc } = readTimes(sql, catalog, zone);
  const kept = inUtc.length ? [`The days of ${inUtc.join(' and ')} are those of UTC here, not of ${zone}.`] : [];
  const today = `today is ${calendar.today}`;
  if (named)
    return [`Times are read in ${zone}${relative ? `, where ${today}` : ''}; the database keeps UTC.`, ...kept];
  return [...(relative ? [`Days are counted in ${zone}, where ${today}.`] : []), ...kept];
}

interface TimesRead {
  /** Some instants are read by the days of the zone. */
  readonly named: boolean;
  /** Columns of instants that are read by the days of UTC. */
  readonly inUtc: readonly string[];
}

function readTimes(sql: string, catalog: DatabaseCatalog, zone: string): TimesRead {
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return { named: false, inUtc: [] };
  let named = false;
  const inUtc = new Set<string>();
  const note = (column: string, bounds: readonly ExpressionIr[]) => {
    for (const bound of bounds) {
      const day = dayBegunBy(bound, zone);
      if (day === 'zone') named = true;
      else if (day === 'utc') inUtc.add(column);
    }
  };
  visit(explained.value.query, (node) => {
    const one = node as unknown as ExpressionIr;
    if (one.kind === 'at-zone' && one.zone === zone) named = true;
    for (const [value, bounds] of comparisons(one)) {
      const column = instantsOf(value, catalog);
      if (column) note(column, bounds);
    }
    const column = daysOf(one) && instantsOf(daysOf(one)!, catalog);
    if (column) inUtc.add(column);
  });
  return { named, inUtc: [...inUtc] };
}

/** Values with what each is compared with. */
function comparisons(one: ExpressionIr): (readonly [ExpressionIr, readonly ExpressionIr[]])[] {
  if (one.kind === 'between') return [[one.value, [one.low, one.high]]];
  if (one.kind !== 'compare') return [];
  return [
    [one.left, [one.right]],
    [one.right, [one.left]],
  ];
}

/** Parts of time that are the same in every zone. */
const ANYWHERE: ReadonlySet<string> = new Set(['epoch seconds', 'second', 'julian day']);

/** What an expression takes the day or a longer part of, by the session's zone. */
function daysOf(one: ExpressionIr): ExpressionIr | undefined {
  switch (one.kind) {
    case 'date-part':
      return ANYWHERE.has(one.part) ? undefined : one.argument;
    case 'date-text':
    case 'date-start':
      return one.argument;
    case 'date-of':
      return one.form === 'date' ? one.argument : undefined;
    case 'cast':
      return one.type.name === 'DATE' ? one.argument : undefined;
    default:
      return undefined;
  }
}

/** The name of a column of instants, as it is or as SQLite's DATETIME brings its texts to UTC. */
function instantsOf(one: ExpressionIr, catalog: DatabaseCatalog): string | undefined {
  if (one.kind === 'date-of' && one.form === 'time' && !one.adjusted.length) return instantsOf(one.argument, catalog);
  if (one.kind !== 'column' || one.resolved === undefined) return undefined;
  const found = columnNamed(catalog, one.resolved, one.name);
  return found && isInstant(found.column, catalog.engine) ? found.column.name : undefined;
}

/** Whose day begins at a literal: the zone's, that of UTC, or nobody's. Where both do, no one can tell and nothing is wrong. */
function dayBegunBy(literal: ExpressionIr, zone: string): 'zone' | 'utc' | undefined {
  if (!('value' in literal) || typeof literal.value !== 'string') return undefined;
  const text = literal.value.trim();
  const utc = text.length === 10 ? `${text}T00:00:00Z` : `${text.replace(' ', 'T')}Z`;
  const instant = literal.kind === 'instant' ? instantOf(text) : Date.parse(utc);
  if (instant === undefined || Number.isNaN(instant)) return undefined;
  if (startOfDay(dayAt(new Date(instant), zone), zone) === instant) return 'zone';
  return instant % 86_400_000 === 0 ? 'utc' : undefined;
}
