import { pausedBecause } from '#src/databases/pause.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { channelOf, databaseOf, OPERATOR, type Question } from '#src/domain/question.ts';
import type { ServiceParts } from './parts.ts';

const HOUR_MS = 3_600_000;

/** Database time of the last hour, of the asker and of where they ask (CAP-3). The operator has no limit. */
export async function overHourlyBudget(
  { asker, place }: Question,
  { audit, settings, clock }: Pick<ServiceParts, 'audit' | 'settings' | 'clock'>,
): Promise<Failure | undefined> {
  const { teamId, userId } = asker;
  if (teamId === OPERATOR.teamId) return undefined;
  const since = new Date(clock.now().getTime() - HOUR_MS);
  const { userSeconds, channelSeconds } = settings.hourlyBudget;
  if ((await audit.engineMs({ userId }, teamId, since)) > 1_000 * userSeconds)
    return { kind: 'over-budget', whose: 'you', seconds: userSeconds };
  const channelId = channelOf(place);
  if (channelId !== undefined && (await audit.engineMs({ channelId }, teamId, since)) > 1_000 * channelSeconds)
    return { kind: 'over-budget', whose: 'channel', seconds: channelSeconds };
  return undefined;
}

/**
 * Why none of the databases that a question may be asked of is asked now; nothing where one is. That it names another says nothing:
 * its asker is not to know whether there is one.
 */
export async function allPaused(
  question: Question,
  readable: readonly DatabaseId[],
  { store }: Pick<ServiceParts, 'store'>,
): Promise<Failure | undefined> {
  const named = databaseOf(question.intent);
  const ids = named !== undefined && readable.includes(named) ? [named] : readable;
  let reason: Failure | undefined;
  for (const database of await store.databases()) {
    if (!ids.includes(database.id)) continue;
    const paused = await pausedBecause(database, store);
    if (!paused) return undefined;
    reason ??= paused;
  }
  return reason;
}
