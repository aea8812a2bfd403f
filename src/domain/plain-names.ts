import type { DatabaseCatalog, Table } from './catalog.ts';
import { splitIdentifier } from './words.ts';

/** What one row of a table is called, and several. */
export interface Things {
  readonly one: string;
  readonly many: string;
  /** All of them as one: "ad spend" where a row is a "row of ad spend". */
  readonly all: string;
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['person', 'people'],
  ['man', 'men'],
  ['woman', 'women'],
  ['child', 'children'],
  ['foot', 'feet'],
  ['tooth', 'teeth'],
  ['mouse', 'mice'],
  ['goose', 'geese'],
  ['datum', 'data'],
  ['medium', 'media'],
  ['criterion', 'criteria'],
  ['analysis', 'analyses'],
  ['basis', 'bases'],
  ['crisis', 'crises'],
  ['leaf', 'leaves'],
  ['life', 'lives'],
  ['wife', 'wives'],
  ['shelf', 'shelves'],
  ['half', 'halves'],
  ['index', 'indexes'],
  ['quiz', 'quizzes'],
  ['movie', 'movies'],
  ['cookie', 'cookies'],
  ['hero', 'heroes'],
  ['potato', 'potatoes'],
  ['tomato', 'tomatoes'],
]);
const SINGULAR_OF = new Map([...IRREGULAR].map(([one, many]) => [many, one] as const));

/** Words that have no plural, or look the same in it. */
const UNCOUNTABLE =
  /^(?:advice|attendance|audit|baggage|cash|content|credit|data|equipment|feedback|fuel|furniture|hardware|history|information|inventory|luggage|mail|media|metadata|money|news|revenue|series|software|spend|spending|species|staff|stock|traffic|turnover|usage|weather|work)$/;

/** The plural of an English word; one that is a plural already stays. */
export function pluralOf(word: string): string {
  const lower = word.toLowerCase();
  if (UNCOUNTABLE.test(lower) || isPlural(lower)) return word;
  const known = IRREGULAR.get(lower);
  if (known) return known;
  if (/[^aeiou]y$/.test(lower)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(lower) ? `${word}es` : `${word}s`;
}

/** The singular of an English word; one that is no plural stays. */
export function singularOf(word: string): string {
  const lower = word.toLowerCase();
  const known = SINGULAR_OF.get(lower);
  if (known && !UNCOUNTABLE.test(lower)) return known;
  if (UNCOUNTABLE.test(lower) || !isPlural(lower)) return word;
  if (/[^aeiou]ies$/.test(lower)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh|[^ao]us)es$/.test(lower)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** `status`, `address`, `analysis` and `bus` end in s and are one. */
export const isPlural = (lower: string): boolean =>
  SINGULAR_OF.has(lower) || (lower.length > 3 && /s$/.test(lower) && !/(?:ss|us|is|ous)$/.test(lower));

/** What tables are prefixed with by those who build warehouses; the rest of such a name is seldom English. */
const PREFIXED = /^(?:tbl|tab|t|v|vw|dim|d|fct|fact|f|stg|raw|tmp|x)_/i;

/** A name that is of plain words: none is cut to its consonants, numbered or a code. */
const isOfWords = (name: string): boolean =>
  !PREFIXED.test(name) &&
  /^[A-Za-z_ -]+$/.test(name) &&
  !(name === name.toUpperCase() && name.length <= 5) &&
  splitIdentifier(name).every((word) => word.length >= 2 && /[aeiouy]/.test(word));

/**
 * What the rows of a table are called: `sales_orders` are "sales orders", one of them a "sales order". What has no plural, or is no plain
 * words, keeps its name: "rows of ad spend", "rows of tbl_Auftr_kopf".
 */
export function thingsOf({ name, title }: Pick<Table, 'name' | 'title'>, catalog?: DatabaseCatalog): Things {
  const rows = (of: string): Things => ({ one: `row of ${of}`, many: `rows of ${of}`, all: of });
  const said = title ?? name;
  if (!title && !isOfWords(name)) return rows(name);
  const words = splitIdentifier(said);
  const last = words.at(-1) ?? said;
  const before = words.slice(0, -1);
  const joined = (word: string) => [...before, word].join(' ');
  if (UNCOUNTABLE.test(last) && !SINGULAR_OF.has(last)) return rows(joined(last));
  // Where tables are named in the plural, one that is not has none: `ad_spend`.
  if (!isPlural(last) && catalog && namesPlurals(catalog)) return rows(joined(last));
  const many = joined(pluralOf(last));
  return { one: joined(singularOf(last)), many, all: many };
}

function namesPlurals({ tables }: DatabaseCatalog): boolean {
  const plural = tables.filter(({ name }) => isPlural(splitIdentifier(name).at(-1) ?? '')).length;
  return tables.length > 2 && plural * 3 > tables.length * 2;
}

/** Units that names of columns end in, as they are written after a number. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...[
    'kg',
    'mg',
    'km',
    'cm',
    'mm',
    'ml',
    'kwh',
    'mwh',
    'kw',
    'kb',
    'mb',
    'gb',
    'tb',
    'ms',
    'kmh',
    'mph',
    'lbs',
    'oz',
    'ha',
  ].map((unit) => [unit, unit] as const),
  ['m2', 'm²'],
  ['sqm', 'm²'],
  ['m3', 'm³'],
  ['km2', 'km²'],
]);

/** The unit that a column's name ends in: `weight_kg` is in kg. */
export function unitOf({ name }: { readonly name: string }): string | undefined {
  const [, unit = ''] = /[a-z]_([a-z]+\d?)$/i.exec(name) ?? [];
  return UNITS.get(unit.toLowerCase());
}

/** The words of a column's name: `order_date` is "order date", `weight_kg` "weight". Names that are no plain words stay as they are. */
export function columnWords({ name, title }: { readonly name: string; readonly title?: string }): string {
  if (title)
    return title.toLowerCase() === title ? title : title.replace(/^\p{Lu}(?=\p{Ll})/u, (one) => one.toLowerCase());
  if (unitOf({ name })) return columnWords({ name: name.replace(/_[^_]+$/, '') });
  return /^[A-Za-z][A-Za-z0-9_ ]*$/.test(name) && !/^[A-Z0-9]{1,5}$/.test(name)
    ? splitIdentifier(name).join(' ')
    : name;
}

/** A phrase in the plural: its last word is. */
export function pluralPhrase(phrase: string): string {
  const [, before = '', last = phrase] = /^(.* )?(\S+)$/s.exec(phrase) ?? [];
  return `${before}${pluralOf(last)}`;
}

/** `1 order`, `3 orders`, `no orders`. */
export function counted(count: number | bigint, things: Pick<Things, 'one' | 'many'>): string {
  if (Number(count) === 0) return `no ${things.many}`;
  return `${count.toLocaleString('en-US')} ${Number(count) === 1 ? things.one : things.many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], last = 'and'): string {
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}` : (parts[0] ?? '');
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
