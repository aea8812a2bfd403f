import type { Querent } from '#src/compose.ts';
import { PROBE_EVERY_MS, probeAgain } from '#src/databases/register.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { isRefused } from '#src/domain/role-report.ts';

export interface Housekeeping {
  stop(): void;
}

const EVERY_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Why a bot must not start: its audit is not as it was written. A person looks at it, and mends it or puts it away. */
export function brokenAudit({ audit }: Querent): string | undefined {
  const checked = audit.verify();
  if (checked.kind === 'sound') return undefined;
  return `The audit is broken at entry ${checked.seq} (${checked.why}), so the bot does not start. Keep the file for whoever looks into it, and put a sound copy or none in its place.`;
}

/**
 * What a running bot does beside answering: looks at each database's role once a day (ROLE-2), and lets go of what has been kept long
 * enough (RET-1). At once, and then every hour.
 */
export function startHousekeeping(querent: Querent, log: (message: string) => void): Housekeeping {
  const stopping = new AbortController();
  const round = () =>
    void keepUp(querent, new Date(), log, stopping.signal).catch((error: unknown) =>
      log(`upkeep failed: ${(error as Error).name}`),
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

export async function keepUp(
  querent: Querent,
  now: Date,
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store, audit, keepDays } = querent;
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  store.prune(before(keepDays.questions));
  audit.prune(before(keepDays.audit));
  for (const { id } of store.databases()) {
    if (signal.aborted) return;
    const last = store.roleReport(id);
    if (last && now.getTime() - Date.parse(last.checkedAt) < PROBE_EVERY_MS) continue;
    const opened = querent.database(id, 'even if paused');
    const report = opened.ok ? await probeAgain(opened.value, store, now, signal) : opened;
    if (!report.ok) log(`the role of ${id} could not be looked at: ${sayFailure(report.failure)}`);
    else if (isRefused(report.value))
      log(`${id} is paused: its role may do more than read (querent roles check ${id})`);
  }
}
