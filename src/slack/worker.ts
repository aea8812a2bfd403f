import type { RunId } from '#src/domain/ids.ts';
import type { Run } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { tellOfDamage } from './admin-notices.ts';
import { answerRun } from './answer-run.ts';
import { startExpiry } from './expiry.ts';
import type { SlackPorts } from './slack-ports.ts';

export interface Worker {
  /** Says that there may be work. */
  wake(): void;
  /** Takes no new run and waits for those under way. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;
/** A run whose end could not be saved is tried so often. */
const MOST_ATTEMPTS = 3;
/** Runs under way at a stop get so long to end by themselves; what is left goes on at the next start. */
const GRACE_MS = 20_000;

/** Answers queued runs, a few at a time and one a thread. Everything it needs is in the store, so a restart goes on. */
export async function startWorker(ports: SlackPorts): Promise<Worker> {
  const running = new Map<Promise<void>, RunId>();
  const stopping = new AbortController();
  let filling: Promise<void> | undefined;
  let asked = false;
  let closing = false;
  const atOnce = ports.querent.runSettings.perTeam;
  const again = await ports.querent.runs.requeue();
  if (again) ports.log(`${again} runs were under way at the last stop and go on now`);

  async function fill(): Promise<void> {
    asked = false;
    // Whose end could not be saved would keep its person's place and its thread for good.
    const left = closing ? 0 : await ports.querent.runs.requeueLeft([...running.values()], MOST_ATTEMPTS);
    if (left) ports.log(`${left} runs were left by who answered them and are queued again or failed`);
    while (!closing && running.size < atOnce) {
      const run = await nextRun(ports);
      if (run === 'skipped') continue;
      if (!run) return;
      const work = answerRun(run, ports, stopping.signal)
        .catch((error: unknown) => ports.log(`run ${run.id} could not be ended`, error))
        .finally(() => {
          running.delete(work);
          wake();
        });
      running.set(work, run.id);
    }
  }

  function wake(): void {
    asked = true;
    filling ??= fill()
      .catch((error: unknown) => ports.log('no run could be taken up', error))
      .finally(() => {
        filling = undefined;
        if (asked) wake(); // something came while the last look found nothing
      });
  }

  const tick = setInterval(wake, LOOK_EVERY_MS);
  tick.unref();
  const expiry = startExpiry(ports);
  wake();
  return {
    wake,
    async stop() {
      closing = true;
      clearInterval(tick);
      expiry.stop();
      const grace = setTimeout(() => stopping.abort(), GRACE_MS);
      await filling;
      await Promise.all(running.keys());
      clearTimeout(grace);
      stopping.abort();
    },
  };
}

/** The next run to answer; one that cannot be read is logged, told to admins and skipped, and keeps no other waiting. */
async function nextRun(ports: SlackPorts): Promise<Run | 'skipped' | undefined> {
  try {
    return await ports.querent.runs.lease(ports.querent.runSettings);
  } catch (error) {
    if (!(error instanceof StateUnreadable)) throw error;
    tellOfDamage(ports, 'unreadable run', `A question could not be taken up and is not answered: ${error.message}.`);
    return 'skipped';
  }
}
