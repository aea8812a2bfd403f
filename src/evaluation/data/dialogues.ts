import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Questions that follow on from each other (SParC, CoSQL), each with its gold query; a turn without one is asked and not scored. */
const Dialogue = z.object({
  id: z.string(),
  db_id: z.string(),
  turns: z.array(z.object({ question: z.string(), sql: z.string().nullish(), hardness: z.string().nullish() })).min(1),
});
export type Dialogue = z.infer<typeof Dialogue>;

export function readDialogues(file: string): Dialogue[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim())
    .map((line, at) => {
      const parsed = Dialogue.safeParse(JSON.parse(line));
      if (!parsed.success) throw new Error(`${file}, dialogue ${at + 1}: ${z.prettifyError(parsed.error)}`);
      return parsed.data;
    });
}
