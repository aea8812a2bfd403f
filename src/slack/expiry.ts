import type { Run } from '#src/domain/run.ts';
import { callAgain, LOOKUP_PATIENCE_MS } from './calls.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { placeOf } from './poster.ts';
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

/** The message says so and keeps its buttons: a press starts the question anew. */
async function sayExpired(run: Run, hours: number, ports: SlackPorts, signal: AbortSignal): Promise<void> {
  const ts = await ports.querent.runs.posted(run.id, 'clarify');
  if (!ts || run.result?.kind !== 'question-back') return;
  const { text, blocks } = expiredView(run.result, run.id, hours);
  const { link_names, parse } = AS_WRITTEN;
  const { cosmetic } = ports.clients;
  const patience = {
    lastsMs: LOOKUP_PATIENCE_MS,
    signal,
    onFault: (method: string, error: unknown) => ports.log(`run ${run.id}: ${method}`, error),
  };
  const { channel } = placeOf(run);
  await callAgain(
    'chat.update',
    () => cosmetic.chat.update({ channel, ts, text, blocks: blocks as never, link_names, parse }),
    patience,
  );
  await ports.progress.clear(run);
}
