import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type CompileOptions, compile } from '#src/edl/compile.ts';
import { parseEdl } from '#src/edl/parse-edl.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from './library.ts';

const sql = (edl: string, options: Partial<CompileOptions> = {}) =>
  succeeded(compile(edl, { engine: 'sqlite', ...options })).sql;

/** A block over books, with clauses in between and a Select at the end. */
const block = (...middle: readonly string[]) => {
  const steps = ['Scan Table: Retrieve all rows from the [book] table.', ...middle];
  return steps.map((step, at) => `#${at + 1}. ${step.replaceAll('#last', `#${at}`)}`).join('\n');
};

describe('steps become SQL', () => {
  it.each([
    ['Select Column: Select all columns in #last.', 'SELECT * FROM book'],
    ['Select Column: Select distinct [title], [year] as [y] in #last.', 'SELECT DISTINCT title, year AS y FROM book'],
    ['Select Column: Select the count of distinct [title] in #last.', 'SELECT COUNT(DISTINCT title) FROM book'],
    [
      "Select Column: Select the count of rows for rows where ([kind] equals 'novel' or [pages] is null) in #last.",
      "SELECT COUNT(CASE WHEN kind = 'novel' OR pages IS NULL THEN 1 END) FROM book",
    ],
    [
      'Select Column: Select (the sum of [price]) / the count of rows as [mean] in #last.',
      'SELECT SUM(price) / COUNT(*) AS mean FROM book',
    ],
    [
      "Select Column: Select the list of distinct [title] separated by ',' in #last.",
      'SELECT GROUP_CONCAT(DISTINCT title) FROM book',
    ],
    [
      'Select Column: Select the start of the month of [sold_on], the year of [sold_on] in #last.',
      "SELECT DATE(sold_on, 'start of month'), CAST(STRFTIME('%Y', sold_on) AS INTEGER) FROM book",
    ],
    [
      'Select Column: Select the current date - a span of 7 days in #last.',
      "SELECT DATE(DATE('now'), '-7 days') FROM book",
    ],
    [
      'Select Column: Select the average of [price] - the minimum of [price] in #last.',
      'SELECT AVG(price) - MIN(price) FROM book',
    ],
    ["Select Column: Select whether ([kind] equals 'x') in #last.", "SELECT kind = 'x' FROM book"],
  ])('%s', (step, expected) => {
    assert.equal(sql(block(step)), expected);
  });

  it.each([
    ["[title] contains 'sea'", "title LIKE '%sea%'"],
    ["[title] does not start with 'The'", "title NOT LIKE 'The%'"],
    ["[title] ends with '!'", "title LIKE '%!'"],
    ["[title] is like '_a%'", "title LIKE '_a%'"],
    ['[pages] is between 100 and 200', 'pages BETWEEN 100 AND 200'],
    ['[pages] is not in (1, 2)', 'pages NOT IN (1, 2)'],
    ['not ([pages] equals 1 and [price] is less than 2)', 'NOT (pages = 1 AND price < 2)'],
    [
      '([pages] equals 1 or [pages] equals 2) and [price] is not null',
      '(pages = 1 OR pages = 2) AND price IS NOT NULL',
    ],
    ["[title] equals 'O''Neill'", "title = 'O''Neill'"],
    ["the date text of [sold_on] in format 'YYYY-MM' equals '2024-05'", "STRFTIME('%Y-%m', sold_on) = '2024-05'"],
    ["the expression {{ title GLOB 'A*' }}", "title GLOB 'A*'"],
    ['[price] * 2 is greater than ([pages] + 1) * 3', 'price * 2 > (pages + 1) * 3'],
  ])('Reserve rows where %s', (condition, expected) => {
    const text = block(
      `Reserve Rows: Reserve rows of #last where ${condition}.`,
      'Select Column: Select the [id] column in #last.',
    );
    assert.equal(sql(text), `SELECT id FROM book WHERE ${expected}`);
  });

  it('writes the words of each engine', () => {
    const text = block(
      "Date Operation: Compute [month] as the date text of [sold_on] in format 'YYYY-MM'.",
      'Cast: Cast [price] as REAL as [exact].',
      'Substring: Extract substring from [title] starting at position 1 for 3 characters as [start].',
      "Select Column: Select [month], [exact], [start], [title] || '!' as [loud], LENGTH([title]) in #1.",
    );
    const on = (engine: Engine) => sql(text, { engine });
    assert.equal(
      on('sqlite'),
      "SELECT STRFTIME('%Y-%m', sold_on) AS month, CAST(price AS REAL) AS exact, SUBSTR(title, 1, 3) AS start, title || '!' AS loud, LENGTH(title) FROM book",
    );
    assert.equal(
      on('postgres'),
      "SELECT TO_CHAR(sold_on, 'YYYY-MM') AS month, CAST(price AS DOUBLE PRECISION) AS exact, SUBSTRING(title FROM 1 FOR 3) AS start, title || '!' AS loud, LENGTH(title) FROM book",
    );
    assert.equal(
      on('mariadb'),
      "SELECT DATE_FORMAT(sold_on, '%Y-%m') AS month, CAST(price AS DOUBLE) AS exact, SUBSTR(title, 1, 3) AS start, CONCAT(title, '!') AS loud, CHAR_LENGTH(title) FROM book",
    );
  });

  it('puts nulls where they are wanted on an engine without the words for it', () => {
    const text = block(
      'Sort Row: Order #last by [price] in ascending order with nulls last, [pages] in descending order with nulls first.',
      'Select Column: Select the [title] column in #last.',
    );
    assert.equal(
      sql(text, { engine: 'mysql' }),
      'SELECT title FROM book ORDER BY price IS NULL, price, pages IS NULL DESC, pages DESC',
    );
  });

  it('names results and reads them by name', () => {
    const text = `#1. Scan Table: Retrieve all rows from the [book] table.
#2. Group: Group #1 by the [kind] column.
#3. Select Column: Select [kind], the count of rows as [n] in #2 as the [kinds] query result.
#4. Scan Table: Retrieve all rows from the [kinds] table.
#5. Reserve Rows: Reserve rows of #4 where [n] is greater than 3.
#6. Select Column: Select the [kind] column in #5.`;
    assert.equal(
      sql(text, { catalog: library }),
      'WITH kinds AS (SELECT kind, COUNT(*) AS n FROM book GROUP BY kind) SELECT kind FROM kinds WHERE n > 3',
    );
  });

  it('excludes the second result from the first', () => {
    const text = `#1. Retrieve all rows from the [book] table in a subquery and select the [author_id] column.
#2. Retrieve all rows from the [author] table in a subquery and select the [id] column.
#3. Apply EXCEPT operation: Exclude the results in #1 from the results in #2.`;
    assert.equal(sql(text), 'SELECT id FROM author EXCEPT SELECT author_id FROM book');
  });

  it('lets a nested block see the tables around it', () => {
    const text = `#1. Scan Table: Retrieve all rows from the [author] table aliased as [a].
#2. Subquery: Retrieve all rows from the [book] table aliased as [b] in a subquery.
#3. Reserve Rows: Reserve rows of #2 where [b.author_id] equals [a.id].
#4. Select Column: Select the count of rows in #3.
#5. Select Column: Select [a.name], the result of #4 as [books] in #1.`;
    assert.equal(
      sql(text),
      'SELECT a.name, (SELECT COUNT(*) FROM book AS b WHERE b.author_id = a.id) AS books FROM author AS a',
    );
  });

  it('never lets a text or a name out of its quotes', () => {
    const text = block(
      "Reserve Rows: Reserve rows of #last where [ti\"t`le]] --] equals '''; DROP TABLE book; --\\'.",
      'Select Column: Select the [x"; --] column in #last.',
    );
    assert.equal(sql(text), `SELECT "x""; --" FROM book WHERE "ti""t\`le] --" = '''; DROP TABLE book; --\\'`);
    assert.match(sql(text, { engine: 'mysql' }), /= '''; DROP TABLE book; --\\\\'$/);
  });
});

describe('EDL as models write it', () => {
  it('takes the verbs of the brief form, and set operations over steps in order', () => {
    const text = [
      '#1. From [book] as [b].',
      '#2. Keep rows of #1 where [b.pages] > 300.',
      '#3. Group #2 by [b.kind].',
      '#4. Keep groups of #3 where count of rows >= 2.',
      '#5. Show [b.kind] in #4.',
      '#6. From [shelf].',
      '#7. Select [kind] in #6.',
      '#8. Apply EXCEPT to #5 and #7.',
    ].join('\n');
    const wanted =
      'SELECT b.kind FROM book AS b WHERE b.pages > 300 GROUP BY b.kind HAVING COUNT(*) >= 2 EXCEPT SELECT kind FROM shelf';
    assert.equal(sql(text), wanted);
  });

  it('takes aggregates without their article, a bare direction, and a limit without a noun', () => {
    const text = [
      '#1. Retrieve all rows from [book].',
      '#2. Group #1 by [kind].',
      '#3. Order #2 by count of rows descending.',
      '#4. Limit #3 to 3.',
      '#5. Select [kind], average of [price], count of distinct [title] in #4.',
    ].join('\n');
    const wanted =
      'SELECT kind, AVG(price), COUNT(DISTINCT title) FROM book GROUP BY kind ORDER BY COUNT(*) DESC LIMIT 3';
    assert.equal(sql(text), wanted);
  });

  const books = 'SELECT title FROM book';
  it.each([
    [
      'N1: blanks in a step number',
      '# 1 .Scan Table: Retrieve all rows from the [book] table. #2.\nSelect the [title] column in #1.',
      books,
    ],
    [
      'N2: other quotes',
      '#1. Retrieve all rows from the [book] table. #2. Reserve rows of #1 where [kind] equals “novel”. #3. Select the [title] column in #2.',
      `${books} WHERE kind = 'novel'`,
    ],
    [
      'N2: double quotes',
      '#1. Retrieve all rows from the [book] table. #2. Reserve rows of #1 where [kind] = "novel". #3. Select the [title] column in #2.',
      `${books} WHERE kind = 'novel'`,
    ],
    [
      'N3: an alias in parentheses',
      '#1. Retrieve all rows from the [book] table (b). #2. Select [b.title] in #1.',
      'SELECT b.title FROM book AS b',
    ],
    [
      'N4: an alias without brackets',
      '#1. Retrieve all rows from the [book] table aliased as b. #2. Select [b.title] in #1.',
      'SELECT b.title FROM book AS b',
    ],
    [
      'N5: the results of a step',
      '#1. Retrieve all rows from the [book] table. #2. Group the results of #1 by the [kind] column. #3. Select the [kind] column from the results of #2.',
      'SELECT kind FROM book GROUP BY kind',
    ],
    [
      'N6: the first query result',
      '#1. Retrieve all rows from the [book] table. #2. Select the [title] column in #1 as the first query result. #3. Retrieve all rows from the [author] table. #4. Select the [name] column in #3 as the second query result. #5. Apply UNION operation: Include the results in #2 in the results in #4.',
      `${books} UNION SELECT name FROM author`,
    ],
    [
      'N7: is a value',
      "#1. Retrieve all rows from the [book] table. #2. Reserve rows of #1 where [kind] is 'novel' and [pages] is 100 or more and [price] is not equal to 3. #3. Select the [title] column in #2.",
      `${books} WHERE kind = 'novel' AND pages >= 100 AND price <> 3`,
    ],
    [
      'N8: is included in',
      '#1. Retrieve all rows from the [book] table. #2. Retrieve all rows from the [author] table in a subquery and select the [id] column. #3. Reserve rows of #1 where [author_id] is not included in the result of #2. #4. Select the [title] column in #3.',
      `${books} WHERE author_id NOT IN (SELECT id FROM author)`,
    ],
    [
      'N9: columns of a table',
      '#1. Retrieve all rows from the [book] table aliased as [b]. #2. Select the [title], [kind] and [pages] columns from the [b] table in #1.',
      'SELECT b.title, b.kind, b.pages FROM book AS b',
    ],
    [
      'N9: an aggregate of a table',
      '#1. Retrieve all rows from the [book] table aliased as [b]. #2. Select the average of [pages] from the [book] table, the count of rows from the [book] table in #1.',
      'SELECT AVG(b.pages), COUNT(*) FROM book AS b',
    ],
    [
      'N10: the distinct',
      '#1. Retrieve all rows from the [book] table. #2. Select the distinct [kind] column in #1.',
      'SELECT DISTINCT kind FROM book',
    ],
    [
      'N11: no labels',
      '#1. Retrieve all rows from the [book] table. #2. Order #1 by the [title] column in ascending order. #3. Limit #2 to the top 1 record. #4. Select the [title] column in #3.',
      `${books} ORDER BY title LIMIT 1`,
    ],
    [
      'N12: a final Compute of selected names',
      '#1. Retrieve all rows from the [book] table. #2. Select the sum of [price] as [total], the count of rows as [n] in #1. #3. Arithmetic Calculation: Compute [mean] as the division of [total] and [n].',
      'SELECT SUM(price) / COUNT(*) AS mean FROM book',
    ],
    [
      'N13: no final full stop',
      '#1. Retrieve all rows from the [book] table. #2. Select the [title] column in #1',
      books,
    ],
    [
      'B8: a table scanned before it is joined',
      '#1. Retrieve all rows from the [author] table aliased as [a]. #2. Retrieve all rows from the [book] table aliased as [b]. #3. Join the [book] table aliased as [b] on the condition that [a.id] equals [b.author_id]. #4. Select [a.name] in #3.',
      'SELECT a.name FROM author AS a JOIN book AS b ON a.id = b.author_id',
    ],
    [
      'symbols for words',
      "#1. Retrieve all rows from the [book] table. #2. Reserve rows of #1 where [pages] >= 3 and [kind] != 'x'. #3. Select the [title] column in #2.",
      `${books} WHERE pages >= 3 AND kind <> 'x'`,
    ],
  ])('%s', (_, edl, expected) => {
    assert.equal(sql(edl), expected);
  });
});

describe('what is wrong is said with its code and step', () => {
  const scan = '#1. Retrieve all rows from the [book] table.';
  const close = 'Select the [title] column in';
  const join = (on: string) => `${scan} #2. Join the [author] table on the condition that ${on}. #3. ${close} #2.`;
  const cases: readonly (readonly [
    code: string,
    step: number | undefined,
    edl: string,
    options?: Partial<CompileOptions>,
  ])[] = [
    ['E_EMPTY', undefined, '  '],
    ['E_LEX', 2, `${scan} #2. Select the [title column in #1.`],
    ['E_SYNTAX', 2, `${scan} #2. Select the [title] column somewhere.`],
    ['E_SYNTAX', 2, `${scan} #2. Reserve rows of #1 where [title]. #3. ${close} #2.`],
    ['E_OPERATOR', 2, `${scan} #2. Pivot Rows: Pivot #1.`],
    ['E_STEP_DUP', 1, `${scan} #1. ${close} #1.`],
    ['E_STEP_ORDER', 2, `#3. Retrieve all rows from the [book] table. #2. ${close} #3.`],
    ['E_REF_UNDEFINED', 3, `${scan} #3. ${close} #2.`],
    ['E_CYCLE', 2, `${scan} #2. Reserve rows of #3 where [pages] equals 1. #3. ${close} #2.`],
    ['E_CYCLE', 2, `${scan} #2. Reserve rows of #2 where [pages] equals 1. #3. ${close} #2.`],
    ['E_REF_STALE', 3, `${scan} #2. Reserve rows of #1 where [pages] equals 1. #3. ${close} #1.`],
    ['E_BLOCK_CLOSED', 3, `${scan} #2. ${close} #1. #3. Reserve rows of #2 where [pages] equals 1.`],
    ['E_BLOCK_NOT_CLOSED', 2, `${scan} #2. Retrieve all rows from the result of #1 aliased as [r]. #3. ${close} #2.`],
    ['E_NO_OPEN_BLOCK', 3, `${scan} #2. ${close} #1. #3. Join the [author] table.`],
    ['E_RESULT_NOT_CLOSED', 2, `${scan} #2. Group #1 by [kind].`],
    ['E_DUP_CLAUSE', 3, `${scan} #2. Group #1 by [kind]. #3. Group #2 by [title]. #4. ${close} #3.`],
    ['E_ORDER', 3, `${scan} #2. Group #1 by [kind]. #3. Join the [author] table. #4. ${close} #3.`],
    [
      'E_HAVING_WITHOUT_GROUP',
      undefined,
      `${scan} #2. Reserve the grouped rows of #1 where [pages] equals 1. #3. ${close} #2.`,
    ],
    [
      'E_RESERVE_AFTER_GROUP',
      3,
      `${scan} #2. Group #1 by [title]. #3. Reserve rows of #2 where [pages] equals 1. #4. ${close} #3.`,
    ],
    ['E_NAME_DUP', 3, `${scan} #2. Compute [x] as 1 + 1. #3. Compute [x] as 2 + 2. #4. Select [x] in #1.`],
    ['E_TABLE_UNKNOWN', 1, `#1. Retrieve all rows from the [boks] table. #2. ${close} #1.`, { catalog: library }],
    ['E_COLUMN_UNKNOWN', 2, `${scan} #2. Select the [titel] column in #1.`, { catalog: library }],
    ['E_COLUMN_UNKNOWN', 2, `${scan} #2. Select [x.title] in #1.`],
    [
      'E_COLUMN_AMBIGUOUS',
      3,
      join('[book.author_id] equals [author.id]').replace('[title] column', '[id] column'),
      { catalog: library },
    ],
    ['E_ALIAS_DUP', 2, `${scan} #2. Join the [book] table. #3. ${close} #2.`],
    [
      'E_NOT_GROUPED',
      3,
      `${scan} #2. Group #1 by [kind]. #3. Select [title], the count of rows in #2.`,
      { engine: 'postgres', catalog: { ...library, engine: 'postgres' } },
    ],
    [
      'E_SCALAR_WIDTH',
      3,
      `${scan} #2. Retrieve all rows from the [author] table in a subquery and select [id], [name]. #3. Reserve rows of #1 where [author_id] is in the result of #2. #4. ${close} #3.`,
    ],
    [
      'E_SET_OPERAND',
      3,
      `${scan} #2. ${close} #1. #3. Apply EXCEPT operation: Include the results in #2 in the results in #2.`,
    ],
    [
      'E_SET_WIDTH',
      3,
      '#1. Retrieve all rows from the [book] table in a subquery and select [id]. #2. Retrieve all rows from the [author] table in a subquery and select [id], [name]. #3. Apply UNION operation: Include the results in #1 in the results in #2.',
    ],
    ['E_FUNC_UNKNOWN', 2, `${scan} #2. Select LENGHT([title]) in #1.`],
    ['E_LIKE_META', 2, `${scan} #2. Reserve rows of #1 where [title] contains '50%'. #3. ${close} #2.`],
    [
      'E_VERBATIM_DIALECT',
      2,
      `${scan} #2. Select the expression {{ title GLOB 'a' }} in #1.`,
      { engine: 'postgres', verbatimEngine: 'sqlite' },
    ],
    [
      'E_VERBATIM_DIALECT',
      undefined,
      `${scan} #2. Full join the [author] table on the condition that [book.author_id] equals [author.id]. #3. Select [author.name] in #2.`,
      { engine: 'mysql' },
    ],
  ];

  it.each(cases.map(([code, step, edl, options]) => ({ code, step, edl, options })))(
    '$code in step $step',
    ({ code, step, edl, options }) => {
      const compiled = compile(edl, { engine: 'sqlite', ...options });
      assert.ok(!compiled.ok, compiled.ok ? compiled.value.sql : '');
      const [problem] = compiled.problems;
      assert.equal(problem!.code, code);
      if (step !== undefined) assert.equal(problem!.step, step);
      assert.match(problem!.message, /^\S.*[.]"?$/s);
    },
  );

  const suggestionOf = (edl: string, catalog: DatabaseCatalog = library) => {
    const compiled = compile(edl, { engine: 'sqlite', catalog });
    assert.ok(!compiled.ok);
    return compiled.problems[0]!.suggestion;
  };

  it('suggests the nearest table and column', () => {
    assert.equal(suggestionOf(`#1. Retrieve all rows from the [boks] table. #2. ${close} #1.`), 'Did you mean book?');
    assert.equal(suggestionOf(`${scan} #2. Select the [titel] column in #1.`), 'Did you mean title?');
  });

  it('suggests the join that reaches a column of another table', () => {
    assert.equal(
      suggestionOf(`${scan} #2. Reserve rows of #1 where [country] equals 'NO'. #3. Select all columns in #2.`),
      '[author] has it: "Join the [author] table on the condition that [book.author_id] equals [author.id]."',
    );
  });

  it('lets a loose grouping pass on engines that do, with a warning', () => {
    const edl = `${scan} #2. Group #1 by [kind]. #3. Select [title], the count of rows in #2.`;
    const compiled = compile(edl, { engine: 'sqlite', catalog: library });
    assert.ok(compiled.ok);
    assert.equal(compiled.warnings[0]?.code, 'E_NOT_GROUPED');
  });

  it('warns of a result that nothing uses', () => {
    const compiled = compile(
      `${scan} #2. ${close} #1. #3. Retrieve all rows from the [author] table. #4. Select the [name] column in #3.`,
      { engine: 'sqlite' },
    );
    assert.ok(compiled.ok);
    assert.match(compiled.warnings[0]!.message, /#2 is never used/);
  });

  it('names what could have stood there', () => {
    const parsed = parseEdl(`${scan} #2. Order #1 by [title] in no order.`);
    assert.ok(!parsed.ok);
    assert.deepEqual(parsed.problems[0]!.expected, ['in ascending order', 'in descending order']);
  });
});
