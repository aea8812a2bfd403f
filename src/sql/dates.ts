import type { Engine } from '#src/domain/catalog.ts';
import type { DateUnit } from './query-ir.ts';

const UNITS: readonly DateUnit[] = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'];
/** The units of time by their names, one and several. */
export const UNIT_WORDS: ReadonlyMap<string, DateUnit> = new Map(
  UNITS.flatMap((unit) => [[unit, unit] as const, [`${unit}s`, unit] as const]),
);

/** The unit of time that a word names, in one or several and in whatever case: `day`, `Days`. */
export const dateUnit = (word: string): DateUnit | undefined => UNIT_WORDS.get(word.toLowerCase());

/**
 * Formats of dates as text. EDL writes them with the tokens of the left column, anything else as it is; a format with
 * a token that an engine lacks has no form there.
 */
const TOKENS: readonly (readonly [edl: string, strftime: string | undefined, mysql: string | undefined])[] = [
  ['YYYY', '%Y', '%Y'],
  ['Month', undefined, '%M'],
  ['Mon', undefined, '%b'],
  ['MM', '%m', '%m'],
  ['DDD', '%j', '%j'],
  ['DD', '%d', '%d'],
  ['HH24', '%H', '%H'],
  ['MI', '%M', '%i'],
  ['SS', '%S', '%s'],
  ['EPOCH', '%s', undefined],
  ['WEEKDAY', '%w', '%w'],
  ['WEEK', '%W', '%u'],
];

/** The tokens that PostgreSQL's TO_CHAR writes alike; its others mean another thing there. */
const POSTGRES = new Set(['YYYY', 'Month', 'Mon', 'MM', 'DDD', 'DD', 'HH24', 'MI', 'SS']);

/** EDL's format of an engine's own; undefined when it has a token without a word, or letters that would read as one. */
export function formatFromEngine(format: string, engine: Engine): string | undefined {
  if (engine === 'postgres') {
    const rest = format.replace(/YYYY|Month|Mon|MM|DDD|DD|HH24|MI|SS/g, '');
    return /[A-Za-z"%\\]/.test(rest) || format === '' ? undefined : format;
  }
  let written = '';
  for (let at = 0; at < format.length; at += 1) {
    const char = format.charAt(at);
    if (char !== '%') {
      if (/[A-Za-z"\\]/.test(char)) return undefined;
      written += char;
      continue;
    }
    const code = format.slice(at, at + 2);
    const token = TOKENS.find(([, sqlite, mysql]) => (engine === 'sqlite' ? sqlite : mysql) === code);
    if (!token) return undefined;
    written += token[0];
    at += 1;
  }
  // Two tokens that run together must be read back as themselves.
  return format !== '' && formatForEngine(written, engine) === format ? written : undefined;
}

/** The engine's own format of EDL's; undefined when the engine lacks a token. */
export function formatForEngine(format: string, engine: Engine): string | undefined {
  let written = '';
  let rest = format;
  while (rest) {
    const token = TOKENS.find(([edl]) => rest.startsWith(edl));
    if (!token) {
      if (/^[A-Za-z%"\\]/.test(rest)) return undefined;
      written += rest.charAt(0);
      rest = rest.slice(1);
      continue;
    }
    const [edl, sqlite, mysql] = token;
    const own = engine === 'postgres' ? (POSTGRES.has(edl) ? edl : undefined) : engine === 'sqlite' ? sqlite : mysql;
    if (!own) return undefined;
    written += own;
    rest = rest.slice(edl.length);
  }
  return written || undefined;
}
