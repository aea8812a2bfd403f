import type { Connection } from 'mysql2';
import type { PoolConnection } from 'mysql2/promise';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Cell, ResultColumn, ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import { collectRows, type DecodedRow, endCut } from '../row-bounds.ts';
import { type FieldType, kindOfField, toCell } from './types.ts';

/** Reads row by row as the server sends them and stops at the caps; the text is sent as it is. */
export function readRows(
  connection: PoolConnection,
  text: string,
  limits: StatementLimits,
  database: string,
): Promise<Result<Omit<ResultTable, 'elapsedMs'>>> {
  const rows = collectRows(limits);
  let columns: readonly ResultColumn[] = [];
  let types: readonly FieldType[] = [];
  return new Promise((resolve, reject) => {
    // The driver with callbacks, which gives rows as they come.
    const { connection: core } = connection as unknown as { readonly connection: Connection };
    let settled = false;
    const finish = (result: Result<Omit<ResultTable, 'elapsedMs'>>) => {
      settled = true;
      resolve(result);
    };
    const query = core.query({ sql: text, rowsAsArray: true, typeCast: (field) => field.buffer() });
    query.on('fields', (fields) => {
      const packets = fields as unknown as readonly (FieldType & { readonly name: string })[];
      types = packets;
      columns = packets.map((field) => ({ name: field.name, kind: kindOfField(field) }));
      if (columns.length > limits.maxColumns)
        finish(fail({ kind: 'query-too-big', database, what: `${columns.length} columns` }));
    });
    query.on('result', (raw) => {
      if (settled || !Array.isArray(raw)) return;
      try {
        const more = rows.add(() => decode(raw as unknown as readonly (Buffer | null)[], types, limits));
        if (!more) finish(ok(rows.table(columns)));
      } catch (error) {
        settled = true;
        reject(error);
      }
    });
    query.on('error', (error) => {
      if (!settled) reject(error);
    });
    query.on('end', () => {
      if (!settled) finish(ok(rows.table(columns)));
    });
  });
}

/** A row as values; throws where it has a cell more than there are columns. */
export function decode(
  raw: readonly (Buffer | null)[],
  types: readonly FieldType[],
  { maxCellBytes }: StatementLimits,
): DecodedRow {
  let size = 0;
  let cut = false;
  const row = raw.map((bytes, at): Cell => {
    const type = types[at];
    if (type === undefined) throw new Error('the server sent a row of more cells than columns');
    if (bytes === null) return null;
    const long = bytes.byteLength > maxCellBytes;
    const kept = long ? bytes.subarray(0, maxCellBytes) : bytes;
    size += kept.byteLength;
    cut ||= long;
    const cell = toCell(kept, type);
    return long && typeof cell === 'string' ? endCut(cell) : cell;
  });
  return { row, size, cut };
}
