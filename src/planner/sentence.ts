import type { Calendar } from '#src/domain/calendar.ts';
import type { DateSpan } from './date-span.ts';
import { findDates } from './dates.ts';
import { findMentions, type Lexicon, type Mention } from './lexicon.ts';
import { type Token, tokenise } from './tokens.ts';

/**
 * A question written so that plain patterns can read it: what names a column becomes `C3`, a table `T3`, either `B3`, a stored
 * value `V3`, a number `N3`, other quoted text `Q3`, a date span `D0`; every other word stays, in lower case.
 * Patterns `take` what they understand; what is left at the end was not understood.
 */
export class Sentence {
  readonly mentions: readonly Mention[];
  readonly tokens: readonly Token[];
  readonly dates: readonly DateSpan[];
  readonly #dateWords: readonly string[];
  #text: string;

  constructor(question: string, lexicon: Lexicon, calendar: Calendar) {
    const { tokens, dates, dateWords } = foldDates(tokenise(spellOut(question, lexicon)), calendar);
    this.tokens = tokens;
    this.dates = dates;
    this.#dateWords = dateWords;
    this.mentions = findMentions(tokens, lexicon);
    this.#text = encode(tokens, this.mentions);
  }

  get text(): string {
    return this.#text;
  }

  /**
   * Tries a pattern wherever it matches; what the reader accepts (anything but `false`) is taken out of the text. A reader
   * that returns text leaves that text for later patterns.
   */
  take(pattern: RegExp, read: (match: RegExpExecArray) => unknown): void {
    const all = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
    for (let match = all.exec(this.#text); match; match = all.exec(this.#text)) {
      const kept = match[0].trim() === '' ? false : read(match);
      if (kept === false) {
        all.lastIndex = match.index + Math.max(1, match[0].length - 1);
        continue;
      }
      const rest = typeof kept === 'string' ? kept : '';
      const after = this.#text.slice(match.index + match[0].length);
      this.#text = `${this.#text.slice(0, match.index)} ${rest} · ${after}`.replace(/\s+/g, ' ');
      all.lastIndex = 0;
    }
  }

  mention(code: string): Mention {
    return this.mentions[Number(code.slice(1))]!;
  }

  token(code: string): Token {
    return this.tokens[Number(code.slice(1))]!;
  }

  /** The words behind a code, as typed. */
  wording(code: string): string {
    if (/^[CTBV]/.test(code)) {
      const { start, end } = this.mention(code);
      return this.tokens
        .slice(start, end)
        .map((token) => token.text)
        .join(' ');
    }
    if (/^D\d/.test(code)) return this.#dateWords[Number(code.slice(1))]!;
    return /^[NQ]\d/.test(code) ? this.token(code).text : code;
  }
}

/** Says at length what people shorten: "first and last names" are two names, "the year of 2006" is 2006. */
function spellOut(question: string, lexicon: Lexicon): string {
  const named = (stems: string) => lexicon.columns.some((column) => column.stems.join(' ') === stems);
  const inTwo = named('first name') && !named('full name');
  return question
    .replace(/\b(first) (and|or) (last|family) (names?)\b/gi, '$1 $4 $2 $3 $4')
    .replace(/\bfull (names?)\b/gi, (full, name: string) =>
      inTwo ? `first ${name} and last ${name}` : named('full name') ? full : name,
    )
    .replace(/\b(staff|faculty|crew|team) members\b/gi, '$1')
    .replace(/\b(?:the )?year of (\d{4})\b/gi, '$1')
    .replace(/\bin or after (\d{4})\b/gi, 'since $1')
    .replace(/,? ?\b(?:as well as|along with|together with)\b/gi, ' and')
    .replace(/\b(do|does|did|is|are|was|were|has|have|had|can|could|would|should)n['’]t\b/gi, '$1 not')
    .replace(/\bcannot\b/gi, 'can not');
}

function encode(tokens: readonly Token[], mentions: readonly Mention[]): string {
  const parts: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const number = mentions.findIndex((mention) => mention.start === at);
    if (number !== -1 && hasTarget(mentions[number]!)) {
      parts.push(`${letterOf(mentions[number]!)}${number}`);
      at = mentions[number]!.end - 1;
      continue;
    }
    const token = tokens[at]!;
    if (token.kind === 'number') parts.push(`N${at}`);
    else if (token.kind === 'quoted') parts.push(`Q${at}`);
    else parts.push(/^D\d+$/.test(token.text) && token.lower === token.text ? token.text : token.lower);
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

/** Replaces the words of each date expression by one token `D0`, `D1`. */
function foldDates(tokens: readonly Token[], calendar: Calendar) {
  const dates: DateSpan[] = [];
  const dateWords: string[] = [];
  let rest = [...tokens];
  for (let round = 0; round < 2; round += 1) {
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
    if (!found) break;
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
