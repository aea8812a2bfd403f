import { longestCommonBlock, sequenceRatio } from '#src/domain/likeness.ts';
import { isStopWord, splitIdentifier } from '#src/domain/words.ts';
import { jaccard, shinglesOf } from './min-hash.ts';
import type { StoredValue, ValueIndex, ValuePlace } from './value-index.ts';

/** A stored value that a question names, and how it was found. */
export interface ValueHit extends ValuePlace {
  /** The words of the question. */
  readonly asked: string;
  /** The value, as stored. */
  readonly value: string;
  /** `exact`: the same but for case; `words`: the longest common block fits (DB-Explore); `similar`: spelt alike (XiYan). */
  readonly how: 'exact' | 'words' | 'similar';
  /** 0–1; 1 for an exact hit. */
  readonly score: number;
}

const LONGEST_PHRASE = 4;
/** Values looked at for a phrase, on either path. */
const CANDIDATES = 10;
/** Fine scores from which a hit counts (CodeS's last filter, sources.md#value-words). */
const WORDS_FIT = 0.9;
/** Likeness from which a misspelt word is taken for a value, and the share of the best that others must reach (sources.md#value-spelling). */
const SPELT_ALIKE = 0.82;
const OF_THE_BEST = 0.9;
const LEAST_JACCARD = 0.2;
const SHORTEST_MISSPELT = 5;
const HITS_A_COLUMN = 3;
/** In all; a value that several databases hold is a hit in each. */
const MOST_HITS = 48;
/** A value in more columns than this says nothing about which is meant. */
const MOST_PLACES = 40;

/**
 * The stored values that a question names, in all places that may be seen: exact phrases first, then phrases of which a
 * value is the longest common block (DB-Explore, BM25 and LCS), then words spelt like a value (XiYan, MinHash-LSH and edit
 * ratio). `isName` tells words that name tables or columns: these are not taken for misspelt values.
 */
export function findValues(
  index: ValueIndex,
  question: string,
  options: { readonly isShown: (place: ValuePlace) => boolean; readonly isName: (word: string) => boolean },
): ValueHit[] {
  const phrases = phrasesOf(question);
  const hits: ValueHit[] = [];
  const taken: { readonly from: number; readonly to: number }[] = [];
  const add = (phrase: Phrase, value: StoredValue, how: ValueHit['how'], score: number) => {
    const places = value.places.filter(options.isShown);
    if (!places.length || places.length > MOST_PLACES) return false;
    for (const place of places) hits.push({ ...place, asked: phrase.text, value: value.text, how, score });
    return true;
  };
  const isTaken = ({ from, to }: Phrase) => taken.some((other) => from < other.to && other.from < to);
  const settle = (phrase: Phrase, found: boolean) => {
    if (found) taken.push(phrase);
  };

  for (const phrase of phrases) {
    if (isTaken(phrase) || (phrase.words === 1 && isStopWord(phrase.text.toLowerCase()))) continue;
    const values = index.exact.get(phrase.text.toLowerCase()) ?? [];
    settle(phrase, values.map((value) => add(phrase, value, 'exact', 1)).some(Boolean));
  }
  for (const phrase of phrases) {
    if (isTaken(phrase) || phrase.words < 2) continue;
    const scored = byWords(index, phrase.text);
    settle(phrase, scored.map(({ value, score }) => add(phrase, value, 'words', score)).some(Boolean));
  }
  for (const phrase of phrases) {
    if (isTaken(phrase) || phrase.text.length < SHORTEST_MISSPELT || phrase.words > 2) continue;
    if (splitIdentifier(phrase.text).some((word) => options.isName(word) || isStopWord(word))) continue;
    const scored = bySpelling(index, phrase.text);
    settle(phrase, scored.map(({ value, score }) => add(phrase, value, 'similar', score)).some(Boolean));
  }
  return capped(hits);
}

interface Phrase {
  readonly text: string;
  readonly words: number;
  /** Characters of the question. */
  readonly from: number;
  readonly to: number;
}

/** Quoted strings, then all runs of one to four words, the longest first. */
function phrasesOf(question: string): Phrase[] {
  const quoted = [...question.matchAll(/["“'‘]([^"”'’]{2,60})["”'’]/g)].map((match): Phrase => {
    const [whole, inner = ''] = match;
    const text = inner.trim();
    return { text, words: text.split(/\s+/).length, from: match.index, to: match.index + whole.length };
  });
  const words = [...question.matchAll(/[\p{L}\p{N}][\p{L}\p{N}&/+#.'’-]*/gu)].map((match) => ({
    from: match.index,
    to: match.index + match[0].replace(/(?:['’]s|[.'’-])$/, '').length,
  }));
  const runs: Phrase[] = [];
  for (let count = LONGEST_PHRASE; count >= 1; count -= 1) {
    for (const [at, { from }] of words.entries()) {
      const last = words[at + count - 1];
      if (last) runs.push({ text: question.slice(from, last.to), words: count, from, to: last.to });
    }
  }
  return [...quoted, ...runs];
}

interface ScoredValue {
  readonly value: StoredValue;
  readonly score: number;
}

/** BM25 finds values with the phrase's words; those are kept of which the phrase holds nearly all, whole words only. */
function byWords(index: ValueIndex, phrase: string): ScoredValue[] {
  const lower = phrase.toLowerCase();
  const sums = new Map<number, number>();
  for (const word of splitIdentifier(phrase)) {
    if (isStopWord(word)) continue;
    const idf = index.bm25.idf(word);
    index.bm25.posting(word)?.forEach((row, weight) => {
      sums.set(row, (sums.get(row) ?? 0) + idf * weight);
    });
  }
  return [...sums]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, CANDIDATES)
    .flatMap(([row]) => index.values[row] ?? [])
    .map((value) => ({ value, score: wordsFit(lower, value.text.toLowerCase()) }))
    .filter(({ score }) => score >= WORDS_FIT);
}

/** How like a phrase and a value are, both in lower case; 0 where their longest common block cuts a word of the phrase. */
function wordsFit(phrase: string, value: string): number {
  const block = longestCommonBlock(phrase, value);
  const around = (phrase[block.inA - 1] ?? ' ') + (phrase[block.inA + block.length] ?? ' ');
  const whole = !/[\p{L}\p{N}]/u.test(around);
  return whole && phrase[block.inA] === value[0] ? sequenceRatio(value, phrase) : 0;
}

function bySpelling(index: ValueIndex, phrase: string): ScoredValue[] {
  const shingles = shinglesOf(phrase);
  const scored = index.similar
    .candidates(phrase, CANDIDATES)
    .filter(({ text }) => jaccard(shingles, shinglesOf(text)) >= LEAST_JACCARD)
    .map((value) => ({ value, score: sequenceRatio(phrase, value.text) }))
    .filter(({ score }) => score >= SPELT_ALIKE);
  const best = Math.max(...scored.map(({ score }) => score));
  return scored.filter(({ score }) => score >= OF_THE_BEST * best);
}

/** The best few of each column, and of all; exact ones first. */
function capped(hits: readonly ValueHit[]): ValueHit[] {
  const byColumn = new Map<ValueHit['column'], number>();
  return [...hits]
    .sort((a, b) => b.score - a.score || b.asked.length - a.asked.length)
    .filter(({ column }) => {
      const count = (byColumn.get(column) ?? 0) + 1;
      byColumn.set(column, count);
      return count <= HITS_A_COLUMN;
    })
    .slice(0, MOST_HITS);
}
