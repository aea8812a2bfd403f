import type { RunId } from '#src/domain/ids.ts';
import type { Run } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { tellOfDamage } from './admin-notices.ts';
import { answerRun, giveUp } from './answer-run.ts';
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
  /** Runs that have failed and of which that could not be saved: they are taken up again at the next start. */
  const unsaved = new Set<RunId>();
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
    if (!closing) await takeUpLeft();
    while (!closing && running.size < atOnce) {
      const run = await nextRun(ports);
      if (run === 'skipped') continue;
      if (!run) return;
      hold(run, answerRun(run, ports, stopping.signal));
    }
  }

  /** Whoever answered them crashed, or could not save how they ended. */
  async function takeUpLeft(): Promise<void> {
    const held = [...running.values(), ...unsaved];
    const { queued, spent } = await ports.querent.runs.requeueLeft(held, MOST_ATTEMPTS);
    if (queued || spent.length) ports.log(`${queued + spent.length} runs were left by who answered them`);
    for (const run of spent) hold(run, giveUp(run, ports, stopping.signal), () => void unsaved.add(run.id));
  }

  function hold(run: Run, work: Promise<void>, onFault: () => void = () => undefined): void {
    const held = work
      .catch((error: unknown) => {
        ports.log(`run ${run.id} could not be ended`, error);
        onFault();
      })
      .finally(() => {
        running.delete(held);
        wake();
      });
    running.set(held, run.id);
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
