import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { decomposeQuery } from '#src/pipeline/support/examples/decompose-query.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import { maskQuestion } from '#src/pipeline/support/examples/mask-question.ts';
import { pickDecompositions } from '#src/pipeline/support/examples/pick-decompositions.ts';
import { pickExamples } from '#src/pipeline/support/examples/pick-examples.ts';
import { keywordOverlap, sqlSkeleton } from '#src/pipeline/support/examples/sql-skeleton.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const never = new AbortController().signal;
const library = bareCatalog('library', ['author: id, name, country', 'book: id, author_id, title, kind, price']);
const example = (question: string, sql: string, more: Partial<Example> = {}): Example => ({
  ...makeExample({ question, sql, verified: false }, library)!,
  ...more,
});

describe('the skeleton of a question', () => {
  it.each<readonly [string, readonly (readonly [string, string])[], string]>([
    ['How many orders came from Norway last month?', [], 'How many orders came from <country> <date>?'],
    ['Orders of "Acme Ltd" over 3,000', [], 'Orders of <value> over <num>'],
    ['Which flights go to ASY?', [['ASY', 'airport_code']], 'Which flights go to <airport code>?'],
    ['What did Ada Lovelace buy in 2024?', [], 'What did <name> buy in <date>?'],
    ['Share of at least 5 % since 2024-01-02', [], 'Share of at least <pct> since <date>'],
    ['The 3rd book by price', [], 'The <num> book by price'],
    [
      'Italian restaurants in New York',
      [
        ['New York', 'city'],
        ['Italian', 'food_type'],
      ],
      '<food type> restaurants in <city>',
    ],
  ])('of “%s”', (question, named, masked) =>
    assert.equal(
      maskQuestion(
        question,
        named.map(([asked, column]) => ({ asked, column })),
      ),
      masked,
    ),
  );
});

it('an example holds only the tables and columns that its query uses, its values masked', () => {
  const made = example(
    "Which authors from Norway wrote 'novel' books?",
    "SELECT a.name FROM author AS a  JOIN book AS b ON b.author_id = a.id WHERE a.country = 'Norway' AND b.kind = 'novel'",
  );
  assert.equal(made.schema, 'author(name, id, country)\nbook(author_id, kind)');
  assert.equal(made.masked, 'Which authors from <country> wrote <kind> books?');
  assert.equal(made.tableCount, 2);
  assert.ok(!made.sql.includes('  '));
  assert.equal(makeExample({ question: 'x', sql: 'DROP TABLE author', verified: true }, library), undefined);
});

it('two queries have one skeleton when only names and values differ', () => {
  assert.equal(
    sqlSkeleton("SELECT a.x FROM t AS a WHERE a.y = 'z'"),
    sqlSkeleton('SELECT b.q FROM u AS b WHERE b.r = 3'),
  );
  assert.notEqual(sqlSkeleton('SELECT a FROM t'), sqlSkeleton('SELECT DISTINCT a FROM t'));
  assert.equal(keywordOverlap('SELECT COUNT(*) FROM t GROUP BY a', 'SELECT b, COUNT(*) FROM u GROUP BY b'), 1);
});

/** A bank that gives its examples with set similarities. */
const bankOf = (list: readonly (readonly [Example, number])[]): ExampleBank => {
  const near = list.map(([one, similarity]) => ({ example: one, similarity }));
  return {
    near: async () => near.filter(({ example: { explored } }) => !explored),
    explored: async () => near.filter(({ example: { explored } }) => explored),
  };
};
const input = { masked: '', severalTables: false, limit: 3, explored: 0, readable: [], databaseId: 'library' };
const one = example('How many books?', 'SELECT COUNT(*) FROM book');
const joined = example('Authors with books', 'SELECT a.name FROM author AS a JOIN book AS b ON b.author_id = a.id');

describe('examples for a question', () => {
  it('are those that are near enough, the best last', async () => {
    const far = example('Titles?', 'SELECT title FROM book');
    const picked = await pickExamples(
      input,
      bankOf([
        [joined, 0.8],
        [one, 0.7],
        [far, 0.5],
      ]),
      never,
    );
    assert.deepEqual(picked, [one, joined]);
  });

  it('are of several tables where linking chose several', async () => {
    assert.deepEqual(
      await pickExamples(
        { ...input, severalTables: true },
        bankOf([
          [one, 0.9],
          [joined, 0.6],
        ]),
        never,
      ),
      [joined],
    );
  });

  it('are ordered by the keywords shared with a draft too', async () => {
    const draft = 'SELECT COUNT(*) FROM author';
    assert.deepEqual(
      await pickExamples(
        { ...input, draft },
        bankOf([
          [joined, 0.7],
          [one, 0.69],
        ]),
        never,
      ),
      [joined, one],
    );
  });

  it('are those that were verified of the database asked, then explored ones of it, then others, as many as each may be', async () => {
    const list = [
      [example('shipped', 'SELECT kind FROM book', { databaseId: 'shop' }), 0.95],
      [example('explored', 'SELECT COUNT(*) FROM book', { explored: true }), 0.9],
      [example('explored, farther', 'SELECT MAX(price) FROM book', { explored: true }), 0.8],
      [example('explored, far', 'SELECT name FROM author', { explored: true }), 0.3],
      [example('verified elsewhere', 'SELECT price FROM book', { databaseId: 'shop', verified: true }), 0.7],
      [example('verified', 'SELECT title, price FROM book', { verified: true }), 0.6],
    ] as const;
    const pick = async (limits: { readonly limit: number; readonly explored: number }) =>
      (await pickExamples({ ...input, ...limits }, bankOf(list), never)).map(({ question }) => question);
    assert.deepEqual(await pick({ limit: 4, explored: 3 }), ['shipped', 'explored, farther', 'explored', 'verified']);
    assert.deepEqual(await pick({ limit: 2, explored: 2 }), ['explored', 'verified']);
    assert.deepEqual(await pick({ limit: 0, explored: 2 }), ['explored, farther', 'explored']);
    assert.deepEqual(await pick({ limit: 2, explored: 0 }), ['shipped', 'verified']);
  });

  it('are at most two of one skeleton, and no more than the limit', async () => {
    const twins = ['author', 'book', 'author'].map((name, at) =>
      example(`How many ${at}?`, `SELECT COUNT(*) FROM ${name}`),
    );
    const picked = await pickExamples(
      input,
      bankOf([...twins.map((twin) => [twin, 0.9] as const), [joined, 0.8]]),
      never,
    );
    assert.deepEqual(
      picked.map(({ sql }) => sql),
      [joined.sql, twins[1]!.sql, twins[0]!.sql],
    );
  });
});

/** Two directions: how much a text speaks of counting, and how much of names. */
const embedder: Embedder = {
  id: 'two',
  dimensions: 2,
  embed: async (texts) =>
    texts.map((text) => {
      const counts = /how many/i.test(text) ? 1 : 0.1;
      const length = Math.hypot(counts, 0.5);
      return Float32Array.of(counts / length, 0.5 / length);
    }),
  close: async () => undefined,
};

describe('the bank', () => {
  it('ranks by the likeness of the skeletons, verified answers among them', async () => {
    const bank = embeddedBanks([joined], embedder)([{ ...one, verified: true }]);
    const near = await bank.near({ masked: 'How many authors?', limit: 2, readable: ['library'] }, never);
    assert.deepEqual(
      near.map(({ example: { question } }) => question),
      ['How many books?', 'Authors with books'],
    );
    assert.ok(near[0]!.similarity > near[1]!.similarity);
  });

  it('keeps verified answers of databases that the asker may not read out of the prompt', async () => {
    const bank = embeddedBanks([], embedder)([{ ...one, verified: true }]);
    assert.deepEqual(await bank.near({ masked: 'How many authors?', limit: 2, readable: ['shop'] }, never), []);
  });
});

describe('the bank of what was explored', () => {
  it('gives what was explored over the database asked, of what the asker may read', async () => {
    const explored = [one, joined].map((each): Example => ({ ...each, explored: true }));
    const asked: string[] = [];
    const bank = embeddedBanks([one], embedder)([], async (id) => {
      asked.push(id);
      return { examples: explored, mayShow: async ({ tableCount }) => tableCount > 1 };
    });
    const near = await bank.explored?.({ masked: 'How many authors?', limit: 1, databaseId: 'library' }, never);
    assert.deepEqual(
      near?.map(({ example: { question } }) => question),
      ['Authors with books'],
    );
    assert.deepEqual(asked, ['library']);
    const shipped = await bank.near({ masked: 'How many authors?', limit: 9, readable: ['library'] }, never);
    assert.deepEqual(
      shipped.map((each) => each.example),
      [one],
    );
  });
});

describe('a query taken apart', () => {
  it('has its inner queries first, then the rows before grouping, the whole last', () => {
    const sql =
      'SELECT a.name FROM author AS a JOIN book AS b ON b.author_id = a.id WHERE b.price > (SELECT AVG(price) FROM book) GROUP BY a.name HAVING COUNT(*) > 2';
    const steps = decomposeQuery(sql, 'sqlite');
    assert.deepEqual(
      steps.map((step) => step.sql),
      [
        'SELECT AVG(price) FROM book',
        'SELECT a.name FROM author AS a JOIN book AS b ON b.author_id = a.id WHERE b.price > (SELECT AVG(price) FROM book)',
        sql,
      ],
    );
    assert.ok(steps.every(({ question }) => question.length > 10));
  });

  it('is one step when it is simple, and none when it cannot be read', () => {
    assert.equal(decomposeQuery('SELECT name FROM author', 'sqlite').length, 1);
    assert.equal(decomposeQuery('not a query', 'sqlite').length, 0);
  });

  it('leaves an inner query alone that needs the outer one', () => {
    const sql = 'SELECT name FROM author AS a WHERE NOT EXISTS (SELECT 1 FROM book AS b WHERE b.author_id = a.id)';
    assert.deepEqual(
      decomposeQuery(sql, 'sqlite').map((step) => step.sql),
      [sql],
    );
  });
});

describe('demonstrations adapt to the draft', () => {
  const nested = example('Dear books', 'SELECT title FROM book WHERE price > (SELECT AVG(price) FROM book)');
  const grouped = example(
    'Authors by books',
    'SELECT a.name, COUNT(*) FROM author AS a JOIN book AS b ON b.author_id = a.id GROUP BY a.id, a.name',
  );
  const bank = bankOf([
    [nested, 0.9],
    [grouped, 0.8],
    [one, 0.95],
  ]);
  const pick = async (draft?: string) =>
    (
      await pickDecompositions(
        { masked: '', engine: 'sqlite', readable: [], databaseId: 'library', ...(draft ? { draft } : {}) },
        bank,
        never,
      )
    ).map(({ example: { question } }) => question);

  it('none for a draft on one table', async () => assert.deepEqual(await pick('SELECT COUNT(*) FROM book'), []));

  it('the one of its shape for a join', async () =>
    assert.deepEqual(
      await pick('SELECT b.title, COUNT(*) FROM book AS b JOIN author AS a ON a.id = b.author_id GROUP BY b.title'),
      ['Authors by books'],
    ));

  it('all that fit for a nested one, the best last', async () =>
    assert.deepEqual(
      (await pick('SELECT name FROM author WHERE id > (SELECT MAX(id) FROM author)')).at(-1),
      'Dear books',
    ));

  it('by the questions alone where there is no draft, only those that come apart', async () =>
    assert.deepEqual(await pick(), ['Authors by books', 'Dear books']));
});
