import type { AuditEntry, ChainCheck, ForgottenEntries, StoredEntry } from '#src/domain/audit-entry.ts';
import type { ChannelId, TeamId, UserId } from '#src/domain/ids.ts';

export { AuditUnavailable } from '#src/domain/audit-unavailable.ts';

export interface AuditLog {
  /** Adds an entry and gives its number. Rejects with AuditUnavailable; then what it is about must not happen. */
  append(entry: AuditEntry, at: Date): Promise<number>;
  /** Entries from a time on, oldest first. One that cannot be read is told as such. */
  entries(since?: Date): AsyncIterable<StoredEntry>;
  /** Looks at all entries as they are at one moment, whoever adds others meanwhile. */
  verify(): Promise<ChainCheck>;
  /** Milliseconds of engine time that a user or channel has used since a time, or all of a workspace. */
  engineMs(
    of: { readonly userId: UserId } | { readonly channelId: ChannelId } | { readonly all: true },
    teamId: TeamId,
    since: Date,
  ): Promise<number>;
  /**
   * Removes entries before a time, or the words of a person or a whole workspace. The chain is sealed anew over what is left; what
   * was changed or taken out before still shows in it.
   */
  prune(before: Date): Promise<number>;
  /** An entry that cannot be read but is the person's by who is written beside it is emptied. */
  forget(teamId: TeamId, userId: UserId | undefined, at: Date): Promise<ForgottenEntries>;
  close(): Promise<void>;
}
