import { type PhaseNews, sayPhase } from '#src/domain/progress.ts';
import type { Run, RunResult, StopReason } from '#src/domain/run.ts';
import { type DeliverPorts, deliver } from './deliver.ts';
import type { Ending } from './progress/plan.ts';
import type { SlackPorts } from './slack-ports.ts';
import { showOpenAgain } from './undo-choice.ts';
import { stoppedView } from './views/stopped-view.ts';

/** Ends a run that was stopped: who pressed Stop reads what was done until then; what somebody took back or put anew ends in silence. */
export async function endStopped(
  run: Run,
  why: StopReason,
  reached: PhaseNews | undefined,
  ports: SlackPorts,
  posting: DeliverPorts,
): Promise<Ending> {
  if (why === 'edited') return 'again'; // it is in the queue again, with its new text
  const { runs } = ports.querent;
  const result: RunResult = { kind: 'stopped', text: run.text, why };
  const settled = await runs.run(run.id); // words that were read as a choice have become one since it was taken up
  await runs.saveResult(run.id, 'stopped', result);
  await showOpenAgain(settled, ports);
  if (why === 'pressed') await deliver(posting, { ...run, result }, 'answer', stoppedView(sayReached(reached), run.id));
  return why === 'superseded' ? 'superseded' : 'stopped';
}

/** What was done until then: no statement changes anything, whatever it was at. */
export function sayReached(reached: PhaseNews | undefined): string {
  const at = reached ? ` while ${sayPhase(reached)}` : ' before anything was done';
  return `Stopped${at}. Nothing was changed.`;
}
