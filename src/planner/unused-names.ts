import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { bearsVerb } from './date-named.ts';
import { type FramePart, partsOfFrame, tablesOfFrame } from './frame-parts.ts';
import type { Mention } from './lexicon.ts';
import { FULL, NEAR, nameOf, partOf, quoted, type Reading, wordsOf } from './naming.ts';
import { isOwnDeed } from './read-verbs.ts';
import type { Sentence } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

/** "songs with Le Pop" where nothing of the query is about it: every name is accounted for by a part of the query. */
export function unusedName(reading: Reading): string | undefined {
  const { frame, sentence } = reading;
  const parts = partsOfFrame(frame);
  const tables = tablesOfFrame(frame);
  for (const mention of sentence.mentions) {
    if (isSaidTwice(mention, sentence, parts)) return `I found no place for ${quoted(sentence, mention)}.`;
    if (
      partOf(mention, parts) ||
      [...mention.values, ...mention.columns.map(({ target }) => target)].some(({ column }) =>
        frame.lifted.has(column),
      ) ||
      isText(reading, mention) ||
      isVerb(reading, mention) ||
      isJoinedBy(reading, mention) ||
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

/** "whose company name …" where the company is shown already: one part accounts for one word. */
function isSaidTwice(mention: Mention, { mentions }: Sentence, parts: readonly FramePart[]): boolean {
  const own = partOf(mention, parts)?.ref.column;
  const leads = mentions.some(({ start, columns }) => start === mention.end && columns.length > 0);
  const elsewhere = mentions.some((one) => one !== mention && partOf(one, parts)?.ref.column === own);
  return own !== undefined && leads && elsewhere && mention.tables.length + mention.values.length === 0;
}

/** It is a text that a filter compares with, or names nothing of the database at all. */
function isText({ frame, sentence }: Reading, mention: Mention): boolean {
  if (mention.tables.length + mention.columns.length + mention.values.length === 0) return true;
  const words = wordsOf(sentence, mention);
  return frame.filters.some((filter) => filter.kind === 'like' && filter.pattern.toLowerCase().includes(words));
}

/** "average score by inspector", by whose reference each of them is joined. */
const isJoinedBy = ({ frame, sentence, built: { edges } }: Reading, mention: Mention): boolean =>
  frame.groups.some((group) => group.kind === 'column' && group.entity) &&
  edges.some(({ pairs }) =>
    pairs.some((pair) => pair.some((name) => splitIdentifier(name).join(' ') === `${wordsOf(sentence, mention)} id`)),
  );

/** "per month", though a column of another table is called so. */
const isPeriod = ({ frame, sentence }: Reading, mention: Mention): boolean =>
  frame.groups.some(({ kind }) => kind === 'period') &&
  /^(?:day|week|month|quarter|year)s?$/.test(wordsOf(sentence, mention));

/** "the date when the first claim was made", by whatever name. */
const isDateSaid = (sentence: Sentence, mention: Mention, parts: readonly FramePart[]): boolean =>
  /^(?:date|day)$/.test(wordsOf(sentence, mention)) &&
  parts.some(
    ({ kind, ref }) => /^(?:measured|order|shown)$/.test(kind) && /^(?:date|timestamp)$/.test(ref.column.kind),
  );

/** "names of the movies" that are shown by their titles, or "movies whose name contains …". */
const isLabelSaid = (
  { sentence, resolver, built: { main } }: Reading,
  mention: Mention,
  parts: readonly FramePart[],
): boolean => {
  if (!/^names?$/.test(wordsOf(sentence, mention))) return false;
  const label = resolver.label(main)?.column;
  const theirs = new RegExp(` (?:whose|their|its) [CB]${String(sentence.mentions.indexOf(mention))} `);
  if (theirs.test(sentence.asked) && parts.some(({ kind, ref }) => kind === 'filter' && ref.column === label))
    return true;
  const of = sentence.mentions.find(({ start }) => start >= mention.end)?.tables[0];
  return (
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

/** "fail rate": the share that is reckoned; "how many days": the time that is. */
const isRate = ({ frame, sentence }: Reading, mention: Mention) =>
  (frame.share && /^(?:rate|ratio)s?$/.test(wordsOf(sentence, mention))) ||
  (frame.items.some(({ kind }) => kind === 'duration') && /^(?:days|time|duration)$/.test(wordsOf(sentence, mention)));

/** "total sales" beside a `sales_rep_id`: what was sold, by whatever name an amount has. */
const isEarned = (sentence: Sentence, mention: Mention, parts: readonly FramePart[]) =>
  /^(?:revenue|turnover|sales)\b/.test(wordsOf(sentence, mention)) && parts.some(({ kind }) => kind === 'measured');

/** "orders placed in May", though a state is called so: the verb says no more than the join or the date does. */
function isVerb({ frame, sentence, resolver, built: { main, edges } }: Reading, mention: Mention): boolean {
  const words = wordsOf(sentence, mention);
  if (isOwnDeed(words, main)) return true;
  // "regions affected by each storm": what ties them is joined
  const ties = edges.some(({ to }) => mention.tables.some(({ target }) => target === to));
  if (ties && /(?:ed|ing)$/.test(words) && isRelation(words)) return true;
  // "cities that have hosted competitions", whose key to their city is called so
  const joined = (table: Table, name: string) =>
    edges.some(
      ({ from, to, pairs }) =>
        (table === from && pairs.some(([own]) => own === name)) ||
        (table === to && pairs.some(([, theirs]) => theirs === name)),
    );
  const isKey = mention.columns.some(({ target: { table, column } }) => joined(table, column.name));
  if (isKey && /ed$/.test(words) && isRelation(words)) return true;
  if (
    /^(?:located|situated|based)$/.test(words) &&
    /^(?:in|at|on|near)$/.test(sentence.tokens[mention.end]?.lower ?? '')
  )
    return true;
  // "requests closed last week", by the day on which they were
  const isDated = frame.filters.some(({ kind, ref }) => kind === 'period' && bearsVerb(words, ref));
  // "who brewed the most batches", of which the day is kept
  const isCounted =
    frame.counted !== undefined && frame.counted !== main && resolver.dateNamed(words, [frame.counted]) !== undefined;
  const isDeed = isDated || isCounted || isEvent(words) || isRelation(words);
  return mention.tables.length === 0 && mention.values.length > 0 && isDeed;
}
