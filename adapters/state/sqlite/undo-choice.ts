import type { RunId } from '#src/domain/ids.ts';
import { settledBy } from '#src/domain/run.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable } from './stored.ts';
import { readRun } from './stored-runs.ts';

/** Opens the question back again that a run under way settled. False where it settled none, or has ended. */
export function undoChoice({ all, change }: StateFile, id: RunId): boolean {
  const [row] = all("SELECT * FROM runs WHERE id = ? AND state IN ('queued', 'running')", id);
  const run = row && ifReadable(() => readRun(row));
  const settled = run && settledBy(run);
  return settled !== undefined && change('DELETE FROM choices WHERE run_id = ?', settled) === 1;
}
