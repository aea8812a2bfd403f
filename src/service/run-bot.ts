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

/** Why a bot does not answer: it did not start, or an error that nothing expected ended it. */
export interface BotTrouble {
  readonly kind: 'not-started' | 'broken';
  /** For whoever runs it. */
  readonly text: string;
}

interface StartedBot {
  stop(): Promise<void>;
  /** Takes a rejection that nobody handled; false where what it may have left undone is not known. */
  mends(reason: unknown): boolean;
}

/**
 * Runs a bot until it is told to stop, with what one that answers for long needs: none starts over a broken audit, house is
 * kept, and a rejection that nobody handled ends it once the work under way is done (REL-2), but for those of its connection,
 * which it mends. Resolves to what kept it from answering, if something did. The caller closes Querent.
 */
export async function runBot(
  querent: Querent,
  start: (signal: AbortSignal) => Promise<Result<StartedBot>>,
  { until, log, onStarted }: RunningBot,
): Promise<BotTrouble | undefined> {
  const broken = await brokenAudit(querent);
  if (broken !== undefined) return { kind: 'not-started', text: broken };
  const bot = await start(until);
  if (!bot.ok) return until.aborted ? undefined : { kind: 'not-started', text: sayToOperator(bot.failure) };
  const house = startHousekeeping(querent, log);
  onStarted?.();
  let trouble: BotTrouble | undefined;
  const over = Promise.withResolvers<void>();
  const onRejection = (reason: unknown) => {
    if (bot.value.mends(reason)) return;
    trouble ??= { kind: 'broken', text: 'An error that nothing expected ended the bot; its log says where.' };
    over.resolve();
  };
  process.on('unhandledRejection', onRejection);
  until.addEventListener('abort', () => over.resolve(), { once: true });
  if (!until.aborted) await over.promise;
  house.stop();
  await bot.value.stop();
  process.off('unhandledRejection', onRejection);
  return trouble;
}
