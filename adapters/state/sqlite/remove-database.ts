import type { DatabaseId } from '#src/domain/ids.ts';
import { withoutDatabases } from './database-names.ts';
import { OF_A_DATABASE, rewrite } from './records-of-database.ts';
import { removeRequestsAbout } from './remove-requests.ts';
import { removeRuns, runsOfDatabase } from './runs.ts';
import type { StateFile } from './state-file.ts';
import { readResult, writeResult } from './stored-runs.ts';

/** How many questions went with it. */
export function removeDatabase(file: StateFile, id: DatabaseId): number {
  const { change } = file;
  change('DELETE FROM databases WHERE id = ?', id);
  for (const table of OF_A_DATABASE) change(`DELETE FROM ${table} WHERE database_id = ?`, id);
  change('DELETE FROM secrets WHERE id = ?', id);
  removeRequestsAbout(file, id);
  // Prompts about other databases may name its tables too (what was retrieved, an example): no trace is kept.
  change('DELETE FROM traces');
  const gone = removeRuns(file, runsOfDatabase(file, id));
  rewrite(file, 'runs.result', id, (stored, run) =>
    writeResult(withoutDatabases(readResult(stored, run), (one) => one === id)),
  );
  return gone;
}
