import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { jsonOf } from '../data/json-lines.ts';

const Settings = z.record(z.string(), z.unknown());

/**
 * The file of the cases of a run: the settings first, then a case a line as it is done, so that nothing is lost on Ctrl-C. Starts it
 * anew, or reads what an interrupted run left. Throws a sentence when that was another run.
 */
export function startCaseFile<T>(
  file: string,
  settings: Readonly<Record<string, unknown>>,
  resume: boolean,
  of: z.ZodType<T>,
): T[] {
  if (!resume || !existsSync(file)) {
    writeFileSync(file, `${JSON.stringify({ settings })}\n`);
    return [];
  }
  const lines = linesOf(file, of);
  const [head, ...rest] = lines;
  if (!head || !('settings' in head) || JSON.stringify(head.settings) !== JSON.stringify(settings))
    throw new Error(`${file} is of a run with other settings. Give the same ones, another --out, or no --resume.`);
  // Written anew, so that a line which was cut is gone.
  writeFileSync(file, `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`);
  return rest.flatMap((one) => ('case' in one ? [one.case] : []));
}

/** The cases of such a file, whatever the settings. */
export const readCaseFile = <T>(file: string, of: z.ZodType<T>): T[] =>
  linesOf(file, of).flatMap((one) => ('case' in one ? [one.case] : []));

function linesOf<T>(file: string, of: z.ZodType<T>) {
  const line = z.union([z.object({ settings: Settings }), z.object({ case: of })]);
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      // Nothing for the line that was being written when the run was stopped.
      const parsed = line.safeParse(jsonOf(text));
      return parsed.success ? [parsed.data] : [];
    });
}

export const addToCaseFile = (file: string, made: unknown): void =>
  appendFileSync(file, `${JSON.stringify({ case: made })}\n`);
