import type { DateFormat } from '#src/sql/query-ir.ts';
import type { Frame } from './frame.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';

const PERIODS: ReadonlyMap<string, DateFormat> = new Map(
  Object.entries({
    year: 'YYYY',
    yearly: 'YYYY',
    annually: 'YYYY',
    month: 'YYYY-MM',
    monthly: 'YYYY-MM',
    day: 'YYYY-MM-DD',
    daily: 'YYYY-MM-DD',
  } as const),
);

/** Reads grouping: "for each country", "by department", "per month", "how many orders does each customer have". */
export function readGroups(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  sentence.take(
    / (?:(?:by|per|each|every|for each|for every|in each|of each|over the) )?(?:the )?(month|year|day|monthly|yearly|daily|annually)s?(?= |$)/,
    (match) => {
      const explicit = /by|per|each|every|ly$|annually/.test(match[0].trim());
      const table = frame.main ?? resolver.named[0];
      const ref = table ? resolver.eventDate(table) : undefined;
      if (!explicit || !ref) return false;
      frame.groups.push({ kind: 'period', ref, format: PERIODS.get(match[1]!)!, ...resolver.groupZoneOf(ref) });
      return true;
    },
  );
  // "per month" where some other table has a column named so: the main table's own date says the month
  sentence.take(/ (?:by|per|each|every|for each|in each) (C\d+)(?= )/, (match) => {
    const format = PERIODS.get(sentence.wording(match[1]!).toLowerCase());
    const ref = frame.main ? resolver.eventDate(frame.main) : undefined;
    const own = resolver.column(match[1], frame.main)?.table === frame.main;
    if (!format || !ref || own) return false;
    frame.groups.push({ kind: 'period', ref, format, ...resolver.groupZoneOf(ref) });
    return true;
  });
  const group = (code: string | undefined): boolean => {
    if (!code) return true;
    const ref = resolver.column(code, frame.main);
    const table = resolver.table(code);
    if (code[0] !== 'T' && ref && !(code[0] === 'B' && table && resolver.key(table))) {
      frame.groups.push({ kind: 'column', ref });
      return true;
    }
    if (!table) return false;
    const shown = resolver.label(table) ?? resolver.key(table);
    if (!shown) return false;
    frame.touched.add(table);
    frame.groups.push({ kind: 'column', ref: shown, entity: true });
    return true;
  };
  const DIFFERENT = '(?:of the |the )?(?:different |distinct |possible |unique |single |individual )?';
  sentence.take(
    new RegExp(
      `(?: (?:for|in|of|from|by|at|on|to|within|with|across|that|does|do|did|are there|is|have|has|corresponding))* (?:each|every|per|grouped by|group by|broken down by|split by) ${DIFFERENT}([CTB]\\d+)(?:(?: and| ,)(?: each| every)? (?:the )?([CB]\\d+)(?= [·]| $))?`,
    ),
    (match) => group(match[1]) && group(match[2]),
  );
  if (!frame.groups.length) {
    const by = new RegExp(
      `(?<!ed|en|wn|ght|ade|old|ung) by ${DIFFERENT}([CTB]\\d+)(?: and ([CB]\\d+))?(?= ·| $| ,| D| in| for| top)`,
    );
    sentence.take(by, (match) => group(match[1]) && group(match[2]));
  }
}
