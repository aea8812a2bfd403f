import type { Store } from '#src/ports/store.ts';
import { sqliteConversations } from './conversations.ts';
import { sqliteDatabases } from './databases.ts';
import { sqliteDescriptions } from './descriptions.ts';
import { sqliteExplored } from './explored.ts';
import { sqliteHome } from './home.ts';
import { forgetRequests, pruneRequests } from './remove-requests.ts';
import { sqliteRequests } from './requests.ts';
import { sqliteReviews } from './reviews.ts';
import { sqliteRunQueue } from './run-queue.ts';
import { removeRuns, sqliteRuns } from './runs.ts';
import { removeSetups, sqliteSetups } from './setups.ts';
import { openStateFile, type StateFile } from './state-file.ts';
import { sqliteTraces } from './traces.ts';
import { sqliteVerdicts } from './verdicts.ts';

/** The state of one deployment in one SQLite file, readable by its owner only. Throws StateUnreadable for a file that is none. */
export function openSqliteStore(name: string): Store {
  const file = openStateFile(name);
  return {
    ...sqliteDatabases(file),
    ...sqliteSetups(file),
    ...sqliteConversations(file),
    ...sqliteRuns(file),
    ...sqliteRunQueue(file),
    ...sqliteVerdicts(file),
    ...sqliteTraces(file),
    ...sqliteRequests(file),
    ...sqliteReviews(file),
    ...sqliteDescriptions(file),
    ...sqliteHome(file),
    ...sqliteExplored(file),
    async forget(team, user) {
      const gone = file.transaction(() => (user === undefined ? forgetTeam(file, team) : forgetUser(file, team, user)));
      file.wipeRemoved();
      return gone;
    },
    prune: async (before) =>
      file.transaction(() => {
        const at = before.toISOString();
        file.change('DELETE FROM deliveries WHERE at < ?', at);
        file.change('DELETE FROM traces WHERE at < ?', at);
        pruneRequests(file, at);
        return removeRuns(file, ids(file, 'SELECT id FROM runs WHERE created_at < ?', at));
      }),
    close: async () => file.close(),
  };
}

const ids = ({ all }: StateFile, sql: string, ...values: string[]) => all(sql, ...values).map((row) => String(row.id));

function forgetTeam(file: StateFile, team: string): number {
  for (const table of ['traces', 'verified', 'digests', 'homes', 'thread_modes', 'channel_databases', 'disengaged'])
    file.change(`DELETE FROM ${table} WHERE team = ?`, team);
  forgetRequests(file, team);
  removeSetups(file, ({ by }) => by.teamId === team);
  return removeRuns(file, ids(file, 'SELECT id FROM runs WHERE team = ?', team));
}

/** What they said of others' answers goes too; and every trace of the workspace: their questions may stand in others' prompts. */
function forgetUser(file: StateFile, team: string, user: string): number {
  removeSetups(file, ({ by }) => by.teamId === team && by.userId === user);
  const ofTeam = 'AND run_id IN (SELECT id FROM runs WHERE team = ?)';
  for (const table of ['feedback', 'corrections', 'reading_changes', 'handed_over', 'saved'])
    file.change(`DELETE FROM ${table} WHERE user = ? ${ofTeam}`, user, team);
  file.change(`DELETE FROM choices WHERE chosen_by = ? ${ofTeam}`, user, team);
  file.change('DELETE FROM traces WHERE team = ?', team);
  forgetRequests(file, team, user);
  // A verified question is in the words of who asked it; what somebody decided stays, without them.
  file.change('DELETE FROM verified WHERE team = ? AND asker = ?', team, user);
  file.change("UPDATE verified SET verified_by = '' WHERE team = ? AND verified_by = ?", team, user);
  file.change(`UPDATE settlements SET settled_by = '' WHERE settled_by = ? ${ofTeam}`, user, team);
  for (const table of ['digests', 'homes']) file.change(`DELETE FROM ${table} WHERE team = ? AND user = ?`, team, user);
  return removeRuns(file, ids(file, 'SELECT id FROM runs WHERE team = ? AND user = ?', team, user));
}
