import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { currencyOf } from '#src/domain/roles/currency-of.ts';
import { refOf } from './complete-frame.ts';
import { dbGraph, joinTables } from './db-graph.ts';
import { type Frame, type Measure, rowFilters } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';

/** An amount that stands in several currencies, none of which the question names. */
interface Mixed {
  readonly amount: ColumnRef;
  readonly currency: ColumnOf;
}

/** The first of some columns that is such an amount. */
type FirstMixed = (refs: readonly ColumnRef[]) => Mixed | undefined;

/**
 * Amounts in several currencies are added up or averaged for each of them, unless the question names one. What would
 * compare such figures with each other (a ranking, a bound on their mean) means nothing, and is refused.
 */
export function keepCurrencies(frame: Frame, catalog: DatabaseCatalog): void {
  const firstMixed = mixedIn(frame, catalog);
  const compared = firstMixed(comparedIn(frame));
  if (compared) {
    frame.refused = `${inSeveral(compared)}, which do not compare. Name one of them.`;
    return;
  }
  const added = firstMixed(addedIn(frame));
  if (added) keepApart(frame, added, catalog);
  else sayRanked(frame, firstMixed);
}

function mixedIn(frame: Frame, catalog: DatabaseCatalog): FirstMixed {
  const fixed = new Set(
    frame.filters.flatMap((filter) =>
      filter.kind === 'compare' && filter.operator === '=' ? [filter.ref.column] : [],
    ),
  );
  return (refs) => {
    for (const amount of refs) {
      const currency = currencyOf(amount, catalog);
      if (currency && !fixed.has(currency.column)) return { amount, currency };
    }
    return undefined;
  };
}

/** Sums and means that are held against each other. */
function comparedIn(frame: Frame): readonly ColumnRef[] {
  const ranked = frame.limit === undefined ? [] : frame.order.flatMap(({ measure }) => addedUp(measure));
  const averages = rowFilters(frame).flatMap((filter) => (filter.kind === 'average' ? [filter.ref] : []));
  const bounded = frame.having && frame.having.bound.kind !== 'number' ? addedUp(frame.having.measure) : [];
  return [...ranked, ...averages, ...bounded];
}

/** Sums and means that are shown, sorted by or bounded. */
function addedIn(frame: Frame): readonly ColumnRef[] {
  const measures = [...frame.items, ...frame.order.map(({ measure }) => measure)];
  return [
    ...measures,
    ...(frame.having ? [frame.having.measure] : []),
    ...frame.bounds.map(({ measure }) => measure),
  ].flatMap(addedUp);
}

/** Each currency has a row of its own. */
function keepApart(frame: Frame, mixed: Mixed, catalog: DatabaseCatalog): void {
  const { amount, currency } = mixed;
  const path = joinTables(dbGraph(catalog), [amount.table, currency.table]);
  if (!path) {
    frame.refused = `${nameOf(amount)} is in several currencies, and I cannot tell which row is in which.`;
    return;
  }
  for (const { to } of path) frame.touched.add(to);
  const shown = frame.items.some((item) => item.kind === 'column' && item.ref.column === currency.column);
  if (!shown) frame.items.splice(firstMeasure(frame.items), 0, { kind: 'column', ref: currency });
  frame.assumptions.push(`${inSeveral(mixed)}, which are not added together: each has its own row.`);
}

/** The highest of amounts in several currencies is the one with the largest number: the reader is told. */
function sayRanked(frame: Frame, firstMixed: FirstMixed): void {
  const ranked = frame.limit === undefined ? [] : frame.order.map(({ measure }) => measure);
  const extremes = frame.items.filter((item) => item.kind === 'aggregate');
  const mixed = firstMixed([...ranked, ...extremes].flatMap(refOf));
  if (mixed) frame.assumptions.push(`${inSeveral(mixed)} and is compared by its number alone.`);
}

const addedUp = (measure: Measure): ColumnRef[] =>
  measure.kind === 'growth'
    ? addedUp(measure.now)
    : measure.kind === 'aggregate' && (measure.name === 'sum' || measure.name === 'avg')
      ? [measure.ref]
      : [];

function firstMeasure(items: readonly Measure[]): number {
  const at = items.findIndex((item) => item.kind === 'aggregate' || item.kind === 'count');
  return at === -1 ? items.length : at;
}

const nameOf = ({ table, column }: ColumnOf) => `${table.name}.${column.name}`;

/** So many currencies are named as examples. */
const NAMED = 4;

function inSeveral({ amount, currency }: Mixed): string {
  const { values } = currency.column;
  const some = [...values].sort().slice(0, NAMED).join(', ');
  const examples = values.length ? ` (${some}${values.length > NAMED ? ', …' : ''})` : '';
  return `${nameOf(amount)} is in several currencies${examples}`;
}
