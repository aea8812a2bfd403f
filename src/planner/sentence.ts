import type { Calendar } from '#src/domain/calendar.ts';
import { stem } from '#src/domain/words.ts';
import type { DateSpan } from './date-span.ts';
import { findDates } from './dates.ts';
import { findMentions, type Lexicon, type Mention } from './lexicon.ts';
import type { Found, Pattern } from './pattern.ts';
import { spellOut } from './spell-out.ts';
import { type Token, tokenise } from './tokens.ts';

/** "Linda Smith" in quotes, of whom a table holds the first and the last name apart: the two words. */
function fullName(token: Token, { values }: Lexicon): readonly Token[] | undefined {
  if (token.kind !== 'quoted' || values.has(token.lower.trim())) return undefined;
  const words = tokenise(token.text);
  const [first, last] = words.map(({ lower }) => values.get(lower) ?? []);
  const isNames = first?.some(({ table, column }) =>
    last?.some(
      (other) =>
        other.table === table &&
        other.column !== column &&
        [column, other.column].every(({ name }) => /name/i.test(name)),
    ),
  );
  return words.length === 2 && isNames ? words : undefined;
}

/** What stands for a name of the database in a sentence: its letter, then the number of its mention or token. */
export const COLUMN = '[CB]\\d+';
export const TABLE = '[TB]\\d+';
export const NAME = '[CTB]\\d+';
export const VALUE = 'V\\d+';
export const NUMBER = 'N\\d+';

/** What became of a match: left alone, taken out of the sentence, or taken but for a part that later patterns read. */
export type Taken = boolean | { readonly leaving: string };

/** What a code that stands for nothing names. */
const NOTHING: Mention = { start: 0, end: 0, tables: [], columns: [], values: [] };

/**
 * A question written so that plain patterns can read it: what names a column becomes `C3`, a table `T3`, either `B3`, a
 * stored value `V3`, a number `N3`, other quoted text `Q3`, a date span `D0`; every other word stays, in lower case.
 * Patterns `take` what they understand; what is left at the end was not understood.
 */
export class Sentence {
  readonly mentions: readonly Mention[];
  readonly tokens: readonly Token[];
  readonly dates: readonly DateSpan[];
  /** As it stood before anything was taken. */
  readonly asked: string;
  readonly #dateWords: readonly string[];
  #text: string;

  constructor(question: string, lexicon: Lexicon, calendar: Calendar) {
    const typed = tokenise(spellOut(question, lexicon)).flatMap((token) => fullName(token, lexicon) ?? [token]);
    const { tokens, dates, dateWords } = foldDates(typed, lexicon, calendar);
    this.tokens = tokens;
    this.dates = dates;
    this.#dateWords = dateWords;
    this.mentions = findMentions(tokens, lexicon);
    this.asked = encode(tokens, this.mentions);
    this.#text = this.asked;
  }

  get text(): string {
    return this.#text;
  }

  /** Tries a pattern wherever it matches; a dot takes the place of what the reader takes. */
  take<Captures>(pattern: Pattern<Captures>, read: (found: Found<Captures>) => Taken): void {
    let from = 0;
    for (let found = pattern.find(this.#text); found; found = pattern.find(this.#text, from)) {
      const taken = found.said.trim() === '' ? false : read(found);
      if (taken === false) {
        from = found.index + Math.max(1, found.said.length - 1);
        continue;
      }
      const left = taken === true ? '' : taken.leaving;
      this.#text = `${found.before} ${left} · ${found.after}`.replace(/\s+/g, ' ');
      from = 0;
    }
  }

  mention(code: string): Mention {
    return this.mentions[numberOf(code)] ?? NOTHING;
  }

  token(code: string): Token | undefined {
    return this.tokens[numberOf(code)];
  }

  /** The value of a number; 0 of anything else. */
  numberAt(code: string): number {
    return this.token(code)?.value ?? 0;
  }

  /** The span that a date's code stands for. */
  dateAt(code: string): DateSpan | undefined {
    return this.dates[numberOf(code)];
  }

  /** What stands behind a code in what is not yet taken. */
  after(code: string): string {
    const at = this.#text.indexOf(` ${code} `);
    return at < 0 ? '' : this.#text.slice(at + 1 + code.length);
  }

  /** The words behind a code, as typed; any other word is what it stands for itself. */
  wording(code: string): string {
    if (/^[CTBV]/.test(code)) {
      const { start, end } = this.mention(code);
      return this.tokens
        .slice(start, end)
        .map((token) => token.text)
        .join(' ');
    }
    if (/^D\d/.test(code)) return this.#dateWords[numberOf(code)] ?? code;
    return /^[NQ]\d/.test(code) ? (this.token(code)?.text ?? code) : code;
  }
}

const numberOf = (code: string) => Number(code.slice(1));

/** A department or a country, and no pronoun: kept as it is written, where the question is not written so throughout. */
const SHORT_NAME = /^(?:IT|US)$/;

function encode(tokens: readonly Token[], mentions: readonly Mention[]): string {
  const parts: string[] = [];
  const shouts = tokens.every(({ text }) => text === text.toUpperCase());
  let end = 0; // of the last name
  for (const [at, token] of tokens.entries()) {
    if (at < end) continue;
    const number = mentions.findIndex((mention) => mention.start === at);
    const mention = mentions[number];
    if (mention && hasTarget(mention)) {
      parts.push(`${letterOf(mention)}${number}`);
      end = mention.end;
    } else if (token.kind === 'number') parts.push(`N${at}`);
    else if (token.kind === 'quoted') parts.push(`Q${at}`);
    else
      parts.push(
        /^D\d+$/.test(token.text) && token.lower === token.text
          ? token.text
          : !shouts && SHORT_NAME.test(token.text)
            ? token.text
            : token.lower,
      );
  }
  return ` ${parts.join(' ')} `;
}

const hasTarget = (mention: Mention) => mention.tables.length + mention.columns.length + mention.values.length > 0;

function letterOf({ tables, columns, values }: Mention): string {
  const table = tables[0]?.score ?? 0;
  const column = columns[0]?.score ?? 0;
  if (values.length && Math.max(table, column) < 0.95) return 'V';
  if (table >= 0.9 && column >= 0.9) return 'B';
  return table > column || (table === column && table > 0) ? 'T' : 'C';
}

/** "the first year and last year of parties", whose `Last_year` is a column. */
const isColumnNamed = (said: string, { columns }: Lexicon): boolean => {
  const stems = said
    .split(' ')
    .filter((word) => word !== 'the')
    .map(stem)
    .join(' ');
  return columns.some((column) => column.stems.length > 1 && column.stems.join(' ') === stems);
};

const MOST_DATES = 3;

/** Replaces the words of each date expression by one token `D0`, `D1`. */
function foldDates(tokens: readonly Token[], lexicon: Lexicon, calendar: Calendar) {
  const dates: DateSpan[] = [];
  const dateWords: string[] = [];
  let rest = [...tokens];
  for (let round = 0; round < MOST_DATES; round += 1) {
    const lower = rest.map((token) =>
      token.kind === 'quoted'
        ? '"'
        : token.text.startsWith('D') && token.lower === token.text
          ? '#'
          : token.kind === 'number' && token.value !== undefined && Number.isInteger(token.value)
            ? String(token.value)
            : token.lower,
    );
    const found = findDates(lower.join(' '), calendar);
    if (!found || isColumnNamed(found.matched, lexicon)) break;
    const text = lower.join(' ');
    const from = text.slice(0, text.indexOf(found.matched)).split(' ').filter(Boolean).length;
    const count = found.matched.split(' ').length;
    const code = `D${dates.length}`;
    dates.push(found.span);
    dateWords.push(
      rest
        .slice(from, from + count)
        .map((token) => token.text)
        .join(' '),
    );
    rest = [...rest.slice(0, from), { kind: 'word', text: code, lower: code, stem: code }, ...rest.slice(from + count)];
  }
  return { tokens: rest, dates, dateWords };
}
