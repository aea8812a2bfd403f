import type { Result } from '#src/domain/result.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { brokenAudit, startHousekeeping } from './housekeeping.ts';
import type { Querent } from './querent.ts';

export interface RunningBot {
  /** Stops it when it aborts, or ends its start. */
  readonly until: AbortSignal;
  readonly log: (message: string) => void;
  readonly onStarted?: () => void;
}

/**
 * Runs a bot until it is told to stop, with what one that answers for long needs: none starts over a broken audit,
 * and house is kept. Resolves to a sentence that says why it did not start, if it did not. The caller closes Querent.
 */
export async function runBot(
  querent: Querent,
  start: (signal: AbortSignal) => Promise<Result<{ stop(): Promise<void> }>>,
  { until, log, onStarted }: RunningBot,
): Promise<string | undefined> {
  const broken = await brokenAudit(querent);
  if (broken !== undefined) return broken;
  const bot = await start(until);
  if (!bot.ok) return until.aborted ? undefined : sayToOperator(bot.failure);
  const house = startHousekeeping(querent, log);
  onStarted?.();
  if (!until.aborted)
    await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
  house.stop();
  await bot.value.stop();
  return undefined;
}
