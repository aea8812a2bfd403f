import { isYear } from '#src/domain/column-meaning.ts';
import { type DateSpan, day, span } from './date-span.ts';
import { type RowFilter, rowFilters } from './frame.ts';
import { addFilter, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, oneOf, optional, pattern } from './pattern.ts';
import { dateFor, subjects } from './read-dates.ts';
import { COLUMN } from './sentence.ts';

/** "the state or county" of a column that is called so: what it holds is the one or the other. */
export const readEitherNamed = rule(
  pattern` ${capture('name', COLUMN)} or (?:the )?${capture('other', COLUMN)}(?= )`,
  ({ name, other }, { resolver, frame }) => {
    const [one, two] = [resolver.column(name, frame.main), resolver.column(other, frame.main)];
    return one !== undefined && one.column === two?.column && one.column.kind === 'text' && { leaving: name };
  },
);

/** The year that a number or a date stands for. */
function yearSaid({ sentence }: Reading, code: string): DateSpan | undefined {
  const year = code.startsWith('N') ? sentence.numberAt(code) : Number(sentence.dateAt(code)?.from?.slice(0, 4));
  if (!Number.isInteger(year) || year < 1900 || year > 2099) return undefined;
  const whole = span(day(year, 0, 1), day(year + 1, 0, 1));
  const said = sentence.dateAt(code);
  return code.startsWith('N') || (said?.from === whole.from && said.to === whole.to) ? whole : undefined;
}

/** The column of years that is named, else the date by which the things asked about are told. */
function yearsOf(reading: Reading, code: string | undefined, year: DateSpan): ColumnRef | undefined {
  const named = reading.resolver.column(code, reading.frame.main);
  if (named) return isYear(named.column) ? named : undefined;
  const refs = subjects(reading).map((table) => dateFor(table, year, reading.resolver));
  return refs.find((ref) => ref !== undefined);
}

const YEAR = '[DN]\\d+';
/** "in 2008 or 2010", "in both 1999 and 2000". */
export const readEitherYear = rule(
  pattern`${optional(capture('lead', ' (?:in|of|from|for|during)'))}?(?: ${optional(oneOf('both', ['both', 'either']))})?(?: in)?(?: the)?
    (?: ${optional(capture('column', COLUMN))})?(?: years?)?(?: ${capture('first', YEAR)}) ${oneOf('how', ['and', 'or'])}
    (?: in)?(?: the)?(?: year| [CB]\d+)? ${capture('second', YEAR)}(?= ·| $| ,| (?:and|with|that|which|who|by|for) )`,
  ({ lead, both, column, first, how, second }, reading, { said }) => {
    const [one, other] = [yearSaid(reading, first), yearSaid(reading, second)];
    const ref = one && yearsOf(reading, column, one);
    // "rooms 2008 or 2010"
    const asYears = lead ?? column ?? (/ (?:in|years?) | D\d/.test(said) ? said : undefined);
    if (!one || !other || !ref || asYears === undefined) return false;
    const filters = [one, other].map(
      (year): RowFilter => ({ kind: 'period', ref, span: year, ...reading.resolver.zoneOf(ref) }),
    );
    if (both === 'both' && how === 'and') return addFilter(reading, { kind: 'each', ref, conditions: filters });
    return addFilter(reading, { kind: 'either', ref, filters });
  },
);

const or = pattern` ·(?: ,)?(?: (?:either|is|are|the|an?|with|have|has|who|that))* or
  (?: (?:is|are|the|an?|with|have|has|who|that|in|from))*(?= ·)`;

/** Two conditions with an "or" left between them. */
export function readEither({ sentence, frame }: Reading): void {
  const filters = rowFilters(frame);
  const [first] = filters;
  if (!first || filters.length !== 2 || frame.filters.length !== 2) return;
  sentence.take(or, () => {
    frame.filters = [{ kind: 'either', ref: first.ref, filters }];
    return true;
  });
}

/** "have either less than 10 factories or …": what the or says already. */
export const readEitherSaid = rule(pattern` either(?= (?:the |an? |in |by |with |have )*·)`, (_, { frame }) =>
  frame.filters.some(({ kind }) => kind === 'either' || kind === 'one-of'),
);
