import { fail, ok } from '#src/domain/result.ts';
import type { Database } from '#src/ports/database.ts';
import type { ServiceParts } from '#src/service/parts.ts';

/** Databases whose statements wait until they are let go or stopped; a server that is slow all through makes everything else wait, too. */
export function slowDatabases() {
  let waitMs = 0;
  let allThrough = false;
  const waiting = new Set<() => void>();
  const stopped: number[] = [];
  const begun: string[] = [];
  /** False where the signal ends it. */
  async function waits(signal: AbortSignal): Promise<boolean> {
    const { promise: over, resolve: goOn } = Promise.withResolvers<void>();
    const timer = setTimeout(goOn, waitMs);
    waiting.add(goOn);
    signal.addEventListener('abort', () => goOn(), { once: true });
    if (!signal.aborted) await over;
    clearTimeout(timer);
    waiting.delete(goOn);
    return !signal.aborted;
  }
  const later =
    <T, Args extends readonly unknown[]>(work: (...args: [...Args, AbortSignal]) => Promise<T>) =>
    async (...args: [...Args, AbortSignal]): Promise<T> => {
      if (allThrough) await waits(args.at(-1) as AbortSignal);
      return work(...args);
    };
  const slowed = (database: Database): Database => ({
    ...database,
    ping: later((signal) => database.ping(signal)),
    catalog: later((options: Parameters<Database['catalog']>[0], signal) => database.catalog(options, signal)),
    schemaStamp: later((signal) => database.schemaStamp(signal)),
    estimate: later((sql: Parameters<Database['estimate']>[0], signal) => database.estimate(sql, signal)),
    probeRole: later((signal) => database.probeRole(signal)),
    async run(sql, limits, signal) {
      begun.push(sql.text);
      if (await waits(signal)) return database.run(sql, limits, signal);
      stopped.push(performance.now());
      return fail({ kind: 'cancelled' });
    },
  });
  return {
    /** When statements were stopped, by `performance.now()`. */
    stopped,
    /** Statements that were begun. */
    begun,
    slow(ms: number) {
      waitMs = ms;
    },
    /** The same for everything that is asked of a database. */
    slowAllThrough(ms: number) {
      waitMs = ms;
      allThrough = true;
    },
    /** Lets go of all that wait, and nothing waits from then on. */
    letGo() {
      waitMs = 0;
      allThrough = false;
      for (const goOn of waiting) goOn();
    },
    change: (parts: ServiceParts): ServiceParts => ({
      ...parts,
      opener: {
        ...parts.opener,
        async open(registered) {
          const opened = await parts.opener.open(registered);
          return opened.ok ? ok(slowed(opened.value)) : opened;
        },
      },
    }),
  };
}
