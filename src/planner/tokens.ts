import { stem } from '#src/domain/words.ts';

/** One word, number or quoted text of a question. */
export interface Token {
  readonly kind: 'word' | 'number' | 'quoted' | 'comma';
  /** As typed; quoted text without its quotes. */
  readonly text: string;
  readonly lower: string;
  readonly stem: string;
  /** The value of a number, words included ("three", "2k"). */
  readonly value?: number;
}

const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    zero: 0,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    eleven: 11,
    twelve: 12,
    twenty: 20,
    hundred: 100,
    thousand: 1000,
    once: 1,
    twice: 2,
  }),
);

const PIECES =
  /"([^"]+)"|“([^”]+)”|'([^']+)'(?![A-Za-z])|‘([^’]+)’|(\d{4}-\d{2}-\d{2})|((?<![^\s(])-?[$€£]?\d[\d,]*(?:\.\d+)?(?:k|m)?(?![\w])|[$€£]?\d[\d,]*(?:\.\d+)?(?:k|m)?(?![\w]))|([\p{L}\p{N}_][\p{L}\p{N}_'’.@&/-]*)|([,;])/gu;

/** Splits a question into tokens. An apostrophe-s is dropped; sentence punctuation is ignored. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.normalize('NFC').matchAll(PIECES)) {
    const quoted = match[1] ?? match[2] ?? match[3] ?? match[4];
    if (quoted !== undefined) tokens.push(make('quoted', quoted));
    else if (match[5]) tokens.push(make('word', match[5]));
    else if (match[6]) tokens.push({ ...make('number', match[6]), value: numberOf(match[6]) });
    else if (match[8]) tokens.push(make('comma', match[8]));
    else tokens.push(...words(match[7]!));
  }
  return tokens;
}

function words(raw: string): Token[] {
  const text = raw.replace(/['’]s$/i, '').replace(/[.'’/-]+$/, '');
  if (!text) return [];
  const value = NUMBER_WORDS.get(text.toLowerCase());
  if (value !== undefined) return [{ ...make('number', text), value }];
  return [make('word', text)];
}

function make(kind: Token['kind'], text: string): Token {
  const lower = text.toLowerCase();
  return { kind, text, lower, stem: stem(lower) };
}

function numberOf(text: string): number {
  const scale = /k$/i.test(text) ? 1_000 : /m$/i.test(text) ? 1_000_000 : 1;
  return Number(text.replace(/[$€£,km]/gi, '')) * scale;
}
