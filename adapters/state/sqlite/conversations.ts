import { THREAD_MODES } from '#src/domain/thread-mode.ts';
import type { ConversationStore } from '#src/ports/conversation-store.ts';
import type { StateFile } from './state-file.ts';

const MODE = `
  SELECT mode FROM thread_modes WHERE team = ? AND channel = ? AND thread IN (?, '') ORDER BY thread DESC LIMIT 1`;

/** What was settled of conversations. */
export function sqliteConversations({ all, change, transaction }: StateFile): ConversationStore {
  return {
    async threadMode(team, { channel, thread }) {
      const mode = all(MODE, team, channel, thread)[0]?.mode;
      return THREAD_MODES.find((one) => one === mode);
    },
    async setThreadMode(team, { channel, thread }, mode) {
      if (mode === undefined)
        change('DELETE FROM thread_modes WHERE team = ? AND channel = ? AND thread = ?', team, channel, thread);
      else change('INSERT OR REPLACE INTO thread_modes VALUES (?, ?, ?, ?)', team, channel, thread, mode);
    },
    async channelDatabase(team, channel) {
      const id = all('SELECT database_id FROM channel_databases WHERE team = ? AND channel = ?', team, channel)[0]
        ?.database_id;
      return id === undefined ? undefined : String(id);
    },
    async setChannelDatabase(team, channel, id) {
      if (id === undefined) change('DELETE FROM channel_databases WHERE team = ? AND channel = ?', team, channel);
      else change('INSERT OR REPLACE INTO channel_databases VALUES (?, ?, ?)', team, channel, id);
    },
    disengage: async (team, channel, at) =>
      transaction(() => {
        change('INSERT OR REPLACE INTO disengaged VALUES (?, ?, ?)', team, channel, at.toISOString());
        change('DELETE FROM channel_databases WHERE team = ? AND channel = ?', team, channel);
      }),
  };
}
