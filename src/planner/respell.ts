import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';

export interface Respelt {
  readonly question: string;
  /** What was typed, and what it was taken for. */
  readonly words: readonly { readonly typed: string; readonly meant: string }[];
}

/** Words of every question that say how to reckon, and when. */
const COMMON: readonly string[] =
  `average total number count highest lowest between without quarter month monthly yearly weekly january february march april june july
   august september october november december many percentage compare`.split(/\s+/);

/** Words of values, of columns that hold few. */
const MOST_VALUES = 60;
const LEAST_LENGTH = 5;
/** From here on one letter for another is a slip of the finger; a shorter word may be another word. */
const LONG = 8;

const vocabularies = new WeakMap<DatabaseCatalog, ReadonlySet<string>>();

/** The words that a catalog's names are made of, one and many, and those of its values that are single words. */
function vocabularyOf(catalog: DatabaseCatalog): ReadonlySet<string> {
  const known = vocabularies.get(catalog);
  if (known) return known;
  const words = catalog.tables.flatMap((table) => [
    ...splitIdentifier(table.title ?? table.name),
    ...table.columns.flatMap((column) => [
      ...splitIdentifier(column.title ?? column.name),
      ...(column.kind === 'text' && column.values.length <= MOST_VALUES
        ? column.values.map((value) => value.toLowerCase()).filter((value) => /^\p{Ll}+$/u.test(value))
        : []),
    ]),
  ]);
  const long = [...words, ...COMMON].filter((word) => word.length >= LEAST_LENGTH || COMMON.includes(word));
  const made = new Set(long.flatMap((word) => [word, many(word)]));
  vocabularies.set(catalog, made);
  return made;
}

const many = (word: string) =>
  /s$/.test(word) ? word : /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;

/**
 * The question with each of its unread words spelt as the one name that it is a slip away from; undefined where a word is none.
 * A slip is a letter too many or too few, two that changed places, or in a long word one for another; the first letter stands.
 */
export function respell(question: string, unread: readonly string[], catalog: DatabaseCatalog): Respelt | undefined {
  const vocabulary = vocabularyOf(catalog);
  const slips = [...new Set(unread.map((word) => word.toLowerCase()))].filter(
    (word) => /^\p{Ll}{4,}$/u.test(word) && !vocabulary.has(word),
  );
  const words = slips.flatMap((typed) => {
    const near = [...vocabulary].filter((word) => isSlip(typed, word));
    // one and many of a word are one name
    const [meant, ...more] = [...near].sort((a, b) => a.length - b.length);
    return meant !== undefined && more.every((other) => other === many(meant))
      ? [{ typed, meant: closest(typed, near) }]
      : [];
  });
  if (!words.length) return undefined;
  const spelt = words.reduce(
    (text, { typed, meant }) =>
      text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${typed}(?![\\p{L}\\p{N}_])`, 'giu'), meant),
    question,
  );
  return { question: spelt, words };
}

const closest = (typed: string, near: readonly string[]): string =>
  near.find((word) => word.endsWith('s') === typed.endsWith('s')) ?? near[0] ?? typed;

/** Whether one slip leads from a word to what was typed. */
function isSlip(typed: string, word: string): boolean {
  if (typed === word || typed[0] !== word[0] || Math.abs(typed.length - word.length) > 1) return false;
  if (Math.min(typed.length, word.length) < LEAST_LENGTH - 1) return false;
  // "failed" is no slip of "filed"
  if (typed.length < LONG && /ed$/.test(typed) && /ed$/.test(word)) return false;
  const at = [...word].findIndex((letter, index) => letter !== typed[index]);
  const from = at < 0 ? word.length : at;
  const [restTyped, restWord] = [typed.slice(from), word.slice(from)];
  if (restTyped.slice(1) === restWord || restTyped === restWord.slice(1)) return true;
  const swapped = `${restWord[1] ?? ''}${restWord[0] ?? ''}${restWord.slice(2)}` === restTyped;
  return swapped || (word.length >= LONG && restTyped.slice(1) === restWord.slice(1));
}
