import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { Respelt } from './respell.ts';
import { ABBREVIATIONS, isShortFor } from './short-forms.ts';
import { SUPERLATIVES } from './superlatives.ts';

/** What a catalog writes short: parts of its names, and codes that its columns hold few of. */
interface Shorts {
  readonly names: ReadonlySet<string>;
  readonly codes: ReadonlySet<string>;
  /** The values that say that a thing is finished. */
  readonly finished: readonly string[];
}

const found = new WeakMap<DatabaseCatalog, Shorts>();

/** A state that is said in one word and stored as another. */
const FINISHED: readonly string[] = ['finished', 'completed', 'complete', 'done', 'fulfilled'];

/** A column of more values holds no codes of what kind its rows are. */
const MOST_CODES = 30;
const CODE = /^[A-Z]{2,5}$/;
const NAME_PART = /^[a-z]{3,8}$/;

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
    finished: [...new Set(values.filter((value) => FINISHED.includes(value.toLowerCase())))],
  };
  found.set(catalog, shorts);
  return shorts;
}

/**
 * The question with words that nothing accounts for written as the database shortens them: "tickets" as `tkt`, "apartments" as the
 * stored `APT`, "full time" as `FT`. A word is left as it is where several short forms fit it.
 */
export function writeShort(question: string, unread: readonly string[], catalog: DatabaseCatalog): Respelt | undefined {
  const { names, codes, finished } = shortsOf(catalog);
  const left = new Set(unread.map((word) => word.toLowerCase()).filter((word) => !SUPERLATIVES.has(word)));
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
    const [state, ...others] = FINISHED.includes(typed) ? finished : [];
    if (state !== undefined) return others.length ? [] : [{ typed, meant: state }];
    if (paired.has(typed) || !/^\p{Ll}{5,}$/u.test(typed)) return [];
    const fitting = [...names, ...codes].filter((short) => isShortFor(short.toLowerCase(), typed));
    // of `discont` and `disc` the one that says more of it
    const [meant, ...more] = [...new Set(fitting)].sort((a, b) => b.length - a.length);
    return meant !== undefined && more.every((other) => meant.startsWith(other)) ? [{ typed, meant }] : [];
  });
  const words = [...pairs, ...alone];
  if (!words.length) return undefined;
  const written = words.reduce(
    (text, { typed, meant }) =>
      text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${typed}(?![\\p{L}\\p{N}_])`, 'giu'), meant),
    question,
  );
  // a word that is a name's own needs no telling
  return { question: written, words: words.filter(({ typed }) => !names.has(typed)) };
}
