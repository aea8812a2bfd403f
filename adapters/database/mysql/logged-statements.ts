import type { PoolConnection, RowDataPacket } from 'mysql2/promise';
import type { QueryLogFault } from '#src/domain/failure.ts';
import { LOGGED_LONGEST, LOGGED_MOST, type LoggedStatement } from '#src/ports/query-log.ts';
import { driverError } from '../driver-error.ts';

const DIGESTS = `
  SELECT DIGEST_TEXT AS text, COUNT_STAR AS calls FROM performance_schema.events_statements_summary_by_digest
  WHERE SCHEMA_NAME = DATABASE() AND CHAR_LENGTH(DIGEST_TEXT) <= ? ORDER BY COUNT_STAR DESC, DIGEST_TEXT LIMIT ?`;

type Row = RowDataPacket & { readonly text: string; readonly calls: string | number };

/** The user may not read the table; or the columns of it. */
const CLOSED = new Set([1142, 1143, 1044]);

/** The statements of performance_schema, which has each with `?` in the place of its literals and does not tell whose they are. */
export async function loggedStatements(
  connection: PoolConnection,
): Promise<readonly LoggedStatement[] | QueryLogFault> {
  const [settings] = await connection.query<RowDataPacket[]>('SELECT @@performance_schema AS on_');
  if (Number(settings[0]?.on_) !== 1) return 'performance-schema-off';
  try {
    const [rows] = await connection.query<Row[]>(DIGESTS, [LOGGED_LONGEST, LOGGED_MOST]);
    return rows.map(({ text, calls }) => ({ text, calls: Number(calls) }));
  } catch (error) {
    if (CLOSED.has(driverError(error).errno)) return 'performance-schema-closed';
    throw error;
  }
}
