import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { Frame, Measure } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import { type ColumnRef, type Mention, saysOwner } from './lexicon.ts';
import { ownerSaid } from './owner-named.ts';
import { capture, type Found, part, pattern } from './pattern.ts';
import { isFlagNamed } from './read-flags.ts';
import { UNIQUE } from './read-measures.ts';
import { readTables } from './read-tables.ts';
import { COLUMN, type Sentence } from './sentence.ts';

/** The tables whose columns a name fits about equally well. */
function tablesWith({ columns }: Mention): ReadonlySet<Table> {
  const top = columns[0]?.score ?? 0;
  return new Set(columns.filter(({ score }) => score >= top - 0.06).map(({ target }) => target.table));
}

/** The one table that a list of columns speaks of, by those of its names that only one table has. */
function anchorOf(sentence: Sentence): Table | undefined {
  const [list = ''] = /(?:(?: ,)?(?: and)?(?: the| their| its| ·)* [CB]\d+){2,}/.exec(sentence.text) ?? [];
  const owners = (list.match(/[CB]\d+/g) ?? [])
    .map((code) => [...tablesWith(sentence.mention(code))])
    .filter((tables) => tables.length === 1);
  const tables = new Set(owners.flat());
  return tables.size === 1 ? [...tables][0] : undefined;
}

/** Ends in a preposition, articles aside. */
const CONTEXT =
  new RegExp(part` (?:of|for|from|across|among|in|by|at|on|with|to|who|whose|that|which|have|has|had|having)
  (?: (?:the|all|their|its|each|any|a|an|our|is|are|was|were))*$`);

const readAllColumns = rule(
  pattern` (?:all |every |any )?(?:the )?(?:available |full )?
    (?:information|details|info|data|everything|records?|rows?)(?: about| on| of| for| from| in)?
    (?: (?:the|all|each|every|any))*(?= [TB]\d)`,
  (_, { frame }) => {
    frame.items.push({ kind: 'all-columns' });
    return true;
  },
);

/** "the name of each company", which no column is called: its label. */
const readUnnamed = rule(
  pattern`(?<=^| show| list| give| find| what| is| are| the| and| ,| me) (?:the )?names?(?= (?:(?:and|,|of) ))`,
  (_, { frame, resolver }, { after }) => {
    const of = OWNER.exec(after)?.[1];
    if (of === undefined) {
      // "the name of film studio": the column that is named holds what they are called
      return /^ of (?:(?:the|all|each|every|any|different|distinct|those|these) )*C\d/.test(after);
    }
    const table = resolver.table(of);
    const labels = table ? resolver.labels(table) : [];
    frame.items.push(...labels.map((ref): Measure => ({ kind: 'column', ref })));
    return labels.length > 0;
  },
);

/** "company names": what a text is called by is the text itself. */
const readNamesOf = rule(
  pattern` ${capture('code', 'C\\d+')} names(?= ·| $| ,| and | (?:pls|please) )`,
  ({ code }, { sentence, frame, resolver }) => {
    const ref = resolver.column(code, frame.main);
    const isWhole = (sentence.mention(code).columns[0]?.score ?? 0) >= 1;
    return ref?.column.kind === 'text' && isWhole && { leaving: code };
  },
);

const readDistinct = rule(pattern` ${UNIQUE}(?= )`, (_, { frame }) => {
  frame.distinct = true;
  return true;
});

/** "title, id and description of the film", where the last name holds its owner. */
function ownerSaidLast({ sentence }: Reading, after: string): Table | undefined {
  const [, last] = /^(?:(?: ,)?(?: and)?(?: the| their| its)* ([CB]\d+))+/.exec(after) ?? [];
  return last === undefined ? undefined : ownerSaid(sentence.mention(last), sentence);
}

const OWNER = new RegExp(part`^(?: ,)?(?: (?:and |the |their |or |, |· )*[CB]\d+)* (?:of|for)
  (?: (?:the|all|each|every|these|those|any|different|·))* ([TB]\d+)`);

/** "last name, id and phone number": what several tables have is of the table that alone has the others. */
function ownerBeside({ sentence, frame }: Reading, code: string, anchor: Table | undefined): Table | undefined {
  const tables = tablesWith(sentence.mention(code));
  if (tables.size < 2) return undefined;
  // "ids of students who are older than 20": of the table that is compared anyway
  const compared = frame.filters.map((filter) => filter.ref.table).find((table) => tables.has(table));
  return anchor ?? (frame.main ? undefined : compared);
}

/** "Nancy Edwards's address", "the email of Bo": whoever bears the name that is said. Conditions are read by now. */
function bearer({ frame, sentence }: Reading, before: string, after: string): Table | undefined {
  const beside =
    /^(?: (?:and|the|,|[CB]\d+))* of(?: the)? ·/.test(after) ||
    /^(?: (?:what|is|are|the|show|give|find|list|me))* ·(?: the)?$/.test(before);
  if (!beside || !sentence) return undefined;
  const bearers = new Set(
    frame.filters
      .filter((filter) => filter.kind === 'compare' && filter.operator === '=' && filter.value.kind === 'text')
      .map((filter) => filter.ref.table),
  );
  return bearers.size === 1 ? [...bearers][0] : undefined;
}

/** The least score of a name of which a part is said. */
const NAMED_IN_PART = 0.3;

/** "names of the items", "id and details of the investor": the table that follows says whose. */
function listedColumn(
  reading: Reading,
  code: string,
  { before, after }: Pick<Found<unknown>, 'before' | 'after'>,
  anchor: Table | undefined,
): ColumnRef | undefined {
  const { sentence, frame, resolver } = reading;
  // "the id and name of the photos for mountains": the last name says its own
  const last = ownerSaidLast(reading, after);
  const whose = last ? undefined : resolver.table(OWNER.exec(after)?.[1]);
  const owner = whose ?? last ?? bearer(reading, before, after);
  // "for each editor" counts something else: names and ids beside the count are the editor's
  const grouped = frame.groups.find((group) => group.kind === 'column' && group.entity)?.ref.table;
  // "details of all visitors": of what they have that bears the name
  const own =
    whose &&
    sentence.mention(code).columns.some(({ target, score }) => target.table === whose && score >= NAMED_IN_PART);
  const ref =
    (own ? resolver.columnOf(code, whose) : undefined) ??
    resolver.column(code, owner ?? ownerBeside(reading, code, anchor) ?? grouped ?? frame.main);
  // "orders with customer and amount": their own total amount, not the amount of quotes, which nobody named
  const main = owner ?? frame.main;
  if (ref && main && ref.table !== main && !resolver.isSaid(ref.table) && resolver.isMany(main, ref.table)) {
    const near = sentence
      .mention(code)
      .columns.filter(({ target, score }) => target.table === main && score >= NAMED_IN_PART);
    if (near.length === 1) return resolver.columnOf(code, main) ?? ref;
  }
  const bare = /^names?$/i.test(sentence.wording(code));
  // "names of trainers who left": of people both names are what they are called
  const called = bare && owner ? resolver.labels(owner) : [];
  if (called[0] && called.length > 1) {
    frame.withLabels = true;
    return called[0];
  }
  // "best paid clerks, names and salary": what the things asked about are called, not others near them
  const others = bare && !owner && ref && frame.main && ref.table !== frame.main;
  // "people hired in June: name, department": of people both names are what they are called
  const elsewhere =
    others &&
    (!resolver.isSaid(ref.table) ||
      (/[·,]$/.test(before) && frame.main !== undefined && resolver.labels(frame.main).length > 1));
  const labels = elsewhere && frame.main ? resolver.labels(frame.main) : [];
  if (labels[0]) {
    if (labels.length > 1) frame.withLabels = true;
    return labels[0];
  }
  // and not those of something that nobody speaks of
  if (elsewhere && ref.table !== grouped && !resolver.isSaid(ref.table)) return undefined;
  const name = bare && owner && ref?.table !== owner;
  return name ? (resolver.label(owner) ?? resolver.columnOf(code, owner) ?? ref) : ref;
}

const listedName = pattern` ${capture('code', COLUMN)}(?= )`;

/** "managed by Emma" compares a manager, "located in Oslo" a location: neither asks to see it. */
function isVerb({ sentence }: Reading, { captures, before, after }: Found<{ readonly code: string }>): boolean {
  const led = / (who|that|which|have|has|had|is|are|was|were|been|they|he|she)$/.test(before);
  const leads = /^ (at|in|by|from|to|on|with|for|near) /.test(after);
  return (led || leads) && /(ed|ing)$/i.test(sentence.wording(captures.code));
}

/** A name that might be a table's is a column's where it is said first and in the plural, or beside others. */
function isListed(
  { sentence, frame, resolver }: Reading,
  { captures, before, after }: Found<{ readonly code: string }>,
): boolean {
  const { code } = captures;
  if (!code.startsWith('B') || !frame.main) return true;
  // "titles per genre" are rows, which are called by their title
  const table = resolver.table(code);
  const called = table && resolver.label(table)?.column;
  if (frame.phrase && frame.groups.length && called && resolver.column(code, table)?.column === called) return false;
  if (/s$/.test(sentence.wording(code)) && !/[BCTV·]/.test(before)) return true;
  const leads = /^(?: ,| and)+(?: the| their| its)* [CB]\d+/.test(after);
  return leads || /[·CB]\d*(?: ,)?(?: and| ,)(?: the| their| its)*$/.test(before);
}

/**
 * Of one stem, and another thing: "severe accidents", where severities are stored and none is called so, are not the column of them, nor are "requests" the
 * column that says who made them.
 */
function isOnlyKindred(
  { sentence, resolver, frame }: Reading,
  { captures }: Found<{ readonly code: string }>,
): boolean {
  const named = splitIdentifier(resolver.column(captures.code, frame.main)?.column.name ?? '');
  const said = sentence.wording(captures.code).toLowerCase().split(' ');
  return said.some((word) => {
    const state = `${word.replace(/e$/, '').replace(/bl$/, 'bil')}ity`;
    const deed = /^(.{4,})s$/.exec(word)?.[1];
    return (
      named.includes(state) || (deed !== undefined && (named.includes(`${deed}er`) || named.includes(`${deed}or`)))
    );
  });
}

/** The least score of a name that is taken for a column's. */
const LIKELY = 0.45;

/** "the name of every city" where cities are values of a column: that column is their name. */
function isNameOf(
  { sentence, resolver, frame }: Reading,
  { captures, after }: Found<{ readonly code: string }>,
): boolean {
  if (!/^names?$/i.test(sentence.wording(captures.code))) return false;
  const [, of] =
    /^ of (?:(?:the|all|each|every|any|different|distinct|those|these))* (C\d+)/.exec(
      after.replace(/ (the|all|each|every|any|different|distinct|those|these)(?= )/g, ''),
    ) ?? [];
  const ref = resolver.column(of, frame.main);
  return (
    ref?.column.kind === 'text' &&
    (of === undefined || sentence.mention(of).tables.length === 0) &&
    !saysOwner(sentence.mention(of ?? '').columns[0]?.score)
  );
}

/** "name, role code and date of birth": one of several names beside each other. */
const isInList = ({ asked }: Sentence, code: string): boolean =>
  new RegExp(part` ${code}(?:(?: ,)?(?: and)?(?: the| their| its| corresponding)*) [CB]\d+`).test(asked) ||
  new RegExp(part` [CB]\d+(?: ,| and)+(?: the| their| its| corresponding)* ${code} `).test(asked);

/** What is said of the rows of a table, where their name stands alone. */
const OF_ITSELF = /^ (?:who|that|which|with|without|have|has|had|are|is|were|was|do|does|did|·)(?= )/;

/** "the circuits were in Spain": what a clause is about is not asked for. */
const SUBJECT = /^ (?:is|are|was|were|have|has|had)(?= )/;

/** "both win and loss results", "the Economic Matters committee": names the column of the value that stands beside it. */
function isNameOfValue({ sentence, frame }: Reading, code: string): boolean {
  const beside = new RegExp(`(?<=[VQ])\\d+(?= ${code} )|(?<= ${code} [VQ])\\d+`).exec(sentence.asked)?.[0];
  if (beside === undefined) return false;
  const { values } = sentence.mention(`V${beside}`);
  const named = sentence.mention(code).columns;
  return frame.filters.some(
    ({ ref }) =>
      values.some(({ column }) => column === ref.column) &&
      (named.some(({ target }) => target.column === ref.column) ||
        named.some(({ target }) => refersTo(target, ref.table))),
  );
}

const refersTo = ({ table, column }: ColumnRef, to: Table | undefined): boolean =>
  to !== undefined &&
  table !== to &&
  table.foreignKeys.some(
    (key) => key.columns.includes(column.name) && key.targetTable.toLowerCase() === to.name.toLowerCase(),
  );

/** "loads that were delivered late", though they stand so by that verb. */
function isSaidOfDeed(sentence: Sentence, code: string): boolean {
  const [, deed] = new RegExp(` (V\\d+) ${code} `).exec(sentence.asked) ?? [];
  return deed !== undefined && /ed$/i.test(sentence.wording(deed));
}

/** Whether a text stands right before, of which a name is spoken of: no other column of names is meant. */
function isCalledBy({ sentence, frame, resolver }: Reading, code: string): boolean {
  const [, of] = new RegExp(` (C\\d+) ${code} `).exec(sentence.asked) ?? [];
  const ref = of === undefined ? undefined : resolver.column(of, frame.main);
  return ref?.column.kind === 'text' && (sentence.mention(of ?? '').columns[0]?.score ?? 0) >= 1;
}

/** Whatever names of columns are left are what is listed; they come before what is counted. */
function readListed(reading: Reading): void {
  const { sentence, frame, resolver } = reading;
  const listed: Listed[] = [];
  const anchor = anchorOf(sentence);
  sentence.take(listedName, (found) => {
    const { code } = found.captures;
    if (!isListed(reading, found)) return false;
    // "how many loads were late", which is said of their stops
    // nor is "tests that were taken online" a list of both kinds, or "projects that received a subsidy"
    if (
      / (?:is|are|was|were|[a-z]{3,}ed|taken|held|done|made)(?: not| an?)?$/.test(found.before) &&
      isFlagNamed(sentence, code, resolver)
    )
      return false;
    if (isSaidOfDeed(sentence, code) && isFlagNamed(sentence, code, resolver)) return false;
    // "company names" are what companies are called
    if (/^names$/i.test(sentence.wording(code)) && isCalledBy(reading, code)) return true;
    if (isOnlyKindred(reading, found)) return false;
    // a headcount is of rows, never a column of names
    if (/^head ?counts?$/i.test(sentence.wording(code))) return false;
    const ref = listedColumn(reading, code, found, anchor);
    if (!ref || (sentence.mention(code).columns[0]?.score ?? 0) < LIKELY) return false;
    // "physicians" who have patients are rows of theirs, not the references of others to them
    if (code.startsWith('B') && OF_ITSELF.test(found.after) && refersTo(ref, resolver.table(code))) return false;
    if (isVerb(reading, found) || isNameOf(reading, found)) return true;
    if (listed.length + frame.items.length > 0 && isNameOfValue(reading, code)) return true;
    if (code.startsWith('B') && listed.length > 0 && / and the$/.test(found.before) && SUBJECT.test(found.after)) {
      frame.touched.add(resolver.table(code) ?? ref.table);
      return true;
    }
    // "enrollments across all schools": what follows a preposition says of what, once something is asked for.
    // "products with their price": both what they are called and what is named
    const isTheirs = frame.main !== undefined && (ref.table === frame.main || !resolver.isMany(frame.main, ref.table));
    const beside =
      / (?:with|and|plus) (?:(?:their|its|his|her|the) )+$/.test(`${found.before} `) &&
      / [T·]\d* .*(?:with|and|plus) (?:(?:their|its|his|her|the) )+$/.test(`${found.before} `);
    if (beside && listed.length === 0 && frame.items.length === 0 && isTheirs && / with /.test(`${found.before} `))
      frame.withLabels = true;
    // "newsletters sent in May with recipients"
    const bare = / with$/.test(found.before) && / T\d+ /.test(`${found.before} `) && isTheirs;
    if (bare && listed.length + frame.items.length + frame.groups.length === 0) frame.withLabels = true;
    // "all games and their types", "reps hired before 2022 and their quota"
    const [asked = ''] = sentence.asked.split(new RegExp(` ${code}(?= )`));
    const [, thing, whose] = / (T\d+)(?: (?:[a-z]+|[DNV]\d+))*? (?:and|,) (their|its|his|her|the)$/.exec(asked) ?? [];
    const own = thing !== undefined && resolver.table(thing) === ref.table && frame.items.length + listed.length === 0;
    // and "the biggest refund and the reason", but not "the students and the age"
    if (own && (whose !== 'the' || frame.order.length > 0) && (frame.main ?? ref.table) === ref.table) {
      frame.main ??= ref.table;
      frame.withLabels = true;
    }
    const named = / with (?:(?:their|its|his|her|both) )+$/.test(`${found.before} `);
    const context =
      !named &&
      !/^ (?:which|what)(?: [a-z]+)?$/.test(found.before) &&
      CONTEXT.test(found.before) &&
      frame.items.length + listed.length > 0;
    if (context) frame.touched.add(code.startsWith('B') ? (resolver.table(code) ?? ref.table) : ref.table);
    else listed.push({ ...ref, code });
    if (!context && isInList(sentence, code)) frame.listed.add(ref.column);
    return true;
  });
  frame.items.unshift(...withoutKnown(askedLast(reading, listed), frame));
}

/** "Which county do the delegates belong to? Give me the county names." asks for no more than its last sentence does. */
function askedLast({ sentence, frame, resolver }: Reading, listed: readonly Listed[]): readonly Listed[] {
  const [, tail = ''] = LAST_SENTENCE.exec(sentence.asked) ?? [];
  const codes = new Set(tail.match(/[CB]\d+/g));
  const last = listed.filter(({ code }) => codes.has(code));
  if (!last.length) return listed;
  // "which schools have more than one player?": it is they who are told apart, whatever is shown of them
  const counts = frame.having !== undefined || frame.order.some(({ measure }) => measure.kind === 'count');
  const called = listed.find(
    (one) => !last.includes(one) && resolver.label(one.table)?.column === one.column && counts,
  );
  if (called) frame.groups.push({ kind: 'column', ref: { table: called.table, column: called.column }, entity: true });
  return last;
}

/** A column that is listed, and what says so. */
type Listed = ColumnRef & { readonly code: string };

const LAST_SENTENCE =
  /^ (?:which|what|who|find|in which) .* · (?:please )?(?:give|list|show|tell|return|find|report|display)(?: (?:me|us))?((?: [a-z]+| ,| [CTBV]\d+)+?)(?: ·)? $/;

/** The listed columns that the frame does not show already. */
function withoutKnown(listed: readonly ColumnRef[], { items }: Frame): Measure[] {
  const known = new Set(items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])));
  return listed
    .filter(({ column }) => !known.has(column))
    .map(({ table, column }) => ({ kind: 'column', ref: { table, column } }));
}

/** Reads the columns that are listed: whatever names are left. */
export const readColumns = inOrder(readAllColumns, readUnnamed, readNamesOf, readDistinct, readListed, readTables);
