import { judgedFor } from '#src/access/may-read.ts';
import type { ReaderViews } from '#src/access/reader-views.ts';
import type { Connections } from '#src/databases/connections.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Result } from '#src/domain/result.ts';
import { EXPORT_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import { auditedDatabase } from './audited.ts';
import type { ServiceParts } from './parts.ts';

export interface ExportRequest {
  readonly databaseId: DatabaseId;
  readonly sql: string;
  readonly maxRows: number;
}

/** Runs the query of an answer again for a file of its rows: judged anew, with the rights of who takes it, and written down. */
export async function exportRows(
  { databaseId, sql, maxRows }: ExportRequest,
  views: ReaderViews,
  { audit, clock }: Pick<ServiceParts, 'audit' | 'clock'>,
  connections: Connections,
  signal: AbortSignal,
): Promise<Result<ResultTable>> {
  const judged = await judgedFor(views, databaseId, sql);
  if (!judged.ok) return judged;
  const opened = await connections.open(databaseId);
  if (!opened.ok) return opened;
  const { teamId, userId = 'unknown', channelId } = views.reader;
  const who = { teamId, userId, ...(channelId === undefined ? {} : { channelId }) };
  const about = { run: 'export', who, scopeDigest: views.digest };
  const limits = { ...EXPORT_LIMITS, maxRows };
  const database = auditedDatabase(opened.value, audit, about, clock.now);
  return database.run(judged.value, limits, signal).finally(() => database.close());
}
