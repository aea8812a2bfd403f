import type { Column, Table } from '#src/domain/catalog.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { type Built, isOnTheWay } from './build-query.ts';
import { isFigure } from './complete-frame.ts';
import { dbGraph, type Edge, isLinkTable } from './db-graph.ts';
import type { Frame } from './frame.ts';
import { type FramePart, partsOfFrame, tablesOfFrame } from './frame-parts.ts';
import { type ColumnRef, type Mention, saysOwner } from './lexicon.ts';
import { part } from './pattern.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

/** What speaks against a reading that is none the less the best one; `DOUBT_WEIGHTS` has what each weighs. */
export const DOUBTS = [
  /** A table is linked by another that the question does not speak of. */
  'bridge',
  /** One join, and each further one. */
  'join',
  'further join',
  /** A key that no schema declares is joined on. */
  'inferred key',
  /** Rows are listed through a join that may repeat them. */
  'repeated rows',
  /** Columns of several tables are shown. */
  'several tables',
  /** All columns are shown, none being named. */
  'whole rows',
  /** What is counted is told apart by a key, having been repeated by a join. */
  'counted once',
  /** What is listed beside a figure groups it. */
  'grouped by the list',
  /** A column is named in part, or by a synonym. */
  'near name',
  'part of a name',
  /** Another column of the same table, or of one joined to it, bears the name about as well. */
  'rival name',
  /** No word names a column that is filtered or sorted by: it was taken for what is usually meant. */
  'usual column',
  /** A label or key is shown for the table that is named. */
  'label',
  /** A stored value is held by a column elsewhere as well. */
  'value elsewhere',
  /** A table is named by its head alone. */
  'part of a table',
  /** No table is named. */
  'table not named',
  /** A word is taken for a name that is spelt nearly so. */
  'misspelt',
  /** Each part beyond two that the question asks for. */
  'further part',
] as const;
export type DoubtKind = (typeof DOUBTS)[number];

export interface Doubt {
  readonly kind: DoubtKind;
  /** What it is about, as a reader knows it: a name of the database or words of the question. */
  readonly about: string;
}

/** What a plan was made of. */
export interface Reading {
  readonly frame: Frame;
  readonly sentence: Sentence;
  readonly resolver: FrameResolver;
  readonly built: Built;
}

/** Names fully said, those said nearly so, and those said in good part. */
const FULL = 0.985;
const NEAR = 0.9;
const PART = 0.6;
/** Scores that differ by less are alike. */
const ALIKE = 0.06;

const nameOf = ({ table, column }: ColumnRef) => `${table.name}.${column.name}`;

/** How well a mention names a column: more than 1 by a value that it holds. */
function scoreOf(mention: Mention, { column }: ColumnRef): number {
  if (mention.values.some((one) => one.column === column)) return 1.1;
  const score = mention.columns.find(({ target }) => target.column === column)?.score ?? 0;
  // "orders" are the table, though `order_date` bears the word
  return score < PART && (mention.tables[0]?.score ?? 0) >= NEAR ? 0 : score;
}

const bestScore = ({ mentions }: Sentence, ref: ColumnRef) =>
  Math.max(0, ...mentions.map((mention) => scoreOf(mention, ref)));

/** The mention is of this part: it names its column, or a value that it holds. */
const partOf = (mention: Mention, parts: readonly FramePart[]): FramePart | undefined =>
  [...parts]
    .sort((a, b) => scoreOf(mention, b.ref) - scoreOf(mention, a.ref))
    .find(({ ref }) => scoreOf(mention, ref) > 0);

const quoted = (sentence: Sentence, { start, end }: Mention) =>
  `“${sentence.tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join(' ')}”`;

/** Two columns that a join makes equal. */
const isEquated = (one: ColumnRef, other: ColumnRef, edges: readonly Edge[]): boolean =>
  edges.some(({ from, to, pairs }) =>
    pairs.some(
      ([left, right]) =>
        (from === one.table && to === other.table && left === one.column.name && right === other.column.name) ||
        (from === other.table && to === one.table && left === other.column.name && right === one.column.name),
    ),
  );

function rivalsOf(mention: Mention, ref: ColumnRef, edges: readonly Edge[]): readonly ColumnRef[] {
  const own = scoreOf(mention, ref);
  return mention.columns
    .filter(
      ({ target, score }) => target.column !== ref.column && score >= own - ALIKE && !isEquated(target, ref, edges),
    )
    .map(({ target }) => target);
}

/** Why a reading is no more than a guess, one sentence for its asker; undefined where it is more. */
export function whyGuessed(reading: Reading, revised: boolean): string | undefined {
  return (
    (revised ? saysNothing(reading) : undefined) ??
    unusedName(reading) ??
    countedAlready(reading) ??
    partlyNamed(reading) ??
    namedElsewhere(reading) ??
    namedTwice(reading) ??
    saidOfAnother(reading) ??
    joinedSomehow(reading)
  );
}

/** "songs with Le Pop" where nothing of the query is about it: every name is accounted for by a part of the query. */
function unusedName(reading: Reading): string | undefined {
  const { frame, sentence } = reading;
  const parts = partsOfFrame(frame);
  const tables = tablesOfFrame(frame);
  for (const mention of sentence.mentions) {
    if (isSaidTwice(mention, sentence, parts)) return `I found no place for ${quoted(sentence, mention)}.`;
    if (
      partOf(mention, parts) ||
      isText(reading, mention) ||
      isVerb(reading, mention) ||
      isPeriod(reading, mention) ||
      isRate(reading, mention) ||
      isLabelSaid(reading, mention, parts) ||
      isRowSaid(reading, mention) ||
      isDateSaid(sentence, mention, parts) ||
      isEarned(sentence, mention, parts)
    )
      continue;
    const table = mention.tables.find(({ target }) => tables.has(target));
    if (!table) return `I found no place for ${quoted(sentence, mention)}.`;
    if ((mention.columns[0]?.score ?? 0) > table.score)
      return `I cannot tell whether ${quoted(sentence, mention)} is the table or ${nameOf(mention.columns[0]!.target)}.`;
  }
  return undefined;
}

/** A reply that only ties in another table: "and products?" restricts nothing. */
function saysNothing({ frame }: Reading): string | undefined {
  const used = new Set([frame.main, ...frame.without, ...partsOfFrame(frame).map(({ ref }) => ref.table)]);
  const idle = [...frame.touched].find((table) => !used.has(table));
  return idle && `I cannot tell what ${idle.name} is to change about it.`;
}

/** "with the most hosts" where a column holds how many there are. */
function countedAlready({ frame, built: { main, edges } }: Reading): string | undefined {
  const measures = [
    ...frame.items,
    ...frame.order.map(({ measure }) => measure),
    ...(frame.having ? [frame.having.measure] : []),
  ];
  if (!edges.length || !measures.some((item) => item.kind === 'count' && !(item.of && !item.table))) return undefined;
  for (const table of [main, ...edges.map(({ to }) => to)]) {
    for (const column of table.columns) {
      if (column.kind !== 'number') continue;
      const counted = edges.length
        ? [main, ...edges.map(({ to }) => to)].find((other) => other !== table && holdsNumberOf(column, other))
        : undefined;
      if (counted)
        return `I cannot tell whether rows of ${counted.name} are counted or ${table.name}.${column.name} is meant.`;
    }
  }
  return undefined;
}

const COUNTS = /^(?:number|num|no|nr|count|total|amount|quantity|of|n)$/;

/** `number_of_hosts`, `hosts_count` or bare `hosts` beside a table of hosts. */
function holdsNumberOf(column: Column, table: Table): boolean {
  const words = splitIdentifier(column.title ?? column.name);
  const counted = words.filter((word) => !COUNTS.test(word)).map(stem);
  const own = splitIdentifier(table.title ?? table.name).map(stem);
  if (/^(?:number|num|no|nr)$/.test(words.at(-1) ?? '')) return false;
  return (
    (words.length > counted.length || /s$/.test(words.at(-1) ?? '')) &&
    counted.length > 0 &&
    counted.join(' ') === own.join(' ')
  );
}

const bareScore = (mention: Mention, { column }: ColumnRef) =>
  mention.columns.find(({ target }) => target.column === column)?.score ?? 0;

const RECENT = /\b(?:last|latest|newest|recent|recently|earliest|first|oldest)\b/;

/** What a table that is named is usually shown, grouped or sorted by: its label, its key, its date. */
function isUsual({ kind, ref }: FramePart, { frame, sentence, resolver }: Reading): boolean {
  const named = sentence.mentions.some((one) =>
    one.tables.some(({ target, score }) => target === ref.table && score >= NEAR),
  );
  if (!named) return false;
  const isDate = resolver.eventDate(ref.table)?.column === ref.column;
  if (kind === 'order' && !frame.groups.some((group) => group.ref.column === ref.column))
    return (
      (isDate && isOfTime(sentence)) || frame.items.some((item) => 'ref' in item && item.ref.column === ref.column)
    );
  return (
    isDate || [...resolver.labels(ref.table), resolver.key(ref.table)].some((usual) => usual?.column === ref.column)
  );
}

const isOfTime = ({ tokens }: Sentence) => tokens.some(({ lower }) => RECENT.test(lower));

/** "whose company name …" where the company is shown already: one part accounts for one word. */
function isSaidTwice(mention: Mention, { mentions }: Sentence, parts: readonly FramePart[]): boolean {
  const own = partOf(mention, parts)?.ref.column;
  const leads = mentions.some(({ start, columns }) => start === mention.end && columns.length > 0);
  const elsewhere = mentions.some((one) => one !== mention && partOf(one, parts)?.ref.column === own);
  return own !== undefined && leads && elsewhere && mention.tables.length + mention.values.length === 0;
}

const wordsOf = (sentence: Sentence, { start, end }: Mention) =>
  sentence.tokens
    .slice(start, end)
    .map(({ lower }) => lower)
    .join(' ');

/** It is a text that a filter compares with, or names nothing of the database at all. */
function isText({ frame, sentence }: Reading, mention: Mention): boolean {
  if (mention.tables.length + mention.columns.length + mention.values.length === 0) return true;
  const words = wordsOf(sentence, mention);
  return frame.filters.some((filter) => filter.kind === 'like' && filter.pattern.toLowerCase().includes(words));
}

/** "per month", though a column of another table is called so. */
const isPeriod = ({ frame, sentence }: Reading, mention: Mention): boolean =>
  frame.groups.some(({ kind }) => kind === 'period') &&
  /^(?:day|week|month|quarter|year)s?$/.test(wordsOf(sentence, mention));

/** "the date when the first claim was made", by whatever name. */
const isDateSaid = (sentence: Sentence, mention: Mention, parts: readonly FramePart[]): boolean =>
  /^(?:date|day)$/.test(wordsOf(sentence, mention)) &&
  parts.some(({ kind, ref }) => kind === 'measured' && /^(?:date|timestamp)$/.test(ref.column.kind));

/** "names of the movies" that are shown by their titles. */
const isLabelSaid = ({ sentence, resolver }: Reading, mention: Mention, parts: readonly FramePart[]): boolean => {
  const of = sentence.mentions.find(({ start }) => start >= mention.end)?.tables[0];
  return (
    /^names?$/.test(wordsOf(sentence, mention)) &&
    of !== undefined &&
    of.score >= NEAR &&
    parts.some(
      ({ kind, ref }) =>
        kind === 'shown' && ref.table === of.target && resolver.label(ref.table)?.column === ref.column,
    )
  );
};

/** "the highest enrollment across all schools" of a table of universities whose label is `school`: its rows are called so. */
function isRowSaid({ resolver, built: { main } }: Reading, { columns: [best], values }: Mention): boolean {
  return (
    best !== undefined &&
    values.length === 0 &&
    best.score >= FULL &&
    best.target.table === main &&
    resolver.label(main)?.column === best.target.column
  );
}

/** "fail rate": the share that is reckoned. */
const isRate = ({ frame, sentence }: Reading, mention: Mention) =>
  frame.share && /^(?:rate|ratio)s?$/.test(wordsOf(sentence, mention));

/** "total sales" beside a `sales_rep_id`: what was sold, by whatever name an amount has. */
const isEarned = (sentence: Sentence, mention: Mention, parts: readonly FramePart[]) =>
  /^(?:revenue|turnover|sales)\b/.test(wordsOf(sentence, mention)) && parts.some(({ kind }) => kind === 'measured');

/** "orders placed in May", though a state is called so: the verb says no more than the join or the date does. */
function isVerb({ sentence, built: { edges } }: Reading, mention: Mention): boolean {
  const words = wordsOf(sentence, mention);
  // "regions affected by each storm": what ties them is joined
  const ties = edges.some(({ to }) => mention.tables.some(({ target }) => target === to));
  if (ties && /(?:ed|ing)$/.test(words) && isRelation(words)) return true;
  if (
    /^(?:located|situated|based)$/.test(words) &&
    /^(?:in|at|on|near)$/.test(sentence.tokens[mention.end]?.lower ?? '')
  )
    return true;
  return mention.tables.length === 0 && mention.values.length > 0 && (isEvent(words) || isRelation(words));
}

const WEAKLY: ReadonlySet<FramePart['kind']> = new Set(['shown', 'counted', 'group', 'order', 'measured']);

/** "nationality of our employees" of the country of their offices: a name that is said otherwise, of a table that is not said at all. */
function namedElsewhere(reading: Reading): string | undefined {
  const { frame, sentence, resolver } = reading;
  if (!resolver.named.some((table) => resolver.isSaid(table))) return undefined;
  for (const { kind, ref } of partsOfFrame(frame)) {
    if (kind !== 'shown' || resolver.isInWords(ref.table)) continue;
    const score = bestScore(sentence, ref);
    if (score === 0 || score >= FULL) continue;
    const mention = sentence.mentions.find((one) => scoreOf(one, ref) === score);
    if (mention) return `I am not sure that ${quoted(sentence, mention)} means ${nameOf(ref)}.`;
  }
  return undefined;
}

/** "capacity" of `student_capacity`: the last word of its name, and no other column of what is asked about bears it. */
function isOnlyMeasure(
  ref: ColumnRef,
  mention: Mention,
  { sentence, resolver, built: { main, edges } }: Reading,
): boolean {
  if (ref.column.kind !== 'number' || !isMeasureRole(roleOf(ref, resolver.catalog))) return false;
  const wordsIn = ({ column }: ColumnRef) => splitIdentifier(column.title ?? column.name).map(stem);
  const head = wordsIn(ref).at(-1) ?? '';
  if (/^(?:number|count|total|amount|id|code)$/.test(head)) return false;
  if (!sentence.tokens.slice(mention.start, mention.end).some((token) => token.stem === head)) return false;
  return [main, ...edges.map(({ to }) => to)].every((table) =>
    table.columns.every((column) => column === ref.column || !wordsIn({ table, column }).includes(head)),
  );
}

/** "by fuel" of `fuel_type`: a kind, which no other column of its table tells. */
function isOnlyKind({ table, column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const wordsIn = ({ name, title }: Column) => splitIdentifier(title ?? name).map(stem);
  const [word = '', kind = '', ...more] = wordsIn(column);
  if (
    more.length ||
    !/^(?:type|kind|categori|category|class)$/.test(kind) ||
    roleOf({ table, column }, resolver.catalog) !== 'category'
  )
    return false;
  const said = sentence.tokens.slice(mention.start, mention.end).some((token) => token.stem === word);
  return said && table.columns.every((other) => other === column || !wordsIn(other).includes(word));
}

/** "amenities" of `amenity_name`, "status" of `status_code`: all but what kind of name it is, and no other column of the database bears it. */
function isOnlyName({ column }: ColumnRef, mention: Mention, { sentence, resolver }: Reading): boolean {
  const wordsIn = ({ name, title }: Column) => splitIdentifier(title ?? name).map(stem);
  const words = wordsIn(column);
  const kind = words.at(-1) ?? '';
  const said = new Set(sentence.tokens.slice(mention.start, mention.end).map((token) => token.stem));
  if (column.kind !== 'text' || words.length < 2 || !/^(?:name|title|code)$/.test(kind)) return false;
  const own = words.slice(0, -1);
  return (
    own.every((word) => said.has(word)) &&
    resolver.catalog.tables.every((table) =>
      table.columns.every((other) => other.name === column.name || !own.every((word) => wordsIn(other).includes(word))),
    )
  );
}

/** "cities" of a column `city_code`: what is shown or measured must bear most of the name. */
function partlyNamed(reading: Reading): string | undefined {
  const { frame, sentence } = reading;
  for (const part of partsOfFrame(frame)) {
    const { kind, ref } = part;
    const score = Math.max(bestScore(sentence, ref), ...sentence.mentions.map((one) => bareScore(one, ref)));
    if (!WEAKLY.has(kind) || score === 0 || score >= PART || isUsual(part, reading)) continue;
    const mention = sentence.mentions.find((one) => bareScore(one, ref) === score);
    if (mention && (kind === 'measured' || kind === 'order') && isOnlyMeasure(ref, mention, reading)) continue;
    if (mention && kind === 'group' && isOnlyKind(ref, mention, reading)) continue;
    if (mention && kind !== 'measured' && isOnlyName(ref, mention, reading)) continue;
    if (mention) return `I am not sure that ${quoted(sentence, mention)} means ${nameOf(ref)}.`;
  }
  return undefined;
}

/** "name and hours of the project": the last of a list says whose they are. */
function ownerSaidLast(mention: Mention, table: Table, mentions: readonly Mention[], asked: string): boolean {
  const [, list = ''] =
    new RegExp(
      part` [CB]${String(mentions.indexOf(mention))}((?:(?: ,)?(?: and)?(?: the| their| its)* [CB]\d+)+)`,
    ).exec(asked) ?? [];
  const [last] = mentions[Number(list.match(/\d+/g)?.at(-1))]?.columns ?? [];
  return last !== undefined && saysOwner(last.score) && last.target.table === table;
}

/** "names and ids of the playlists that …": the table that follows a list of names says whose they are. */
function ownerFollows(mention: Mention, table: Table, { mentions, asked }: Sentence, resolver: FrameResolver): boolean {
  if (mention.values.length) return false;
  if (ownerSaidLast(mention, table, mentions, asked)) return true;
  const { said, owner } =
    new RegExp(
      part`(?<said> [CB]${String(mentions.indexOf(mention))}(?:(?: ,)?(?: and)?(?: the| their| its)* [CB]\d+)*) (?:of|for)
        (?: (?:the|all|each|every|any|those|these|different|distinct|female|male))*(?: V\d+)? (?<owner>[TB]\d+)`,
    ).exec(asked)?.groups ?? {};
  // "the id and name of the photos for mountains": the last of them says its own
  const names = said?.match(/[CB]\d+/g) ?? [];
  const ownSaid = names.some((code) => saysOwner(mentions[Number(code.slice(1))]?.columns[0]?.score));
  return !ownSaid && resolver.table(owner) === table;
}

/** "the problem whose id is 1", "musical with name Rent": the table that stands before a name says whose it is. */
function ownerPrecedes(
  mention: Mention,
  table: Table,
  { mentions, asked }: Sentence,
  resolver: FrameResolver,
): boolean {
  const [, owner] =
    new RegExp(
      part` ([TB]\d+) (?:with|whose|that has|which has|who has|that have|having)(?: (?:an?|the|their|its))* [CB]${String(mentions.indexOf(mention))} `,
    ).exec(asked) ?? [];
  return owner !== undefined && resolver.table(owner) === table;
}

/** "in Los Angeles county", "short name Columbus Square": the column that holds it stands beside it. */
const isColumnSaidBeside = (mention: Mention, { column }: ColumnRef, { mentions }: Sentence): boolean =>
  mention.values.some((one) => one.column === column) &&
  mentions.some(
    (one) =>
      (one.start === mention.end || one.end === mention.start) &&
      (one.columns[0]?.score ?? 0) >= NEAR &&
      one.columns[0]?.target.column === column,
  );

/** "flights of Oslo", "the rating of English songs": several joined columns hold the value or bear the name. */
function namedTwice({ frame, sentence, resolver, built: { main, edges } }: Reading): string | undefined {
  const parts = partsOfFrame(frame);
  const tables = new Set(
    [...resolver.named, ...parts.map(({ ref }) => ref.table)].filter(
      (table) => table === main || edges.some(({ to }) => to === table),
    ),
  );
  for (const mention of sentence.mentions) {
    const ref = partOf(mention, parts)?.ref;
    if (!ref || ownerFollows(mention, ref.table, sentence, resolver)) continue;
    if (ownerPrecedes(mention, ref.table, sentence, resolver) || isColumnSaidBeside(mention, ref, sentence)) continue;
    const held = mention.values.some((one) => one.column === ref.column);
    const others = held
      ? mention.values.filter((one) => one.column !== ref.column && !isEquated(one, ref, edges))
      : rivalsOf(mention, ref, edges).filter(
          ({ table }) =>
            table !== ref.table && (ref.table === main || table !== main) && !saysOwner(scoreOf(mention, ref)),
        );
    const other = others.find(({ table }) => tables.has(table));
    if (other) return `I cannot tell whether ${quoted(sentence, mention)} is ${nameOf(ref)} or ${nameOf(other)}.`;
  }
  return undefined;
}

/** "active subscriptions" where accounts alone are active: what stands before a thing is said of that thing. */
function saidOfAnother({ frame, sentence }: Reading): string | undefined {
  const parts = partsOfFrame(frame).filter(({ kind }) => kind === 'filter');
  for (const mention of sentence.mentions) {
    const ref = partOf(mention, parts)?.ref;
    const isAdjective = ref && mention.tables.length === 0 && mention.values.some((one) => one.column === ref.column);
    const next = sentence.mentions.find(({ start }) => start === mention.end);
    const thing = isAdjective ? next?.tables.find(({ score }) => score >= NEAR)?.target : undefined;
    if (ref && thing && thing !== ref.table && isState(ref))
      return `I cannot tell whether ${quoted(sentence, mention)} is said of ${thing.name}: it is a value of ${nameOf(ref)}.`;
  }
  return undefined;
}

/** A state is of the thing that has it; where a thing is or what kind it is of may be told of another. */
const isState = ({ column }: ColumnRef) =>
  /^(?:status|stage|phase|condition)$/.test(splitIdentifier(column.name).at(-1) ?? '');

/** Two tables that belong together in more than one way, of which the question names none. */
function joinedSomehow({ frame, resolver, built: { edges } }: Reading): string | undefined {
  const graph = dbGraph(resolver.catalog);
  const meant = tablesOfFrame(frame);
  const between = (from: Table, to: Table) => (graph.edges.get(from) ?? []).filter((edge) => edge.to === to);
  for (const { from, to } of edges) {
    const several = `${from.name} and ${to.name} belong together in several ways, and I cannot tell which is meant.`;
    if (between(from, to).length > 1) return several;
    if (meant.has(to)) continue;
    const onward = edges.find((next) => next.from === to);
    if (!onward || !(isLinkTable(to) || isOnTheWay(to, edges, resolver)))
      return `${from.name} is tied to what is asked for only by ${to.name}, which the question does not name.`;
    const others = (graph.edges.get(from) ?? []).filter(
      (one) => one.to !== to && one.to !== onward.to && between(one.to, onward.to).length > 0,
    );
    if (others.length)
      return `${from.name} and ${onward.to.name} belong together in several ways, and I cannot tell which is meant.`;
  }
  return undefined;
}

/** What speaks against a reading. */
export function doubtsOf(reading: Reading): readonly Doubt[] {
  return [...doubtsOfNames(reading), ...doubtsOfJoins(reading), ...doubtsOfShape(reading)];
}

const one = (kind: DoubtKind, about: string): readonly Doubt[] => [{ kind, about }];

/** Months come in their order, whoever asks for them. */
const isPeriodOf = ({ groups }: Frame, { column }: ColumnRef): boolean =>
  groups.some((group) => group.kind === 'period' && group.ref.column === column);

function doubtsOfNames({ frame, sentence, resolver, built: { edges } }: Reading): readonly Doubt[] {
  const parts = partsOfFrame(frame);
  const tables = tablesOfFrame(frame);
  const byPart = parts.flatMap(({ kind, ref }) => {
    const score = bestScore(sentence, ref);
    if (score >= FULL) return [];
    if (score >= NEAR) return one('near name', nameOf(ref));
    if (score > 0) return one('part of a name', nameOf(ref));
    // a period is read on the date by which events of the table are told: nothing else was meant
    if (roleOf(ref, resolver.catalog) === 'event date' && (kind === 'filter' || isOfTime(sentence))) return [];
    if (kind === 'order' && isPeriodOf(frame, ref)) return [];
    if (kind === 'filter' || kind === 'order') return one('usual column', nameOf(ref));
    return resolver.labels(ref.table).some(({ column }) => column === ref.column) ? one('label', nameOf(ref)) : [];
  });
  const byMention = sentence.mentions.flatMap((mention) => {
    const ref = partOf(mention, parts)?.ref;
    if (!ref) {
      const named = mention.tables.find(({ target }) => tables.has(target));
      return named && named.score < NEAR ? one('part of a table', named.target.name) : [];
    }
    if (mention.values.some((value) => value.column === ref.column))
      return mention.values.some((value) => value.column !== ref.column) ? one('value elsewhere', nameOf(ref)) : [];
    return rivalsOf(mention, ref, edges).some(({ table }) => tables.has(table)) ? one('rival name', nameOf(ref)) : [];
  });
  const named = sentence.mentions.some((mention) =>
    mention.tables.some(({ target, score }) => score >= NEAR && tables.has(target)),
  );
  return [...byPart, ...byMention, ...(named ? [] : one('table not named', [...tables][0]?.name ?? ''))];
}

function doubtsOfJoins({ frame, built: { edges } }: Reading): readonly Doubt[] {
  const meant = tablesOfFrame(frame);
  return edges.flatMap(({ to, cost }, at) => [
    ...one(at === 0 ? 'join' : 'further join', to.name),
    ...(meant.has(to) ? [] : one('bridge', to.name)),
    ...(cost > 1 ? one('inferred key', to.name) : []),
  ]);
}

function doubtsOfShape({ frame, resolver, built: { edges, main } }: Reading): readonly Doubt[] {
  const measured = frame.items.some(isFigure);
  const parts = partsOfFrame(frame);
  // what tells the groups apart stands beside the first of each by what was asked
  const told = new Set(frame.within?.groups.map(({ column }) => column));
  const shown = [
    ...new Set(parts.filter(({ kind, ref }) => kind === 'shown' && !told.has(ref.column)).map(({ ref }) => ref.table)),
  ];
  const joined = [main, ...edges.map(({ to }) => to)];
  const repeats =
    !measured &&
    !frame.groups.length &&
    !frame.distinct &&
    joined.some((table) => shown.length > 0 && shown.every((own) => resolver.isMany(own, table)));
  const order = frame.order.filter(({ measure }) => measure.kind !== 'column' || !isPeriodOf(frame, measure.ref));
  const asked =
    frame.filters.length + frame.groups.length + order.length + frame.without.length + (frame.having ? 1 : 0);
  return [
    ...(repeats ? one('repeated rows', main.name) : []),
    ...(shown.length > 1 ? one('several tables', shown.map(({ name }) => name).join(', ')) : []),
    ...(frame.items.some(({ kind }) => kind === 'all-columns') ? one('whole rows', main.name) : []),
    ...(frame.items.some((item) => item.kind === 'count' && item.distinct && item.table)
      ? one('counted once', main.name)
      : []),
    ...frame.items.flatMap((item) => (item.kind === 'ratio' ? one('counted once', item.each.name) : [])),
    ...(measured && !frame.groups.length && frame.items.some(({ kind }) => kind === 'column')
      ? one('grouped by the list', main.name)
      : []),
    ...Array.from({ length: Math.max(0, asked - 2) }, () => one('further part', '')).flat(),
  ];
}
