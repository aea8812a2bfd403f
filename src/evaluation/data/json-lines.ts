import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The value of a JSON text; undefined for what is none, of which a schema says what it should have been. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file of one JSON value a line. Throws a sentence at the first that is not as it should be, with its number. */
export function readJsonLines<T>(file: string, of: z.ZodType<T>, what: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim())
    .map((line, at) => {
      const parsed = of.safeParse(jsonOf(line));
      if (!parsed.success) throw new Error(`${file}, ${what} ${at + 1}: ${z.prettifyError(parsed.error)}`);
      return parsed.data;
    });
}
