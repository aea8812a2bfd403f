import { type NewRun, type Run, type RunCause, requestOf } from '#src/domain/run.ts';

import type { ActionPorts } from './press.ts';

/** Queues the run's question once more; its cause makes a repeated press the same run. False where it was pressed before. */
export async function askAgain(
  {
    run,
    user,
    cause,
  }: { readonly run: Run; readonly user: string; readonly cause: Exclude<RunCause, { kind: 'message' }> },
  change: Partial<NewRun>,
  { querent, newId, now, wake }: ActionPorts,
): Promise<boolean> {
  const { reruns: _, turnedAway: _away, ...request } = requestOf(run);
  const fresh: NewRun = { ...request, id: newId(), user, cause, text: run.result?.text ?? run.text, ...change };
  const delivery = ['action', run.id, cause.kind, cause.at ?? ''].join(':');
  const recorded = await querent.runs.record(delivery, fresh, now());
  wake();
  return recorded;
}
