import type { ChannelId, DatabaseId, TeamId } from '#src/domain/ids.ts';
import type { ThreadMode } from '#src/domain/thread-mode.ts';
import type { ThreadKey } from './run-store.ts';

/** What was settled of conversations: to whom the bot listens, and which database a channel is mostly about. */
export interface ConversationStore {
  /** Of the thread, else of its channel; nothing where nobody said. */
  threadMode(team: TeamId, thread: ThreadKey): Promise<ThreadMode | undefined>;
  /** `thread` is '' for the whole channel; no mode lets go of what was said. */
  setThreadMode(team: TeamId, thread: ThreadKey, mode: ThreadMode | undefined): Promise<void>;
  channelDatabase(team: TeamId, channel: ChannelId): Promise<DatabaseId | undefined>;
  /** No database lets go of the one that was chosen. */
  setChannelDatabase(team: TeamId, channel: ChannelId, id: DatabaseId | undefined): Promise<void>;
  /** From now on nobody is known to have asked in a channel: its threads want a mention again, and its database is forgotten. */
  disengage(team: TeamId, channel: ChannelId, at: Date): Promise<void>;
}
