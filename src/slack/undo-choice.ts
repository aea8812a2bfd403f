import { type Run, settledBy } from '#src/domain/run.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import { changeMessage } from './change-message.ts';
import type { SlackPorts } from './slack-ports.ts';
import { expiredView, openAgainView } from './views/question-back-view.ts';

/**
 * Shows a question back as open again, whose choice was undone with the run that made it: the store has done so, its message says yet what
 * was chosen. Where somebody has chosen anew meanwhile that stands.
 */
export async function showOpenAgain(
  run: Run | undefined,
  ports: Pick<SlackPorts, 'querent' | 'clients' | 'log'>,
): Promise<void> {
  const { runs, runSettings } = ports.querent;
  const id = run && settledBy(run);
  const asked = id === undefined ? undefined : await runs.run(id);
  if (asked?.result?.kind !== 'question-back' || (await runs.isChosen(asked.id))) return;
  const ts = await runs.posted(asked.id, 'clarify');
  if (!ts) return;
  const view =
    asked.state === 'expired'
      ? expiredView(asked.result, asked.id, runSettings.replyHours)
      : openAgainView(asked.result, asked.id);
  await changeMessage(asked, ts, view, ports, AbortSignal.timeout(LOOKUP_PATIENCE_MS));
}
