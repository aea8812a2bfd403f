import type { Cell, ResultTable } from '#src/domain/result-table.ts';

export interface ResultComparison {
  readonly equal: boolean;
  readonly reason: 'equal' | 'both-empty' | 'row-count' | 'column-count' | 'values' | 'permutation-limit';
}

const MAX_NODES = 10_000;

/**
 * Spider's result comparison (sources.md#execution-accuracy) with DISTINCT kept: column names are ignored, columns may come in any
 * one order, duplicates count, row order counts only if `ordered`. 1 equals 1.0; 1 and '1' differ; no float tolerance.
 */
export function compareSpider(gold: ResultTable, predicted: ResultTable, ordered: boolean): ResultComparison {
  if (!gold.rows.length && !predicted.rows.length) return { equal: true, reason: 'both-empty' };
  if (gold.rows.length !== predicted.rows.length) return { equal: false, reason: 'row-count' };
  const width = gold.rows[0]!.length;
  if (predicted.rows[0]!.length !== width) return { equal: false, reason: 'column-count' };
  const wanted = gold.rows.map((row) => row.map(cellKey));
  const given = predicted.rows.map((row) => row.map(cellKey));
  const candidates = columnCandidates(wanted, given, width);
  if (candidates.some((columns) => columns.length === 0)) return { equal: false, reason: 'values' };
  const goal = fingerprint(wanted, [...Array(width).keys()], ordered);
  let nodes = 0;
  const chosen: number[] = [];
  const tryFrom = (at: number): boolean | undefined => {
    if (at === width) return fingerprint(given, chosen, ordered) === goal;
    for (const column of candidates[at]!) {
      if (chosen.includes(column)) continue;
      nodes += 1;
      if (nodes > MAX_NODES) return undefined;
      chosen[at] = column;
      chosen.length = at + 1;
      const found = tryFrom(at + 1);
      if (found !== false) return found;
      chosen.length = at;
    }
    return false;
  };
  const found = tryFrom(0);
  if (found === undefined) return { equal: false, reason: 'permutation-limit' };
  return found ? { equal: true, reason: 'equal' } : { equal: false, reason: 'values' };
}

/** For each gold column the predicted columns that hold the same values, as multisets. */
function columnCandidates(wanted: readonly string[][], given: readonly string[][], width: number): number[][] {
  const multiset = (rows: readonly string[][], at: number) =>
    rows
      .map((row) => row[at]!)
      .sort()
      .join('\u0001');
  const offered = Array.from({ length: width }, (_, at) => multiset(given, at));
  return Array.from({ length: width }, (_, at) => {
    const goal = multiset(wanted, at);
    return offered.flatMap((values, column) => (values === goal ? [column] : []));
  });
}

function fingerprint(rows: readonly string[][], columns: readonly number[], ordered: boolean): string {
  const lines = rows.map((row) => columns.map((at) => row[at]).join('\u0002'));
  return (ordered ? lines : lines.sort()).join('\u0001');
}

/** A type-tagged key: equal keys are equal cells. */
export function cellKey(cell: Cell): string {
  if (cell === null) return 'null';
  if (typeof cell === 'boolean') return `n:${cell ? 1 : 0}`;
  if (typeof cell === 'bigint') return `n:${cell}`;
  if (typeof cell === 'number') return Number.isNaN(cell) ? 'nan' : `n:${cell === 0 ? 0 : cell}`;
  if (cell instanceof Uint8Array) return `b:${Buffer.from(cell).toString('hex')}`;
  return `t:${cell.normalize('NFC')}`;
}
