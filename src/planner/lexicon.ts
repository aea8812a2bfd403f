import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { DEMONYMS } from './demonyms.ts';
import { namesOfCodes } from './place-codes.ts';
import type { Token } from './tokens.ts';
import { UNITS } from './units.ts';
import { isRelation } from './verbs.ts';

export interface ColumnRef {
  readonly table: Table;
  readonly column: Column;
}

export interface Scored<T> {
  readonly target: T;
  /** 0–1; 1 is a full match of the name. */
  readonly score: number;
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

interface Named<T> {
  readonly target: T;
  readonly stems: readonly string[];
  /** Stems of the table that a column belongs to: "singer name" may be singer.name or song.singer_name. */
  readonly owner: readonly string[];
  /** It says yes or no of a row: the owner beside it ("active customers") is a name of its own. */
  readonly flag?: boolean;
  /** It holds texts that many rows share. */
  readonly kinds?: boolean;
  /** It holds dates. */
  readonly day?: boolean;
  /** It holds dates and is named by what happens then: "end date" of `ends_on`. */
  readonly dated?: boolean;
}

export interface Lexicon {
  readonly tables: readonly Named<Table>[];
  readonly columns: readonly Named<ColumnRef>[];
  /** Lower-case value to where it is stored. */
  readonly values: ReadonlyMap<string, readonly ValueRef[]>;
  /** What places are called of which the code is stored. */
  readonly places: ReadonlyMap<string, readonly ValueRef[]>;
  /** Stems of each column's name of two words and more, as one text. */
  readonly literal: ReadonlySet<string>;
}

/** What database people shorten, and what it means. */
const ABBREVIATIONS: ReadonlyMap<string, readonly string[]> = new Map(
  `abbrev abbreviation, acc account, acct account, addr address, alt altitude, amt amount, apt apartment, auth author,
   avail available, avg average, bal balance, bdate birth date, cat category, cd code, cnt count, crs course, cust
   customer, dept department, desc description, dest destination, descr description, dob date of birth, doc document, dst destination, dt
   date, emp employee, enr enrollment, familyname last name, firstname first name, fname first name, forename first
   name, hdr header, hiredate hire date, hq headquarters, hr hour, hrs hours, inst institution, lang language, lastname last name,
   lat latitude, lname last name, lng longitude, loc location, long longitude, max maximum, min minimum, mfr manufacturer, mgr manager, msg
   message, nbr number, no number, num number, ord order, org organization, pct percent, perc percent, pmt payment, po purchase order, pos position, prereq
   prerequisite, prod product, prof professor, qty quantity, rep representative, sec section, src source, stu student, svc service,
   surname last name, tel phone, telephone phone, temp temperature, tot total, txn transaction, univ university, yn yes
   no, yr year`
    .split(/,\s+/)
    .map((entry) => entry.split(/\s+/))
    .map(([short = '', ...words]) => [short, words]),
);

/** Words of identifiers that are often glued together. */
const GLUE_WORDS: ReadonlySet<string> = new Set(
  `account activity address age airport amount area author bank birth body book branch budget call camera capacity
  card category channel city class code color company cost count country course create credit customer data date
  department description destination details district document driver duration email employee end enrollment event
  faculty film first flight friend gender grade group head height high highest hire home host hour id invoice item
  job key language last length letter level location manager market max member min model month name nationality
  number office open order owner park partition patient pay pet phone phrase play player point population price
  product profit quantity rank rate rating record region result room salary sales score season section sex share
  ship shop sign song source staff start state station status store street student target teacher team ticket time
  title total town track type user value vehicle version weight winner year zip`.split(/\s+/),
);

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
      const dated = day && /^(?:on|at)$/.test(stems.at(-1) ?? '');
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
  const literal = new Set(columns.filter(({ stems }) => stems.length > 1).map(({ stems }) => stems.join(' ')));
  const lexicon = { tables, columns, values, literal, places: namesOfCodes(values) };
  lexicons.set(catalog, lexicon);
  return lexicon;
}

interface Identifier {
  readonly name: string;
  readonly title?: string;
}

/** `is_active` and `hasPaid` are named by what they ask: active customers. */
function withoutAsking({ name, title }: Identifier): Identifier {
  const [first = '', ...rest] = splitIdentifier(title ?? name);
  return rest.length && /^(is|has|was)$/.test(first) ? { name: rest.join('_') } : { name, ...(title ? { title } : {}) };
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
    if (rest.length && first.length < 4 && first.length < word.length && word.startsWith(first)) return rest;
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
    const found = isSorting(tokens, at) ? undefined : mentionAt(tokens.slice(at), at, lexicon);
    const mention = isUnitOf(found, tokens, at) ? undefined : (found ?? unitAt(tokens, at, lexicon));
    if (mention) mentions.push(withoutKept(mention, tokens));
    at = mention ? mention.end : at + 1;
  }
  return mentions;
}

/** "10 minutes" is a number in a unit, though the name of a column ends so. */
const isUnitOf = (found: Mention | undefined, tokens: readonly Token[], at: number): boolean =>
  tokens[at - 1]?.kind === 'number' &&
  UNITS.has(tokens[at]?.lower ?? '') &&
  (found === undefined || found.end === at + 1) &&
  Math.max(found?.columns[0]?.score ?? 0, found?.tables[0]?.score ?? 0) <= HEAD_SAID;

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

/** "in ascending order", "order by", "did not order": no order that somebody placed. */
function isSorting(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.lower !== 'order') return false;
  const [before = '', after = ''] = [tokens[at - 1]?.lower, tokens[at + 1]?.lower];
  return (
    at === 0 ||
    /^(?:in|\w+ing|alphabetical|alphabetic|chronological|numerical|numeric|reversed?|asc|desc|sort|sorted)$/.test(
      before,
    ) ||
    /^(?:not|never|to|did|do|does|can|could|will|would|they|we|you|who)$/.test(before) ||
    /^(?:by|them|it|of|from|the|and|in|anything|something|more|less|at)$/.test(after)
  );
}

/** Tables that keep what was: they are meant where the question says so, or where nothing else bears the name. */
const KEPT =
  /^(?:history|histories|archive|archived|archives|backup|backups|snapshot|snapshots|audit|old|obsolete|tmp|temp|staging)$/;

const isKept = ({ name, title }: Table, said: ReadonlySet<string>): boolean =>
  splitIdentifier(title ?? name).some((word) => KEPT.test(word) && !said.has(stem(word)));

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
    const exact = values.filter(({ value }) => typed === value || (loose && value.length > 3));
    const places = values.length ? undefined : lexicon.places.get(text);
    if (places) return { ...none, end: start + length, values: places };
    if (exact.length) return { ...none, end: start + length, values: exact };
  }
  return undefined;
}

/** "tracks that belong to Jazz": a lower-case verb names no track called "Belong", only what is stored just so. */
const isVerbOnly = (token: Token) =>
  token.text === token.lower && isRelation(token.lower) && !/(?:ag|ach|iv|lot|ist)(?:er|or)s?$/.test(token.lower);

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
  return best && best.score >= 0.4 ? best : undefined;
}

/** Words within a name that say nothing of it; "in" before a unit: "length in feet". */
const isSmall = ({ lower }: Token, next: Token | undefined): boolean =>
  /^(of|the|a|an|for|named|called)$/.test(lower) || (lower === 'in' && next !== undefined && UNIT_STEMS.has(next.stem));

/** Each two that stand side by side. */
const neighbours = <T>(list: readonly T[]) =>
  list.flatMap((one, at) => list.slice(at + 1, at + 2).map((other) => [one, other] as const));

/** "starting year", "list price": a function word, but for a column that bears it to the letter. */
const isLiteral = (span: readonly Token[], { literal }: Lexicon): boolean =>
  span.length > 1 &&
  !FUNCTION_WORDS.has(span.at(-1)?.lower ?? '') &&
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

/** Enough that `id` of every table stays in sight. */
const KEEP = 30;

/** The score of a thing that alone bears a word as its head: "transactions" are `Financial_transactions`. */
const HEAD_SAID = 0.5;
const MEASURE_WORDS = /^(count|number|num|total|amount|quantiti|quantity)$/;

function isHead(said: readonly string[], name: readonly string[]): boolean {
  const [word = ''] = said;
  const [first, second = ''] = name;
  if (said.length !== 1 || name.length < 2 || word.length < 3) return false;
  return name.at(-1) === word || (first === word && name.length === 2 && MEASURE_WORDS.test(second));
}

/** Names of the lexicon by how well `stems` name them; `pairs` are the stems of each two neighbours run together. */
function rank<T>(names: readonly Named<T>[], stems: readonly string[], pairs: readonly string[] = []): Scored<T>[] {
  const heads = names.filter((named) => isHead(stems, named.stems));
  const only = heads.length === 1 ? heads[0] : undefined;
  return names
    .map((named) => {
      const score = named.dated
        ? Math.max(similarity(stems, named.stems, named.owner), datedScore(stems, named))
        : similarity(runTogether(stems, pairs, named.stems), asOneWord(named.stems, stems), named.owner);
      if (countOf(stems) !== undefined && countOf(stems) === countOf(named.stems))
        return { stems: named.stems, target: named.target, score: Math.max(score, 0.97) };
      if (named.kinds && score < KIND_OF && isKindOf(stems, named.stems))
        return { target: named.target, score: KIND_OF, stems: named.stems };
      // "orders" are no date on which something was purchased
      if (named.day && score === BY_SYNONYM) return { target: named.target, score: 0, stems: named.stems };
      // "open jobs" of a day on which they were opened
      if (
        named.dated &&
        stems.some((word) => named.owner.includes(word)) &&
        !stems.some((word) => /^(?:date|day|time)$/.test(word))
      )
        return { target: named.target, score: 0, stems: named.stems };
      if (named.flag && saysOwner(score)) return { target: named.target, score: 0, stems: named.stems };
      return { stems: named.stems, target: named.target, score: named === only ? Math.max(score, HEAD_SAID) : score };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || begins(stems, b.stems) - begins(stems, a.stems))
    .slice(0, KEEP)
    .map(({ target, score }) => ({ target, score }));
}

/** The score of a text that says of which kind a row is, where the question says so and its name does not: "fuel type" of `fuel`. */
const KIND_OF = 0.82;
const isKindOf = (said: readonly string[], name: readonly string[]): boolean =>
  said.length === name.length + 1 &&
  /^(?:type|kind)$/.test(said.at(-1) ?? '') &&
  name.every((word, at) => said[at] === word);

/** What a name says the number of: rooms, of `room_count`, `number_of_rooms` and "number of rooms"; undefined where it is of none. */
function countOf(stems: readonly string[]): string | undefined {
  const counted = stems.filter((stem) => !/^(?:number|count|of)$/.test(stem));
  const says = stems[0] === 'number' || stems.at(-1) === 'count';
  return says && counted.length > 0 ? counted.join(' ') : undefined;
}

/** "end date" of `ends_on`, "delivery date" of `delivered_on`: what happens then is said, and that it is a date. */
function datedScore(said: readonly string[], { stems, owner }: Pick<Named<unknown>, 'stems' | 'owner'>): number {
  if (said.at(-1) !== 'date' || said.length < 2) return 0;
  const happens = stems.slice(0, -1);
  const words = said.slice(0, -1).filter((word) => !owner.includes(word));
  const same = (one: string, other: string) =>
    one === other || (one.length > 4 && one.slice(0, 5) === other.slice(0, 5));
  return words.length === happens.length && happens.every((one, at) => same(one, words[at] ?? '')) ? 0.95 : 0;
}

/** "customer id for orders" is `customer_id` before `order_id`: what is said first is the name. */
const begins = (said: readonly string[], name: readonly string[]) =>
  name.every((word, at) => said[at] === word) ? 1 : 0;

/** "source airport" of a column `sourceairport` is one word, as the name writes it. */
function runTogether(stems: readonly string[], pairs: readonly string[], name: readonly string[]): readonly string[] {
  const pair = pairs.find((one) => name.includes(one));
  if (pair === undefined) return stems;
  const at = pairs.indexOf(pair);
  return [...stems.slice(0, at), pair, ...stems.slice(at + 2)];
}

/** And "wifi" of a column `WiFi` is one word, as the question writes it. */
function asOneWord(name: readonly string[], said: readonly string[]): readonly string[] {
  const at = name.findIndex(
    (word, index) => index + 1 < name.length && said.includes(stem(`${word}${name[index + 1]}`)),
  );
  return at < 0 ? name : [...name.slice(0, at), stem(`${name[at]}${name[at + 1]}`), ...name.slice(at + 2)];
}

/** The score of a name that is said in full, if by words that mean the same. */
const BY_SYNONYM = 0.98;
/** The score of a column whose table was named with it: "names of customers". */
const OWNER_SAID = 0.99;
/** And of one whose table was named in part: "invoice amount" of invoice_lines. */
const OWNER_BEGUN = 0.985;

export const saysOwner = (score: number | undefined): boolean => score === OWNER_SAID || score === OWNER_BEGUN;

/** Small words of names, which alone name nothing: "ones" are no `opened_on`. */
const GLUE = /^(?:on|at|in|by|to|for)$/;

/** Words of names that say nothing of what is named: `po_header`, `customer_master`, `ref_types`. */
const ADDED = new RegExp(`^(?:of|the|and|or|ref|tbl|hdr|mst|${['header', 'master'].map(stem).join('|')})$`);

/** How well words name a thing: 1 for all of its words, a little less by a synonym, less where the name says more. */
function similarity(said: readonly string[], name: readonly string[], owner: readonly string[]): number {
  const has = (list: readonly string[], stem: string) =>
    list.includes(stem) || list.some((other) => alike(other, stem) || cut(other, stem));
  const named = name.filter((stem) => !(name.length > 1 ? ADDED : /^(?:ref|tbl)$/).test(stem));
  if (
    named.length > 1 &&
    !named.every((one) => said.includes(one)) &&
    ALTERNATIVES.some(
      (words) => [said, named].every((stems) => isOneOf(words, stems)) && said.some((one) => named.includes(one)),
    )
  )
    return ONE_OF_SEVERAL;
  const common = said.filter((stem) => !GLUE.test(stem) && has(named, stem)).length;
  if (common === 0) return 0;
  // a column `Institution` of the table `Institution` holds the names of institutions
  const isLabel = named.join(' ') === owner.join(' ');
  const dialled = said.some((stem) => /^(phone|telephon|fax|mobil|cell)$/.test(stem));
  const mailed = said.some((stem) => /^e?mail$/.test(stem));
  const filler = (stem: string) =>
    (dialled && stem === 'number') ||
    (mailed && stem === 'address') ||
    (stem === 'name' && isLabel) ||
    // "reply time" of `reply_minutes`
    (stem === 'time' && named.length > 1 && TIME_STEMS.has(named.at(-1) ?? ''));
  const extraSaid = said.filter((stem) => !has(named, stem) && !filler(stem));
  if (extraSaid.some((stem) => !has(owner, stem))) return 0;
  // "weight" of `weight_kg`, "rating" of `Rating_in_percent`: the unit is seldom said
  const units = trailingUnits(named);
  const unsaid = named.slice(0, named.length - units).filter((stem) => !has(said, stem));
  const exact = said.every((stem) => named.includes(stem) || owner.includes(stem));
  if (unsaid.length === 0) {
    // "invoice amount" is invoices.amount before invoice_lines.amount, whose owner is said in part
    if (extraSaid.length) return owner.every((stem) => has(said, stem)) ? OWNER_SAID : OWNER_BEGUN;
    return exact ? 1 : BY_SYNONYM;
  }
  if (unsaid.every((stem) => has(owner, stem))) return 0.95;
  // "fuel cost" of `fuel_fills.total_cost`
  if (unsaid.every((word) => word === 'total')) return 0.9;
  // "product type" is product_type_code, "payment method" payment_method_code
  if (common >= 2 && unsaid.every((stem) => /^(code|name|id)$/.test(stem) || has(owner, stem))) return 0.85;
  if (unsaid.every((stem) => /^(code|name|type|kind)$/.test(stem) || has(owner, stem))) return 0.5; // "city" is city_code
  return 0.7 * (common / named.length) + (extraSaid.length ? 0.1 : 0);
}

/** "state" of `state_province_county`, "zip code" of `zip_postcode`: a name that says what it is by the country. */
const ONE_OF_SEVERAL = 0.95;
const ALTERNATIVES: readonly ReadonlySet<string>[] = ['state province county region', 'zip postcode postal code'].map(
  (words) => new Set(words.split(' ').map(stem)),
);
const isOneOf = (words: ReadonlySet<string>, stems: readonly string[]): boolean =>
  stems.length > 0 && stems.every((one) => words.has(one));

/** Units that stand in names behind what is measured. */
const UNIT_STEMS: ReadonlySet<string> = new Set(
  `percent pct perc kg km m2 m3 sqm cm mm lb lbs ft feet foot inch inches meter meters metre metres kilometers kilometres mi miles kwh mwh kw mw wh gb mb tb ms hz rpm mph kmh litres liters ml g grams tonnes tons acres hectares ha cents pounds
   sec minutes mins seconds secs hours days usd eur gbp nok sek dkk chf euro
   dollars billion million`
    .split(/\s+/)
    .map(stem),
);

const TIME_STEMS: ReadonlySet<string> = new Set('minutes mins seconds secs hours hrs days'.split(' ').map(stem));

/** How many words at the end of a name are its unit ("in percent", "millions USD"); none of a name that is a unit alone. */
function trailingUnits(name: readonly string[]): number {
  let units = name.length - 1 - name.findLastIndex((word) => !UNIT_STEMS.has(word));
  if (units && name.at(-1 - units) === 'in') units += 1;
  return units < name.length ? units : 0;
}

const SYNONYMS: ReadonlyMap<string, ReadonlySet<string>> = synonymsOf([
  'people person',
  'sex gender',
  'nation country',
  'kind type',
  'worker employee',
  'client customer',
  'staff employee',
  'cost price',
  'teacher instructor',
  'pupil student',
  'film movie',
  'phone telephone',
  'town city',
  'headcount employee',
  'wage salary',
  'identifier id',
  'purchase order',
  'unit quantity',
  'organization organisation',
  'applicant candidate',
  'boss manager',
  'pay salary',
  'staff person',
  'people employee',
  'response reply',
]);

/** Each word with all that mean the same, both ways. */
function synonymsOf(pairs: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (one: string, other: string) => found.set(one, (found.get(one) ?? new Set()).add(other));
  for (const pair of pairs) {
    const [a = '', b = ''] = pair.split(' ').map(stem);
    add(a, b);
    add(b, a);
  }
  add(stem('sale'), stem('order')); // and not the other way: "total sales" are an amount before they are orders
  return found;
}

/** `regis` of "registration", `pop` of "population". */
const cut = (short: string, word: string) =>
  short.length >= 3 &&
  short.length <= 5 &&
  word.length >= short.length + 3 &&
  word.startsWith(short) &&
  !GLUE_WORDS.has(short);

const alike = (a: string, b: string) => SYNONYMS.get(a)?.has(b) === true;
