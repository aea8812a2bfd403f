import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { isKey } from './column-roles.ts';
import type { RowFilter } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';

/**
 * Rows without something in a column ("without email", "with no discount"): no value, an empty text where some are stored, or 0 where every
 * row has a number.
 */
export function nothingIn(ref: ColumnRef, catalog: DatabaseCatalog): RowFilter {
  const none: RowFilter = { kind: 'null', ref, negated: false };
  const nothing = storedFor(ref, catalog);
  return nothing
    ? { kind: 'either', ref, filters: [none, { kind: 'compare', ref, operator: '=', value: nothing }] }
    : none;
}

/** Rows with something in it. */
export function somethingIn(ref: ColumnRef, catalog: DatabaseCatalog): RowFilter {
  const nothing = storedFor(ref, catalog);
  return nothing ? { kind: 'compare', ref, operator: '<>', value: nothing } : { kind: 'null', ref, negated: true };
}

/** What stands for nothing where something is stored all the same. */
function storedFor(ref: ColumnRef, catalog: DatabaseCatalog) {
  const { kind, nullShare, values } = ref.column;
  if (kind === 'text' && values.includes('')) return { kind: 'text', value: '' } as const;
  const isNought = kind === 'number' && nullShare === 0 && values.includes('0') && !isKey(ref, catalog);
  return isNought ? ({ kind: 'number', value: 0 } as const) : undefined;
}
