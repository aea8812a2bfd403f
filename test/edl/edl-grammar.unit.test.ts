import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compile } from '#src/edl/compile.ts';
import { edlGrammar } from '#src/edl/edl-grammar.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { writeEdlPrompt } from '#src/prompts/write-edl.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { readGbnf } from '#test/support/gbnf.ts';

const books = bareCatalog('books', [
  'author: id, name, country',
  'book: id, author_id, title, kind, publisher, sold, sold_on',
]);
const { admits, names } = readGbnf(edlGrammar(books.tables) ?? '');
const fenced = (steps: readonly string[]) =>
  `\`\`\`\n${steps.map((step, at) => `#${at + 1}. ${step}.\n`).join('')}\`\`\``;

const ADMITTED: readonly (readonly string[])[] = [
  ['From [author]', 'Select [name], [country] in #1'],
  [
    'From [author] as [T1]',
    'Left join [book] as [T2] on [T2.author_id] = [T1.id]',
    "Keep rows of #2 where ([T2.kind] = 'novel' or [T2.kind] is null) and [T2.title] contains 'O'''",
    'Group #3 by [T1.id], [T1.name]',
    'Keep groups of #4 where count of rows >= 2',
    'Order #5 by count of distinct [T2.publisher] descending',
    'Limit #6 to 3',
    'Select [T1.name], count of rows as [num_books] in #7',
  ],
  [
    'From [book]',
    'Select [author_id] in #1',
    'From [author]',
    'Keep rows of #3 where [id] is not in the result of #2',
    'Select [name] in #4',
  ],
  ['From [author]', 'Select [id] in #1', 'From [book]', 'Select [author_id] in #3', 'Apply EXCEPT to #2 and #4'],
  ['From [book]', 'Compute [share] as [sold] * 100.0 / #4', 'Select [share] in #1'],
];

describe('the grammar of EDL over what is shown', () => {
  it.each(ADMITTED.map((steps) => [steps.at(-1), steps] as const))('admits steps that end in %s', (_, steps) =>
    assert.ok(admits(fenced(steps))),
  );

  it('admits what the prompt shows as replies', () => {
    const asked: AskedQuestion = {
      text: 'How many?',
      hint: '',
      engine: 'sqlite',
      today: '2026-01-15',
      dates: [],
      values: [],
      earlier: [],
    };
    const shown = writeEdlPrompt('', asked).filter(({ role }) => role === 'assistant');
    assert.equal(shown.length, 3);
    for (const { content } of shown) assert.ok(admits(content), content);
  });

  it('admits what compiles', () => {
    for (const steps of ADMITTED.slice(0, 4))
      succeeded(compile(fenced(steps).replaceAll('```', ''), { engine: 'sqlite', catalog: books }));
  });

  it('admits the line that says what is missing', () => assert.ok(admits('CANNOT: salaries of authors')));

  it.each([
    ['a table that is not shown', ['From [staff]', 'Select [name] in #1']],
    ['a column that is not shown', ['From [author]', 'Select [salary] in #1']],
    ['steps that end without a query', ['From [author]', "Keep rows of #1 where [name] = 'A'"]],
    ['a word for no step', ['From [author]', 'Delete rows of #1', 'Select [name] in #2']],
  ])('refuses %s', (_, steps) => assert.ok(!admits(fenced(steps))));

  it('refuses SQL, and steps that are numbered otherwise', () => {
    assert.ok(!admits('```\nSELECT name FROM author\n```'));
    assert.ok(!admits('```\n#1. From [author].\n#3. Select [name] in #1.\n```'));
  });

  it('names no rule with a sign that llama.cpp does not read', () => {
    for (const name of names) assert.match(name, /^[a-z][a-z0-9]*$/);
  });
});
