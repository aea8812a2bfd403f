import type { Table } from '#src/domain/catalog.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { isFigure } from './complete-frame.ts';
import type { Filter, Frame } from './frame.ts';
import { partsOfFrame, tablesOfFrame } from './frame-parts.ts';
import type { ColumnRef } from './lexicon.ts';
import { bestScore, FULL, isListedLast, isOfTime, NEAR, nameOf, partOf, type Reading, rivalsOf } from './naming.ts';
import { isOfPeople } from './people.ts';

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
  /** Values of a column that repeat are listed one row after the other. */
  'repeated values',
  /** The first are those with the most rows, of which several may share the first place. */
  'first by count',
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
  /** Customers are taken for what the database calls those that orders belong to. */
  'called otherwise',
  /** Each part beyond two that the question asks for, those that can hardly be read otherwise aside. */
  'further part',
] as const;

export type DoubtKind = (typeof DOUBTS)[number];

export interface Doubt {
  readonly kind: DoubtKind;
  /** What it is about, as a reader knows it: a name of the database or words of the question. */
  readonly about: string;
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
  // and "trips over 100 km: date, km and who drove"
  const isWhoListed = (table: Table) => / ,.* who [a-z]+ $/.test(sentence.asked) && isOfPeople(table, resolver);
  const byPart = parts.flatMap(({ kind, ref }) => {
    const score = bestScore(sentence, ref);
    if (score >= FULL || frame.told.has(ref.column)) return [];
    if (score >= NEAR) return one('near name', nameOf(ref));
    if (score > 0) return one('part of a name', nameOf(ref));
    // a period is read on the date by which events of the table are told: nothing else was meant
    if (roleOf(ref, resolver.catalog) === 'event date' && (kind === 'filter' || isOfTime(sentence))) return [];
    if (kind === 'order' && isPeriodOf(frame, ref)) return [];
    if (kind === 'filter' || kind === 'order') return one('usual column', nameOf(ref));
    // "trips over 100 km: date, km, driver" shows what each driver is called, as it asks
    const isListed = sentence.mentions.some(
      (mention) => mention.tables[0]?.target === ref.table && isListedLast(mention, sentence),
    );
    if (isListed || isWhoListed(ref.table)) return [];
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
  return [...labelOnce(byPart), ...byMention, ...(named ? [] : one('table not named', [...tables][0]?.name ?? ''))];
}

function doubtsOfJoins({ frame, built: { edges } }: Reading): readonly Doubt[] {
  const meant = tablesOfFrame(frame);
  return edges.flatMap(({ to, cost }, at) => [
    ...one(at === 0 ? 'join' : 'further join', to.name),
    ...(meant.has(to) ? [] : one('bridge', to.name)),
    ...(cost > 1 ? one('inferred key', to.name) : []),
  ]);
}

/** That things are shown by what they are called is one doubt, of however many things and names. */
const labelOnce = (doubts: readonly Doubt[]): readonly Doubt[] =>
  doubts.filter((doubt, at) => doubt.kind !== 'label' || doubts.findIndex(({ kind }) => kind === 'label') === at);

/** Fewer values than rows, as far as the catalog knows. */
const repeatsValues = ({ table, column }: ColumnRef): boolean =>
  !table.primaryKey.includes(column.name) &&
  (column.valuesComplete ? column.values.length : (column.distinct ?? Number.POSITIVE_INFINITY)) <
    (table.rowEstimate ?? 0);

/** A condition that can hardly be read otherwise: on a stored value that one column holds, or on the date by which events are told. */
function isPlain(filter: Filter, { sentence, resolver, frame }: Reading): boolean {
  const { ref } = filter;
  if (frame.told.has(ref.column)) return true;
  if (filter.kind === 'period') return roleOf(ref, resolver.catalog) === 'event date';
  if (filter.kind !== 'compare' || filter.operator !== '=' || filter.value.kind !== 'text') return false;
  const { value } = filter.value;
  return sentence.mentions.some(
    ({ values: [first, ...more] }) => !more.length && first?.column === ref.column && first.value === value,
  );
}

function doubtsOfShape(reading: Reading): readonly Doubt[] {
  const {
    frame,
    resolver,
    built: { edges, main },
  } = reading;
  const measured = frame.items.some(isFigure);
  const parts = partsOfFrame(frame);
  // what tells the groups apart stands beside the first of each by what was asked
  const told = new Set(frame.within?.groups.map(({ column }) => column));
  const shown = [
    ...new Set(parts.filter(({ kind, ref }) => kind === 'shown' && !told.has(ref.column)).map(({ ref }) => ref.table)),
  ];
  const joined = [main, ...edges.map(({ to }) => to)];
  const counts = frame.having !== undefined || frame.order.some(({ measure }) => isFigure(measure));
  const repeats =
    !measured &&
    !counts &&
    !frame.groups.length &&
    !frame.distinct &&
    joined.some((table) => shown.length > 0 && shown.every((own) => resolver.isMany(own, table)));
  const order = frame.order.filter(({ measure }) => measure.kind !== 'column' || !isPeriodOf(frame, measure.ref));
  const open = frame.filters.filter((filter) => !isPlain(filter, reading));
  const asked =
    open.length +
    frame.groups.length +
    order.length +
    frame.without.length +
    (frame.having ? 1 : 0) +
    frame.bounds.length;
  const listed = frame.items.length === 1 && frame.items[0]?.kind === 'column' ? frame.items[0].ref : undefined;
  return [
    ...(listed && !frame.distinct && !frame.groups.length && !repeats && repeatsValues(listed)
      ? one('repeated values', nameOf(listed))
      : []),
    ...(frame.limit === 1 && frame.order.some(({ measure }) => measure.kind === 'count')
      ? one('first by count', main.name)
      : []),
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
