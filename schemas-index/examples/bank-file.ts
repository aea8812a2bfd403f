import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Example } from '#src/ports/example-bank.ts';

interface BankHead {
  readonly version: 1;
  readonly what: string;
}

/** A bank of examples as a file: one JSON object a line after a head that says what it is. */
export async function saveBank(file: string, what: string, examples: readonly Example[]): Promise<void> {
  const head: BankHead = { version: 1, what };
  const lines = [head, ...examples].map((line) => JSON.stringify(line));
  await writeFile(`${file}.new`, `${lines.join('\n')}\n`);
  await rename(`${file}.new`, file);
}

const StoredExample = z.object({
  question: z.string(),
  masked: z.string(),
  sql: z.string(),
  engine: z.enum(['sqlite', 'postgres', 'mysql', 'mariadb']),
  databaseId: z.string(),
  schema: z.string(),
  tableCount: z.number(),
  verified: z.boolean(),
});

/** The examples of a bank; none when there is no such file. A line that is no example is left out. */
export async function loadBank(file: string): Promise<readonly Example[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [head, ...lines] = text.split('\n').filter(Boolean);
  if (head === undefined || !head.includes('"version":1')) return [];
  return lines.flatMap((line) => exampleIn(line) ?? []);
}

function exampleIn(line: string): Example | undefined {
  try {
    return StoredExample.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Takes the examples of a database out of a bank. Returns how many there were; a file that has none is left as it is. */
export const removeExamples = (file: string, databaseId: string): Promise<number> =>
  changeExamples(file, databaseId, () => []);

/** Gives the examples of a database its new name. Returns how many there are; a file that has none is left as it is. */
export const renameExamples = (file: string, databaseId: string, name: string): Promise<number> =>
  changeExamples(file, databaseId, (example) => [{ ...example, databaseId: name }]);

async function changeExamples(
  file: string,
  databaseId: string,
  change: (example: Example) => readonly Example[],
): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  let changed = 0;
  const lines = text.split('\n').filter(Boolean);
  const after = lines.flatMap((line) => {
    const example = exampleIn(line);
    if (example?.databaseId !== databaseId) return [line];
    changed += 1;
    return change(example).map((one) => JSON.stringify(one));
  });
  if (!changed) return 0;
  await writeFile(`${file}.new`, `${after.join('\n')}\n`);
  await rename(`${file}.new`, file);
  return changed;
}

/** How many examples of a database a bank holds. */
export async function countExamples(file: string, databaseId: string): Promise<number> {
  return (await loadBank(file)).filter((one) => one.databaseId === databaseId).length;
}
