import type { Column, Table } from '../catalog.ts';
import { splitIdentifier } from '../words.ts';
import type { ColumnRole, RoleReading } from './column-role.ts';
import { isOneOf, isOwnWord, wordsOf } from './name-words.ts';
import { SHARED } from './role-words.ts';

/** What a row of the table is called: no column, one, or a first and a last name. */
export function labelColumns(
  table: Table,
  roles: ReadonlyMap<Column, RoleReading>,
): readonly { readonly column: Column; readonly because: string }[] {
  const scored = table.columns
    .flatMap((column) => {
      const role = roles.get(column)?.role;
      const found = role && MAY_NAME.has(role) ? likeness(column, role, table) : undefined;
      return found ? [{ column, ...found }] : [];
    })
    .sort((a, b) => b.score - a.score);
  const [best] = scored;
  if (!best) return [];
  const rest = FIRST_NAME.test(wordsOf(best.column).join(' '))
    ? table.columns.filter((column) => LAST_NAME.test(wordsOf(column).join(' ')))
    : [];
  return [best, ...rest.map((column) => ({ column, because: 'the rest of the name' }))];
}

const MAY_NAME: ReadonlySet<ColumnRole> = new Set<ColumnRole>([
  'key',
  'reference',
  'category',
  'free text',
  'personal',
]);

const FIRST_NAME =
  /^(?:first|given|fore|vor|personal|f) ?(?:name|nm)$|^[a-z]{0,4} fname$|^[a-z]+ (?:first|given) name$|^vorname$/;
const LAST_NAME =
  /^(?:last|family|sur|nach|familien|l) ?(?:name|nm)$|^[a-z]{0,4} lname$|^[a-z]+ (?:last|family) name$|^nachname$/;

/** Names of columns that name: `name`, `bezeichnung`. */
const NAME = /^(?:name|nm|bezeichnung|bez|benennung|designation)$/;
const ENDS_IN_NAME = /(?:^|[a-z])(?:name|nm|bezeichnung)$/;
const TITLE = /^(?:title|titel|label|subject|betreff|headline|caption|topic|thema)$/;
const NUMBERED = /^(?:number|no|nr|num|code|sku|plate|version|symbol|kennzeichen|isbn|ref|reference)$/;

interface Likeness {
  readonly score: number;
  readonly because: string;
}

/** How likely a column is what its rows are called; undefined where it is not. */
function likeness(column: Column, role: ColumnRole, table: Table): Likeness | undefined {
  if (isForeign(column, table)) return undefined;
  const words = wordsOf(column);
  const name = words.join(' ');
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const one = uniqueness(column, table);
  const number = role === 'personal' ? undefined : businessNumber(column, role, table, last, one);
  if (number || column.kind !== 'text') return number;
  if (name === 'name' || NAME.test(name)) return { score: 10, because: 'named as what a row is called' };
  if (FIRST_NAME.test(name)) return { score: 8.5, because: 'the first part of the name' };
  if (LAST_NAME.test(name)) return { score: 8.4, because: 'the name of a person' };
  if (NAME.test(last) && before.every((word) => isOwnWord(word, table)) && !isKindOf(column, table))
    return { score: 9.5, because: 'named as what a row is called' };
  if (isNumeral(column)) return undefined;
  if (isWholeName(words, table) && !isKindOf(column, table))
    return { score: 9, because: 'bears the name of its table' };
  if (
    TITLE.test(last) &&
    !isKindOf(column, table) &&
    before.every((word) => isOwnWord(word, table) || before.length < 2)
  )
    return { score: 8, because: `“${last}” is what a row is called` };
  if (/^(?:full|display|short|long|official|common|nick|user|company|legal|product|person) ?names?$/.test(name))
    return { score: 8.2, because: 'named as a name' };
  // a client that is a company is not called as who speaks for it
  if (CONTACT.test(name)) return { score: 4, because: 'the name of whom to speak to' };
  if (ENDS_IN_NAME.test(last) && one !== false) return { score: 7, because: 'named as a name' };
  if (role !== 'personal' && DESCRIBES.test(last) && one !== false && isBrief(column))
    return { score: 6, because: 'describes a row in few words' };
  return (one === true ? partyOrPlace(words, table) : undefined) ?? leftOver(column, role, table, one);
}

const CONTACT = /^(?:main |primary )?contact (?:name|nm|person)$/;
const PARTIES = /^(?:supplier|vendor|client|customer|partner|account|insurer|carrier|debtor|creditor|lieferant|kund)/;
const FIRM = /^(?:company|firm|organi[sz]ation|business|firma)$/;
const PLACES = /^(?:office|branch|site|location|depot|plant|store|shop|warehouse|facility|station|standort|filial)/;
const PLACE = /^(?:city|town|place|ort|stadt)$/;

/** A supplier is called by its company, an office by its city, where each has another. */
function partyOrPlace(words: readonly string[], { name, title }: Table): Likeness | undefined {
  const [word = '', ...more] = words;
  const last = splitIdentifier(title ?? name).at(-1) ?? '';
  if (more.length) return undefined;
  if (FIRM.test(word) && PARTIES.test(last)) return { score: 6, because: 'the company that a row is' };
  if (PLACE.test(word) && PLACES.test(last)) return { score: 3, because: 'the place where a row is' };
  return undefined;
}

/** Lists of codes say beside each what it stands for. */
const DESCRIBES = /^(?:description|desc|descr|beschreibung|details|text)$/;

const isBrief = ({ values }: Column) =>
  values.length > 0 && values.reduce((sum, value) => sum + value.length, 0) / values.length <= BRIEF;
const BRIEF = 30;

/** The only text of its table that each row has another of: a list of such rows would say nothing without it. */
function leftOver(column: Column, role: ColumnRole, table: Table, one: boolean | undefined): Likeness | undefined {
  const rows = table.rowEstimate ?? 0;
  const shared = wordsOf(column).some((word) => isOneOf(word, SHARED));
  if (one !== true || role === 'personal' || shared || rows < ENOUGH_ROWS) return undefined;
  const texts = table.columns.filter((other) => other.kind === 'text' && !isForeign(other, table));
  if (texts.length !== 1 || column.values.some((value) => value.length > LONGEST_LABEL)) return undefined;
  return { score: 2, because: 'the only text of its table, another in each row' };
}

const LONGEST_LABEL = 60;
/** Of fewer rows each may have a value of its own by accident. */
const ENOUGH_ROWS = 4;

/** An invoice is called by its number: not by the key that the database made up. */
function businessNumber(
  column: Column,
  role: ColumnRole,
  table: Table,
  last: string,
  one: boolean | undefined,
): Likeness | undefined {
  if (!NUMBERED.test(last) || one === false) return undefined;
  const madeUp = table.primaryKey.length === 1 && table.primaryKey[0] === column.name && column.kind === 'number';
  const known = one === true || (role !== 'category' && column.values.length === 0);
  if (madeUp || !known || (column.kind !== 'text' && column.kind !== 'number')) return undefined;
  return { score: column.kind === 'text' ? 5 : 4, because: 'the number by which a row is called' };
}

const isNumeral = ({ values }: Column) => values.length > 0 && values.every((value) => /^-?\d+(?:\.\d+)?$/.test(value));

const isForeign = (column: Column, table: Table) => table.foreignKeys.some((key) => key.columns.includes(column.name));

/** Whether each row has a value of its own; undefined where nobody knows. */
function uniqueness({ distinct, valuesComplete, values }: Column, { rowEstimate }: Table): boolean | undefined {
  const known = distinct ?? (valuesComplete ? values.length : undefined);
  if (known === undefined || !rowEstimate || known === 0) return undefined;
  return known >= MOSTLY * rowEstimate;
}

/** Many rows share each value: a topic of complaints is what kind they are. */
const isKindOf = ({ distinct, valuesComplete, values }: Column, { rowEstimate = 0 }: Table): boolean => {
  const known = distinct ?? (valuesComplete ? values.length : undefined);
  return known !== undefined && rowEstimate >= ENOUGH_ROWS && known > 0 && known <= rowEstimate / 5;
};

/** A name may be shared by a few. */
const MOSTLY = 0.9;

/** `product_category` of product_categories. */
const isWholeName = (words: readonly string[], table: Table) => words.every((word) => isOwnWord(word, table));
