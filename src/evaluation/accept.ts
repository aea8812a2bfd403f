import type { Cell, ResultTable } from '#src/domain/result-table.ts';

/** A result that answers a question, and what of it is required. */
export interface AcceptedResult {
  readonly table: ResultTable;
  /** The first so many columns tell the rows apart and may be written in any form. */
  readonly anyForm: number;
}

export interface Acceptance {
  /** Further columns may be shown. */
  readonly extra: boolean;
  /** The rows must come in this order. */
  readonly ordered: boolean;
}

/** Relative difference under which two numbers are one, and up to which a number may differ that was rounded. */
const TOLERANCE = 1e-6;
const ROUNDED_BY = 0.005;
/** Ways to assign columns that are looked at. */
const MAX_ASSIGNMENTS = 2_000;

/**
 * Whether a result shows all that is required: the same rows, each required column among its own, in any order of columns. Numbers
 * may be rounded; a timestamp at midnight is its day. Columns in any form must be there, as some that tell the rows apart.
 */
export function accepts(
  { table, anyForm }: AcceptedResult,
  given: ResultTable,
  { extra, ordered }: Acceptance,
): boolean {
  const rows = table.rows.map((row) => row.map(plain));
  const shown = given.rows.map((row) => row.map(plain));
  if (rows.length !== shown.length) return false;
  const width = table.rows[0]?.length ?? 0;
  const shownWidth = shown[0]?.length ?? 0;
  if (shownWidth < width - (anyForm ? anyForm - 1 : 0) || (!extra && !anyForm && shownWidth !== width)) return false;
  const required = Array.from({ length: width - anyForm }, (_, at) => at + anyForm);
  const candidates = required.map((column) => sameColumns(rows, shown, column));
  let left = MAX_ASSIGNMENTS;
  const assign = (chosen: readonly number[]): boolean => {
    const own = candidates[chosen.length];
    if (!own) {
      left -= 1;
      const told = anyForm === 0 || tellsApart(rows, anyForm, shown, chosen);
      return told && sameRows(rows, shown, required, chosen, ordered);
    }
    return own.some((column) => left > 0 && !chosen.includes(column) && assign([...chosen, column]));
  };
  return assign([]);
}

/** A cell as a person reads it: truth as 0 and 1, digits as a number, midnight as its day. */
function plain(cell: Cell): string | number | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return Number(cell);
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex');
  const text = cell.normalize('NFC').trim();
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  return /^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00(?::?00)?)?$/.exec(text)?.[1] ?? text;
}

type Plain = ReturnType<typeof plain>;

function isSame(wanted: Plain, given: Plain): boolean {
  if (typeof wanted !== 'number' || typeof given !== 'number') return wanted === given;
  const apart = Math.abs(wanted - given);
  if (apart <= TOLERANCE * Math.abs(wanted)) return true;
  if (Number.isInteger(wanted) || apart > ROUNDED_BY * Math.abs(wanted)) return false;
  const digits = /\.(\d+)$/.exec(String(given))?.[1]?.length ?? 0;
  return apart <= 0.5 * 10 ** -digits * (1 + TOLERANCE);
}

/** The shown columns that hold the values of a wanted one, in whatever order. */
function sameColumns(rows: readonly Plain[][], shown: readonly Plain[][], column: number): number[] {
  const sorted = (all: readonly Plain[][], at: number) => all.map((row) => row[at] ?? null).sort(byValue);
  const wanted = sorted(rows, column);
  return [...Array(shown[0]?.length ?? 0).keys()].filter((at) =>
    sorted(shown, at).every((value, index) => isSame(wanted[index] ?? null, value)),
  );
}

function byValue(a: Plain, b: Plain): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [`${typeof a} ${a}`, `${typeof b} ${b}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether the columns that are not taken say as many different things of the rows as the labels of the gold query. */
function tellsApart(
  rows: readonly Plain[][],
  anyForm: number,
  shown: readonly Plain[][],
  taken: readonly number[],
): boolean {
  const wanted = new Set(rows.map((row) => JSON.stringify(row.slice(0, anyForm))));
  const labels = shown.map((row) => JSON.stringify(row.filter((_, at) => !taken.includes(at))));
  return !labels.includes('[]') && new Set(labels).size >= wanted.size;
}

function sameRows(
  rows: readonly Plain[][],
  shown: readonly Plain[][],
  required: readonly number[],
  chosen: readonly number[],
  ordered: boolean,
): boolean {
  const agree = (row: readonly Plain[], given: readonly Plain[]) =>
    required.every((column, at) => isSame(row[column] ?? null, given[chosen[at]!] ?? null));
  if (ordered) return rows.every((row, at) => agree(row, shown[at]!));
  const left = [...shown];
  return rows.every((row) => {
    const at = left.findIndex((given) => agree(row, given));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
