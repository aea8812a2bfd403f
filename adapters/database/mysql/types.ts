import type { ColumnKind } from '#src/domain/catalog.ts';
import type { Cell } from '#src/domain/result-table.ts';

/** The protocol's column types that are not plain text to us (field packets carry these numbers). */
const TYPE = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  datetime: 12,
  year: 13,
  bit: 16,
  newdecimal: 246,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
} as const;

const BINARY_CHARSET = 63;

const WHOLE: ReadonlySet<number> = new Set([TYPE.tiny, TYPE.short, TYPE.long, TYPE.int24, TYPE.longlong, TYPE.year]);
const REAL: ReadonlySet<number> = new Set([TYPE.float, TYPE.double]);
const DECIMAL: ReadonlySet<number> = new Set([TYPE.decimal, TYPE.newdecimal]);
const BYTES: ReadonlySet<number> = new Set([
  TYPE.tinyBlob,
  TYPE.mediumBlob,
  TYPE.longBlob,
  TYPE.blob,
  TYPE.varString,
  TYPE.string,
]);

export interface FieldType {
  readonly columnType: number;
  readonly characterSet: number;
}

/** Text and bytes share their types; the binary character set tells them apart. */
const isBinary = ({ columnType, characterSet }: FieldType) =>
  columnType === TYPE.bit || (characterSet === BINARY_CHARSET && BYTES.has(columnType));

export function kindOfField(field: FieldType): ColumnKind {
  const { columnType } = field;
  if (WHOLE.has(columnType) || REAL.has(columnType) || DECIMAL.has(columnType)) return 'number';
  if (columnType === TYPE.date) return 'date';
  if (columnType === TYPE.datetime || columnType === TYPE.timestamp) return 'timestamp';
  return isBinary(field) ? 'binary' : 'text';
}

/** The kind of a catalog type as information_schema writes it (`data_type`). */
export function kindOfType(type: string): ColumnKind {
  if (/^(tinyint|smallint|mediumint|int|bigint|decimal|float|double|year)$/.test(type)) return 'number';
  if (type === 'date') return 'date';
  if (/^(datetime|timestamp)$/.test(type)) return 'timestamp';
  if (/(blob|binary)$|^bit$/.test(type)) return 'binary';
  if (/(char|text)$|^(enum|set|time|uuid|inet4|inet6)$/.test(type)) return 'text';
  return 'other';
}

/** A cell from the server's own text: exact, never rounded. */
export function toCell(bytes: Buffer, field: FieldType): Cell {
  if (isBinary(field)) return Uint8Array.from(bytes);
  const text = bytes.toString('utf8');
  const { columnType } = field;
  if (columnType === TYPE.datetime || columnType === TYPE.timestamp) return text.replace(' ', 'T');
  if (REAL.has(columnType)) return Number(text);
  if (WHOLE.has(columnType)) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  if (!DECIMAL.has(columnType)) return text;
  // A double where it holds every digit (15 significant), else the server's own text.
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  return digits.length <= 15 ? Number(text) : text;
}
