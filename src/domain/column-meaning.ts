import { type Column, type DatabaseCatalog, type Engine, findColumn, findTable, type Table } from './catalog.ts';
import { wordsOf } from './roles/name-words.ts';
import { splitIdentifier } from './words.ts';

/** A column with its table. */
export interface ColumnOf {
  readonly table: Table;
  readonly column: Column;
}

/** Last words of names that only identify; what they number is said before them. */
const IDENTIFIES =
  /^(?:ids?|key|uuid|guid|oid|pk|fk|zip|zipcode|postcode|isbn|ssn|iban|ean|sku|barcode|phone|telephone|fax|plz|nr|kennung|\p{L}{2,}(?:nr|nummer))$/u;
/** Last words that identify where a thing stands before them, and count it elsewhere: `customer_no`, but `room_number`s of a hotel. */
const NUMBERS = /^(?:no|nbr|num|number|code)$/;
/** Things that bear a number of their own, whatever the tables are called. */
const NUMBERED =
  /^(?:account|area|article|batch|card|cheque|contract|country|customer|document|dialing|flight|house|invoice|item|license|licence|member|order|part|passport|policy|postal|product|region|registration|room|seat|serial|social|tax|ticket|track|tracking|vat|version|zip)$/;

/** Whether a column's values, as far as they are known, are whole numbers or long identifiers: a share or a weight is no key. */
function identifierLike({ kind, type, values }: Column): boolean {
  if (kind !== 'number') return kind === 'text';
  if (/^(?:real|float|double|money)/i.test(type) && !values.length) return false;
  return values.slice(0, 50).every((value) => /^-?\d+(?:\.0+)?$/.test(value));
}

/**
 * Whether a column tells rows apart or refers to others: declared as a key, or named as one and holding what keys hold. Such
 * numbers are never added up. A name alone is told with care: `number_of_rooms` counts, `room_number` does not.
 */
export function isReference({ table, column }: ColumnOf, catalog: DatabaseCatalog): boolean {
  const { name } = column;
  if (table.primaryKey.includes(name) || table.foreignKeys.some((key) => key.columns.includes(name))) return true;
  if (!identifierLike(column)) return false;
  const words = wordsOf(column);
  const last = words.at(-1) ?? '';
  if (IDENTIFIES.test(last)) return words.length > 1 || last !== 'key';
  const before = words.at(-2) ?? '';
  if (NUMBERS.test(last)) return NUMBERED.test(before) || isEntity(before, catalog);
  // `custid`: the table's name, or the beginning of it, run together with the word
  const owner = /^([a-z]{3,})id$/.exec(last)?.[1];
  return owner !== undefined && words.length === 1 && isEntity(owner, catalog);
}

/** Whether a word is a table's name in the singular, or three letters or more that it begins with. */
function isEntity(word: string, { tables }: DatabaseCatalog): boolean {
  if (word.length < 3) return false;
  return tables.some(({ name }) => splitIdentifier(name).at(-1)?.startsWith(word) ?? false);
}

/** Whether a text holds nothing but numbers as an engine reads them, as far as its values are known: `weight VARCHAR(20)`. */
export const holdsNumerals = ({ kind, values }: Column): boolean =>
  kind === 'text' && values.length > 0 && values.every((value) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value.trim()));

/** Last words under which whole numbers of four digits are years: `release_year`, `founded`, `Baujahr`. */
const SAYS_YEAR =
  /(?:year|jahr)$|^(?:yr|since|seit|founded|established|built|opened|launched|creation|introduced|inception|gegruendet)$/;
const YEAR = /^[12]\d{3}(?:\.0+)?$/;
/** Of a text that is not named as a year. */
const SURELY_YEAR = /^(?:1[6-9]|20)\d\d$/;

/** A column of calendar years, as numbers or as text: their sum means nothing, though their mean may. */
export function isYear(column: Column): boolean {
  const { kind, values } = column;
  if (kind !== 'number' && kind !== 'text') return false;
  const last = wordsOf(column).at(-1) ?? '';
  if (!values.length) return last === 'year' && kind === 'number';
  // a text of which each value is a year is one whatever it is called
  const unnamed = kind === 'text' && values.length > 2;
  const like = SAYS_YEAR.test(last) ? YEAR : unnamed ? SURELY_YEAR : undefined;
  return like !== undefined && values.slice(0, 50).every((value) => like.test(value));
}

/** What a flag holds where it is true, and where it is not. */
export type FlagValue =
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string };

export interface Flag {
  readonly yes: FlagValue;
  readonly no: FlagValue;
}

/** Names of yes-or-no columns that are stored as 0 and 1. */
const ASKS =
  /^(?:is|has|was|can|should|did|needs|requires|allows|accepts|includes|supports|wants|in|out|on|ist|hat|war|kann|kz|flag|flg|ind)$/;
const ADJECTIVE =
  /ed$|^(?:aktiv|gesperrt|storniert|bezahlt|geloescht|offen|gueltig|erledigt|flg|ind|indicator|kz|jn|active|valid|open|paid|urgent|public|internal|external|official|current|primary|vip|flag|yn)$/;
/** Names that say how or who a row is, where both 0 and 1 are stored: `hazardous`, `abnormal`, `smoker`; "total" and "goals" are numbers. */
const SAYS_HOW =
  /(?:ous|able|ible|ive|ary|ory)$|(?<!^tot|^go|^med|^de|^me|^capit|^interv)al$|^(?:smoker|member|subscriber|fragile|remote)$/;
/** Last words of names that count, rank or number, though no row has more than one: `children`, `floor`; and those that say a state by a code. */
const COUNTS =
  /(?<!s)s$|ren$|^(?:count|num|number|no|total|sum|qty|quantity|amount|amt|score|level|rank|ranking|position|place|floor|order|sequence|seq|code|cd|id|year|yr|month|day|age|size|step|round|version|grade|class|priority|prio|status|state|type|kind|category|gender|sex|value|result|outcome|group|grp|rate|pct|percent|index|weight|win|loss|goal|point|x|y)$/;
const YES_NO: readonly { readonly yes: string; readonly no: string }[] = [
  { yes: 'y', no: 'n' },
  { yes: 'yes', no: 'no' },
  { yes: 't', no: 'f' },
  { yes: 'true', no: 'false' },
  { yes: 'j', no: 'n' },
  { yes: 'ja', no: 'nein' },
  { yes: 'wahr', no: 'falsch' },
];

/** How a column says yes and no; undefined where it is no flag. */
export function flagOf(column: Column, engine: Engine): Flag | undefined {
  const { kind, type, values, role } = column;
  if (role?.configured && role.role !== 'flag') return undefined;
  const stored = new Set(values.map((value) => value.trim().toLowerCase()));
  if (values.length > 2) return undefined;
  const pair = values.length
    ? YES_NO.find(({ yes, no }) => [...stored].every((one) => one === yes || one === no))
    : undefined;
  // PostgreSQL's booleans read as such words; where SQLite holds the words they are texts.
  if (kind === 'boolean' && (!pair || engine === 'postgres'))
    return { yes: { kind: 'boolean', value: true }, no: { kind: 'boolean', value: false } };
  if (kind === 'number') {
    const words = wordsOf(column);
    const named =
      role?.configured === true ||
      ASKS.test(words[0] ?? '') ||
      ADJECTIVE.test(words.at(-1) ?? '') ||
      (stored.size === 2 && SAYS_HOW.test(words.at(-1) ?? '')) ||
      // `free_lunch`, `rush`: of many rows each is or is not
      (stored.size === 2 && !COUNTS.test(words.at(-1) ?? '')) ||
      /^(?:tinyint\(1\)|bit|bool)/i.test(type);
    const binary = values.length > 0 && [...stored].every((value) => value === '0' || value === '1');
    return named && binary ? { yes: { kind: 'number', value: 1 }, no: { kind: 'number', value: 0 } } : undefined;
  }
  if (!pair || (kind !== 'text' && kind !== 'boolean')) return undefined;
  const said = (word: string): FlagValue => ({
    kind: 'text',
    value: values.find((value) => value.trim().toLowerCase() === word) ?? inCaseOf(values, word),
  });
  return { yes: said(pair.yes), no: said(pair.no) };
}

/** A word that no row holds, in the case of what rows do hold. */
const inCaseOf = (values: readonly string[], word: string): string =>
  values.some((value) => value === value.toUpperCase()) ? word.toUpperCase() : word;

/** A column by the names that a resolved query gives it: its table, with the schema before a dot where it has one. */
export function columnNamed(catalog: DatabaseCatalog, table: string, column: string): ColumnOf | undefined {
  const [name = table, schema] = table.split('.').toReversed();
  const found = findTable(catalog, table) ?? findTable(catalog, name, schema);
  const own = found && findColumn(found, column);
  return own && { table: found, column: own };
}
