import { stem } from '#src/domain/words.ts';

export interface Scored<T> {
  readonly target: T;
  /** 0–1; 1 is a full match of the name. */
  readonly score: number;
}

export interface Named<T> {
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

/** Words of identifiers that are often glued together. */
export const GLUE_WORDS: ReadonlySet<string> = new Set(
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

/** Enough that `id` of every table stays in sight. */
const KEEP = 30;

/** The score of a thing that alone bears a word as its head: "transactions" are `Financial_transactions`. */
export const HEAD_SAID = 0.5;
/** What rows of a table are called besides: "tolls" are toll charges, "pushes" push notifications. */
const RECORDS: ReadonlySet<string> = new Set(
  'charges notifications records entries logs messages'.split(' ').map(stem),
);
const MEASURE_WORDS = /^(count|number|num|total|amount|quantiti|quantity)$/;

function isHead(said: readonly string[], name: readonly string[]): boolean {
  const [word = ''] = said;
  const [first, second = ''] = name;
  if (said.length !== 1 || name.length < 2 || word.length < 3) return false;
  return name.at(-1) === word || (first === word && name.length === 2 && MEASURE_WORDS.test(second));
}

const isRecordOf = (
  [word = '', ...more]: readonly string[],
  [first, second = '', ...rest]: readonly string[],
): boolean => more.length + rest.length === 0 && first === word && RECORDS.has(second);

/** Names of the lexicon by how well `stems` name them; `pairs` are the stems of each two neighbours run together. */
export function rank<T>(
  names: readonly Named<T>[],
  stems: readonly string[],
  pairs: readonly string[] = [],
): Scored<T>[] {
  const own = names.filter((named) => isHead(stems, named.stems));
  const heads = own.length ? own : names.filter((named) => isRecordOf(stems, named.stems));
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
        stems.some((word) => named.owner.some((own) => own === word || alike(own, word))) &&
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

/** Words that say which one of several, and not what. */
const PLACED = /^(?:first|last|middl)$/;

/** Words of names that say nothing of what is named: `po_header`, `customer_master`, `ref_types`. */
const ADDED = new RegExp(`^(?:of|the|and|or|ref|tbl|hdr|mst|${['header', 'master'].map(stem).join('|')})$`);

/** How well words name a thing: 1 for all of its words, a little less by a synonym, less where the name says more. */
function similarity(said: readonly string[], name: readonly string[], owner: readonly string[]): number {
  const has = (list: readonly string[], stem: string) =>
    list.includes(stem) || list.some((other) => alike(other, stem) || cut(other, stem));
  const named = name.filter((stem, at) =>
    // `ref_types` are types, and `cust_ref` is no customer
    stem === 'ref' && at > 0 && owner.length ? true : !(name.length > 1 ? ADDED : /^(?:ref|tbl)$/).test(stem),
  );
  if (
    named.length > 1 &&
    !named.every((one) => said.includes(one)) &&
    ALTERNATIVES.some(
      (words) => [said, named].every((stems) => isOneOf(words, stems)) && said.some((one) => named.includes(one)),
    )
  )
    return ONE_OF_SEVERAL;
  const shared = said.filter((stem) => !GLUE.test(stem) && has(named, stem));
  const common = shared.length;
  // "last order" is no `last_name`
  if (common === 0 || (common < named.length && shared.every((word) => PLACED.test(word)))) return 0;
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
  // "orders" are no `purchase_orders`, though a purchase is one: each word says one of a name
  const others = owner.length ? said : said.filter((stem) => !named.includes(stem));
  const unsaid = named.slice(0, named.length - units).filter((stem) => !said.includes(stem) && !has(others, stem));
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
  if (owner.length && unsaid.every((stem) => stem === 'level')) return 0.5; // "grade" is grade_level
  // "destination" is destination_country
  if (owner.length && named.length === 2 && unsaid.every((word) => PLACES.has(word))) return 0.5;
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
export const UNIT_STEMS: ReadonlySet<string> = new Set(
  `percent pct perc kg km m2 m3 sqm cm mm lb lbs ft feet foot inch inches meter meters metre metres kilometers kilometres mi miles kwh mwh kw mw wh gb mb tb ms hz rpm mph kmh litres liters ml g grams tonnes tons acres hectares ha cents pounds
   sec minutes mins seconds secs hours days usd eur gbp nok sek dkk chf euro
   dollars billion million`
    .split(/\s+/)
    .map(stem),
);

const PLACES: ReadonlySet<string> = new Set('country city region'.split(' ').map(stem));

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
  'customer policyholder',
  'client policyholder',
  'customer guest',
  'customer tenant',
  'customer household',
  'holder policyholder',
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
  'fleet vehicle',
  'people employee',
  'person employee',
  'response reply',
  'job position',
  'vacancy position',
  'absent absence',
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
