import type { CatalogAnswer } from '#src/domain/answer.ts';
import { type DatabaseCatalog, type Table, tableLabel } from '#src/domain/catalog.ts';
import { latestSeen } from '#src/domain/freshness.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';

/** What is known of a registered database besides its catalog. */
export interface DatabaseFacts {
  readonly owner?: string;
  /** When its schema was last read. */
  readonly readAt?: Date;
}

/** A question about the databases themselves, not about what they hold. */
export type CatalogQuestion =
  /** `orElse`: where no name or comment has all of the words, it may be a question of the data after all. */
  | { readonly kind: 'about'; readonly what: string; readonly orElse?: 'data' }
  | { readonly kind: 'count-tables'; readonly where?: string }
  | { readonly kind: 'count-databases' }
  /** `orAbout`: a name that is no database's is what tables are looked for about. */
  | { readonly kind: 'list-tables'; readonly where?: string; readonly orAbout?: true }
  | { readonly kind: 'list-databases' }
  | { readonly kind: 'columns-of'; readonly table: string }
  | { readonly kind: 'owner-or-freshness'; readonly of?: string }
  | { readonly kind: 'links'; readonly from: string; readonly to: string };

type CatalogPattern = readonly [RegExp, (match: RegExpMatchArray) => CatalogQuestion];
const WHERE = '(?:are|is|do we have|have we got|exist)?\\s*(?:there\\s*)?(?:in|of|does)?';

/** The forms that are understood, each with what it asks for. The first that fits counts. */
const READERS: readonly CatalogPattern[] = [
  [
    /^(?:which|what) (?:columns?|keys?|fields?) (?:link|links|join|joins|connect|connects) (.+?) (?:to|with|and) (.+)$/,
    (m) => ({ kind: 'links', from: m[1]!, to: m[2]! }),
  ],
  [
    /^how (?:are|is|do) (.+?) (?:and|with|to) (.+?) (?:linked|joined|connected|related)$/,
    (m) => ({ kind: 'links', from: m[1]!, to: m[2]! }),
  ],
  [/^how many databases\b.*$/, () => ({ kind: 'count-databases' })],
  [
    /^(?:which|what|list|show)(?: me)?(?: all)?(?: the)? databases(?: (?:are there|do we have|do you know))?$/,
    () => ({ kind: 'list-databases' }),
  ],
  [
    new RegExp(`^how many tables ${WHERE}\\s*(.*?)(?: have| has| hold| holds)?$`),
    (m) => ({ kind: 'count-tables', ...(m[1]?.trim() ? { where: m[1].trim() } : {}) }),
  ],
  [
    /^(?:which|what|list|show)(?: me)?(?: all)?(?: the)? tables (?:are |are there |do we have |of |)(?:in|does|of) (.+?)(?: have| has| hold)?$/,
    (m) => ({ kind: 'list-tables', where: m[1]! }),
  ],
  [
    /^(?:which|what|list|show)(?: me)?(?: all)?(?: the| of the| your)? tables(?: (?:are there|are here|exist|do (?:we|you|i) (?:have|know)|can (?:i|we) (?:ask|see|query|use)(?: about)?|are available))?$/,
    () => ({ kind: 'list-tables' }),
  ],
  [
    /^(?:what|which) (?:data|information) (?:do (?:we|you|i) have|is there|are there|is available|do you know)$/,
    () => ({ kind: 'list-tables' }),
  ],
  [
    /^what (?:(?:questions )?can (?:i|we) ask (?:about|of|from|in)|is (?:there )?(?:stored |kept |held )?in|data is in|do (?:we|you) (?:have|know) in) (?:the |our )?(.+?)(?: database)?$/,
    (m) => ({ kind: 'list-tables', where: m[1]!, orAbout: true }),
  ],
  [
    /^what does (?:the |our )?(.+?)(?: database)? (?:contain|hold|store|have in it)$/,
    (m) => ({ kind: 'list-tables', where: m[1]! }),
  ],
  [
    /^(?:describe|explain|what is|what's|structure of|schema of)? ?(?:the )?(?:table |schema of |structure of )?([a-z][a-z0-9]*(?:[_.][a-z0-9]+)+)(?: table)?$/,
    (m) => ({ kind: 'columns-of', table: m[1]! }),
  ],
  [/^describe (?:the )?(.+?)(?: table)?$/, (m) => ({ kind: 'columns-of', table: m[1]! })],
  [
    /^(?:which|what|list|show)(?: me)?(?: all)?(?: the)? (?:columns|fields) (?:are |are there |does |of )?(?:in |of )?(?:the )?(.+?)(?: table)?(?: have| has)?$/,
    (m) => ({ kind: 'columns-of', table: m[1]! }),
  ],
  [
    /^who (?:owns|is the owner of|is responsible for|maintains) (.+?)(?:,? (?:and )?how (?:fresh|old|recent|current|up to date) (?:is it|are they))?$/,
    (m) => ({ kind: 'owner-or-freshness', of: m[1]! }),
  ],
  [
    /^how (?:fresh|old|recent|current|up to date) (?:is|are) (?:the )?(.+?)(?: table| data)?$/,
    (m) => ({ kind: 'owner-or-freshness', of: m[1]! }),
  ],
  [
    /^(?:how (?:fresh|old|recent|current|up to date) (?:is|are) (?:the |our |your |this )?(?:data|databases?)|(?:is|are) (?:the |our |your |this )?(?:data|databases?) (?:up to date|fresh|current|recent))$/,
    () => ({ kind: 'owner-or-freshness' }),
  ],
  [
    /^(?:is|are) (?:the |our )?(.+?)(?: table| data)? (?:up to date|fresh)$/,
    (m) => ({ kind: 'owner-or-freshness', of: m[1]! }),
  ],
  [
    /^when (?:was|were) (?:the )?(.+?)(?: table| data)? last (?:updated|refreshed|loaded|read)$/,
    (m) => ({ kind: 'owner-or-freshness', of: m[1]! }),
  ],
  [
    /^(?:what|which) (?:data |tables? |information )?(?:do (?:we|you|i) (?:have|know|hold|store|keep)|have we got|is there|are there|exists?) (?:about|on|for|of|regarding) (.+)$/,
    (m) => ({ kind: 'about', what: m[1]! }),
  ],
  [
    /^(?:which|what) tables? (?:hold|holds|have|has|contain|contains|store|stores|are about|is about|mention|mentions|deal with) (.+)$/,
    (m) => ({ kind: 'about', what: m[1]! }),
  ],
  [
    /^(?:do we have|is there|are there|have we got) (?:any )?(?:data|tables?|information) (?:about|on|for|of|regarding) (.+)$/,
    (m) => ({ kind: 'about', what: m[1]! }),
  ],
  [
    /^where (?:do we (?:keep|store|hold)|are|is) (.+?)(?: (?:stored|kept|held))$/,
    (m) => ({ kind: 'about', what: m[1]! }),
  ],
  [
    /^where (?:do (?:we|you)|can (?:i|we|one|you)|could (?:i|we)|do i|would i|should i|might i|to) (?:keep|store|hold|have|find|see|get|look for|look up|look at) (?:the |our |any )?(?:data (?:about|on|for|of) |information (?:about|on) )?(.+)$/,
    (m) => ({ kind: 'about', what: m[1]!, orElse: 'data' }),
  ],
  [
    /^where (?:is|are) (?:the |our )?(?:data|information|numbers|figures|tables?) (?:about|on|for|of|regarding) (.+)$/,
    (m) => ({ kind: 'about', what: m[1]! }),
  ],
  [
    /^(?:(?:i need|i am looking for|i'm looking for|looking for) )?(?:any |some |the |all )?(?:data|information|info|tables?) (?:about|on|regarding|concerning|related to) (.+)$/,
    (m) => ({ kind: 'about', what: m[1]!, orElse: 'data' }),
  ],
  [
    /^(?:is there|do we have|have we got|have you got|do you have|do you know) (?:anything|something) (?:about|on|regarding) (.+)$/,
    (m) => ({ kind: 'about', what: m[1]! }),
  ],
];

/** Whether a text asks about the catalog, and what. */
export function readCatalogQuestion(text: string): CatalogQuestion | undefined {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[?.!\s]+$/, '')
    .replace(/\s+/g, ' ')
    .replace(/^(?:please |can you |could you |tell me )+/, '');
  for (const [form, read] of READERS) {
    const match = form.exec(plain);
    if (match) return read(match);
  }
  return undefined;
}

type Given = Pick<CatalogAnswer, 'text' | 'columns' | 'rows'>;

/**
 * Answers from the catalogs that the asker may read, exactly: every table that fits is counted and listed. Undefined when a
 * name in the question is none of the catalog's: then it is a question about the data after all.
 */
export async function answerFromCatalog(
  question: CatalogQuestion,
  catalogs: readonly DatabaseCatalog[],
  factsOf: (databaseId: string) => Promise<DatabaseFacts>,
): Promise<Given | undefined> {
  switch (question.kind) {
    case 'count-databases':
    case 'list-databases':
      return {
        text: `${count(catalogs.length, 'database')} can be asked.`,
        columns: ['database', 'tables', 'description'],
        rows: catalogs.map((one) => [one.databaseId, String(one.tables.length), one.description ?? '']),
      };
    case 'count-tables':
      return tablesIn(question.where, catalogs, false);
    case 'list-tables':
      return (
        tablesIn(question.where, catalogs, true) ??
        (question.orAbout ? about(question.where ?? '', catalogs, 'data') : undefined)
      );
    case 'columns-of':
      return columnsOf(question.table, catalogs);
    case 'about':
      return about(question.what, catalogs, question.orElse);
    case 'owner-or-freshness':
      return ownerOrFreshness(question.of, catalogs, factsOf);
    case 'links':
      return links(question.from, question.to, catalogs);
    default:
      return question satisfies never;
  }
}

const count = (number: number, thing: string) => `${number.toLocaleString('en-US')} ${thing}${number === 1 ? '' : 's'}`;

/** Tables of a database or of a schema, or of all. */
function tablesIn(where: string | undefined, catalogs: readonly DatabaseCatalog[], list: boolean): Given | undefined {
  const wanted = where && phrase(where.replace(/^(?:the|our) /, '').replace(/ (?:database|schema|db)$/, ''));
  const chosen = catalogs.flatMap((catalog) =>
    catalog.tables
      .filter(
        (table) =>
          !wanted ||
          phrase(catalog.databaseId) === wanted ||
          phrase(catalog.title ?? '') === wanted ||
          phrase(table.schema ?? '') === wanted,
      )
      .map((table) => ({ catalog, table })),
  );
  if (wanted && !chosen.length) return undefined;
  const groups = Map.groupBy(chosen, ({ catalog, table }) =>
    table.schema ? `${catalog.databaseId} · ${table.schema}` : catalog.databaseId,
  );
  const text = `${where ? `${where} has` : chosen.length === 1 ? 'There is' : 'There are'} ${count(chosen.length, 'table')}${where ? '' : ` in ${count(catalogs.length, 'database')}`}.`;
  return list
    ? {
        text,
        columns: ['table', 'columns', 'rows, about', 'comment'],
        rows: chosen.map(({ catalog, table }) => describe(table, catalog, where === undefined && catalogs.length > 1)),
      }
    : { text, columns: ['database', 'tables'], rows: [...groups].map(([name, own]) => [name, String(own.length)]) };
}

const describe = (table: Table, catalog: DatabaseCatalog, withDatabase: boolean): string[] => [
  `${withDatabase ? `${catalog.databaseId} · ` : ''}${tableLabel(table, catalog.engine)}`,
  String(table.columns.length),
  table.rowEstimate?.toLocaleString('en-US') ?? '',
  table.comment ?? '',
];

interface Found {
  readonly catalog: DatabaseCatalog;
  readonly table: Table;
}

/** The tables of a name: "orders", "the order items table", "sales.orders". */
function tablesNamed(name: string, catalogs: readonly DatabaseCatalog[]): Found[] {
  const wanted = phrase(name.replace(/^(?:the|our|a|an) /, '').replace(/ tables?$/, ''));
  const all = catalogs.flatMap((catalog) => catalog.tables.map((table) => ({ catalog, table })));
  return all.filter(({ catalog, table }) =>
    [table.name, table.title ?? '', `${table.schema ?? ''} ${table.name}`, `${catalog.databaseId} ${table.name}`].some(
      (own) => phrase(own) === wanted,
    ),
  );
}

/** Words of a name by their stems, in order, as one text: names are equal when these are. */
const phrase = (name: string) => splitIdentifier(name).map(stem).join(' ');

function columnsOf(name: string, catalogs: readonly DatabaseCatalog[]): Given | undefined {
  const found = tablesNamed(name, catalogs);
  if (!found.length) return undefined;
  const rows = found.flatMap(({ catalog, table }) =>
    table.columns.map((column) => [
      `${catalog.databaseId} · ${tableLabel(table, catalog.engine)}`,
      column.name,
      column.type,
      column.comment ?? '',
    ]),
  );
  const where =
    found.length === 1 ? tableLabel(found[0]!.table, found[0]!.catalog.engine) : count(found.length, 'table');
  return { text: `${where}: ${count(rows.length, 'column')}.`, columns: ['table', 'column', 'type', 'comment'], rows };
}

/** Share of the weight of its words from which a table is about a thing; the rarer a word, the more it weighs. */
const MOSTLY = 0.5;
/** More words say more of a thing than where it is kept. */
const MOST_WORDS = 3;

/**
 * Every table of which a name or comment has all of the words; where none has, those that have the most telling ones (“satisfaction” rather
 * than “customer”). Undefined for what may be a question of the data, where no table is mostly about it.
 */
function about(what: string, catalogs: readonly DatabaseCatalog[], orElse?: 'data'): Given | undefined {
  const wanted = [...contentWords(what).keys()];
  const all = catalogs.flatMap((catalog) =>
    catalog.tables.map((table) => ({ catalog, table, ...placesOf(table, new Set(wanted)) })),
  );
  const whole = all.filter(({ stems }) => stems.size === wanted.length);
  const found = whole.length || wanted.length > MOST_WORDS ? whole : mostlyAbout(wanted, all);
  if (orElse && !found.length) return undefined;
  return { text: sayAbout(what, found, whole.length > 0, catalogs.length), ...aboutTable(found) };
}

interface AboutTable extends Found {
  readonly stems: ReadonlySet<string>;
  readonly said: readonly string[];
}

/** The tables whose words weigh most, where that is most of the weight. */
function mostlyAbout(wanted: readonly string[], all: readonly AboutTable[]): readonly AboutTable[] {
  const weights = new Map(
    wanted.map((word) => [
      word,
      Math.log((all.length + 1) / (all.filter(({ stems }) => stems.has(word)).length + 0.5)),
    ]),
  );
  const weigh = (words: Iterable<string>) => [...words].reduce((sum, word) => sum + (weights.get(word) ?? 0), 0);
  const most = Math.max(0, ...all.map(({ stems }) => weigh(stems)));
  return most > 0 && most >= MOSTLY * weigh(wanted) ? all.filter(({ stems }) => weigh(stems) === most) : [];
}

function sayAbout(what: string, found: readonly AboutTable[], whole: boolean, searched: number): string {
  if (!found.length)
    return `No table is about ${what}: no name or comment of ${count(searched, 'database')} mentions it.`;
  const databases = new Set(found.map(({ catalog }) => catalog.databaseId)).size;
  const one = found.length === 1;
  return whole
    ? `${count(found.length, 'table')} in ${count(databases, 'database')} ${one ? 'is' : 'are'} about ${what}.`
    : `No table has all of “${what}” in its names; ${count(found.length, 'table')} ${one ? 'comes' : 'come'} nearest.`;
}

const aboutTable = (found: readonly AboutTable[]): Pick<Given, 'columns' | 'rows'> => ({
  columns: ['database', 'table', 'where it is mentioned', 'rows, about'],
  rows: [...found]
    .sort((a, b) => a.said.length - b.said.length)
    .map(({ catalog, table, said }) => [
      catalog.databaseId,
      tableLabel(table, catalog.engine),
      said.slice(0, PLACES_TOLD).join(', ') +
        (said.length > PLACES_TOLD ? ` and ${said.length - PLACES_TOLD} more` : ''),
      table.rowEstimate?.toLocaleString('en-US') ?? '',
    ]),
});

const PLACES_TOLD = 4;

function placesOf(table: Table, wanted: ReadonlySet<string>): { readonly stems: Set<string>; readonly said: string[] } {
  const stems = new Set<string>();
  const said: string[] = [];
  const look = (text: string | undefined, label: string) => {
    const hits = splitIdentifier(text ?? '')
      .map(stem)
      .filter((one) => wanted.has(one));
    for (const hit of hits) stems.add(hit);
    if (hits.length) said.push(label);
  };
  look(`${table.name} ${table.title ?? ''} ${table.schema ?? ''}`, 'its name');
  look(table.comment, 'its comment');
  for (const column of table.columns)
    look(`${column.name} ${column.title ?? ''} ${column.comment ?? ''}`, `column ${column.name}`);
  return { stems, said };
}

async function ownerOrFreshness(
  of: string | undefined,
  catalogs: readonly DatabaseCatalog[],
  factsOf: (databaseId: string) => Promise<DatabaseFacts>,
): Promise<Given | undefined> {
  const named = of?.replace(/ database$/, '');
  const databases = catalogs.filter(({ databaseId }) => named === undefined || phrase(databaseId) === phrase(named));
  const found: { readonly catalog: DatabaseCatalog; readonly table?: Table }[] = databases.length
    ? databases.map((catalog) => ({ catalog }))
    : tablesNamed(named ?? '', catalogs);
  if (!found.length) return undefined;
  const rowOf = async ({ catalog, table }: (typeof found)[number]) => {
    const { owner, readAt } = await factsOf(catalog.databaseId);
    const seen = table && latestSeen(table);
    return [
      catalog.databaseId,
      table ? tableLabel(table, catalog.engine) : '',
      owner ?? 'not named',
      readAt ? readAt.toISOString().slice(0, 16).replace('T', ' ') : 'unknown',
      seen ? `${seen.date} (${seen.column})` : '',
    ];
  };
  const rows = await Promise.all(found.map(rowOf));
  const [first] = rows;
  const text =
    rows.length === 1
      ? `${first![1] || first![0]} belongs to ${first![2] === 'not named' ? 'nobody by name (an admin can name an owner)' : first![2]}. Its schema was last read at ${first![3]} UTC.${first![4] ? ` The latest date in a sample of its rows is ${first![4]}.` : ''}`
      : named === undefined
        ? `When each of ${count(rows.length, 'database')} was last read.`
        : `${count(rows.length, 'table')} have that name.`;
  return { text, columns: ['database', 'table', 'owner', 'schema read (UTC)', 'latest date seen'], rows };
}

const MOST_JOINS = 3;

/** The keys on the shortest way from one table to another, within each database that has both. */
function links(from: string, to: string, catalogs: readonly DatabaseCatalog[]): Given | undefined {
  const starts = tablesNamed(from, catalogs);
  const ends = tablesNamed(to, catalogs);
  const pairs = starts.flatMap((start) =>
    ends
      .filter((end) => end.catalog === start.catalog && end.table !== start.table)
      .map((end) => [start, end] as const),
  );
  if (!pairs.length) return undefined;
  const rows = pairs.flatMap(([start, end]) =>
    (shortestWay(start.catalog, start.table, end.table) ?? []).map((step) => [start.catalog.databaseId, step]),
  );
  const text = rows.length
    ? `${from} and ${to} are linked by ${count(rows.length, 'key')}.`
    : `No key links ${from} to ${to}, directly or over up to ${MOST_JOINS - 1} other tables.`;
  return { text, columns: ['database', 'key'], rows };
}

interface Step {
  readonly to: Table;
  readonly key: string;
}

function stepsFrom(catalog: DatabaseCatalog, table: Table): Step[] {
  const isTarget = (key: Table['foreignKeys'][number], other: Table) =>
    key.targetTable.toLowerCase() === other.name.toLowerCase() &&
    (key.targetSchema === undefined || key.targetSchema === other.schema);
  const sayKey = (own: Table, key: Table['foreignKeys'][number]) =>
    key.columns
      .map((column, at) => `${own.name}.${column} = ${key.targetTable}.${key.targetColumns[at] ?? '?'}`)
      .join(' and ');
  return catalog.tables.flatMap((other) => [
    ...table.foreignKeys.filter((key) => isTarget(key, other)).map((key) => ({ to: other, key: sayKey(table, key) })),
    ...other.foreignKeys.filter((key) => isTarget(key, table)).map((key) => ({ to: other, key: sayKey(other, key) })),
  ]);
}

/** The keys of the shortest way; all keys of the last step where several link the same two tables. */
function shortestWay(catalog: DatabaseCatalog, from: Table, to: Table): string[] | undefined {
  let ways: { readonly at: Table; readonly keys: readonly string[] }[] = [{ at: from, keys: [] }];
  const seen = new Set([from]);
  for (let joins = 0; joins < MOST_JOINS; joins += 1) {
    const next: typeof ways = [];
    for (const { at, keys } of ways) {
      const steps = stepsFrom(catalog, at);
      const direct = steps.filter((step) => step.to === to);
      if (direct.length) return [...keys, ...direct.map(({ key }) => key)];
      for (const step of steps) {
        if (seen.has(step.to)) continue;
        seen.add(step.to);
        next.push({ at: step.to, keys: [...keys, step.key] });
      }
    }
    ways = next;
  }
  return undefined;
}
