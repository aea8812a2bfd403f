import type { Column, ColumnKind, ForeignKey, Table } from '#src/domain/catalog.ts';
import type { RawColumn, RawTable } from './protocol.ts';

/** Tables as the catalog has them, from what was read of the file. */
export const tablesOf = (raw: readonly RawTable[]): Table[] => raw.map((table) => toTable(table, raw));

function toTable(raw: RawTable, all: readonly RawTable[]): Table {
  const primaryKey = raw.columns
    .filter((column) => column.keyPosition > 0)
    .sort((a, b) => a.keyPosition - b.keyPosition)
    .map((column) => column.name);
  return {
    name: raw.name,
    kind: raw.view ? 'view' : 'table',
    columns: raw.columns.map(toColumn),
    primaryKey,
    foreignKeys: toForeignKeys(raw, all),
    ...(raw.rowEstimate === undefined ? {} : { rowEstimate: raw.rowEstimate }),
  };
}

function toColumn(raw: RawColumn): Column {
  return {
    name: raw.name,
    type: raw.type || 'ANY',
    kind: kindOf(raw),
    nullable: raw.nullable,
    values: raw.values,
    valuesComplete: raw.valuesComplete,
    distinct: raw.distinct,
    nullShare: raw.nullShare,
  };
}

/** Declared type first; SQLite lets any value in, so text that is all dates counts as a date. */
function kindOf(raw: RawColumn): ColumnKind {
  const type = raw.type.toUpperCase();
  const text = raw.values.length > 0 && raw.storage.every((storage) => storage === 'text');
  if (text && raw.values.every((value) => /^\d{4}-\d{2}-\d{2}$/.test(value))) return 'date';
  if (text && raw.values.every((value) => /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}/.test(value))) return 'timestamp';
  if (raw.storage.length > 0 && raw.storage.every((storage) => storage === 'blob')) return 'binary';
  if (/BOOL/.test(type)) return 'boolean';
  if (raw.storage.length > 0 && raw.storage.every((storage) => storage === 'integer' || storage === 'real'))
    return 'number';
  if (text) return 'text';
  if (/DATETIME|TIMESTAMP/.test(type)) return 'timestamp';
  if (/^DATE/.test(type)) return 'date';
  if (/INT|REAL|FLOA|DOUB|NUM|DEC|MONEY|BIT|YEAR/.test(type)) return 'number';
  return /BLOB|BINARY/.test(type) ? 'binary' : 'text';
}

function toForeignKeys(raw: RawTable, all: readonly RawTable[]): ForeignKey[] {
  const byId = Map.groupBy(raw.foreignKeys, (key) => key.id);
  return [...byId.values()].map((parts) => {
    const target = all.find((table) => table.name.toLowerCase() === parts[0]!.table.toLowerCase());
    const targetKey = (target?.columns ?? [])
      .filter((column) => column.keyPosition > 0)
      .sort((a, b) => a.keyPosition - b.keyPosition);
    return {
      columns: parts.map((part) => part.from),
      targetTable: target?.name ?? parts[0]!.table,
      targetColumns: parts.map((part, at) => part.to ?? targetKey[at]?.name ?? part.from),
    };
  });
}
