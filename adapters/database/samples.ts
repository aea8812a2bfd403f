/** Rows read for one table's samples; every statement of extraction stops there. */
export const SAMPLE_ROWS = 5_000;
/** Distinct values kept for one column. */
export const MAX_VALUES = 500;
const MAX_VALUE_LENGTH = 100;

/** What a bounded sample of one column tells. */
export interface SampleSummary {
  /** Distinct values, most frequent first, each cut at 100 characters. */
  readonly values: readonly string[];
  readonly valuesComplete: boolean;
  readonly distinct: number;
  /** Share of nulls, 0–1. */
  readonly nullShare: number;
  /** Storage classes seen: text, integer, real, blob. */
  readonly storage: readonly string[];
}

/** Summarises the sampled cells of one column; binary cells are counted but never kept. */
export function summariseSample(cells: readonly unknown[]): SampleSummary {
  const counts = new Map<string, number>();
  const storage = new Set<string>();
  let nulls = 0;
  for (const cell of cells) {
    if (cell === null || cell === undefined) {
      nulls += 1;
      continue;
    }
    if (cell instanceof Uint8Array) {
      storage.add('blob');
      continue;
    }
    storage.add(typeof cell === 'string' ? 'text' : typeof cell === 'bigint' ? 'integer' : 'real');
    const text = String(cell).slice(0, MAX_VALUE_LENGTH);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([text]) => text);
  return {
    values: ordered.slice(0, MAX_VALUES),
    valuesComplete: cells.length < SAMPLE_ROWS && ordered.length <= MAX_VALUES,
    distinct: ordered.length,
    nullShare: cells.length ? nulls / cells.length : 0,
    storage: [...storage],
  };
}
