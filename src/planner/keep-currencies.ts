import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type ColumnOf, currencyOf } from '#src/domain/column-meaning.ts';
import { refOf } from './complete-frame.ts';
import { dbGraph, joinTables } from './db-graph.ts';
import { type Frame, type Measure, rowFilters } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';

/**
 * Amounts in several currencies are added up or averaged for each of them, unless the question names one. What would hold such
 * figures against each other (a ranking, a bound on their mean) means nothing, and is refused.
 */
export function keepCurrencies(frame: Frame, catalog: DatabaseCatalog): void {
  const fixed = new Set(
    frame.filters.flatMap((filter) =>
      filter.kind === 'compare' && filter.operator === '=' ? [filter.ref.column] : [],
    ),
  );
  const open = (ref: ColumnRef): ColumnOf | undefined => {
    const currency = currencyOf(ref, catalog);
    return currency && !fixed.has(currency.column) ? currency : undefined;
  };
  const ranked = frame.limit === undefined ? [] : frame.order.flatMap(({ measure }) => addedUp(measure));
  const compared = [
    ...ranked,
    ...rowFilters(frame).flatMap((filter) => (filter.kind === 'average' ? [filter.ref] : [])),
    ...(frame.having && frame.having.bound.kind !== 'number' ? addedUp(frame.having.measure) : []),
  ];
  const apart = compared.find((ref) => open(ref));
  if (apart) {
    const { column } = open(apart)!;
    frame.refused = `${nameOf(apart)} is in several currencies${examples(column.values)}, which do not compare. Name one of them.`;
    return;
  }
  const measured = [...frame.items, ...frame.order.map(({ measure }) => measure)].flatMap(addedUp);
  const amount = [...measured, ...(frame.having ? addedUp(frame.having.measure) : [])].find((ref) => open(ref));
  const currency = amount && open(amount);
  if (!currency) return sayRanked(frame, open);
  const path = joinTables(dbGraph(catalog), [amount.table, currency.table]);
  if (!path) {
    frame.refused = `${nameOf(amount)} is in several currencies, and I cannot tell which row is in which.`;
    return;
  }
  for (const { to } of path) frame.touched.add(to);
  const shown = frame.items.some((item) => item.kind === 'column' && item.ref.column === currency.column);
  if (!shown) frame.items.splice(firstMeasure(frame.items), 0, { kind: 'column', ref: currency });
  frame.assumptions.push(
    `${nameOf(amount)} is in several currencies${examples(currency.column.values)}, which are not added together: each has its own row.`,
  );
}

/** The highest of amounts in several currencies is the one with the largest number: the reader is told. */
function sayRanked(frame: Frame, open: (ref: ColumnRef) => ColumnOf | undefined): void {
  const ranked = frame.limit === undefined ? [] : frame.order.map(({ measure }) => measure);
  const extremes = frame.items.filter((item) => item.kind === 'aggregate');
  const ref = [...ranked, ...extremes].flatMap(refOf).find((one) => open(one));
  if (ref)
    frame.assumptions.push(
      `${nameOf(ref)} is in several currencies${examples(open(ref)!.column.values)} and is compared by its number alone.`,
    );
}

const addedUp = (measure: Measure): ColumnRef[] =>
  measure.kind === 'aggregate' && (measure.name === 'sum' || measure.name === 'avg') ? [measure.ref] : [];

function firstMeasure(items: readonly Measure[]): number {
  const at = items.findIndex((item) => item.kind === 'aggregate' || item.kind === 'count');
  return at === -1 ? items.length : at;
}

const nameOf = ({ table, column }: ColumnOf) => `${table.name}.${column.name}`;

const NAMED = 4;
const examples = (values: readonly string[]): string =>
  values.length ? ` (${[...values].sort().slice(0, NAMED).join(', ')}${values.length > NAMED ? ', …' : ''})` : '';
