import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { readChoice, resultText } from '#src/prompts/choose-candidate.ts';
import { readStepsReply } from '#src/prompts/decompose.ts';
import { fenceClosed, readEdlReply, readSqlReply, withoutThoughts } from '#src/prompts/read-reply.ts';

const written = (text: string) => ({ kind: 'written', text });

describe('the SQL of a reply', () => {
  it.each<readonly [string, string, string]>([
    ['a fence', '```sql\nSELECT 1;\n```', 'SELECT 1'],
    ['a fence without a language', 'Sure:\n```\nSELECT 1\n```\nHope it helps.', 'SELECT 1'],
    ['the last of several fences', '```sql\nSELECT 1\n```\nBetter:\n```sql\nSELECT 2\n```', 'SELECT 2'],
    ['the fence that is closed before one that was only begun', '```sql\nSELECT 1\n```\n```sql\nSELECT na', 'SELECT 1'],
    ['the fence with SQL among others', '```sql\nSELECT 1\n```\n```text\n(result)\n```', 'SELECT 1'],
    ['no fence', 'SELECT a\nFROM b', 'SELECT a\nFROM b'],
    ['no fence, with words after it', 'Here it is:\nSELECT a FROM b;\nThis lists a.', 'SELECT a FROM b'],
    ['thoughts before it', '<think>SELECT wrong\n```sql\nSELECT 0\n```</think>\n```sql\nSELECT 1\n```', 'SELECT 1'],
    ['thoughts whose start the server cut off', 'so I take b</think>\n```sql\nSELECT b\n```', 'SELECT b'],
    ['a WITH', '```sql\nWITH a AS (SELECT 1) SELECT * FROM a\n```', 'WITH a AS (SELECT 1) SELECT * FROM a'],
    [
      'two statements in one fence, left together for the gate',
      '```sql\nSELECT 1;\nSELECT 2;\n```',
      'SELECT 1;\nSELECT 2',
    ],
    ['a fence that was not closed, in a whole reply', '```sql\nSELECT 1', 'SELECT 1'],
    ['capitals and blanks', '``` SQL\nselect 1\n```', 'select 1'],
    ['a sentence', 'You can use SELECT a FROM b; it lists every a.', 'SELECT a FROM b'],
    [
      'a sentence that ends with it',
      'The query is: SELECT t.a FROM b AS t. It lists every a.',
      'SELECT t.a FROM b AS t',
    ],
    ['code within a sentence', 'Ask `select a from b` and look.', 'select a from b'],
    ['no fence, with a sentence on the next line', 'SELECT a\nFROM b\nThis lists every a.', 'SELECT a\nFROM b'],
    ['an open fence, with words after it', '```sql\nSELECT a FROM b\n\nThis lists a.', 'SELECT a FROM b'],
    [
      'a text with a full stop in it',
      "SELECT a FROM b WHERE c = 'Mr. Bo lives here'",
      "SELECT a FROM b WHERE c = 'Mr. Bo lives here'",
    ],
    [
      'a program',
      '```python\nrows = db.execute("SELECT a FROM b WHERE c = \'d\'").all()\n```',
      "SELECT a FROM b WHERE c = 'd'",
    ],
    ['JSON', '{"sql": "SELECT \\"a\\"\\nFROM b"}', 'SELECT "a"\nFROM b'],
    [
      'a page’s entities',
      '```sql\nSELECT a FROM b WHERE c &gt;= 2 AND d = &#39;e&#39;\n```',
      "SELECT a FROM b WHERE c >= 2 AND d = 'e'",
    ],
    ['typeset quotes', '```sql\nSELECT a FROM b WHERE c = ‘d’\n```', "SELECT a FROM b WHERE c = 'd'"],
    [
      'a text that holds such',
      "```sql\nSELECT a FROM b WHERE c = 'R&amp;D’s'\n```",
      "SELECT a FROM b WHERE c = 'R&amp;D’s'",
    ],
    ['the same statement twice', '```sql\nSELECT a FROM b;\nSELECT a FROM b;\n```', 'SELECT a FROM b'],
    ['the word cannot in the query', '```sql\nSELECT 1 -- CANNOT: fail\n```', 'SELECT 1 -- CANNOT: fail'],
  ])('is read from %s', (_, reply, sql) => assert.deepEqual(readSqlReply(reply, false), written(sql)));

  it.each([
    ['CANNOT: there is no weather in it', 'there is no weather in it'],
    ['**CANNOT**: no weather', 'no weather'],
    ['I am sorry.\nCANNOT - no weather', 'no weather'],
    ['```\nCANNOT: no weather\n```', 'no weather'],
  ])('is none where the model says %j', (reply, missing) =>
    assert.deepEqual(readSqlReply(reply, false), { kind: 'cannot', missing }),
  );

  it.each([
    ['', 'the reply is empty'],
    ['<think>I wonder', 'the reply is empty'],
    ['I would look at the orders.', 'the reply holds no query'],
    ['I would select the orders of Ada, with their dates.', 'the reply holds no query'],
    ['Run DELETE FROM orders WHERE id IN (SELECT id FROM old)', 'the reply holds no query'],
  ])('cannot be read from %j', (reply, why) =>
    assert.deepEqual(readSqlReply(reply, false), { kind: 'unreadable', why }),
  );

  it('is never taken from a reply that was cut in the middle', () => {
    const cut = { kind: 'unreadable', why: 'the reply was cut in the middle' };
    assert.deepEqual(readSqlReply('```sql\nSELECT a FROM', true), cut);
    assert.deepEqual(readSqlReply('SELECT a FROM', true), cut);
    assert.deepEqual(readSqlReply('<think>long', true), {
      kind: 'unreadable',
      why: 'the reply was cut while reasoning',
    });
    assert.deepEqual(readSqlReply('```sql\nSELECT 1\n```\nThis que', true), written('SELECT 1'));
  });
});

it('the steps of a reply are read with or without a fence', () => {
  const steps = '#1. From [a].\n#2. Select [b] in #1.';
  assert.deepEqual(readEdlReply(`\`\`\`\n${steps}\n\`\`\``, false), written(steps));
  assert.deepEqual(readEdlReply(`The steps are\n${steps}`, false), written(steps));
  assert.equal(readEdlReply('CANNOT: no b', false).kind, 'cannot');
  assert.equal(readEdlReply('From a select b', false).kind, 'unreadable');
});

it('a reply is whole once a fence with a query is closed, thoughts not counted', () => {
  assert.equal(fenceClosed('```sql\nSELECT 1\n'), false);
  assert.equal(fenceClosed('```sql\nSELECT 1\n```'), true);
  assert.equal(fenceClosed('<think>```sql\nSELECT 1\n```'), false);
  assert.equal(fenceClosed('```\n#1. From [a].\n#2. Select [b] in #1.\n```'), true);
});

it('sub-questions come with their statements, the last is the answer', () => {
  const { steps, answer } = readStepsReply(
    'Sub-question 1: which?\n```sql\nSELECT 1;\n```\n**Sub-question 2:** how many?\n```sql\nSELECT COUNT(*) FROM (SELECT 1)\n```',
    false,
  );
  assert.deepEqual(steps, [
    { question: 'which?', sql: 'SELECT 1' },
    { question: 'how many?', sql: 'SELECT COUNT(*) FROM (SELECT 1)' },
  ]);
  assert.deepEqual(answer, written('SELECT COUNT(*) FROM (SELECT 1)'));
});

it('thoughts are taken out whatever tag they stand in', () => {
  assert.equal(withoutThoughts('<thinking>x</thinking>y<reasoning>z</reasoning>'), 'y');
});

describe('the chosen candidate of a reply', () => {
  it.each<readonly [string, number | undefined]>([
    ['B', 1],
    ['b.', 1],
    ['**A**', 0],
    ['Candidate B is right', 1],
    ['The best candidate is C.', 2],
    ['<think>A or B? A</think>B', 1],
    ['Both are right', undefined],
    ['E', undefined],
    ['', undefined],
  ])('%j', (reply, at) => assert.equal(readChoice(reply, 3), at));
});

it('a result of long rows is shown by fewer of them', () => {
  const column = { name: 'c', kind: 'text' } as const;
  const wide = (rows: number, columns: number, length: number) =>
    resultText({
      columns: Array.from({ length: columns }, () => column),
      rows: Array.from({ length: rows }, () => Array.from({ length: columns }, () => 'x'.repeat(length))),
      cellsCut: false,
      elapsedMs: 1,
    });
  assert.equal(wide(30, 2, 3).split('\n').length, 12);
  assert.match(wide(30, 2, 3), /^30 rows\nc \| c\nxxx \| xxx\n/);
  assert.ok(wide(30, 20, 5_000).length < 1_300);
  assert.equal(wide(30, 20, 5_000).split('\n').length, 3);
});
