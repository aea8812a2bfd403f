import type { Failure } from '#src/domain/failure.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { isRefused } from '#src/domain/role-report.ts';
import type { AuditLog } from '#src/ports/audit.ts';
import type { AccessService } from './access-service.ts';
import type { DatabaseService } from './database-service.ts';
import type { ServiceParts } from './parts.ts';
import type { SetupService } from './setup-service.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** What is kept for so many days is kept since then. */
export const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

export interface HousekeepingReport {
  /** Databases whose role was found to do more than read: they are paused now. */
  readonly paused: readonly DatabaseId[];
  readonly unseen: readonly { readonly databaseId: DatabaseId; readonly failure: Failure }[];
}

/** Lets go of what has been kept long enough (RET-1) and of rules that have ended, and looks at roles that were not looked at for a day (ROLE-2). */
export async function keepHouse(
  { store, audit, settings, clock }: Pick<ServiceParts, 'store' | 'audit' | 'settings' | 'clock'>,
  services: {
    readonly databases: Pick<DatabaseService, 'rolesDue' | 'checkRole'>;
    readonly access: Pick<AccessService, 'letGoOfEnded'>;
    readonly setups: Pick<SetupService, 'letGoOfOld'>;
  },
  signal: AbortSignal,
): Promise<HousekeepingReport> {
  const before = (days: number) => daysBefore(clock.now(), days);
  await store.prune(before(settings.keepDays.questions));
  await audit.prune(before(settings.keepDays.audit));
  const { databases, access, setups } = services;
  await access.letGoOfEnded();
  await setups.letGoOfOld();
  const paused: DatabaseId[] = [];
  const unseen: { databaseId: DatabaseId; failure: Failure }[] = [];
  for (const databaseId of await databases.rolesDue()) {
    if (signal.aborted) break;
    const report = await databases.checkRole(databaseId, OPERATOR, signal);
    if (!report.ok) unseen.push({ databaseId, failure: report.failure });
    else if (isRefused(report.value)) paused.push(databaseId);
  }
  return { paused, unseen };
}

/** Keeps house at once, and then every hour until it is stopped. */
export function startHousekeeping(
  querent: { readonly keepHouse: (signal: AbortSignal) => Promise<HousekeepingReport> },
  log: (message: string) => void,
): { readonly stop: () => void } {
  const stopping = new AbortController();
  const round = () =>
    void querent.keepHouse(stopping.signal).then(
      ({ paused, unseen }) => {
        for (const id of paused) log(`${id} is paused: its role may do more than read (querent roles check ${id})`);
        for (const { databaseId, failure } of unseen)
          log(`the role of ${databaseId} could not be looked at: ${sayFailure(failure)}`);
      },
      (error: unknown) => log(`housekeeping failed: ${(error as Error).name}`),
    );
  const timer = setInterval(round, EVERY_MS);
  timer.unref();
  round();
  return {
    stop() {
      clearInterval(timer);
      stopping.abort();
    },
  };
}

/** Why a bot must not start: its audit is not as it was written. A person looks at it, and mends it or puts it away. */
export async function brokenAudit({
  audit,
}: {
  readonly audit: Pick<AuditLog, 'verify'>;
}): Promise<string | undefined> {
  const checked = await audit.verify();
  if (checked.kind === 'sound') return undefined;
  return `The audit is broken at entry ${checked.seq} (${checked.why}), so the bot does not start. Keep the file for whoever looks into it, and put a sound copy or none in its place.`;
}
