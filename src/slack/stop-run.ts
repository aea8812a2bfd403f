import type { Run, StopReason } from '#src/domain/run.ts';
import type { SlackPorts } from './slack-ports.ts';

/** Ends a run, whether it waits or is being answered. False where it has its answer already. */
export async function stopRun(
  run: Pick<Run, 'id' | 'text'>,
  why: StopReason,
  { querent, underWay }: Pick<SlackPorts, 'querent' | 'underWay'>,
): Promise<boolean> {
  if (underWay.stop(run.id, why)) return true;
  return querent.runs.stopQueued(run.id, { kind: 'stopped', text: run.text, why });
}
