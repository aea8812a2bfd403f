import type { Column, Table } from '../catalog.ts';
import { splitIdentifier } from '../words.ts';

/** The words of a column's name, or of its title where it has one; letters with marks as they are written without. */
export const wordsOf = ({ name, title }: Pick<Column, 'name' | 'title'>): readonly string[] =>
  splitIdentifier(title ?? name)
    .filter((word) => !/^\d+$/.test(word))
    .map(plainLetters);

const plainLetters = (word: string) =>
  word
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');

/** A set of words that is looked for in names. */
export type Words = ReadonlySet<string>;

export const words = (text: string): Words => new Set(text.trim().split(/\s+/));

/** The shortest word that is known at the end of a longer one: `lieferdatum`, `totalamount`, but no `rate` in `crate`. */
const GLUED = 5;

/** Words that end in another by accident. */
const WHOLE = words('account discount estate postage hostage upgrade');

const singular = (word: string) => word.replace(/(?<=\p{L}{2}[^s\W])s$/u, '');

/** Whether a word is one of a set, or ends in one that is long enough to be no accident. */
export function isOneOf(word: string, known: Words): boolean {
  if (known.has(word) || known.has(singular(word))) return true;
  if (WHOLE.has(word)) return false;
  for (let at = 2; word.length - at >= GLUED; at += 1) if (known.has(word.slice(at))) return true;
  return false;
}

/** Whether a word is of the name of a table, or three letters or more that one of its words begins with; `g` of games. */
export function isOwnWord(word: string, table: Pick<Table, 'name' | 'title'>): boolean {
  const own = splitIdentifier(table.title ?? table.name);
  if (word.length < 2) return word === own[0]?.[0];
  // not by stems: a requester is no request
  return own.some((one) => inSingular(one) === inSingular(word) || (word.length >= 3 && one.startsWith(word)));
}

const inSingular = (word: string) => word.replace(/ies$/, 'y').replace(/(?<=s|x|z|ch|sh)es$|(?<!s)s$/, '');
