import type { ColumnKind } from './catalog.ts';
import { COST_BUDGET, type CostBudget } from './cost.ts';

/**
 * One cell. Whole numbers beyond 2^53 are bigint; decimals that a double cannot hold are text in a `number` column;
 * dates are `YYYY-MM-DD`, timestamps ISO 8601 (with a zone where the column has one); arrays and JSON compact text.
 */
export type Cell = null | boolean | number | bigint | string | Uint8Array;

export interface ResultColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface ResultTable {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Why reading stopped before the end, if it did. */
  readonly truncated?: 'rows' | 'bytes';
  /** True when some cell was cut at the cell cap. */
  readonly cellsCut: boolean;
  readonly elapsedMs: number;
}

/** Limits of one statement (CAP-1). They are applied while reading, never by editing the SQL. */
export interface StatementLimits {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly maxCellBytes: number;
  readonly maxRowBytes: number;
  readonly maxResultBytes: number;
  readonly maxColumns: number;
  /** Bytes read off the socket, whatever they decode to. */
  readonly maxRawBytes: number;
  /** What the engine may expect of it before it runs; absent when a person said to run it anyway. */
  readonly budget?: CostBudget;
}

export const ANSWER_LIMITS: StatementLimits = {
  timeoutMs: 15_000,
  maxRows: 1_000,
  maxCellBytes: 64 * 1024,
  maxRowBytes: 256 * 1024,
  maxResultBytes: 10 * 1024 * 1024,
  maxColumns: 100,
  maxRawBytes: 16 * 1024 * 1024,
  budget: COST_BUDGET,
};

const { budget: _, ...withoutBudget } = ANSWER_LIMITS;
/** The same walls without the question of cost: a person said to run it anyway. */
export const ANYWAY_LIMITS: StatementLimits = withoutBudget;

export const EXPORT_LIMITS: StatementLimits = {
  ...ANSWER_LIMITS,
  maxRows: 100_000,
  maxRawBytes: 64 * 1024 * 1024,
};

/** Bytes of all cells as they were read: text in UTF-8, numbers and truth values as eight. */
export function resultBytes({ rows }: Pick<ResultTable, 'rows'>): number {
  const size = (cell: Cell) =>
    cell === null
      ? 0
      : typeof cell === 'string'
        ? Buffer.byteLength(cell)
        : cell instanceof Uint8Array
          ? cell.byteLength
          : 8;
  return rows.reduce((sum, row) => sum + row.reduce((of: number, cell) => of + size(cell), 0), 0);
}

/** A cell for people and for text comparisons; binary shows its size. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Uint8Array) return `(${cell.byteLength} bytes)`;
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return String(cell);
}

const CALLS: ReadonlyMap<string, string> = new Map([
  ['count', 'count'],
  ['sum', 'total'],
  ['avg', 'average'],
  ['min', 'minimum'],
  ['max', 'maximum'],
]);

/** What people call a result's column: `COUNT(*)` is "count", `AVG(staff.salary)` "average of salary"; names keep their words. */
export function columnHeading(name: string): string {
  // One call over one column; what reckons with several is no name.
  const [call, called = '', argument = ''] = /^(\w+)\s*\(([^()]*)\)$/s.exec(name) ?? [];
  if (/[()]/.test(name) && call === undefined) return name;
  if (call === undefined) return CALLS.get(name.toLowerCase()) ?? name.replaceAll('_', ' ');
  const said = CALLS.get(called.toLowerCase());
  if (!said) return name;
  const of = argument
    .replace(/^DISTINCT\s+/i, 'distinct ')
    .replace(/[^\s.]*\./, '')
    .replaceAll('"', '')
    .replaceAll('_', ' ');
  return of === '*' ? said : `${said} of ${of}`;
}
