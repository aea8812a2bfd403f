import pg, { type PoolClient } from 'pg';
import type { QueryLogFault } from '#src/domain/failure.ts';
import { LOGGED_LONGEST, LOGGED_MOST, type LoggedStatement } from '#src/ports/query-log.ts';
import { driverError } from '../driver-error.ts';

const EXTENSION = `
  SELECT n.nspname AS schema FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_stat_statements'`;

/** What others ran in this database, whoever they are: with Querent's own, exploring would learn from itself. */
const STATEMENTS = (schema: string) => `
  SELECT s.query AS text, sum(s.calls)::bigint AS calls FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements s
  WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND s.userid <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) AND length(s.query) <= $1
  GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2`;

/** What the server writes in the place of a statement that the role may not see. */
const HIDDEN = '<insufficient privilege>';
/** The extension is there and its library was not loaded when the server started; its view may not be read. */
const FAULTS: Readonly<Record<string, QueryLogFault>> = { 55000: 'no-extension', 42501: 'no-stats-role' };

/** The statements of pg_stat_statements, which has each with `$1` in the place of its literals. */
export async function loggedStatements(client: PoolClient): Promise<readonly LoggedStatement[] | QueryLogFault> {
  const extension = await client.query<{ readonly schema: string }>(EXTENSION);
  const schema = extension.rows[0]?.schema;
  if (schema === undefined) return 'no-extension';
  try {
    const { rows } = await client.query<{ readonly text: string; readonly calls: string }>(STATEMENTS(schema), [
      LOGGED_LONGEST,
      LOGGED_MOST,
    ]);
    const seen = rows.filter(({ text }) => text !== HIDDEN);
    return rows.length && !seen.length
      ? 'no-stats-role'
      : seen.map(({ text, calls }) => ({ text, calls: Number(calls) }));
  } catch (error) {
    const fault = FAULTS[driverError(error).code];
    if (fault) return fault;
    throw error;
  }
}
