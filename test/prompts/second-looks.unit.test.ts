import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { ResultTable } from '#src/domain/result-table.ts';
import { mergePrompt } from '#src/prompts/merge-queries.ts';
import { readYes, verifyPrompt } from '#src/prompts/verify-query.ts';

const WRITTEN = [
  { role: 'system', content: 'You write one SQLite query.' },
  { role: 'user', content: 'CREATE TABLE singer (\n  name TEXT\n);\n\nQuestion: How many singers are there?' },
] as const;
const table = (count: number): ResultTable => ({
  columns: [{ name: 'n', kind: 'number' }],
  rows: [[count]],
  cellsCut: false,
  elapsedMs: 1,
});

describe('the verifier', () => {
  it('reads the prompt that the query was written by, then the query and a question of one word', () => {
    const [system, user] = verifyPrompt(WRITTEN, { sql: 'SELECT COUNT(*) FROM singer' });
    assert.deepEqual(system, WRITTEN[0]);
    assert.equal(
      user?.content,
      `CREATE TABLE singer (
  name TEXT
);

Question: How many singers are there?

A query:
\`\`\`sql
SELECT COUNT(*) FROM singer
\`\`\`

Does this query answer the question exactly? Reply yes or no.`,
    );
  });

  it('reads steps with the first rows, which are marked as such', () => {
    const user = verifyPrompt(WRITTEN, { steps: ['From singer.', 'Count rows.'], table: table(6) }).at(-1);
    assert.match(
      user?.content ?? '',
      /\n\nWhat a query does: From singer\. Count rows\.\n\nIts result: 1 row\nn\n6\n\n/,
    );
    assert.deepEqual(user?.rows, ['1 row\nn\n6']);
  });

  it('is as sure as “yes” is likelier than “no”, however they are written', () => {
    const chances = ([yes, Yes, no]: readonly [number, number, number]) =>
      readYes([
        { text: 'yes', logprob: Math.log(yes) },
        { text: ' Yes', logprob: Math.log(Yes) },
        { text: 'No', logprob: Math.log(no) },
        { text: 'The', logprob: Math.log(0.1) },
      ]);
    assert.equal(chances([0.4, 0.2, 0.2])?.toFixed(3), '0.750');
    assert.equal(readYes([{ text: 'The', logprob: -0.1 }]), undefined);
    assert.equal(readYes(), undefined);
  });
});

it('the reviser reads both queries after the prompt that they were written by, with what only one of them does', () => {
  const user = mergePrompt(WRITTEN, [
    { sql: 'SELECT COUNT(*) FROM singer', differs: [], table: table(6) },
    { sql: 'SELECT COUNT(DISTINCT name) FROM singer', differs: ['Count distinct names.'], table: table(5) },
  ]).at(-1);
  assert.equal(
    user?.content,
    `CREATE TABLE singer (
  name TEXT
);

Question: How many singers are there?

These queries were written for it, and their results differ. At most one is right; both may be wrong.

Query 1:
\`\`\`sql
SELECT COUNT(*) FROM singer
\`\`\`
Result: 1 row
n
6

Query 2:
\`\`\`sql
SELECT COUNT(DISTINCT name) FROM singer
\`\`\`
Only this one: Count distinct names.
Result: 1 row
n
5

Write the one query that answers the question exactly.`,
  );
  assert.deepEqual(user?.rows, ['1 row\nn\n6', '1 row\nn\n5']);
});
