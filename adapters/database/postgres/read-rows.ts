import type { PoolClient } from 'pg';
import Cursor from 'pg-cursor';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Cell, ResultColumn, ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import { collectRows, cutText, type DecodedRow } from '../row-bounds.ts';
import { kindOfOid, toCell } from './types.ts';

const BATCH_ROWS = 200;

/** A row as the server sends it, every value a text. */
type TextRow = readonly (string | null)[];
type Column = ResultColumn & { readonly oid: number };

/** Reads through a portal, a batch at a time, and stops at the caps; the text is sent as it is. */
export async function readRows(
  client: PoolClient,
  text: string,
  limits: StatementLimits,
  database: string,
): Promise<Result<Omit<ResultTable, 'elapsedMs'>>> {
  const cursor = client.query(new Cursor<TextRow>(text, [], { rowMode: 'array' }));
  const rows = collectRows(limits);
  let columns: readonly Column[] | undefined;
  for (let left = limits.maxRows + 1; ; left -= BATCH_ROWS) {
    const { batch, fields } = await readBatch(cursor, Math.min(BATCH_ROWS, left));
    columns ??= fields.map(({ name, dataTypeID }) => ({ name, kind: kindOfOid(dataTypeID), oid: dataTypeID }));
    if (columns.length > limits.maxColumns)
      return fail({ kind: 'query-too-big', database, what: `${columns.length} columns` });
    const known = columns;
    const whole = batch.every((raw) => rows.add(() => decode(raw, known, limits)));
    if (!whole || batch.length === 0) break;
  }
  if (!rows.truncated) await cursor.close();
  return ok(rows.table(columns.map(({ name, kind }) => ({ name, kind }))));
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

function readBatch(
  cursor: Cursor<TextRow>,
  size: number,
): Promise<{ readonly batch: readonly TextRow[]; readonly fields: readonly Field[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(Math.max(size, 1), (error, batch, result) => {
      if (error) reject(error);
      else resolve({ batch, fields: result?.fields ?? [] });
    });
  });
}

function decode(raw: TextRow, columns: readonly Column[], { maxCellBytes }: StatementLimits): DecodedRow {
  let size = 0;
  let cut = false;
  const row = raw.map((text, at): Cell => {
    if (text === null) return null;
    const long = Buffer.byteLength(text) > maxCellBytes;
    const kept = long ? cutCell(text, maxCellBytes) : text;
    cut ||= long;
    size += Buffer.byteLength(kept);
    return toCell(kept, columns[at]?.oid ?? 0);
  });
  return { row, size, cut };
}

/** Bytes come as hexadecimal digits, of which any are whole. */
const cutCell = (text: string, maxBytes: number) =>
  text.startsWith('\\x') ? text.slice(0, maxBytes) : cutText(Buffer.from(text), maxBytes);
