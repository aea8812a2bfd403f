import type { Cell, ResultColumn, ResultTable, StatementLimits } from '#src/domain/result-table.ts';

/** A row as it was decoded, its bytes as they came, and whether one of its cells was cut. */
export interface DecodedRow {
  readonly row: readonly Cell[];
  readonly size: number;
  readonly cut: boolean;
}

/** The bounds of a result while its rows are read, one after another, until one finds no room. */
interface RowBounds {
  /** Why reading stopped, if it did. */
  readonly truncated: 'rows' | 'bytes' | undefined;
  /** Whether one more row may be read. */
  hasRoom(): boolean;
  /** Whether a row of so many bytes still fits; it is counted then. */
  take(size: number): boolean;
}

export function rowBounds({ maxRows, maxRowBytes, maxResultBytes }: StatementLimits): RowBounds {
  let [rows, bytes] = [0, 0];
  let truncated: 'rows' | 'bytes' | undefined;
  return {
    get truncated() {
      return truncated;
    },
    hasRoom() {
      if (rows === maxRows) truncated = 'rows';
      return truncated === undefined;
    },
    take(size) {
      if (size > maxRowBytes || bytes + size > maxResultBytes) truncated = 'bytes';
      else [rows, bytes] = [rows + 1, bytes + size];
      return truncated === undefined;
    },
  };
}

/** The rows of a result, collected under its bounds. */
interface RowCollector {
  /** False where there is no room: nothing more need be read. */
  add(decode: () => DecodedRow): boolean;
  readonly truncated: boolean;
  table(columns: readonly ResultColumn[]): Omit<ResultTable, 'elapsedMs'>;
}

export function collectRows(limits: StatementLimits): RowCollector {
  const bounds = rowBounds(limits);
  const rows: (readonly Cell[])[] = [];
  let cellsCut = false;
  return {
    add(decode) {
      if (!bounds.hasRoom()) return false;
      const { row, size, cut } = decode();
      if (!bounds.take(size)) return false;
      rows.push(row);
      cellsCut ||= cut;
      return true;
    },
    get truncated() {
      return bounds.truncated !== undefined;
    },
    table(columns) {
      const { truncated } = bounds;
      return { columns, rows, cellsCut, ...(truncated ? { truncated } : {}) };
    },
  };
}

/** The first bytes of a text, without a character that was cut in two, and a sign that more came. */
export const cutText = (bytes: Buffer, maxBytes: number): string =>
  endCut(bytes.subarray(0, maxBytes).toString('utf8'));

export const endCut = (text: string): string => `${text.replace(/\ufffd+$/, '')}…`;
