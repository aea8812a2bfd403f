import type { Run } from '#src/domain/run.ts';
import { changeMessage } from './change-message.ts';
import type { SlackPorts } from './slack-ports.ts';
import { expiredView } from './views/question-back-view.ts';

/** How often questions back are looked through, and how many are ended at a time. */
const EVERY_MS = 60_000;
const AT_A_TIME = 50;

/** Ends questions back that nobody took up in time (CLAR-7). */
export function startExpiry(ports: SlackPorts): { readonly stop: () => void } {
  const stopping = new AbortController();
  const round = () =>
    void expireQuestions(ports, stopping.signal).catch((error: unknown) =>
      ports.log('questions back could not be ended', error),
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

export async function expireQuestions(ports: SlackPorts, signal: AbortSignal): Promise<void> {
  const { replyHours } = ports.querent.runSettings;
  const before = new Date(ports.now().getTime() - replyHours * 3_600_000);
  for (const run of await ports.querent.runs.expire(before, AT_A_TIME)) {
    if (signal.aborted) return;
    await sayExpired(run, replyHours, ports, signal);
  }
}

/**
 * The message says so and keeps its buttons: a press starts the question anew. That it was said is kept after it is, so that a stop between
 * loses nothing: it is said again, in the same place.
 */
async function sayExpired(run: Run, hours: number, ports: SlackPorts, signal: AbortSignal): Promise<void> {
  const { runs } = ports.querent;
  const ts = await runs.posted(run.id, 'clarify');
  if (ts && run.result?.kind === 'question-back') {
    const said = await changeMessage(run, ts, expiredView(run.result, run.id, hours), ports, signal);
    if (!said) return; // Slack cannot take it now: it is tried at the next round
  }
  await runs.savePosted(run.id, 'expired', ts ?? '');
  await ports.progress.settle(run);
}
