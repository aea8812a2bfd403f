import type { Run, StopReason } from '#src/domain/run.ts';
import type { SlackPorts } from './slack-ports.ts';
import { showOpenAgain } from './undo-choice.ts';

/** Ends a run, whether it waits or is being answered. False where it has its answer already. */
export async function stopRun(
  run: Run,
  why: StopReason,
  ports: Pick<SlackPorts, 'querent' | 'underWay' | 'clients' | 'log'>,
): Promise<boolean> {
  if (ports.underWay.stop(run.id, why)) return true;
  const stopped = await ports.querent.runs.stopQueued(run.id, { kind: 'stopped', text: run.text, why });
  if (stopped) await showOpenAgain(run, ports);
  return stopped;
}
