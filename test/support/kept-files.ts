import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** All that is kept in a home, but the audit, which stays, and the databases themselves, which lie there in tests. */
export const everythingKept = (home: string, databases: readonly string[]): string =>
  readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('audit.sqlite') && !databases.some((id) => name === `${id}.sqlite`))
    .map((name) => path.join(home, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

/** A bank of examples as its file holds it: a head, and an example a line, one for each of these databases. */
export const bankFile = (databaseIds: readonly string[]): string =>
  [{ version: 1, what: 'test' }, ...databaseIds.map(exampleOf)].map((line) => `${JSON.stringify(line)}\n`).join('');

const exampleOf = (databaseId: string) => ({
  question: 'q',
  masked: 'q',
  sql: `SELECT 1 -- ${databaseId}`,
  engine: 'sqlite',
  databaseId,
  schema: 't(a)',
  tableCount: 1,
  verified: false,
});
