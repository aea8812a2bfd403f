import { findRegistered } from '#src/databases/find-registered.ts';
import type { Reader } from '#src/domain/access.ts';
import type { ChannelId, DatabaseId, TeamId, UserId } from '#src/domain/ids.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Administration } from './administration.ts';
import { auditChange } from './audited.ts';
import type { ServiceParts } from './parts.ts';

/** What somebody chooses for a channel; no database lets go of the one that was chosen. */
export interface ChannelChoice {
  readonly channel: ChannelId;
  readonly databaseId: DatabaseId | undefined;
  readonly by: Reader & { readonly userId: UserId; readonly teamId: TeamId };
}

/** Which database questions of a channel are taken to be about, by an admin: a preference, which lets nobody see more. */
export async function chooseChannelDatabase(
  { channel, databaseId, by }: ChannelChoice,
  { store, audit, clock }: Pick<ServiceParts, 'store' | 'audit' | 'clock'>,
  { mayAdminister }: Pick<Administration, 'mayAdminister'>,
): Promise<Result<void>> {
  if (!(await mayAdminister(by))) return fail({ kind: 'not-an-admin' });
  const found = databaseId === undefined ? ok(undefined) : await findRegistered(databaseId, store);
  if (!found.ok) return found;
  const { teamId, userId } = by;
  const before = (await store.channelDatabase(teamId, channel)) ?? null;
  const change = { who: { teamId, userId }, what: `database of channel ${channel}`, before, after: databaseId ?? null };
  const unwritten = await auditChange(audit, change, clock.now());
  if (unwritten) return fail(unwritten);
  await store.setChannelDatabase(teamId, channel, databaseId);
  return ok(undefined);
}
