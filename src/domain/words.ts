import { stemmer } from 'stemmer';

/** Words that carry no schema meaning in a question. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the of in on at to for from by with and or not is are was were be been being do does did have has had having
   what which who whom whose where when why how many much there their them they it its this that these those i me my we our us
   you your he she his her him show list give find tell return get display please can could would should will shall may
   all each every any some than then as into per also if no yes about between among within whose such only just more most less
   least number count total different distinct name names`.split(/\s+/),
);

/** `customerOrders_2024` → customer, orders, 2024. Splits at case changes, digits and everything that is no letter. */
export function splitIdentifier(text: string): string[] {
  return text
    .normalize('NFKC')
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

const stems = new Map<string, string>();

/** Porter stem of a lower-case word, remembered: catalogs repeat their words. */
export function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const one = word
    .replace(/^(stat|camp|bon|vir|cens|surpl)uses$/, '$1us')
    .replace(/^(diagno|progno|analy|hypothe|synthe|cri|oa)ses$/, '$1sis');
  const made = stemmer(one);
  if (stems.size < 200_000) stems.set(word, made);
  return made;
}

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** "last week", "per day", "in the past 30 days": they say when, and every database has dates. */
const PERIODS =
  /\b(?:(?:last|this|next|past|previous|current)(?: \d+)? (?:fiscal |financial )?(?:day|week|month|quarter|year)s?|(?:per|each|every|by) (?:day|week|month|quarter)|today|yesterday)\b/gi;

/** A question's content words in order, by their distinct stems. Falls back to all words when none is left. */
export function contentWords(text: string): Map<string, string> {
  const words = splitIdentifier(text.replace(/['’]s\b/g, '').replace(PERIODS, ' '));
  const content = words.filter((word) => !isStopWord(word) && (word.length > 1 || /\d/.test(word)));
  const found = new Map<string, string>();
  for (const word of content.length ? content : words) if (!found.has(stem(word))) found.set(stem(word), word);
  return found;
}
