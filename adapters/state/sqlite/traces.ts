import type { RunStore } from '#src/ports/run-store.ts';
import { databasesOfTrace } from './database-names.ts';
import { registeredIn } from './registered-in.ts';
import type { StateFile } from './state-file.ts';
import { readTrace, writeTrace } from './stored-traces.ts';

/** Traces of answers, each beside what it is looked up by. */
export function sqliteTraces(file: StateFile): Pick<RunStore, 'saveTrace' | 'traces' | 'latestTraces'> {
  const { all, change, transaction } = file;
  return {
    saveTrace: async (trace, { ofRun, since }) =>
      transaction(() => {
        change('DELETE FROM traces WHERE at < ?', since.toISOString());
        const { runId, team, user, at, databaseId = null, outcome } = trace;
        if (ofRun && all('SELECT 1 FROM runs WHERE id = ?', runId).length === 0) return;
        const registered = registeredIn(file);
        if (![...databasesOfTrace(trace)].every((id) => registered.has(id))) return;
        change(
          'INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?, ?)',
          ...[runId, team, user, at, databaseId, outcome, writeTrace(trace)],
        );
      }),
    traces: async (begins) =>
      all(
        'SELECT run_id, trace FROM traces WHERE substr(run_id, 1, length(?)) = ? ORDER BY run_id LIMIT 2',
        begins,
        begins,
      ).map((row) => readTrace(String(row.trace), String(row.run_id))),
    latestTraces: async (limit) =>
      all('SELECT run_id, at, outcome, database_id FROM traces ORDER BY at DESC, rowid DESC LIMIT ?', limit).map(
        ({ run_id, at, outcome, database_id }) => ({
          runId: String(run_id),
          at: String(at),
          outcome: String(outcome),
          ...(database_id === null ? {} : { databaseId: String(database_id) }),
        }),
      ),
  };
}
