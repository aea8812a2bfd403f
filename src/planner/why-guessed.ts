import { type Column, findColumn, type Table } from '#src/domain/catalog.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { isLongWay, isOnTheWay } from './build-query.ts';
import { dbGraph, type Edge, isEquated, isLinkTable } from './db-graph.ts';
import type { Frame } from './frame.ts';
import { partsOfFrame, tablesOfFrame } from './frame-parts.ts';
import { type ColumnRef, type Mention, saysOwner } from './lexicon.ts';
import {
  bareScore,
  isListedLast,
  isListedOf,
  isState,
  NEAR,
  nameOf,
  partOf,
  quoted,
  type Reading,
  rivalsOf,
  scoreOf,
  wordsOf,
} from './naming.ts';
import { ownerSaid } from './owner-named.ts';
import { namedElsewhere, partlyNamed } from './partly-named.ts';
import { part } from './pattern.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { unusedName } from './unused-names.ts';

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
    isForEach(reading) ??
    saidOfOthers(reading) ??
    noFigure(reading) ??
    firstOfEach(reading) ??
    firstOrAll(reading) ??
    joinedSomehow(reading)
  );
}

/** A reply that only ties in another table: "and products?" restricts nothing. */
function saysNothing({ frame, resolver }: Reading): string | undefined {
  const used = new Set([
    frame.main,
    frame.counted,
    ...frame.without,
    ...partsOfFrame(frame).map(({ ref }) => ref.table),
  ]);
  const idle = [...frame.touched].find((table) => !used.has(table) && resolver.isInWords(table));
  return idle && `I cannot tell what ${idle.name} is to change about it.`;
}

/** "with the most hosts" where a column holds how many there are. */
function countedAlready({ frame, built: { main, edges } }: Reading): string | undefined {
  const measures = [
    ...frame.items,
    ...frame.order.map(({ measure }) => measure),
    ...(frame.having ? [frame.having.measure] : []),
    ...frame.bounds.map(({ measure }) => measure),
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

/** "name and hours of the project": the last of a list says whose they are. */
function ownerSaidLast(mention: Mention, table: Table, sentence: Sentence): boolean {
  const { mentions, asked } = sentence;
  const [, list = ''] =
    new RegExp(
      part` [CB]${String(mentions.indexOf(mention))}((?:(?: ,)?(?: and)?(?: the| their| its)* [CB]\d+)+)`,
    ).exec(asked) ?? [];
  const last = mentions[Number(list.match(/\d+/g)?.at(-1))];
  return last !== undefined && ownerSaid(last, sentence) === table;
}

/** "names and ids of the playlists that …": the table that follows a list of names says whose they are. */
function ownerFollows(mention: Mention, table: Table, sentence: Sentence, resolver: FrameResolver): boolean {
  const { mentions, asked } = sentence;
  if (mention.values.length) return false;
  if (ownerSaidLast(mention, table, sentence)) return true;
  const { said, owner } =
    new RegExp(
      part`(?<said> [CB]${String(mentions.indexOf(mention))}(?:(?: ,)?(?: and)?(?: the| their| its| average| total| maximum| minimum)* [CB]\d+)*) (?:of|for)
        (?: (?:the|all|each|every|any|those|these|different|distinct|female|male|most|least|common|popular|frequent|expensive|recent|[a-z]+est))*(?: V\d+)? (?<owner>[TB]\d+)`,
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

/** "Biology courses": the thing that is said to be so stands behind it. */
const isThingSaidNext = (mention: Mention, { table, column }: ColumnRef, { mentions }: Sentence): boolean =>
  mention.values.some((one) => one.column === column) &&
  mentions.some(({ start, tables: [best] }) => start === mention.end && best?.target === table && best.score >= NEAR);

/** "the role with code HR", "the county of Los Angeles": what stands beside the value says more of the one column than of the other. */
function isRatherNamed(mention: Mention, ref: ColumnRef, other: ColumnRef, { mentions, tokens }: Sentence): boolean {
  const between = (from: number, to: number) =>
    tokens.slice(from, to).every(({ lower }) => /^(?:of|is|named|called|the|with)$/.test(lower));
  return mentions.some(
    (one) =>
      one !== mention &&
      one.values.length === 0 &&
      ((one.end <= mention.start && between(one.end, mention.start)) ||
        (mention.end <= one.start && between(mention.end, one.start))) &&
      bareScore(one, ref) > bareScore(one, other) + MORE,
  );
}
const MORE = 0.1;

/** "customer id" is `customer_id`, and no `card_id` of customers' cards: every word of its name is said, and no other. */
function isLiteral(mention: Mention, { column }: ColumnRef, { tokens }: Sentence): boolean {
  const said = tokens.slice(mention.start, mention.end).map((token) => token.stem);
  return (
    said.length > 1 &&
    splitIdentifier(column.title ?? column.name)
      .map(stem)
      .join(' ') === said.join(' ')
  );
}

/** "the party" of a table of parties: what others refer to it by is no other name of it. */
const refersTo = ({ table, column }: ColumnRef, to: Table): boolean =>
  table.foreignKeys.some(
    (key) => key.columns.includes(column.name) && key.targetTable.toLowerCase() === to.name.toLowerCase(),
  );

/** "orders per rep in the North region, name and count": what the groups are called. */
const isNameOfGroup = (mention: Mention, { column }: ColumnRef, { groups }: Frame, sentence: Sentence): boolean =>
  /^names?$/.test(wordsOf(sentence, mention)) &&
  groups.some((group) => group.kind === 'column' && group.entity === true && group.ref.column === column);

/** "with suspended status", where invoices have a status as well, but none is suspended. */
const isNameOfHeld = (mention: Mention, ref: ColumnRef, other: ColumnRef, { mentions }: Sentence): boolean =>
  mentions.some(
    ({ start, end, values }) =>
      (end === mention.start || start === mention.end) &&
      values.some(({ column }) => column === ref.column) &&
      values.every(({ column }) => column !== other.column),
  );

/** What tells which of two columns is meant, though both are named or hold the value. */
function isTold(
  mention: Mention,
  ref: ColumnRef,
  other: ColumnRef,
  held: boolean,
  { frame, sentence, resolver }: Reading,
): boolean {
  if (held) return isRatherNamed(mention, ref, other, sentence);
  if (isNameOfGroup(mention, ref, frame, sentence) || isNameOfHeld(mention, ref, other, sentence)) return true;
  return (
    (isLiteral(mention, ref, sentence) && !isLiteral(mention, other, sentence)) ||
    (resolver.label(ref.table)?.column === ref.column && refersTo(other, ref.table))
  );
}

/** "flights of Oslo", "the rating of English songs": several joined columns hold the value or bear the name. */
function namedTwice(reading: Reading): string | undefined {
  const {
    frame,
    sentence,
    resolver,
    built: { main, edges },
  } = reading;
  const parts = partsOfFrame(frame);
  // a currency is told of what is added up, though nobody asked for the table that says it
  const asked = parts.filter(({ ref }) => roleOf(ref, resolver.catalog) !== 'currency');
  const tables = new Set(
    [...resolver.named, ...asked.map(({ ref }) => ref.table)].filter(
      (table) => table === main || edges.some(({ to }) => to === table),
    ),
  );
  const isApart = ({ column }: ColumnRef) =>
    frame.filters.some(({ kind, ref }) => kind === 'each' && ref.column === column);
  for (const mention of sentence.mentions) {
    const ref = partOf(mention, parts)?.ref;
    if (!ref || ownerFollows(mention, ref.table, sentence, resolver)) continue;
    if (ref.table === main && isListedLast(mention, sentence)) continue;
    if (isListedOf(mention, ref, sentence, resolver)) continue;
    const named = parts.filter((part) => bareScore(mention, part.ref) >= NEAR);
    if (named.some((part) => ownerPrecedes(mention, part.ref.table, sentence, resolver))) continue;
    if (ownerPrecedes(mention, ref.table, sentence, resolver) || isColumnSaidBeside(mention, ref, sentence)) continue;
    if (isApart(ref) && isThingSaidNext(mention, ref, sentence)) continue;
    const held = mention.values.some((one) => one.column === ref.column);
    const others = held
      ? mention.values.filter((one) => one.column !== ref.column && !isEquated(one, ref, edges))
      : rivalsOf(mention, ref, edges).filter(
          ({ table }) =>
            table !== ref.table && (ref.table === main || table !== main) && !saysOwner(scoreOf(mention, ref)),
        );
    const other = others.find((one) => tables.has(one.table) && !isTold(mention, ref, one, held, reading));
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
    if (ref && thing && thing !== ref.table && (isState(ref) || SAYS_STATE.test(quoted(sentence, mention))))
      return `I cannot tell whether ${quoted(sentence, mention)} is said of ${thing.name}: it is a value of ${nameOf(ref)}.`;
  }
  return undefined;
}

/** "late complaints" are not those that people of the late shift handle. */
const SAYS_STATE = /^“(?:late|early|delayed|overdue|open|closed|active|current|finished|done)”$/i;

/** "no-shows by stylist", where some of the staff have that job: for each of them, and not of all who do. */
function isForEach({ frame, sentence }: Reading): string | undefined {
  const parts = partsOfFrame(frame).filter(({ kind }) => kind === 'filter');
  for (const mention of sentence.mentions) {
    const ref = partOf(mention, parts)?.ref;
    const [verb, by] = sentence.tokens.slice(Math.max(0, mention.start - 2), mention.start).map(({ text }) => text);
    if (!ref || !/^(?:by|per)$/i.test(by ?? '') || /(?:ed|n)$/i.test(verb ?? '')) continue;
    if (mention.tables.length === 0 && splitIdentifier(ref.column.name).some((word) => IS_JOB.test(word)))
      return `I cannot tell whether each ${quoted(sentence, mention)} is meant or all of them together.`;
  }
  return undefined;
}
const IS_JOB = /^(?:role|job|position|title|grade)$/;

/** "clubs with a swimming pool", where trainers teach swimming: what stands before a name is said of it, and not of others that belong to the same. */
function saidOfOthers({ frame, sentence, resolver, built: { edges } }: Reading): string | undefined {
  const isFar = isLongWay(edges, resolver);
  const parts = partsOfFrame(frame).filter(({ kind }) => kind === 'filter');
  for (const mention of sentence.mentions) {
    const ref = partOf(mention, parts)?.ref;
    if (!ref || mention.tables.length > 0 || !mention.values.some((one) => one.column === ref.column)) continue;
    const next = sentence.mentions.find(({ start }) => start === mention.end);
    const named = next?.columns.filter((one) => one.score >= NEAR) ?? [];
    // "music genres", of which some are of tracks in the playlist that is called so
    const of = named[0]?.target.table ?? (isFar ? next?.tables.find(({ score }) => score >= NEAR)?.target : undefined);
    if (!of || named.some(({ target }) => target.table === ref.table) || resolver.isSaid(ref.table)) continue;
    if (resolver.isMany(of, ref.table))
      return `I cannot tell whether ${quoted(sentence, mention)} is said of ${of.name}: it is a value of ${nameOf(ref)}.`;
  }
  return undefined;
}

/** "for each region, show the club with the most visits": one of each, and not the first of all. */
const firstOfEach = ({ frame, sentence }: Reading): string | undefined =>
  /^ (?:for|in|at|within) (?:each|every) /.test(sentence.asked) && frame.limit !== undefined && !frame.within
    ? 'I cannot rank within each of them.'
    : undefined;

/** "which cities have the most schools, and how many are in each city": the first alone, or all of them from the first on. */
const firstOrAll = ({ frame, sentence }: Reading): string | undefined =>
  /^ which T\d+ .* how many .* (?:in|at|for|of) each T\d+(?: ·)* $/.test(sentence.asked) && frame.limit === 1
    ? 'I cannot tell whether the first alone is meant or all of them, ranked.'
    : undefined;

/** "what did the tolls run us", "what is the total amount, tax included": a figure is asked for, and no list of rows. */
const noFigure = ({ frame, sentence, built: { main } }: Reading): string | undefined =>
  (/^ (?:what|how much)(?: money)? (?:did|do|does|have|has) /.test(sentence.asked) ||
    (/^ (?:what|how much) (?:is|was) the [CB]0 ,/.test(sentence.asked) && /^total\b/i.test(sentence.wording('C0')))) &&
  frame.limit === undefined &&
  frame.items.every(({ kind }) => kind === 'all-columns' || kind === 'column') &&
  !frame.groups.length
    ? `I could not see what of ${main.name} is asked for.`
    : undefined;

/** "lessons per teacher" by `sub_teacher_id`, which few lessons have: a reference to some besides, whose own word nobody said. */
function rareReference({ from, to, pairs: [pair, ...more] }: Edge, { tokens }: Sentence): string | undefined {
  if (!pair || more.length) return undefined;
  const [own, other] = from.foreignKeys.some(({ columns }) => columns[0] === pair[0]) ? [from, to] : [to, from];
  const column = findColumn(own, own === from ? pair[0] : pair[1]);
  if (!column || (column.nullShare ?? 0) <= MOSTLY) return undefined;
  const theirs = splitIdentifier(other.title ?? other.name).map(stem);
  const besides = splitIdentifier(column.title ?? column.name)
    .map(stem)
    .filter((word) => !theirs.some((one) => one.startsWith(word)) && !/^(?:id|key|code|no|nr|fk)$/.test(word));
  const isSaid = besides.some((word) => tokens.some((token) => token.stem === word));
  return besides.length && !isSaid ? column.name : undefined;
}
const MOSTLY = 0.5;

/** Two tables that belong together in more than one way, of which the question names none. */
function joinedSomehow({ frame, sentence, resolver, built: { edges } }: Reading): string | undefined {
  const graph = dbGraph(resolver.catalog);
  const meant = tablesOfFrame(frame);
  const between = (from: Table, to: Table) => (graph.edges.get(from) ?? []).filter((edge) => edge.to === to);
  for (const edge of edges) {
    const { from, to } = edge;
    const several = `${from.name} and ${to.name} belong together in several ways, and I cannot tell which is meant.`;
    if (between(from, to).length > 1) return several;
    const rare = rareReference(edge, sentence);
    if (rare)
      return `${from.name} and ${to.name} are tied only by ${rare}, which most rows do not have and the question does not name.`;
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
