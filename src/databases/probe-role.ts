import type { Failure } from '#src/domain/failure.ts';
import type { RegisteredDatabase, StoredRoleReport } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { ROLE_DEFECTS, type RoleFinding, type RoleReport } from '#src/domain/role-report.ts';
import type { Database } from '#src/ports/database.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';

/** A role's report is asked for again after this time. */
const PROBE_EVERY_MS = 24 * 3_600_000;

/** Whether a warning is accepted: by its code, by its very sentence as it was told, or with all others by `all`. */
export const isAccepted = ({ code, what }: RoleFinding, acceptWarnings: readonly string[]): boolean =>
  [code, what, 'all'].some((one) => acceptWarnings.includes(one));

/** What a database's role may do beyond reading (ROLE-2), and the codes of what is accepted of it. */
export async function probeRole(
  database: Database,
  acceptWarnings: readonly string[],
  at: Date,
  signal: AbortSignal,
): Promise<Result<StoredRoleReport>> {
  const report = await database.probeRole(signal);
  if (!report.ok) return report;
  const { findings } = report.value;
  const byName = acceptWarnings.filter((one) => ROLE_DEFECTS.some((code) => code === one));
  const accepted = findings.filter((one) => isAccepted(one, acceptWarnings)).map(({ code }) => code);
  return ok({ ...report.value, checkedAt: at.toISOString(), accepted: [...new Set([...byName, ...accepted])] });
}

export interface ProbeAgainPorts {
  readonly store: Pick<DatabaseStore, 'roleReport' | 'saveRoleReport'>;
  /** Asked with the report of before, if any, and the new one; what it says keeps that of before. */
  readonly beforeSave: (before: RoleReport | undefined, after: RoleReport) => Promise<Failure | undefined>;
}

/** Looks at a registered database's role again. A refusal pauses it; what cannot be found out leaves the last report. */
export async function probeAgain(
  database: Database,
  { store, beforeSave }: ProbeAgainPorts,
  at: Date,
  signal: AbortSignal,
): Promise<Result<StoredRoleReport>> {
  const before = await store.roleReport(database.id);
  const probed = await probeRole(database, before?.accepted ?? [], at, signal);
  if (!probed.ok) return probed;
  const refused = await beforeSave(before, probed.value);
  if (refused) return fail(refused);
  await store.saveRoleReport(database.id, probed.value);
  return probed;
}

/** Whether a role is due to be looked at again. */
export async function isDue(
  { id }: RegisteredDatabase,
  store: Pick<DatabaseStore, 'roleReport'>,
  now: Date,
): Promise<boolean> {
  const last = await store.roleReport(id);
  return !last || now.getTime() - Date.parse(last.checkedAt) >= PROBE_EVERY_MS;
}
