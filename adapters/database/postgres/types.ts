import type { ColumnKind } from '#src/domain/catalog.ts';
import type { Cell } from '#src/domain/result-table.ts';

/** PostgreSQL's fixed type ids that are not plain text to us. */
const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  float4: 700,
  float8: 701,
  money: 790,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
} as const;

const KINDS = new Map<number, ColumnKind>([
  [OID.bool, 'boolean'],
  [OID.bytea, 'binary'],
  [OID.int8, 'number'],
  [OID.int2, 'number'],
  [OID.int4, 'number'],
  [OID.oid, 'number'],
  [OID.float4, 'number'],
  [OID.float8, 'number'],
  [OID.numeric, 'number'],
  [OID.date, 'date'],
  [OID.timestamp, 'timestamp'],
  [OID.timestamptz, 'timestamp'],
]);

export function kindOfOid(oid: number): ColumnKind {
  return KINDS.get(oid) ?? 'text';
}

/** The kind of a catalog type as `format_type` writes it. */
export function kindOfType(type: string): ColumnKind {
  if (/^(smallint|integer|bigint|real|double precision|numeric|oid|money)\b/.test(type)) return 'number';
  if (/^boolean$/.test(type)) return 'boolean';
  if (/^date$/.test(type)) return 'date';
  if (/^timestamp/.test(type)) return 'timestamp';
  if (/^bytea$/.test(type)) return 'binary';
  if (/^(text|character|"char"|name|uuid|citext|time|interval|inet|cidr)/.test(type)) return 'text';
  return 'other';
}

/** A cell from the server's text form (date style ISO): exact, never rounded. */
export function toCell(text: string | null, oid: number): Cell {
  if (text === null) return null;
  switch (oid) {
    case OID.bool:
      return text === 't';
    case OID.bytea:
      return Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
    case OID.int2:
    case OID.int4:
    case OID.oid:
    case OID.float4:
    case OID.float8:
      return Number(text);
    case OID.int8: {
      const value = Number(text);
      return Number.isSafeInteger(value) ? value : BigInt(text);
    }
    case OID.numeric:
      return decimal(text);
    case OID.timestamp:
      return text.replace(' ', 'T');
    case OID.timestamptz:
      return text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00');
    default:
      return text;
  }
}

/** A double where it holds every digit (15 significant), else the server's own text. */
function decimal(text: string): number | string {
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  return digits.length <= 15 && /^-?[\d.]+$/.test(text) ? Number(text) : text;
}
