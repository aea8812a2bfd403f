import { z } from 'zod';
import type { Run } from '#src/domain/run.ts';
import { deliver } from './deliver.ts';
import { sayReached } from './end-stopped.ts';
import { type ActionPorts, type Press, pressPosting, whisper } from './press.ts';
import { stopRun } from './stop-run.ts';
import { stoppedView } from './views/stopped-view.ts';

/** Ends a run at once, by whoever asked or administers (PROG-9). */
export async function pressStop({ run, user, asker }: Press, ports: ActionPorts): Promise<void> {
  await stopFor(run, user, asker.reader, ports);
}

async function stopFor(run: Run, user: string, reader: Press['asker']['reader'], ports: ActionPorts): Promise<void> {
  const mayStop = user === run.user || (await ports.querent.mayAdminister(reader));
  if (!mayStop) return whisper(ports, run, user, `Only <@${run.user}> or an admin can stop it.`);
  const waited = (await ports.querent.runs.run(run.id))?.state === 'queued';
  if (!(await stopRun(run, 'pressed', ports))) return whisper(ports, run, user, 'It has its answer already.');
  if (!waited) return; // whoever was answering it says what was done until then
  await ports.progress.settle(run);
  const stopped: Run = { ...run, state: 'stopped', result: { kind: 'stopped', text: run.text, why: 'pressed' } };
  await deliver(pressPosting(ports, run), stopped, 'answer', stoppedView(sayReached(undefined), run.id));
}

const SessionStopped = z.object({
  channel: z.string(),
  thread_ts: z.string(),
  user: z.string(),
});

/**
 * Slack's own stop button below a session. Its streams are ended by Slack already; where somebody else pressed it the run goes on, and is
 * shown by edits.
 */
export async function stopSession(team: string, event: unknown, ports: ActionPorts): Promise<void> {
  const stopped = SessionStopped.safeParse(event).data;
  if (!stopped) return;
  const { channel, thread_ts: thread, user } = stopped;
  const waiting = await ports.querent.runs.waiting(team, { channel, thread });
  const run = waiting.find(({ state }) => state === 'running') ?? waiting[0];
  if (!run) return;
  const asker = await ports.people.admit(team, user, run.direct ? undefined : channel);
  if (asker.kind === 'reader') await stopFor(run, user, asker.reader, ports);
}
