import { z } from 'zod';
import { readJsonLines } from './json-lines.ts';

/** Questions that follow on from each other (SParC, CoSQL), each with its gold query; a turn without one is asked and not scored. */
const Dialogue = z.object({
  id: z.string(),
  db_id: z.string(),
  turns: z.array(z.object({ question: z.string(), sql: z.string().nullish(), hardness: z.string().nullish() })).min(1),
});
export type Dialogue = z.infer<typeof Dialogue>;

export const readDialogues = (file: string): Dialogue[] => readJsonLines(file, Dialogue, 'dialogue');
