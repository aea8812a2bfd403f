import { longestCommonBlock, sequenceRatio } from '#src/domain/likeness.ts';
import { isStopWord, splitIdentifier } from '#src/domain/words.ts';
import { jaccard, shinglesOf } from './min-hash.ts';
import type { ValueIndex, ValuePlace } from './value-index.ts';

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
 * The stored values that a question names, over all databases that may be asked: exact phrases first, then phrases of which a
 * value is the longest common block (DB-Explore, BM25 and LCS), then words spelt like a value (XiYan, MinHash-LSH and edit
 * ratio). `isName` tells words that name tables or columns: these are not taken for misspelt values.
 */
export function findValues(
  index: ValueIndex,
  question: string,
  options: { readonly databases?: ReadonlySet<string>; readonly isName: (word: string) => boolean },
): ValueHit[] {
  const phrases = phrasesOf(question);
  const hits: ValueHit[] = [];
  const taken: { readonly from: number; readonly to: number }[] = [];
  const add = (phrase: Phrase, row: number, how: ValueHit['how'], score: number) => {
    const places = index.placesOf[row]!.filter(({ databaseId }) => options.databases?.has(databaseId) ?? true);
    if (!places.length || places.length > MOST_PLACES) return false;
    for (const place of places) hits.push({ ...place, asked: phrase.text, value: index.values[row]!, how, score });
    return true;
  };
  const isTaken = ({ from, to }: Phrase) => taken.some((other) => from < other.to && other.from < to);
  const settle = (phrase: Phrase, found: boolean) => {
    if (found) taken.push(phrase);
  };

  for (const phrase of phrases) {
    if (isTaken(phrase) || (phrase.words === 1 && isStopWord(phrase.text.toLowerCase()))) continue;
    const rows = index.exact.get(phrase.text.toLowerCase()) ?? [];
    settle(phrase, rows.map((row) => add(phrase, row, 'exact', 1)).some(Boolean));
  }
  for (const phrase of phrases) {
    if (isTaken(phrase) || phrase.words < 2) continue;
    const scored = byWords(index, phrase.text);
    settle(phrase, scored.map(([row, score]) => add(phrase, row, 'words', score)).some(Boolean));
  }
  for (const phrase of phrases) {
    if (isTaken(phrase) || phrase.text.length < SHORTEST_MISSPELT || phrase.words > 2) continue;
    if (splitIdentifier(phrase.text).some((word) => options.isName(word) || isStopWord(word))) continue;
    const scored = bySpelling(index, phrase.text);
    settle(phrase, scored.map(([row, score]) => add(phrase, row, 'similar', score)).some(Boolean));
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
  const quoted = [...question.matchAll(/["“'‘]([^"”'’]{2,60})["”'’]/g)].map(
    (match): Phrase => ({
      text: match[1]!.trim(),
      words: match[1]!.trim().split(/\s+/).length,
      from: match.index,
      to: match.index + match[0].length,
    }),
  );
  const words = [...question.matchAll(/[\p{L}\p{N}][\p{L}\p{N}&/+#.'’-]*/gu)].map((match) => ({
    from: match.index,
    to: match.index + match[0].replace(/(?:['’]s|[.'’-])$/, '').length,
  }));
  const runs: Phrase[] = [];
  for (let count = LONGEST_PHRASE; count >= 1; count -= 1) {
    for (let at = 0; at + count <= words.length; at += 1) {
      const [from, to] = [words[at]!.from, words[at + count - 1]!.to];
      runs.push({ text: question.slice(from, to), words: count, from, to });
    }
  }
  return [...quoted, ...runs];
}

/** BM25 finds values with the phrase's words; those are kept of which the phrase holds nearly all, whole words only. */
function byWords(index: ValueIndex, phrase: string): (readonly [row: number, score: number])[] {
  const lower = phrase.toLowerCase();
  const counts = new Map<number, number>();
  for (const word of splitIdentifier(phrase)) {
    if (isStopWord(word)) continue;
    const posting = index.bm25.posting(word);
    const idf = index.bm25.idf(word);
    for (const [at, row] of (posting?.documents ?? []).entries())
      counts.set(row, (counts.get(row) ?? 0) + idf * posting!.weights[at]!);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, CANDIDATES)
    .flatMap(([row]) => {
      const value = index.values[row]!.toLowerCase();
      const block = longestCommonBlock(lower, value);
      const whole = !/[\p{L}\p{N}]/u.test((lower[block.inA - 1] ?? ' ') + (lower[block.inA + block.length] ?? ' '));
      const score = whole && lower[block.inA] === value[0] ? sequenceRatio(value, lower) : 0;
      return score >= WORDS_FIT ? [[row, score] as const] : [];
    });
}

function bySpelling(index: ValueIndex, phrase: string): (readonly [row: number, score: number])[] {
  const shingles = shinglesOf(phrase);
  const scored = index.similar
    .candidates(phrase, CANDIDATES)
    .filter((row) => jaccard(shingles, shinglesOf(index.values[row]!)) >= LEAST_JACCARD)
    .map((row) => [row, sequenceRatio(phrase, index.values[row]!)] as const)
    .filter(([, score]) => score >= SPELT_ALIKE);
  const best = Math.max(...scored.map(([, score]) => score));
  return scored.filter(([, score]) => score >= OF_THE_BEST * best);
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
