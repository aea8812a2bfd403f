import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import { joinedNeighbours } from '../index/joined-words.ts';
import type { IndexedNames } from '../index/schema-index.ts';

/** One word of a question as the index is asked for it. */
export interface Term {
  readonly stem: string;
  /** The word, as asked. */
  readonly word: string;
  /** How rare the stem is among the tables (BM25's idf). */
  readonly idf: number;
  /** Other stems that say the same, with the share that a match by them counts, 0–1. */
  readonly others: readonly (readonly [stem: string, share: number])[];
}

/** Stems that mean about the same as one, with how much a match by them says, 0–1. */
export type Synonyms = (stem: string) => readonly (readonly [stem: string, share: number])[];

/** Literals that name no table or column: addresses, hexadecimal keys, dates and decimals. */
const LITERALS =
  /https?:\S+|\b0x[0-9a-f]*|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b|\b\d{4}-\d\d?-\d\d?\b|\b\d+(?:[.,:]\d+)+\b/gi;

/** Words that tell what to do with the data or when, and those for a request; they name nothing that is stored. */
const INSTRUCTIONS: ReadonlySet<string> = new Set(
  `calculate compute determine identify provide analyze analyse analysis using use based consider considering among respectively
   respective corresponding including include includes excluding exclude ensure assume define defined following specific overall
   return report query compare please need help want know tell let whether both along within without across
   january february march april may june july august september october november december
   monday tuesday wednesday thursday friday saturday sunday`
    .split(/\s+/)
    .map(stem),
);
const isYear = (word: string) => /^(?:19|20)\d\d$/.test(word);
const isNumber = (word: string) => /^\d+$/.test(word);

/** How much a match of one half of a compound says ("pageviews" by `page` or by `view`). */
const HALF = 0.5;
const SHORTEST_HALF = 3;

/** A question as it was read. */
export interface ReadQuestion {
  readonly text: string;
  readonly terms: readonly Term[];
}

export const readQuestion = (
  words: Parameters<typeof readTerms>[0],
  text: string,
  synonyms?: Synonyms,
): ReadQuestion => ({ text, terms: readTerms(words, text, synonyms) });

/** The words of a question that may name something stored. Falls back to all content words when none is left. */
export function readTerms(
  words: Pick<IndexedNames, 'vocabulary' | 'spelling'>,
  text: string,
  synonyms: Synonyms = () => [],
): Term[] {
  const all = contentWords(text);
  const kept = [...contentWords(text.replace(LITERALS, ' '))].filter(
    ([one, word]) => !INSTRUCTIONS.has(one) && (!isNumber(word) || isYear(word)),
  );
  const joined = joinedNames(text, words);
  const othersOf = (one: string, word: string) => {
    const others = [...(joined.get(one) ?? []), ...halves(one, word, words), ...synonyms(one)];
    if (others.length || words.vocabulary.isCounted(one)) return others;
    return words.spelling.nearest(word);
  };
  return (kept.length ? kept : [...all]).map(([one, word]) => ({
    stem: one,
    word,
    idf: words.vocabulary.rarity(one),
    others: othersOf(one, word),
  }));
}

/** "page views" is `pageviews` somewhere: two neighbours run together, where the index has such a name. */
function joinedNames(
  text: string,
  { vocabulary }: Pick<IndexedNames, 'vocabulary'>,
): Map<string, (readonly [string, number])[]> {
  const found = new Map<string, (readonly [string, number])[]>();
  for (const [joined, ...parts] of joinedNeighbours(splitIdentifier(text))) {
    const both = stem(joined);
    if (!vocabulary.isMentioned(both)) continue;
    for (const part of parts) found.set(stem(part), [...(found.get(stem(part)) ?? []), [both, 1]]);
  }
  return found;
}

/** "pageviews" is `page_view` somewhere: a word that no name has, cut in two that names have. */
function halves(
  one: string,
  word: string,
  { vocabulary }: Pick<IndexedNames, 'vocabulary'>,
): (readonly [string, number])[] {
  if (vocabulary.isMentioned(one) || word.length < 2 * SHORTEST_HALF) return [];
  for (let cut = SHORTEST_HALF; cut <= word.length - SHORTEST_HALF; cut += 1) {
    const [head, tail] = [stem(word.slice(0, cut)), stem(word.slice(cut))];
    if (vocabulary.isMentioned(head) && vocabulary.isMentioned(tail))
      return [
        [head, HALF],
        [tail, HALF],
      ];
  }
  return [];
}
