import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok } from '#src/domain/result.ts';
import type { Database } from '#src/ports/database.ts';
import type { ServiceParts } from '#src/service/parts.ts';

/** Databases whose statements wait until they are let go or stopped. */
export function slowDatabases() {
  let waitMs = 0;
  const stopped: number[] = [];
  const begun: string[] = [];
  const slowed = (database: Database): Database => ({
    ...database,
    async run(sql, limits, signal) {
      begun.push(sql.text);
      try {
        await sleep(waitMs, undefined, { signal });
      } catch {
        stopped.push(performance.now());
        return fail({ kind: 'cancelled' });
      }
      return database.run(sql, limits, signal);
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
