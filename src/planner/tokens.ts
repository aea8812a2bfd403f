import { stem } from '#src/domain/words.ts';
import { part } from './pattern.ts';

/** One word, number or quoted text of a question. */
export interface Token {
  /** A comma stands for the end of a sentence as well; its text tells them apart. */
  readonly kind: 'word' | 'number' | 'quoted' | 'comma';
  /** As typed; quoted text without its quotes. */
  readonly text: string;
  readonly lower: string;
  readonly stem: string;
  /** The value of a number, words included ("three", "2k"). */
  readonly value?: number;
}

/** Numbers that people write as words. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
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

const AMOUNT = part`[$€£]?\d+(?:,\d+)*(?:\.\d+)?(?:k|m)?(?![\w])`;

/** A quoted text, a day, a number (with a sign where it stands apart), a word or a comma. */
const PIECES = new RegExp(
  [
    part`"(?<straight>[^"]+)"|“(?<curly>[^”]+)”|'(?<single>[^']+)'(?![A-Za-z])|‘(?<curlySingle>[^’]+)’`,
    part`(?<day>\d{4}-\d{2}-\d{2})`,
    part`(?<number>(?<![^\s(])-?${AMOUNT}|${AMOUNT})`,
    part`(?<word>[\p{L}\p{N}_](?:[\p{L}\p{N}_'’@&/-]|\.(?!\s))*)`,
    part`(?<comma>[,;]|:(?=\s)|(?<=\s)[–—-](?=\s))`,
    part`(?<=[\p{L}\p{N}"”’')])(?<stop>[?!])(?=\s+\S)|(?<=(?:\s(?!vs|nr|no|st|dept)\p{Ll}{2,}|\p{Ll}{4}|\d))(?<end>\.)(?=\s+\p{Lu}\p{Ll}+ )`,
  ].join('|'),
  'gu',
);

/** Splits a question into tokens. An apostrophe-s is dropped; sentence punctuation is ignored. */
export function tokenise(text: string): Token[] {
  return [...text.normalize('NFC').matchAll(PIECES)].flatMap(({ groups }) => tokensOf(groups ?? {}));
}

/** @param piece one piece of a question under the name of what it is */
function tokensOf(piece: Readonly<Record<string, string | undefined>>): Token[] {
  const quoted = piece.straight ?? piece.curly ?? piece.single ?? piece.curlySingle;
  if (quoted !== undefined) return [make('quoted', quoted.replace(/(?<=[\p{L}\p{N}])[.,?!]$/u, ''))];
  if (piece.day !== undefined) return [make('word', piece.day)];
  if (piece.number !== undefined) return [{ ...make('number', piece.number), value: numberOf(piece.number) }];
  if (piece.stop !== undefined || piece.end !== undefined) return [make('comma', '·')];
  return piece.comma === undefined ? words(piece.word ?? '') : [make('comma', ',')];
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
