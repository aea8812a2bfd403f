import { z } from 'zod';
import { DECISIONS } from '#src/domain/confidence.ts';
import { type ExploredPair, MECHANISMS } from '#src/domain/explored-pair.ts';
import type { ExploredStore } from '#src/ports/explored-store.ts';
import { registeredIn } from './registered-in.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, readStored, text } from './stored.ts';

const texts = z.array(text).readonly();

/** A pair as a line of a file has it. */
export const ExploredRecord: z.ZodType<ExploredPair> = z.object({
  id: text,
  db_id: text,
  question: text,
  evidence: text,
  sql: text,
  edl: text,
  difficulty: z.enum(['simple', 'moderate', 'challenging']),
  tables: texts,
  columns: texts,
  mechanism: z.enum(MECHANISMS),
  shape: text.exactOptional(),
  parent: text.exactOptional(),
  generation: z.number(),
  dialect: z.enum(['sqlite', 'postgres', 'mysql', 'mariadb']),
  result_rows: z.number(),
  exec_ms: z.number(),
  checks: texts,
  asked: z.object({ decision: z.enum(DECISIONS), right: z.boolean().exactOptional() }).exactOptional(),
});

/** A pair names its database beside the record alone, so that a new name is given in one place. */
export function sqliteExplored(file: StateFile): ExploredStore {
  const { all, change, transaction } = file;
  return {
    exploredPairs: async (id) =>
      all('SELECT pair FROM explored WHERE database_id = ? ORDER BY number', id).flatMap(
        ({ pair }) =>
          ifReadable(() => {
            const read = readStored(ExploredRecord, String(pair), `a pair of ${id}`);
            return { ...read, db_id: id };
          }) ?? [],
      ),
    // How many there are and the last one: pairs are written one after the other, and all anew.
    exploredStamp: async (id) =>
      all('SELECT number, pair FROM explored WHERE database_id = ? ORDER BY number DESC LIMIT 1', id)
        .map(({ number, pair }) => `${number} ${pair}`)
        .join(''),
    saveExplored: async (id, pairs) =>
      transaction(() => {
        if (!registeredIn(file).has(id)) return false;
        change('DELETE FROM explored WHERE database_id = ?', id);
        for (const [number, pair] of pairs.entries())
          change('INSERT INTO explored VALUES (?, ?, ?)', id, number, JSON.stringify({ ...pair, db_id: '' }));
        return true;
      }),
  };
}
