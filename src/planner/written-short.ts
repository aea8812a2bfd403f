import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { ABBREVIATIONS } from './lexicon.ts';
import type { Respelt } from './respell.ts';

/** What a catalog writes short: parts of its names, and codes that its columns hold few of. */
interface Shorts {
  readonly names: ReadonlySet<string>;
  readonly codes: ReadonlySet<string>;
}

const found = new WeakMap<DatabaseCatalog, Shorts>();

/** A column of more values holds no codes of what kind its rows are. */
const MOST_CODES = 30;
const CODE = /^[A-Z]{2,5}$/;
const NAME_PART = /^[a-z]{3,6}$/;

function shortsOf(catalog: DatabaseCatalog): Shorts {
  const known = found.get(catalog);
  if (known) return known;
  const identifiers = catalog.tables.flatMap((table) => [table, ...table.columns]);
  const parts = identifiers.flatMap(({ name, title }) => splitIdentifier(title ?? name));
  const values = catalog.tables
    .flatMap(({ columns }) => columns)
    .flatMap(({ kind, values }) => (kind === 'text' && values.length <= MOST_CODES ? values : []));
  const shorts = {
    names: new Set(parts.filter((part) => NAME_PART.test(part))),
    codes: new Set(values.filter((value) => CODE.test(value))),
  };
  found.set(catalog, shorts);
  return shorts;
}

/**
 * The question with words that nothing accounts for written as the database shortens them: "tickets" as `tkt`, "apartments" as the
 * stored `APT`, "full time" as `FT`. A word is left as it is where several short forms fit it.
 */
export function writeShort(question: string, unread: readonly string[], catalog: DatabaseCatalog): Respelt | undefined {
  const { names, codes } = shortsOf(catalog);
  const left = new Set(unread.map((word) => word.toLowerCase()));
  const pairs = [...question.matchAll(/(?<![\p{L}\p{N}])(\p{L}{3,})[ -](\p{L}{3,})(?![\p{L}\p{N}])/gu)].flatMap(
    ([said, one = '', other = '']) => {
      const isLeft = [one, other].every((word) => left.has(word.toLowerCase())) || left.has(said.toLowerCase());
      const code = `${one[0] ?? ''}${other[0] ?? ''}`.toUpperCase();
      return isLeft && codes.has(code) ? [{ typed: said, meant: code }] : [];
    },
  );
  const paired = new Set(pairs.flatMap(({ typed }) => typed.toLowerCase().split(/[ -]/)));
  const alone = [...left].flatMap((typed) => {
    // what is short in the question, too: names are read at length
    const long = ABBREVIATIONS.get(typed)?.join(' ');
    if (long !== undefined) return [{ typed, meant: long }];
    if (paired.has(typed) || !/^\p{Ll}{5,}$/u.test(typed)) return [];
    const fitting = [...names, ...codes].filter((short) => isShortFor(short.toLowerCase(), typed));
    const [meant, ...more] = new Set(fitting);
    return meant !== undefined && !more.length ? [{ typed, meant }] : [];
  });
  const words = [...pairs, ...alone];
  if (!words.length) return undefined;
  const written = words.reduce(
    (text, { typed, meant }) =>
      text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${typed}(?![\\p{L}\\p{N}_])`, 'giu'), meant),
    question,
  );
  return { question: written, words };
}

/** "opened" is no longer way to say `open`. */
const ENDING = /^(?:ed|ing|en|er|or|al|ion|ation|able|ity|y)$/;

/**
 * Whether a word is shortened so: to its first letters, up to a consonant before a vowel (`insp` of inspection), or to its first letter
 * and consonants after it with the last (`tkt` of ticket).
 */
export function isShortFor(short: string, word: string): boolean {
  const one = word.replace(/(?<=[^s])s$/, '');
  if (one.length < short.length + 2 || one[0] !== short[0]) return false;
  const rest = one.slice(short.length);
  if (one.startsWith(short))
    return short.length > 2 && /[^aeiouy]$/.test(short) && /^[aeiouy]/.test(rest) && !ENDING.test(rest);
  const last = /[^aeiou](?=[aeiou]*$)/.exec(one)?.[0];
  if (short.length < 3 || /[aeiou]/.test(short.slice(1)) || last !== short.at(-1)) return false;
  let at = 0;
  for (const letter of short) {
    at = one.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}
