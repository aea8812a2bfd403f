import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { keepApart, plainQuestion, saidIn } from '#src/training/apart.ts';
import { inOneLine } from '#src/training/at-hand.ts';
import { datasetInfo, lineOf } from '#src/training/format.ts';
import { jsonText, type Preference } from '#src/training/lesson.ts';
import { openPlaces } from '#src/training/places.ts';
import { openSources } from '#src/training/sources.ts';

describe('what is measured with', () => {
  const apart = keepApart(
    [{ questions: ['How many singers are there?'], queries: ['SELECT T1.name FROM singer AS T1 WHERE T1.age > 20'] }],
    'sqlite',
  );

  it('is known whatever its case, blanks and signs', () => {
    assert.equal(apart.of({ questions: ['how many  singers are there'] }), 'question');
    assert.equal(apart.of({ questions: ['How many singers are there in Oslo?'] }), undefined);
  });

  it('is known of a query by what it says, not by how it is written', () => {
    assert.equal(apart.of({ queries: ['select s.NAME from singer s where 20 < s.age;'] }), 'query');
    assert.equal(apart.of({ queries: ['SELECT name FROM singer WHERE age > 21'] }), undefined);
  });

  it('is found wherever a prompt has it', () => {
    const prompt =
      'Schema\nQuestion: How many?\n\n<candidate A>\nSELECT 1\nSteps: x\n</candidate>\n```sql\nSELECT 2\n```';
    assert.deepEqual(saidIn(prompt), { questions: ['How many?'], queries: ['SELECT 2', 'SELECT 1'] });
    assert.deepEqual(saidIn(jsonText({ question: 'Who “sings”?' })).questions, ['Who “sings”?']);
  });

  it('is compared by letters and numbers alone', () =>
    assert.equal(plainQuestion(' Ça va, l’“été” 2? '), 'ça va l été 2'));
});

it('puts the right one at each place as often as at every other', () => {
  const places = openPlaces();
  for (let times = 0; times < 10; times += 1) {
    places.next(2);
    places.next(3);
  }
  assert.deepEqual(places.counts(), { 'of 2': [5, 5], 'of 3': [4, 3, 3] });
});

it('lets no source be right much oftener than wrong', () => {
  const sources = openSources();
  let taken = 0;
  for (let line = 0; line < 500; line += 1) {
    if (!sources.mayBeRight('plain')) continue;
    taken += 1;
    sources.take('plain', 'right');
    sources.take('planner', 'wrong');
  }
  assert.equal(taken, 20);
  for (let line = 0; line < 20; line += 1) {
    assert.ok(sources.mayBeRight('planner'));
    sources.take('planner', 'right');
    sources.take('plain', 'wrong');
  }
  assert.ok(sources.mayBeRight('plain'));
});

it('writes a statement on one line, what is in quotes as it stands', () => {
  assert.equal(
    inOneLine('SELECT a -- all\n FROM  t\n/* of\nthem */ WHERE x  =  \'two  blanks -- here\' AND "b  c" = 1 ;'),
    'SELECT a FROM t WHERE x = \'two  blanks -- here\' AND "b  c" = 1',
  );
});

describe('a preference as a line', () => {
  const side = { question: 'q', sql: 'SELECT 1', kind: 'progress', last: false, tree: { label: 'a', children: [] } };
  const made: Preference = {
    kind: 'preference',
    messages: [{ role: 'user', content: 'Question: q' }],
    before: 'Sub-question 1: first\n',
    chosen: { ...side, text: 'good', reward: 0.75 },
    rejected: { ...side, text: 'bad', reward: 0.25 },
    margin: 0.5,
  };
  const of = { task: 'learnat-pairs', id: 'a', databaseId: 'shop' } as const;

  it('has both replies whole, and beside them what the margin is made of', () => {
    const line = lineOf(of, made, 'trl') as Record<string, unknown>;
    assert.deepEqual(line.prompt, made.messages);
    assert.deepEqual(line.chosen, [{ role: 'assistant', content: 'Sub-question 1: first\ngood' }]);
    assert.deepEqual(line.rejected, [{ role: 'assistant', content: 'Sub-question 1: first\nbad' }]);
    assert.deepEqual([line.margin, line.before], [0.5, 'Sub-question 1: first\n']);
    assert.deepEqual((line.chosen_side as { tree: string }).tree, '{"label":"a","children":[]}');
  });

  it('is of messages and one reply a side for LLaMA-Factory, which is told where they stand', () => {
    const line = lineOf(of, made, 'llama-factory') as Record<string, unknown>;
    assert.deepEqual(line.chosen, { role: 'assistant', content: 'Sub-question 1: first\ngood' });
    assert.deepEqual(line.messages, made.messages);
    const info = datasetInfo(['sql', 'learnat-pairs']) as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(info), ['querent_sql', 'querent_learnat_pairs']);
    assert.equal(info.querent_learnat_pairs?.ranking, true);
    assert.equal(info.querent_sql?.ranking, undefined);
  });
});
