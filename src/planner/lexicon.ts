import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { begunValues, isProper } from './begun-values.ts';
import { isLinkTable } from './db-graph.ts';
import { DEMONYMS } from './demonyms.ts';
import { GLUE_WORDS, HEAD_SAID, type Named, rank, type Scored, saysOwner, UNIT_STEMS } from './name-likeness.ts';
import { isPercent, isSorting, isUnitOf } from './no-names.ts';
import { namesOfCodes } from './place-codes.ts';
import { ABBREVIATIONS, isShortFor } from './short-forms.ts';
import type { Token } from './tokens.ts';
import { isRelation } from './verbs.ts';

export { type Scored, saysOwner };

export interface ColumnRef {
  readonly table: Table;
  readonly column: Column;
}

/** A stored value that the question names. */
export interface ValueRef extends ColumnRef {
  readonly value: string;
}

/** A span of the question that names something of the database. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  readonly tables: readonly Scored<Table>[];
  readonly columns: readonly Scored<ColumnRef>[];
  readonly values: readonly ValueRef[];
}

export interface Lexicon {
  readonly tables: readonly Named<Table>[];
  readonly columns: readonly Named<ColumnRef>[];
  /** Lower-case value to where it is stored. */
  readonly values: ReadonlyMap<string, readonly ValueRef[]>;
  /** What places are called of which the code is stored. */
  readonly places: ReadonlyMap<string, readonly ValueRef[]>;
  /** Names of several words by the first of them, where no other begins so. */
  readonly begun: ReadonlyMap<string, readonly ValueRef[]>;
  /** Stems of each column's name of two words and more, as one text. */
  readonly literal: ReadonlySet<string>;
}

const lexicons = new WeakMap<DatabaseCatalog, Lexicon>();

/** All names and stored values of a database, ready to be found in a question. Built once a catalog. */
export function lexiconOf(catalog: DatabaseCatalog): Lexicon {
  const known = lexicons.get(catalog);
  if (known) return known;
  const words = new Set([
    ...GLUE_WORDS,
    ...catalog.tables.flatMap((table) => splitIdentifier(table.title ?? table.name)),
  ]);
  const stemsOf = (named: Identifier, owner?: Table) =>
    identifierWords(named, owner)
      .flatMap((word) => expand(word, words))
      .map(stem);
  const tables = catalog.tables.map((table) => ({ target: table, stems: stemsOf(table), owner: [] }));
  const columns = tables.flatMap(({ target: table, stems: owner }) =>
    table.columns.map((column) => {
      const flag = flagOf(column, catalog.engine) !== undefined;
      const stems = stemsOf(flag ? withoutAsking(column) : column, table);
      const day = column.kind === 'date' || column.kind === 'timestamp';
      const dated = day && isOfWhatHappens(column);
      const kinds = column.kind === 'text' && column.valuesComplete;
      return { target: { table, column }, stems, owner, flag, kinds, day, dated };
    }),
  );
  const values = new Map<string, ValueRef[]>();
  for (const { target } of columns) {
    if (target.column.kind !== 'text') continue;
    for (const value of target.column.values) {
      const key = value.trim().toLowerCase();
      if (!key || key.length > 80) continue;
      values.set(key, [...(values.get(key) ?? []), { ...target, value }]);
    }
  }
  // "no shows" of `no_show`, "on hold" of `on-hold`
  for (const [key, found] of [...values]) {
    const spaced = key.replace(/(?<=\p{L})[_-](?=\p{L})/gu, ' ');
    if (spaced !== key && !values.has(spaced)) values.set(spaced, found);
    // "no-shows", too
    const hyphened = key.replace(/(?<=\p{L})_(?=\p{L})/gu, '-');
    if (hyphened !== key && !values.has(hyphened)) values.set(hyphened, found);
  }
  const literal = new Set(columns.filter(({ stems }) => stems.length > 1).map(({ stems }) => stems.join(' ')));
  const lexicon = { tables, columns, values, literal, places: namesOfCodes(values), begun: begunValues(values) };
  lexicons.set(catalog, lexicon);
  return lexicon;
}

/** `ends_on`, `closed_dt`: dates that are named by what happens then. */
const isOfWhatHappens = ({ name, title }: Identifier): boolean =>
  /\b(?:on|at)$|(?:ed|paid|sent|sold|left|built) (?:dt|date)$/.test(splitIdentifier(title ?? name).join(' '));

interface Identifier {
  readonly name: string;
  readonly title?: string;
}

/** `is_active`, `hasPaid` and `urgent_flg` are named by what they ask: active customers. */
function withoutAsking({ name, title }: Identifier): Identifier {
  const words = splitIdentifier(title ?? name);
  const asks = words.filter(
    (word, at) => !(at === 0 && /^(?:is|has|was)$/.test(word)) && !(at > 0 && /^(?:flag|flg|ind|yn)$/.test(word)),
  );
  return asks.length && asks.length < words.length ? { name: asks.join('_') } : { name, ...(title ? { title } : {}) };
}

/** What may follow the first letters of a table in the names of its columns: `dname` and `Dno` of a department. */
const AFTER_INITIAL = /^(name|no|num|number|id|code|title|type|location|phone|city|date)$/;

const isKeyName = (name: string, owner: Table | undefined) =>
  owner?.primaryKey.includes(name) || owner?.foreignKeys.some((key) => key.columns.includes(name));

function identifierWords({ name, title }: Identifier, owner: Table | undefined): readonly string[] {
  if (title) return splitIdentifier(title);
  // `eid`, `mID`: the letter says whose
  if (/^([a-z]{1,2}|[a-z]_)id$/i.test(name) && isKeyName(name, owner)) return ['id'];
  const [first = '', ...rest] = ABBREVIATIONS.get(name.toLowerCase()) ?? splitIdentifier(name);
  for (const word of owner ? splitIdentifier(owner.name) : []) {
    // `cust_name` of customers, `dlr_type` of dealers
    const isBegun = first.length < 4 && first.length < word.length && word.startsWith(first);
    if (rest.length && (isBegun || isShortFor(first, word))) return rest;
    for (const length of [3, 2, 1])
      if (first.startsWith(word.slice(0, length)) && AFTER_INITIAL.test(first.slice(length)))
        return [first.slice(length), ...rest];
  }
  return [first, ...rest];
}

function expand(word: string, words: ReadonlySet<string>): readonly string[] {
  const short = ABBREVIATIONS.get(word);
  if (short) return short;
  return words.has(word) || word.length < 5 ? [word] : (unglue(word, words) ?? [word]);
}

/** `airportcode` → airport, code; undefined when a word does not fall into known ones. */
function unglue(word: string, words: ReadonlySet<string>): readonly string[] | undefined {
  if (words.has(word)) return [word];
  for (let at = word.length - 2; at >= 2; at -= 1) {
    const head = word.slice(0, at);
    if (!words.has(head) && !ABBREVIATIONS.get(head)) continue;
    const rest = unglue(word.slice(at), words) ?? ABBREVIATIONS.get(word.slice(at));
    if (rest) return [...(ABBREVIATIONS.get(head) ?? [head]), ...rest];
  }
  return undefined;
}

/** The longest span looked up as one name. */
const MAX_NAME = 5;
const MAX_VALUE = 7;

/** Function words: never a name on their own, though a name may hold them. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `a an the of in on at to for from by with and or not is are was were be been do does did has have had having what
   which who whom whose where when why how many much there their them they it its this that these those i me my we
   our us you all each every any some than then as into per also if no about between among within show list give
   find tell return get display please can could would should will number count total average avg mean sum maximum
   max minimum min highest lowest largest smallest most least more less fewer greater higher lower older younger
   above below over under after before since different distinct ordered sorted order sort descending ascending
   alphabetical top first last only both either neither without contain contains containing start starts starting
   end ends ending but out up compute calculate select name`.split(/\s+/),
);

/** Finds what each span of the question names: longest spans first, no overlaps, the best few targets of each. */
export function findMentions(tokens: readonly Token[], lexicon: Lexicon): Mention[] {
  const mentions: Mention[] = [];
  let at = 0;
  while (at < tokens.length) {
    const found = isSorting(tokens, at) || isPercent(tokens, at) ? undefined : mentionAt(tokens.slice(at), at, lexicon);
    const mention = isUnitOf(found, tokens, at) ? undefined : (found ?? unitAt(tokens, at, lexicon));
    if (mention) mentions.push(withoutKept(withoutDoers(mention, tokens), tokens));
    at = mention ? mention.end : at + 1;
  }
  return mentions
    .flatMap((mention, at, all) => kindOfOwner(mention, all[at - 1], all[at + 1], tokens))
    .map((mention, _, all) => ofSeveralKinds(mention, tokens, all, lexicon))
    .map((mention, at, all) => inOwnState(mention, all[at + 1]))
    .map((mention, _, all) => inOwnPlace(mention, tokens, all, lexicon))
    .filter((mention, at, all) => !isFlagOfOthers(mention, tokens, all[at + 1]))
    .map((mention, _, all) => asNamed(mention, tokens, all))
    .map((mention, _, all) => withoutTotal(mention, tokens, all, lexicon));
}

/** "disputed invoices, count and total amount": their `amount` in total, though something that nobody speaks of has a `total_amount`. */
function withoutTotal(
  mention: Mention,
  tokens: readonly Token[],
  all: readonly Mention[],
  { columns }: Lexicon,
): Mention {
  const [first, ...rest] = tokens.slice(mention.start, mention.end);
  const best = mention.columns[0]?.target;
  if (first?.lower !== 'total' || !rest.length || !best) return mention;
  const named = new Set(all.flatMap(({ tables }) => (tables[0] && tables[0].score >= 0.95 ? [tables[0].target] : [])));
  if (!named.size || named.has(best.table)) return mention;
  const own = columns.filter(
    ({ target, stems }) => named.has(target.table) && stems.join(' ') === rest.map((token) => token.stem).join(' '),
  );
  const [only, ...more] = own;
  if (!only || more.length) return mention;
  return { ...mention, start: mention.start + 1, tables: [], columns: [{ target: only.target, score: 1 }], values: [] };
}

/** The least score of a table that is named by a word of its own. */
const NAMED = 0.9;

/** "by product category", of products that each have one: the categories, and no product. */
function kindOfOwner(
  mention: Mention,
  before: Mention | undefined,
  next: Mention | undefined,
  tokens: readonly Token[],
): readonly Mention[] {
  const isKindOf = (kind: Mention, owner: Mention): boolean => {
    const [[one], [other]] = [owner.tables, kind.tables];
    if (!one || !other || owner.end !== kind.start || owner.values.length || kind.values.length) return false;
    // and not "inspected sites"
    const isOne = !/(?:s|ed)$/i.test(tokens[owner.end - 1]?.lower ?? '');
    return isOne && one.score >= NAMED && other.score >= NAMED && refersTo(one.target, other.target);
  };
  if (next && isKindOf(next, mention)) return [];
  return [before && isKindOf(mention, before) ? { ...mention, start: before.start } : mention];
}

/** Said before what a table is of, these tell its rows from those that customers know of. */
const INWARD = new Set(
  'purchase procurement supplier vendor work production transfer internal return draft archive'.split(' ').map(stem),
);
/** The score of one of several tables that end alike: more than a column that bears the word. */
const OF_SEVERAL = 0.55;

/** "orders per supplier", where there are sales orders, purchase orders and work orders: those that refer to suppliers; "orders" alone are what customers order. */
function ofSeveralKinds(
  mention: Mention,
  tokens: readonly Token[],
  all: readonly Mention[],
  lexicon: Lexicon,
): Mention {
  const [word, ...more] = tokens.slice(mention.start, mention.end);
  if (!word || more.length || (mention.tables[0]?.score ?? 0) > HEAD_SAID) return mention;
  const kinds = kindsCalled(word, lexicon);
  if (kinds.length < 2) return mention;
  const said = all.flatMap(({ tables: [best] }) => (best && best.score >= NAMED ? [best.target] : []));
  const tied = kinds.filter(({ target }) => said.some((other) => refersTo(target, other) || refersTo(other, target)));
  const [only, ...others] = tied.length ? tied : kinds.filter(({ stems }) => !stems.some((one) => INWARD.has(one)));
  if (!only || others.length) return mention;
  const rest = mention.tables.filter(({ target }) => target !== only.target);
  const columns = mention.columns.filter(({ score }) => score > OF_SEVERAL);
  return { ...mention, tables: [{ target: only.target, score: OF_SEVERAL }, ...rest], columns };
}

/** The tables whose names end in a word, of several words each; which rooms have which amenities is no amenity. */
const kindsCalled = (word: Token, { tables }: Lexicon) =>
  tables.filter(({ target, stems }) => stems.length > 1 && stems.at(-1) === word.stem && !isLinkTable(target));

const refersTo = ({ foreignKeys }: Table, { name }: Table): boolean =>
  foreignKeys.some(({ targetTable }) => targetTable.toLowerCase() === name.toLowerCase());

/** "class groups …, leaving out cancelled groups": the last word of a name said in full means the same, whatever value is stored like it. */
function asNamed(mention: Mention, tokens: readonly Token[], all: readonly Mention[]): Mention {
  const [word, ...more] = tokens.slice(mention.start, mention.end);
  if (!word || more.length || !mention.values.length) return mention;
  const isIts = ({ name, title }: Table) => {
    const words = splitIdentifier(title ?? name);
    return words.length > 1 && stem(words.at(-1) ?? '') === word.stem;
  };
  const named = all
    .filter((other) => other !== mention && other.end - other.start > 1)
    .map(({ tables }) => tables[0])
    .find((table) => table && table.score >= 0.95 && isIts(table.target));
  return named ? { ...mention, tables: [named], columns: [], values: [] } : mention;
}

/** "employees in production", though some orders are `in_production`: what is stored of those that are spoken of. */
function inOwnPlace(mention: Mention, tokens: readonly Token[], all: readonly Mention[], { values }: Lexicon): Mention {
  const [first, ...rest] = tokens.slice(mention.start, mention.end);
  if (!mention.values.length || !rest.length || !/^(?:in|at|on|under)$/.test(first?.lower ?? '')) return mention;
  const said = new Set(all.flatMap(({ tables: [best] }) => (best && best.score >= NAMED ? [best.target] : [])));
  if (!said.size || mention.values.some(({ table }) => said.has(table))) return mention;
  const own = (values.get(rest.map(({ lower }) => lower).join(' ')) ?? []).filter(({ table }) => said.has(table));
  return own.length ? { start: mention.start + 1, end: mention.end, tables: [], columns: [], values: own } : mention;
}

/** "active memberships", where services alone have a flag that is called so: how memberships stand, their dates may tell. */
function isFlagOfOthers(
  { start, end, columns, values }: Mention,
  tokens: readonly Token[],
  next: Mention | undefined,
): boolean {
  const [thing] = next?.start === end ? next.tables : [];
  const isState = end === start + 1 && /^(?:active|current|live|open|valid)$/.test(tokens[start]?.lower ?? '');
  return (
    isState &&
    thing !== undefined &&
    thing.score >= NAMED &&
    !values.length &&
    !columns.some(({ target }) => target.table === thing.target)
  );
}

/** "active memberships" of a state of theirs, though something else has a flag that is called so. */
function inOwnState(mention: Mention, next: Mention | undefined): Mention {
  const thing = next?.start === mention.end ? next.tables[0] : undefined;
  const isOwn = ({ table }: { readonly table: Table }) => table === thing?.target;
  if (!thing || mention.tables.length || !mention.values.some(isOwn)) return mention;
  if (mention.columns.some(({ target }) => isOwn(target))) return mention;
  // what state it is in is its own; where it is or what kind may be told of another
  const states = mention.values.filter(
    (value) => isOwn(value) && /(?:status|stat|sts|state|stage|phase)$/i.test(value.column.name),
  );
  return { ...mention, columns: [], values: states.length ? states : mention.values };
}

/** "the longest routes with km": the columns that are measured so, where no number stands before. */
function unitAt(tokens: readonly Token[], at: number, lexicon: Lexicon): Mention | undefined {
  const [token, before] = [tokens[at], tokens[at - 1]];
  if (token?.kind !== 'word' || !UNIT_STEMS.has(token.stem) || before?.kind === 'number' || before?.lower === 'in')
    return undefined;
  const columns = lexicon.columns
    .filter(({ target, stems }) => target.column.kind === 'number' && stems.length > 1 && stems.at(-1) === token.stem)
    .map(({ target }) => ({ target, score: HEAD_SAID }));
  return columns.length ? { start: at, end: at + 1, tables: [], columns, values: [] } : undefined;
}

/** Tables that keep what was: they are meant where the question says so, or where nothing else bears the name. */
const KEPT =
  /^(?:history|histories|archive|archived|archives|backup|backups|snapshot|snapshots|audit|old|obsolete|tmp|temp|staging)$/;

const isKept = ({ name, title }: Table, said: ReadonlySet<string>): boolean =>
  splitIdentifier(title ?? name).some((word) => KEPT.test(word) && !said.has(stem(word)));

/**
 * "requests" are rows, and not their `requester`, nor "loads" what was `loaded`, which are of the same stem: where a table is named,
 * too, a doer or what was done is meant as one alone.
 */
function withoutDoers(mention: Mention, tokens: readonly Token[]): Mention {
  const said = tokens.slice(mention.start, mention.end).some(({ lower }) => /(?:[eo]rs?|ed)$/.test(lower));
  if (said || !mention.tables.length) return mention;
  const isDoer = ({ name, title }: Identifier) => /[a-z]{3}(?:er|or)$/i.test(title ?? name);
  const isDeed = ({ name, title }: Identifier) => /^[a-z]{3,}ed$/.test(splitIdentifier(title ?? name)[0] ?? '');
  const isOther = (column: Identifier) => isDoer(column) || isDeed(column);
  return { ...mention, columns: mention.columns.filter(({ target }) => !isOther(target.column)) };
}

function withoutKept(mention: Mention, tokens: readonly Token[]): Mention {
  const said = new Set(tokens.map((token) => token.stem));
  const own = mention.columns.filter(({ target }) => !isKept(target.table, said));
  const current = (own[0]?.score ?? 0) >= (mention.columns[0]?.score ?? 0) - 0.06;
  const values = mention.values.filter(({ table }) => !isKept(table, said));
  // "salary" is no table of past salaries where something holds the present ones
  const tables = own.length
    ? mention.tables.filter(({ target, score }) => score >= 0.9 || !isKept(target, said))
    : mention.tables;
  return {
    ...mention,
    tables,
    columns: current ? own : mention.columns,
    values: values.length ? values : mention.values,
  };
}

/** What the tokens from the `start`th on begin with. */
function mentionAt(tokens: readonly Token[], start: number, lexicon: Lexicon): Mention | undefined {
  const value = valueAt(tokens, start, lexicon);
  const name = nameAt(tokens, start, lexicon);
  if (!value) return name;
  if (!name) return value;
  if (tokens[0]?.kind === 'quoted' || value.end > name.end) return value;
  return { ...name, values: name.end === value.end ? value.values : [] };
}

function valueAt(tokens: readonly Token[], start: number, lexicon: Lexicon): Mention | undefined {
  const [first] = tokens;
  const none = { start, tables: [], columns: [] };
  if (first?.kind === 'quoted') {
    const values = lexicon.values.get(first.lower.trim()) ?? [];
    return { ...none, end: start + 1, values };
  }
  if (first?.kind !== 'word') return undefined;
  for (let length = Math.min(MAX_VALUE, tokens.length); length >= 1; length -= 1) {
    const span = tokens.slice(0, length);
    if (span.some((token) => token.kind === 'comma' || token.kind === 'quoted')) continue;
    if (length === 1 && (FUNCTION_WORDS.has(first.lower) || first.lower.length < 2)) continue;
    const text = span.map((token) => token.lower).join(' ');
    const values = lexicon.values.get(text) ?? singular(text).flatMap((form) => lexicon.values.get(form) ?? []);
    // "Swedish customers" where Sweden is stored as a country
    const proper = /^\p{Lu}/u.test(tokens[length]?.text ?? ''); // American Airlines
    const country = values.length || proper ? undefined : DEMONYMS.get(text);
    const stored = country === undefined ? [] : (lexicon.values.get(country) ?? lexicon.places.get(country) ?? []);
    const ofCountry = stored.filter(({ column }) => /country|nation/i.test(column.title ?? column.name));
    if (ofCountry.length) return { ...none, end: start + length, values: ofCountry };
    // One lower-case letter or a lone "yes" says too little; a one-word code must be typed as stored.
    const typed = span.map((token) => token.text).join(' ');
    const loose = length > 1 || !isVerbOnly(first);
    if (text === 'sales' && first.text === 'sales' && isFigureAt(start, tokens[1]?.lower ?? '')) continue;
    const exact = values.filter(
      ({ value }) => typed === value || (loose && (value.length > 3 || isShortNoun(value, text))),
    );
    const places = values.length ? undefined : lexicon.places.get(text);
    if (places) return { ...none, end: start + length, values: places };
    if (exact.length) return { ...none, end: start + length, values: exact };
  }
  const begun = isProper(first, start) ? lexicon.begun.get(first.lower) : undefined;
  return begun && { ...none, end: start + 1, values: begun };
}

/** "tracks that belong to Jazz": a lower-case verb names no track called "Belong", only what is stored just so. */
const isVerbOnly = (token: Token) =>
  token.text === token.lower && isRelation(token.lower) && !/(?:ag|ach|iv|lot|ist)(?:er|or)s?$/.test(token.lower);

/** "sales by month" are what came in, and no department that is called so. */
const isFigureAt = (start: number, next: string): boolean =>
  start === 0 && /^(?:by|per|vs|month|monthly|this|last|in|for|so)$/.test(next);

/** "dogs" of `Dog`; a code of three capitals is none. */
const isShortNoun = (value: string, said: string) =>
  value.length === 3 && value !== value.toUpperCase() && said === `${value.toLowerCase()}s`;

const singular = (text: string) =>
  /s$/.test(text) ? [text.slice(0, -1), text.replace(/ies$/, 'y'), text.replace(/es$/, '')] : [];

function nameAt(tokens: readonly Token[], start: number, lexicon: Lexicon): Mention | undefined {
  let best: (Mention & { readonly score: number }) | undefined;
  const [first, second] = tokens;
  if (first?.kind !== 'word') return undefined;
  for (let length = Math.min(MAX_NAME, tokens.length); length >= 1; length -= 1) {
    const span = tokens.slice(0, length);
    if (span.some((token) => token.kind !== 'word' && token.kind !== 'number')) continue;
    const content = span.filter((token, at) => !isSmall(token, span[at + 1]));
    const stems = content.map((token) => token.stem);
    if (!isName(span) && !isLiteral(span, lexicon)) continue;
    // and "code ED" is no "coded"
    const pairs = neighbours(content).map(([one, other]) => {
      const pair = stem(`${one.lower}${other.lower}`);
      return pair === one.stem ? '' : pair;
    });
    const tables = rank(lexicon.tables, stems, pairs);
    const columns = rank(lexicon.columns, stems, pairs);
    const score = Math.max(tables[0]?.score ?? 0, columns[0]?.score ?? 0);
    if (score < NAMED_IN_PART && length > 1 && beginsTable(tokens.slice(length - 1), lexicon)) continue;
    if (score < NAMED_IN_PART && !tables.length && !saysHead(stems, columns[0], lexicon) && holdsTable(stems, lexicon))
      continue;
    // "total cost" of a column `cost`, though another is a `total_price`
    if (length > 1 && first.lower === 'total' && score < 1 && rank(lexicon.columns, stems.slice(1))[0]?.score === 1)
      continue;
    // "number of students" is a count, unless a column is named just so
    if (length > 1 && /^(numbers?|counts?|total|amount)$/.test(first.lower) && second?.lower === 'of') {
      const counted = rank(lexicon.tables, stems.slice(1))[0]?.score ?? 0;
      // "card number" is a card's own, "number of cards" counts them
      const ofOne = lexicon.columns.some(
        ({ target, stems: own }) => target === columns[0]?.target && own.at(-1) === 'number',
      );
      // "number of hosts" of a column `number_of_hosts`: what is named to the letter
      const literal =
        columns[0]?.score === 1 &&
        lexicon.columns.some(
          ({ target, stems: own }) =>
            target === columns[0]?.target && own.join(' ').replace(/ of /g, ' ') === stems.join(' '),
        );
      if (score < 0.95 || saysOwner(score) || (counted >= 0.95 && !literal) || ofOne) continue;
    }
    // A longer span wins unless a shorter one fits clearly better: "station names" over "names".
    if (score > 0 && (!best || score > best.score + 0.2))
      best = { start, end: start + length, tables, columns, values: [], score };
  }
  if (!best || best.score >= 0.4) return best;
  return best.end === start + 1 && kindsCalled(first, lexicon).length > 1 ? best : undefined;
}

/** A column of which no more than that is said is no name beside a table's: "failed quality checks" of `failed_qty`. */
const NAMED_IN_PART = 0.5;

/** Whether the last word of a column's name is said. */
const saysHead = (stems: readonly string[], best: Scored<ColumnRef> | undefined, { columns }: Lexicon): boolean =>
  stems.includes(columns.find(({ target }) => target === best?.target)?.stems.at(-1) ?? '');

/** Whether some words begin or end with the whole name of a table, and have another besides. */
const holdsTable = (stems: readonly string[], { tables }: Lexicon): boolean =>
  tables.some(({ stems: name }) => {
    const [all, said] = [stems.join(' '), name.join(' ')];
    return name.length < stems.length && (all.startsWith(`${said} `) || all.endsWith(` ${said}`));
  });

/** "total purchase order spend": what begins the whole name of a table, of two words and more, ends no part of another. */
const beginsTable = (tokens: readonly Token[], { tables }: Lexicon): boolean =>
  tables.some(({ stems }) => stems.length > 1 && stems.every((one, at) => tokens[at]?.stem === one));

/** Words within a name that say nothing of it; "in" before a unit: "length in feet". */
const isSmall = ({ lower }: Token, next: Token | undefined): boolean =>
  /^(of|the|a|an|for|named|called)$/.test(lower) || (lower === 'in' && next !== undefined && UNIT_STEMS.has(next.stem));

/** Each two that stand side by side. */
const neighbours = <T>(list: readonly T[]) =>
  list.flatMap((one, at) => list.slice(at + 1, at + 2).map((other) => [one, other] as const));

/** "starting year", "list price": a function word, but for a column that bears it to the letter. */
const isLiteral = (span: readonly Token[], { literal }: Lexicon): boolean =>
  span.length > 1 &&
  (!FUNCTION_WORDS.has(span.at(-1)?.lower ?? '') ||
    /^(?:on|in|under|for) display$/.test(span.map(({ lower }) => lower).join(' '))) &&
  literal.has(span.map((token) => token.stem).join(' '));

/** A name neither begins nor ends with a function word, and is not made of them alone ("name" may be one). */
function isName(span: readonly Token[]): boolean {
  const inner = (token: Token) => !FUNCTION_WORDS.has(token.lower) || /^names?$/.test(token.lower);
  const [first] = span;
  const last = span.at(-1);
  if (!first || !last) return false;
  if (span.length === 1) return inner(first) || first.lower === 'order';
  if (/^(named|called)$/.test(first.lower) || /^(named|called)$/.test(last.lower)) return false;
  const opens =
    inner(first) ||
    /^(first|last|end|start|total|number|order|average|maximum|minimum|max|min|highest|lowest|most|count)$/.test(
      first.lower,
    );
  return opens && (inner(last) || /^(number|order|count|total|average)$/.test(last.lower));
}
