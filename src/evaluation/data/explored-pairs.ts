import { ExploredRecord } from '#adapters/state/sqlite/explored.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { readJsonLines } from './json-lines.ts';

/** The pairs of files that `explore` wrote, by their database. */
export function readExplored(files: readonly string[]): ReadonlyMap<string, readonly ExploredPair[]> {
  const pairs = files.flatMap((file) => readJsonLines(file, ExploredRecord, 'pair'));
  return Map.groupBy(pairs, ({ db_id: id }) => id);
}
