import type { Calendar } from '#src/domain/calendar.ts';
import { type DatabaseCatalog, isInstant, type Table } from '#src/domain/catalog.ts';
import { instantText, startOfDay, utcText } from '#src/domain/time-zone.ts';
import { relativeDates } from '#src/planner/dates.ts';
import { zoneApart } from './time-caveats.ts';

/** What prompts say of the dates in a question, a line each. */
export interface AskedTimes {
  /** What depends on today or on the fiscal year, with its bounds: `"last month" = from 2026-10-01, before 2026-11-01`. */
  readonly dates: readonly string[];
  /** How columns of instants are read in the asker's zone, with the same bounds as instants; none where it is the database's. */
  readonly instants: readonly string[];
}

const COLUMNS_NAMED = 6;

export function askedTimes(
  text: string,
  calendar: Calendar,
  { catalog, tables }: { readonly catalog: DatabaseCatalog; readonly tables: readonly Table[] },
): AskedTimes {
  const found = relativeDates(text, calendar).filter(({ matched }) => !endsList(text, matched));
  const between = (from: string | undefined, to: string | undefined) =>
    [from && `from ${from}`, to && `before ${to}`].filter(Boolean).join(', ');
  const dates = found.map(
    ({ matched, span: { name, from, to } }) => `"${matched}" = ${name ? `${name}, ` : ''}${between(from, to)}`,
  );
  const zone = zoneApart(calendar);
  const columns = tables.flatMap((table) =>
    table.columns.filter((one) => isInstant(one, catalog.engine)).map(({ name }) => `${table.name}.${name}`),
  );
  if (zone === undefined || !columns.length) return { dates, instants: [] };
  const bound = (day: string | undefined) => {
    if (day === undefined) return undefined;
    const instant = startOfDay(day, zone);
    return catalog.engine === 'postgres' ? instantText(instant, zone) : utcText(instant);
  };
  const told = `Instants, kept in UTC: ${columns.slice(0, COLUMNS_NAMED).join(', ')}; the question is asked in ${zone}${howToRead(catalog, zone)}`;
  const bounds = found.map(
    ({ matched, span: { from, to } }) => `"${matched}" of them = ${between(bound(from), bound(to))}`,
  );
  return { dates, instants: [told, ...bounds] };
}

/** "The first and last year": the last one of some, not that before this. */
const endsList = (text: string, matched: string): boolean =>
  /\bfirst\b[^.?!]{0,20}\b(?:and|or) (?:the )?$/i.test(text.slice(0, text.toLowerCase().indexOf(matched)));

/** How an engine makes local days of an instant; SQLite cannot, and the others only where they know the zone. */
function howToRead({ engine, namedTimeZones }: DatabaseCatalog, zone: string): string {
  if (engine === 'postgres') return `: their days and months are those of (column AT TIME ZONE '${zone}')`;
  if (engine === 'sqlite') return ': compare DATETIME(column) with UTC';
  return namedTimeZones ? `: their days and months are those of CONVERT_TZ(column, '+00:00', '${zone}')` : '';
}
