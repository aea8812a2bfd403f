import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/**
 * What a file of JSON lines holds, or one sentence on what is wrong with it.
 * @param shape what each line is: `one {"question": "…"}`.
 */
export function readLines<T>(file: string, line: z.ZodType<T>, shape: string): readonly T[] | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return `There is no file ${file} that can be read.`;
  }
  const read: T[] = [];
  for (const [at, one] of text.split('\n').entries()) {
    if (!one.trim()) continue;
    const parsed = line.safeParse(jsonOf(one));
    if (!parsed.success) return `${file}, line ${at + 1}: each line is ${shape}.`;
    read.push(parsed.data);
  }
  return read;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema says what is missing
  }
}
