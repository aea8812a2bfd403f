import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Engine } from '#src/domain/catalog.ts';
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

const ENGINES: ReadonlySet<string> = new Set<Engine>(['sqlite', 'postgres', 'mysql', 'mariadb']);

/** The examples of a bank; none when there is no such file. A line that is no example is left out. */
export async function loadBank(file: string): Promise<readonly Example[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [head, ...lines] = text.split('\n').filter(Boolean);
  if (head === undefined || !head.includes('"version":1')) return [];
  return lines.flatMap((line) => exampleIn(line) ?? []);
}

function exampleIn(line: string): Example | undefined {
  try {
    const example = JSON.parse(line) as Example;
    const whole = [example.question, example.masked, example.sql, example.schema].every(
      (text) => typeof text === 'string',
    );
    return whole && ENGINES.has(example.engine) ? example : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the examples of a database out of a bank. Returns how many there were; a file that has none is left as it is. */
export async function removeExamples(file: string, databaseId: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  const kept = lines.filter((line) => exampleIn(line)?.databaseId !== databaseId);
  if (kept.length === lines.length) return 0;
  await writeFile(`${file}.new`, `${kept.join('\n')}\n`);
  await rename(`${file}.new`, file);
  return lines.length - kept.length;
}
