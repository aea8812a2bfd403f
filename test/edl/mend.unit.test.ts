import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { isMend, MENDS } from '#src/edl/mend.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from './library.ts';

const on = (catalog: DatabaseCatalog | 'none') =>
  ({ engine: 'sqlite', ...(catalog === 'none' ? {} : { catalog }) }) as const;

/** The SQL of a text and the codes of its mends. */
function read(text: string, catalog: DatabaseCatalog | 'none' = library) {
  const compiled = compile(text, on(catalog));
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.problems));
  return { sql: compiled.value.sql, codes: [...new Set(compiled.warnings.filter(isMend).map(({ code }) => code))] };
}

/** The canonical sentences of a statement. */
const sentences = (sql: string, catalog: DatabaseCatalog = library) =>
  succeeded(explain(sql, 'sqlite', catalog)).edl.steps.map(({ text }) => text);

interface Shape {
  readonly id: string;
  readonly shape: string;
  readonly given: string;
  /** The mends, in the order of the steps. */
  readonly codes: readonly string[];
  /** The canonical EDL that it is read as. */
  readonly read: string;
}

const SHAPES: readonly Shape[] = [
  {
    id: 'N18',
    shape: '`1.` for `#1.`',
    given: '1. From [book].\n2. Select [title] in #1.',
    codes: ['M_NUMBERS'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N18',
    shape: '`Step 1:` for `#1.`',
    given: 'Step 1: From [book].\nStep 2: Select [title] in #1.',
    codes: ['M_NUMBERS'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N18',
    shape: '`#1)` and list dashes',
    given: '- #1) From [book].\n- #2) Select [title] in #1.',
    codes: ['M_NUMBERS'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N19',
    shape: 'sentences around the steps',
    given: "Here's what I'd do:\n\n#1. From [book].\n#2. Select [title] in #1.\n\nThis gives the titles; it's simple.",
    codes: ['M_PROSE'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N19',
    shape: 'remarks behind a step',
    given: '#1. From [book]. This reads all books.\n#2. Select [title] in #1 (their titles).',
    codes: ['M_PROSE'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N19',
    shape: 'a remark in a comment',
    given: '#1. From [book]. -- all books\n#2. Select [title] in #1.',
    codes: ['M_PROSE'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N20',
    shape: 'a step twice',
    given:
      '#1. From [book].\n#2. Keep rows of #1 where [pages] > 3.\n#2. Keep rows of #1 where [pages] > 3.\n#3. Select [title] in #2.',
    codes: ['M_REPEATED'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Select the [title] column in #2.',
  },
  {
    id: 'N20',
    shape: 'all steps twice',
    given: '#1. From [book].\n#2. Select [title] in #1.\n#1. From [book].\n#2. Select [title] in #1.',
    codes: ['M_REPEATED'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N20',
    shape: 'a step that repeats the one before',
    given: '#1. From [book].\n#2. Group #1 by [kind].\n#3. Group #2 by [kind].\n#4. Select [kind] in #3.',
    codes: ['M_REPEATED'],
    read: 'Retrieve all rows from the [book] table. Group #1 by the [kind] column. Select the [kind] column in #2.',
  },
  {
    id: 'N21',
    shape: 'a last Return',
    given: '#1. From [book].\n#2. Select [title] in #1.\n#3. Return the result of #2.',
    codes: ['M_RETURN'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N22',
    shape: 'a label of its own',
    given: '#1. From [book].\n#2. Filter Rows: Keep rows of #1 where [pages] > 3.\n#3. Select [title] in #2.',
    codes: ['M_LABEL'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Select the [title] column in #2.',
  },
  {
    id: 'N22',
    shape: 'a label as the verb',
    given: '#1. From [book].\n#2. Sort: #1 by [price] descending.\n#3. Select Column: [title] in #2.',
    codes: ['M_LABEL'],
    read: 'Retrieve all rows from the [book] table. Order #1 by the [price] column in descending order. Select the [title] column in #2.',
  },
  {
    id: 'N23',
    shape: 'other verbs',
    given:
      '#1. Scan [book].\n#2. Filter #1 where [pages] > 3.\n#3. Take the first 3 rows of #2.\n#4. Return [title] in #3.',
    codes: ['M_VERB', 'M_STEP_MEANT'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Limit #2 to the top 3 records. Select the [title] column in #3.',
  },
  {
    id: 'N23',
    shape: 'a verb with other words',
    given:
      '#1. Get all rows from [book].\n#2. Join with [author] on [book.author_id] = [author.id].\n#3. Finally, select [author.name] in #2.',
    codes: ['M_VERB'],
    read: 'Retrieve all rows from the [book] table. Join the [author] table on the condition that [book.author_id] equals [author.id]. Select [author.name] in #2.',
  },
  {
    id: 'N23',
    shape: 'a count of rows',
    given: '#1. From [book].\n#2. Count rows in #1.',
    codes: ['M_VERB'],
    read: 'Retrieve all rows from the [book] table. Select the count of rows in #1.',
  },
  {
    id: 'N24',
    shape: 'steps that name none',
    given:
      '#1. From [book].\n#2. Keep rows where [pages] > 3.\n#3. Group by [kind].\n#4. Keep groups where count of rows > 2.\n#5. Order by [kind] descending.\n#6. Limit to 3.\n#7. Select [kind].',
    codes: ['M_STEP_MEANT'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Group #2 by the [kind] column. Reserve the grouped rows of #3 where the count of rows is greater than 2. Order #4 by the [kind] column in descending order. Limit #5 to the top 3 records. Select the [kind] column in #6.',
  },
  {
    id: 'N24',
    shape: 'the step at the end',
    given:
      "#1. From [book].\n#2. Keep rows where [kind] = 'novel' in #1.\n#3. Order by [price] descending in #2.\n#4. Select [title] in #3.",
    codes: ['M_STEP_MEANT'],
    read: "Retrieve all rows from the [book] table. Reserve rows of #1 where [kind] equals 'novel'. Order #2 by the [price] column in descending order. Select the [title] column in #3.",
  },
  {
    id: 'N24',
    shape: 'the open block, not the result before',
    given:
      '#1. From [author].\n#2. From [book] in a subquery and select [author_id].\n#3. Keep rows where [id] is in #2.\n#4. Select [name].',
    codes: ['M_STEP_MEANT'],
    read: 'Retrieve all rows from the [author] table. Retrieve all rows from the [book] table in a subquery and select the [author_id] column. Reserve rows of #1 where [id] is in the result of #2. Select the [name] column in #3.',
  },
  {
    id: 'N25',
    shape: 'a step in other words',
    given:
      '#1. From [book].\n#2. Keep rows of step 1 where [pages] > 3.\n#3. Order the rows of #2 by [price] descending.\n#4. Select [title] in the previous step.',
    codes: ['M_STEP_SAID'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Order #2 by the [price] column in descending order. Select the [title] column in #3.',
  },
  {
    id: 'N26',
    shape: 'the first query',
    given:
      '#1. From [author]. #2. Select [name] in #1. #3. From [book]. #4. Select [title] in #3. #5. Apply EXCEPT operation: Exclude the results in the second query from the results in the first query.',
    codes: ['M_QUERY_SAID'],
    read: 'Retrieve all rows from the [author] table. Select the [name] column in #1. Retrieve all rows from the [book] table. Select the [title] column in #3. Apply EXCEPT operation: Exclude the results in #4 from the results in #2.',
  },
  {
    id: 'N26',
    shape: 'the first query result by its name',
    given:
      '#1. From [author]. #2. Select [name] in #1 as the second query result. #3. From [book]. #4. Select [title] in #3 as the first query result. #5. Apply EXCEPT to the first query result and the second query result.',
    codes: ['M_QUERY_SAID'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1. Retrieve all rows from the [author] table. Select the [name] column in #3. Apply EXCEPT operation: Exclude the results in #4 from the results in #2.',
  },
  {
    id: 'N26',
    shape: 'query 1',
    given:
      '#1. From [author]. #2. Select [name] in #1. #3. From [book]. #4. Select [title] in #3. #5. Apply EXCEPT operation: Exclude the results in query 2 from the results in query 1.',
    codes: ['M_QUERY_SAID'],
    read: 'Retrieve all rows from the [author] table. Select the [name] column in #1. Retrieve all rows from the [book] table. Select the [title] column in #3. Apply EXCEPT operation: Exclude the results in #4 from the results in #2.',
  },
  {
    id: 'N27',
    shape: 'Join that names a step',
    given:
      '#1. From [author] as [a].\n#2. Join #1 with [book] as [b] on [a.id] = [b.author_id].\n#3. Select [a.name], [b.title] in #2.',
    codes: ['M_JOINED'],
    read: 'Retrieve all rows from the [author] table aliased as [a]. Join the [book] table aliased as [b] on the condition that [a.id] equals [b.author_id]. Select [a.name], [b.title] in #2.',
  },
  {
    id: 'N27',
    shape: 'Join of two steps',
    given:
      '#1. From [author] as [a].\n#2. From [book] as [b].\n#3. Join #1 and #2 on [a.id] = [b.author_id].\n#4. Select [a.name] in #3.',
    codes: ['M_JOINED'],
    read: 'Retrieve all rows from the [author] table aliased as [a]. Join the [book] table aliased as [b] on the condition that [a.id] equals [b.author_id]. Select [a.name] in #2.',
  },
  {
    id: 'N27',
    shape: 'Join and Compute that end in a step',
    given:
      '#1. From [author] as [a].\n#2. Join [book] as [b] on [a.id] = [b.author_id] in #1.\n#3. Compute [double] as [b.price] * 2 in #2.\n#4. Select [double] in #2.',
    codes: ['M_JOINED'],
    read: 'Retrieve all rows from the [author] table aliased as [a]. Join the [book] table aliased as [b] on the condition that [a.id] equals [b.author_id]. Compute [double] as [b.price] * 2. Select the [double] column in #2.',
  },
  {
    id: 'N28',
    shape: 'Select from a table',
    given: '#1. Select [name] from [author].',
    codes: ['M_SCANNED', 'M_STEP_MEANT'],
    read: 'Retrieve all rows from the [author] table. Select the [name] column in #1.',
  },
  {
    id: 'N28',
    shape: 'Select from a table with more clauses',
    given: "#1. Select [name] from [author] where [country] = 'NO' order by [name] descending limit 3.",
    codes: ['M_SCANNED', 'M_TWO_STEPS', 'M_STEP_MEANT'],
    read: "Retrieve all rows from the [author] table. Reserve rows of #1 where [country] equals 'NO'. Order #2 by the [name] column in descending order. Limit #3 to the top 3 records. Select the [name] column in #4.",
  },
  {
    id: 'N29',
    shape: 'two clauses in a step',
    given:
      '#1. From [book] where [pages] > 3.\n#2. Group #1 by [kind] having count of rows > 2.\n#3. Order #2 by [kind] descending and limit to 3.\n#4. Select [kind] in #3.',
    codes: ['M_TWO_STEPS', 'M_STEP_MEANT'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Group #2 by the [kind] column. Reserve the grouped rows of #3 where the count of rows is greater than 2. Order #4 by the [kind] column in descending order. Limit #5 to the top 3 records. Select the [kind] column in #6.',
  },
  {
    id: 'N29',
    shape: 'a clause behind the Select',
    given: '#1. From [book].\n#2. Select [title] in #1 where [pages] > 3.',
    codes: ['M_TWO_STEPS', 'M_STEP_MEANT'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Select the [title] column in #2.',
  },
  {
    id: 'N29',
    shape: 'two tables in a step',
    given:
      '#1. From [author] as [a], [book] as [b].\n#2. Keep rows of #1 where [a.id] = [b.author_id].\n#3. Select [a.name] in #2.',
    codes: ['M_TWO_STEPS'],
    read: 'Retrieve all rows from the [author] table aliased as [a]. Join the [book] table aliased as [b]. Reserve rows of #2 where [a.id] equals [b.author_id]. Select [a.name] in #3.',
  },
  {
    id: 'N29',
    shape: 'a step without a number',
    given: '#1. From [book]. Keep rows of #1 where [pages] > 3.\n#2. Select [title] in #1.',
    codes: ['M_TWO_STEPS'],
    read: 'Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3. Select the [title] column in #2.',
  },
  {
    id: 'N30',
    shape: 'names without brackets',
    given:
      "#1. From book.\n#2. Keep rows of #1 where the kind = 'novel' and pages > 3.\n#3. Select title, sold_on in #2.",
    codes: ['M_BARE'],
    read: "Retrieve all rows from the [book] table. Reserve rows of #1 where [kind] equals 'novel' and [pages] is greater than 3. Select [title], [sold_on] in #2.",
  },
  {
    id: 'N30',
    shape: 'a table in other quotes, a column and the word table',
    given: '#1. From table `book`.\n#2. Select title in #1.',
    codes: ['M_BARE'],
    read: 'Retrieve all rows from the [book] table. Select the [title] column in #1.',
  },
  {
    id: 'N31',
    shape: 'a name in two parts',
    given:
      '#1. From [book] as [b].\n#2. Join [author] as [a] on [b].[author_id] = [a].[id].\n#3. Select a.[name] in #2.',
    codes: ['M_PARTS', 'M_BARE'],
    read: 'Retrieve all rows from the [book] table aliased as [b]. Join the [author] table aliased as [a] on the condition that [b.author_id] equals [a.id]. Select [a.name] in #2.',
  },
  {
    id: 'N32',
    shape: 'in table T2',
    given:
      "#1. From [author] as [T1]. #2. Join [book] as [T2] on [T1.id] = [T2.author_id]. #3. Keep rows of #2 where the [kind] in table T2 is 'novel'. #4. Select the [name] from [T1] in #3.",
    codes: ['M_OF_TABLE'],
    read: "Retrieve all rows from the [author] table aliased as [T1]. Join the [book] table aliased as [T2] on the condition that [T1.id] equals [T2.author_id]. Reserve rows of #2 where [T2.kind] equals 'novel'. Select [T1.name] in #3.",
  },
  {
    id: 'N33',
    shape: 'brackets round more than a name',
    given:
      "#1. From [book].\n#2. Keep rows of #1 where [pages > 3] and [kind = 'novel'].\n#3. Limit [#2] to [3].\n#4. Select [title, price] in [#3].",
    codes: ['M_BRACKETS', 'M_BARE'],
    read: "Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3 and [kind] equals 'novel'. Limit #2 to the top 3 records. Select [title], [price] in #3.",
  },
  {
    id: 'N33',
    shape: 'brackets round a word',
    given: '#1. From [book].\n#2. Order #1 by [price] in [descending] order.\n#3. Select [title] in #2.',
    codes: ['M_BRACKETS'],
    read: 'Retrieve all rows from the [book] table. Order #1 by the [price] column in descending order. Select the [title] column in #2.',
  },
  {
    id: 'N34',
    shape: 'other words for comparisons',
    given:
      "#1. From [book].\n#2. Keep rows of #1 where [pages] is larger than 3 and [price] exceeds 2 and [kind] == 'novel' and [title] begins with 'A' and [id] between 1 and 9.\n#3. Select [title] in #2.",
    codes: ['M_WORDS'],
    read: "Retrieve all rows from the [book] table. Reserve rows of #1 where [pages] is greater than 3 and [price] is greater than 2 and [kind] equals 'novel' and [title] starts with 'A' and [id] is between 1 and 9. Select the [title] column in #2.",
  },
  {
    id: 'N34',
    shape: 'other words for phrases',
    given:
      '#1. From [book] b.\n#2. Group #1 based on [b.kind].\n#3. Order #2 by count of rows from highest to lowest.\n#4. Limit #3 to the top 3 record(s).\n#5. Select [b.kind], the sum of [b.price] divided by the sum of [b.pages] of #4.',
    codes: ['M_WORDS'],
    read: 'Retrieve all rows from the [book] table aliased as [b]. Group #1 by [b.kind]. Order #2 by the count of rows in descending order. Limit #3 to the top 3 records. Select [b.kind], (the sum of [b.price]) / (the sum of [b.pages]) in #4.',
  },
  {
    id: 'N35',
    shape: 'a direction before the key',
    given: '#1. From [book].\n#2. Order #1 in descending order by [price].\n#3. Select [title] in #2.',
    codes: ['M_DIRECTION'],
    read: 'Retrieve all rows from the [book] table. Order #1 by the [price] column in descending order. Select the [title] column in #2.',
  },
  {
    id: 'N35',
    shape: 'a sort key without a direction',
    given: '#1. From [book].\n#2. Order #1 by [kind], [price] descending.\n#3. Select [title] in #2.',
    codes: ['M_DIRECTION'],
    read: 'Retrieve all rows from the [book] table. Order #1 by [kind] in ascending order, [price] in descending order. Select the [title] column in #2.',
  },
  {
    id: 'N36',
    shape: 'aggregates as SQL writes them',
    given: '#1. From [book].\n#2. Select COUNT(*), COUNT(DISTINCT [kind]), AVG([price]), max of [pages] in #1.',
    codes: ['M_AGGREGATE'],
    read: 'Retrieve all rows from the [book] table. Select the count of rows, the count of distinct [kind], the average of [price], the maximum of [pages] in #1.',
  },
  {
    id: 'N36',
    shape: 'aggregates without their words',
    given: '#1. From [book].\n#2. Select count rows, average [price], total number of rows in #1.',
    codes: ['M_AGGREGATE'],
    read: 'Retrieve all rows from the [book] table. Select the count of rows, the average of [price], the count of rows in #1.',
  },
  {
    id: 'N37',
    shape: 'Select *',
    given: '#1. From [book].\n#2. Select * in #1.',
    codes: ['M_STAR'],
    read: 'Retrieve all rows from the [book] table. Select all columns in #1.',
  },
  {
    id: 'N38',
    shape: 'the name behind the value',
    given: '#1. From [book].\n#2. Compute count of rows as [n].\n#3. Select [n] in #1.',
    codes: ['M_COMPUTED'],
    read: 'Retrieve all rows from the [book] table. Select the count of rows as [n] in #1.',
  },
  {
    id: 'N38',
    shape: 'a last value is the answer',
    given: '#1. From [book].\n#2. Compute the average of [price] in #1.',
    codes: ['M_COMPUTED'],
    read: 'Retrieve all rows from the [book] table. Select the average of [price] in #1.',
  },
  {
    id: 'N38',
    shape: 'the sum of two values',
    given: '#1. From [book].\n#2. Compute [both] as the sum of [price] and [pages].\n#3. Select [both] in #1.',
    codes: ['M_COMPUTED'],
    read: 'Retrieve all rows from the [book] table. Compute [both] as [price] + [pages]. Select the [both] column in #1.',
  },
  {
    id: 'N39',
    shape: 'Cast without a name',
    given:
      '#1. From [book].\n#2. Cast [price] as REAL.\n#3. Cast [pages] as FLOAT.\n#4. Compute [ratio] as the division of [price] and [pages].\n#5. Select [ratio] in #1.',
    codes: ['M_CAST'],
    read: 'Retrieve all rows from the [book] table. Cast [price] as REAL as [v1]. Cast [pages] as REAL as [v2]. Compute [ratio] as [v1] / [v2]. Select the [ratio] column in #1.',
  },
  {
    id: 'N40',
    shape: 'the rank of a column',
    given:
      '#1. From [book].\n#2. Compute the rank of [title] ordered by [price] in descending order using the RANK( ) window function.\n#3. Select [title], [rank] in #1.',
    codes: ['M_WINDOW'],
    read: 'Retrieve all rows from the [book] table. Compute [rank] as the rank ordered by [price] in descending order using the RANK() window function. Select [title], [rank] in #1.',
  },
  {
    id: 'N40',
    shape: 'a named rank of a column',
    given:
      '#1. From [book].\n#2. Compute [place] as the rank of [title] ordered by [price] in descending order using the RANK( ) window function.\n#3. Select [title], [place] in #1.',
    codes: ['M_WINDOW'],
    read: 'Retrieve all rows from the [book] table. Compute [place] as the rank ordered by [price] in descending order using the RANK() window function. Select [title], [place] in #1.',
  },
  {
    id: 'N41',
    shape: 'Keep rows of groups',
    given:
      '#1. From [book].\n#2. Group #1 by [kind].\n#3. Keep rows of #2 where count of rows > 2.\n#4. Select [kind] in #3.',
    codes: ['M_GROUPS'],
    read: 'Retrieve all rows from the [book] table. Group #1 by the [kind] column. Reserve the grouped rows of #2 where the count of rows is greater than 2. Select the [kind] column in #3.',
  },
  {
    id: 'N42',
    shape: 'a join passed over',
    given:
      '#1. From [author].\n#2. Join [book] on [author.id] = [book.author_id].\n#3. Keep rows of #1 where [pages] > 3.\n#4. Select [name] in #3.',
    codes: ['M_PASSED'],
    read: 'Retrieve all rows from the [author] table. Join the [book] table on the condition that [author.id] equals [book.author_id]. Reserve rows of #2 where [pages] is greater than 3. Select the [name] column in #3.',
  },
  {
    id: 'N43',
    shape: 'a join behind a filter',
    given:
      '#1. From [book].\n#2. Keep rows of #1 where [pages] > 3.\n#3. Join [author] on [book.author_id] = [author.id].\n#4. Select [name] in #3.',
    codes: ['M_JOIN_FIRST'],
    read: 'Retrieve all rows from the [book] table. Join the [author] table on the condition that [book.author_id] equals [author.id]. Reserve rows of #2 where [pages] is greater than 3. Select the [name] column in #3.',
  },
  {
    id: 'N44',
    shape: 'going on from a result',
    given:
      '#1. From [book].\n#2. Group #1 by [kind].\n#3. Select [kind], count of rows as [n] in #2.\n#4. Keep rows of #3 where [n] > 3.\n#5. Select [kind] in #4.',
    codes: ['M_RESULT'],
    read: 'Retrieve all rows from the [book] table in a subquery. Group #1 by the [kind] column. Select [kind], the count of rows as [n] in #2. Retrieve all rows from the result of #3 aliased as [r]. Reserve rows of #4 where [n] is greater than 3. Select the [kind] column in #5.',
  },
  {
    id: 'N44',
    shape: 'selecting from a set operation',
    given:
      '#1. From [author]. #2. Select [name] in #1. #3. From [book]. #4. Select [title] in #3. #5. Apply INTERSECT to #2 and #4. #6. Select [name] in #5.',
    codes: ['M_RESULT'],
    read: 'Retrieve all rows from the [author] table in a subquery and select the [name] column. Retrieve all rows from the [book] table in a subquery and select the [title] column. Apply INTERSECT operation: Include the results in #1 in the results in #2. Retrieve all rows from the result of #3 aliased as [r]. Select the [name] column in #4.',
  },
  {
    id: 'N45',
    shape: 'a computed value that is never selected',
    given:
      '#1. From [book].\n#2. From [book] in a subquery.\n#3. Compute [mean] as average of [price].\n#4. Keep rows of #1 where [price] > #3.\n#5. Select [title] in #4.',
    codes: ['M_SELECTED'],
    read: 'Retrieve all rows from the [book] table. Retrieve all rows from the [book] table in a subquery and select the average of [price] as [mean]. Reserve rows of #1 where [price] is greater than the result of #2. Select the [title] column in #3.',
  },
  {
    id: 'N45',
    shape: 'a result that is only read',
    given:
      '#1. From [book].\n#2. Group #1 by [kind].\n#3. Select [kind], count of rows as [n] in #2.\n#4. From the result of #3 as [r].\n#5. Keep rows of #4 where [n] > 3.',
    codes: ['M_SELECTED'],
    read: 'Retrieve all rows from the [book] table in a subquery. Group #1 by the [kind] column. Select [kind], the count of rows as [n] in #2. Retrieve all rows from the result of #3 aliased as [r]. Reserve rows of #4 where [n] is greater than 3. Select all columns in #5.',
  },
  {
    id: 'N46',
    shape: 'a table in the plural, the database before it',
    given:
      '#1. From [library.books].\n#2. Join [Authors] on [book.author_id] = [authors.id].\n#3. Select [title] in #2.',
    codes: ['M_TABLE', 'M_COLUMN'],
    read: 'Retrieve all rows from the [book] table. Join the [author] table on the condition that [book.author_id] equals [author.id]. Select the [title] column in #2.',
  },
  {
    id: 'N47',
    shape: '[b author_id] for [b.author_id]',
    given:
      '#1. From [book] as [b].\n#2. Join [author] as [a] on [b author_id] = [a id].\n#3. Select [a name], [b.SoldOn] in #2.',
    codes: ['M_COLUMN'],
    read: 'Retrieve all rows from the [book] table aliased as [b]. Join the [author] table aliased as [a] on the condition that [b.author_id] equals [a.id]. Select [a.name], [b.sold_on] in #2.',
  },
  {
    id: 'N48',
    shape: 'a column said of another table',
    given:
      '#1. From [book].\n#2. Join [author] on [b.author_id] = [a.id].\n#3. Select [book.name], [author.title] in #2.',
    codes: ['M_COLUMN_OF'],
    read: 'Retrieve all rows from the [book] table. Join the [author] table on the condition that [book.author_id] equals [author.id]. Select [author.name], [book.title] in #2.',
  },
  {
    id: 'N24',
    shape: 'the step said within what is selected',
    given: '#1. From [book].\n#2. Group #1 by [kind].\n#3. Select [kind], count of rows in #2, sum of [pages] in #2.',
    codes: ['M_STEP_MEANT'],
    read: 'Retrieve all rows from the [book] table. Group #1 by the [kind] column. Select [kind], the count of rows, the sum of [pages] in #2.',
  },
  {
    id: 'N45',
    shape: 'rows of which nothing is selected',
    given: '#1. From [author].\n#2. Order #1 by [name] ascending.',
    codes: ['M_SELECTED'],
    read: 'Retrieve all rows from the [author] table. Order #1 by the [name] column in ascending order. Select all columns in #2.',
  },
  {
    id: 'N49',
    shape: 'a column of a table that a key leads to',
    given: '#1. From [book].\n#2. Group #1 by [country].\n#3. Select [country], count of rows in #2.',
    codes: ['M_JOIN_ADDED'],
    read: 'Retrieve all rows from the [book] table. Join the [author] table on the condition that [book.author_id] equals [author.id]. Group #2 by [author.country]. Select [author.country], the count of rows in #3.',
  },
  {
    id: 'N49',
    shape: 'tables that two keys lead to, said of the wrong one',
    given: '#1. From [loan] as [l].\n#2. Keep rows of #1 where [l.pages] > 300.\n#3. Select [l.title] in #2.',
    codes: ['M_JOIN_ADDED'],
    read: 'Retrieve all rows from the [loan] table aliased as [l]. Join the [book] table on the condition that [l.book_id] equals [book.id]. Reserve rows of #2 where [book.pages] is greater than 300. Select [book.title] in #3.',
  },
  {
    id: 'N49',
    shape: 'a table that a key leads to from one that need not be there',
    given:
      '#1. From [author].\n#2. Left join [book] on [book.author_id] = [author.id].\n#3. Select [name], [due] in #2.',
    codes: ['M_JOIN_ADDED'],
    read: 'Retrieve all rows from the [author] table. Left join the [book] table on the condition that [book.author_id] equals [author.id]. Left join the [loan] table on the condition that [loan.book_id] equals [book.id]. Select [name], [loan.due] in #3.',
  },
  {
    id: 'N51',
    shape: 'the first row',
    given:
      '#1. From [book].\n#2. Order #1 by [price] descending.\n#3. Select the first row of #2.\n#4. Select [title] in #3.',
    codes: ['M_FIRST_ROW'],
    read: 'Retrieve all rows from the [book] table. Order #1 by the [price] column in descending order. Limit #2 to the top 1 record. Select the [title] column in #3.',
  },
  {
    id: 'N51',
    shape: 'so many of what is selected',
    given: '#1. From [book].\n#2. Order #1 by [price] descending.\n#3. Select top 3 [title] in #2.',
    codes: ['M_FIRST_ROW'],
    read: 'Retrieve all rows from the [book] table. Order #1 by the [price] column in descending order. Limit #2 to the top 3 records. Select the [title] column in #3.',
  },
  {
    id: 'N50',
    shape: 'the end of a column’s name',
    given: "#1. From [book].\n#2. Keep rows of #1 where [on] = '2026-01-01'.\n#3. Select [title] in #2.",
    codes: ['M_COLUMN_PART'],
    read: "Retrieve all rows from the [book] table. Reserve rows of #1 where [sold_on] equals '2026-01-01'. Select the [title] column in #2.",
  },
];

describe('what is nearly EDL is read as what it can only mean', () => {
  it.each(SHAPES)('$id: $shape', ({ given, codes, read: canonical }) => {
    const mended = read(given);
    assert.deepEqual(mended.codes, codes);
    const steps = sentences(mended.sql);
    assert.equal(steps.join(' '), canonical);
    const asEdl = read(steps.map((sentence, at) => `#${at + 1}. ${sentence}`).join('\n'));
    assert.deepEqual(asEdl.codes, []);
  });

  it('has a shape for every rule, and the page has them all', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/edl.md'), 'utf8');
    for (const { id, code } of MENDS) {
      assert.ok(
        SHAPES.some((shape) => shape.id === id && shape.codes.includes(code)),
        `${id} ${code} has a test`,
      );
      assert.ok(page.includes(`\n| ${id} | \`${code}\` | `), `${id} ${code} is on the page`);
    }
    const shown = [...page.matchAll(/^\| (N\d+) \| `M_/gm)].map(([, id]) => id);
    assert.deepEqual(shown, [...new Set(MENDS.map(({ id }) => id))]);
  });

  it('says of every column that it takes from a table which was joined for another', () => {
    const text =
      "#1. From [book].\n#2. Keep rows of #1 where [country] = 'NO' and [b.name] = 'x'.\n#3. Select [title] in #2.";
    assert.deepEqual(read(text).codes, ['M_JOIN_ADDED', 'M_COLUMN_OF']);
  });

  it('groups what was reckoned for groups as a result', () => {
    const text =
      '#1. From [book].\n#2. Group #1 by [author_id].\n#3. Select [author_id], count of rows as [n] in #2.\n#4. Group #3 by [n].\n#5. Select [n], count of rows in #4.';
    assert.equal(
      read(text).sql,
      'SELECT n, COUNT(*) FROM (SELECT author_id, COUNT(*) AS n FROM book GROUP BY author_id) AS r GROUP BY n',
    );
  });

  it('says what was done, and in which step', () => {
    const compiled = compile('#1. From [book] as [b].\n#2. Select [b title].', on(library));
    assert.ok(compiled.ok);
    assert.deepEqual(compiled.warnings, [
      { code: 'M_STEP_MEANT', message: '"in #1" is added.', step: 2 },
      { code: 'M_COLUMN', message: '"[b title]" is read as "[b.title]".', step: 2 },
    ]);
  });

  it('needs no catalog for what words alone say', () => {
    const text =
      'Step 1: From book as b\nStep 2: Group by b.kind\nStep 3: Keep rows where COUNT(*) > 2\nStep 4: Return b.kind';
    assert.equal(read(text, 'none').sql, 'SELECT b.kind FROM book AS b GROUP BY b.kind HAVING COUNT(*) > 2');
  });

  it('keeps quoted SQL for the engine that it was written for', () => {
    const text = "#1. From [book].\n#2. Keep rows where the expression {{ title GLOB 'A*' }}.\n#3. Select [title].";
    assert.equal(read(text).sql, "SELECT title FROM book WHERE title GLOB 'A*'");
    const other = compile(text, { engine: 'postgres', verbatimEngine: 'sqlite' });
    assert.equal(other.ok ? '' : other.problems[0].code, 'E_VERBATIM_DIALECT');
  });
});

/** The paper's formats (CRED-SQL, table 1) with their slots filled, in the order of the table. */
const FORMATS: readonly (readonly [operator: string, steps: string, sql: string, codes: readonly string[]])[] = [
  [
    'scan, join, filter, select',
    '#1. Retrieve all rows from the [book] table aliased as [b]. #2. Join the [author] table aliased as [a] on the condition that [b.author_id] equals [a.id]. #3. Reserve rows of #2 where [b.pages] is greater than 300. #4. Select the [name] column from the [a] table in #3.',
    'SELECT a.name FROM book AS b JOIN author AS a ON b.author_id = a.id WHERE b.pages > 300',
    [],
  ],
  [
    'subquery',
    '#1. Retrieve all rows from the [book] table aliased as [b]. #2. Retrieve all rows from the [loan] table in a subquery and select the [book_id] column. #3. Reserve rows of #1 where [id] is not in the result of #2. #4. Select the [title] column from the [b] table in #3.',
    'SELECT b.title FROM book AS b WHERE id NOT IN (SELECT book_id FROM loan)',
    [],
  ],
  [
    'group, having, sort, limit',
    '#1. Retrieve all rows from the [book] table aliased as [b]. #2. Group #1 by the [kind] column. #3. Apply Having Clause: Reserve the grouped rows of #2 where the count of rows is greater than 2. #4. Order #3 by the [kind] column in descending order. #5. Limit #4 to the top 3 record(s). #6. Select the [kind] column from the [b] table in #5.',
    'SELECT b.kind FROM book AS b GROUP BY kind HAVING COUNT(*) > 2 ORDER BY kind DESC LIMIT 3',
    ['M_WORDS'],
  ],
  [
    'slots with their brackets',
    "#1. Retrieve all rows from the [book] table aliased as [b]. #2. Reserve rows of [#1] where [pages is greater than 300 and kind = 'novel']. #3. Order [#2] by the [title] column in [ascending] order. #4. Limit [#3] to the top [1] record(s). #5. Select the [title] column from the [b] table in [#4].",
    "SELECT b.title FROM book AS b WHERE pages > 300 AND kind = 'novel' ORDER BY title LIMIT 1",
    ['M_BRACKETS', 'M_BARE', 'M_WORDS'],
  ],
  [
    'set operation over steps',
    '#1. Retrieve all rows from the [author] table. #2. Select the [name] column in #1. #3. Retrieve all rows from the [book] table. #4. Select the [title] column in #3. #5. Apply UNION operation: Include the results in #2 in the results in #4.',
    'SELECT name FROM author UNION SELECT title FROM book',
    [],
  ],
  [
    'set operation over numbered queries',
    '#1. Retrieve all rows from the [author] table. #2. Select the [name] column in #1. #3. Retrieve all rows from the [book] table. #4. Select the [title] column in #3. #5. Apply EXCEPT operation: Exclude the results in query 2 from the results in query 1.',
    'SELECT name FROM author EXCEPT SELECT title FROM book',
    ['M_QUERY_SAID'],
  ],
  [
    'arithmetic calculation',
    '#1. Retrieve all rows from the [book] table. #2. Compute [ratio] as the division of [price] and [pages]. #3. Select the [ratio] column in #1.',
    'SELECT price / pages AS ratio FROM book',
    [],
  ],
  [
    'date operation',
    '#1. Retrieve all rows from the [book] table. #2. Compute [year] as the year of [sold_on]. #3. Select the [year] column in #1.',
    "SELECT CAST(STRFTIME('%Y', sold_on) AS INTEGER) AS year FROM book",
    [],
  ],
  [
    'case statement',
    "#1. Retrieve all rows from the [book] table. #2. Compute [size] as a case statement where [pages] is greater than 300, then 'long', else 'short'. #3. Select the [size] column in #1.",
    "SELECT CASE WHEN pages > 300 THEN 'long' ELSE 'short' END AS size FROM book",
    [],
  ],
  [
    'substring',
    '#1. Retrieve all rows from the [book] table. #2. Extract substring from [title] starting at position 1 for 3 characters as [start]. #3. Select the [start] column in #1.',
    'SELECT SUBSTR(title, 1, 3) AS start FROM book',
    [],
  ],
  [
    'cast',
    '#1. Retrieve all rows from the [book] table. #2. Cast [price] as TEXT. #3. Select the [price] column in #1.',
    'SELECT CAST(price AS TEXT) AS price FROM book',
    ['M_CAST'],
  ],
  [
    'window function',
    '#1. Retrieve all rows from the [book] table. #2. Compute the rank of [title] ordered by [price] in descending order using the RANK( ) window function. #3. Select the [title], [rank] columns in #1.',
    'SELECT title, RANK() OVER (ORDER BY price DESC) AS "rank" FROM book',
    ['M_WINDOW'],
  ],
];

describe("the paper's own EDL", () => {
  it.each(FORMATS)('table 1: %s', (_, steps, sql, codes) => {
    assert.deepEqual(read(steps), { sql, codes });
  });

  it('table 13, example 2, as a whole', () => {
    const [pattern] = library.tables;
    const table = (name: string, ...columns: readonly string[]) => ({
      ...pattern!,
      name,
      primaryKey: columns.slice(0, 1),
      columns: columns.map((column) => ({ ...pattern!.columns[1]!, name: column })),
    });
    const pets: DatabaseCatalog = {
      ...library,
      databaseId: 'pets_1',
      tables: [
        table('Student', 'StuID', 'Major', 'Age'),
        table('Has_Pet', 'StuID', 'PetID'),
        table('Pets', 'PetID', 'PetType'),
      ],
    };
    const edl =
      '#1.Scan Table: Retrieve all rows from the [Student] table. #2.Subquery: Retrieve all rows from the [Has_Pet] table aliased as T1. #3.Join the [Pets] table aliased as T2 on the condition that T1.PetID equals T2.PetID. #4. Reserve rows of #3 where the [PetType] in table T2 is ’cat’. #5. Select the [StuID] column from the [T1] table from the result of #4. #6. Reserve rows of #1 where [StuID] is not in the result of #5. #7. Select the [major] and [age] columns from the [Student] table from the result of #6.';
    const sql =
      "SELECT Student.major, Student.age FROM Student WHERE StuID NOT IN (SELECT T1.StuID FROM Has_Pet AS T1 JOIN Pets AS T2 ON T1.PetID = T2.PetID WHERE T2.PetType = 'cat')";
    for (const catalog of [pets, 'none'] as const) assert.deepEqual(read(edl, catalog), { sql, codes: ['M_OF_TABLE'] });
  });
});

describe('what has several meanings, or none, stays wrong', () => {
  const joined = '#1. From [book].\n#2. Join [author] on [book.author_id] = [author.id].\n';
  const results = '#1. From [author].\n#2. Select [name] in #1.\n#3. From [book].\n#4. Select [title] in #3.\n';
  const twice: DatabaseCatalog = {
    ...library,
    tables: [
      { ...library.tables[0]!, name: 'book_sale' },
      { ...library.tables[0]!, name: 'BookSales' },
    ],
  };
  type Wrong = readonly [why: string, code: string, step: number | undefined, text: string, catalog?: DatabaseCatalog];
  const WRONG: readonly Wrong[] = [
    ['a blank for a dot or for an underscore', 'E_COLUMN_UNKNOWN', 3, `${joined}#3. Select [author id] in #2.`],
    [
      'a column of no table in the condition of a join',
      'E_TABLE_UNKNOWN',
      2,
      '#1. From [author].\n#2. Join [book] on [book.author_id] = [author.id] and [loan.due] > 3.\n#3. Select [name] in #2.',
    ],
    ['a column of two tables', 'E_COLUMN_AMBIGUOUS', 3, `${joined}#3. Select [id] in #2.`],
    [
      'a column of two tables in the condition of a join',
      'E_COLUMN_AMBIGUOUS',
      2,
      '#1. From [book].\n#2. Join [author] on [author_id] = [id].\n#3. Select [title] in #2.',
    ],
    [
      'a column of two tables that is tested for nothing',
      'E_COLUMN_AMBIGUOUS',
      3,
      '#1. From [author].\n#2. Left join [book] on [author.id] = [book.author_id].\n#3. Keep rows of #2 where [id] is null.\n#4. Select [name] in #3.',
    ],
    [
      'rows that a join would count several times',
      'E_COLUMN_UNKNOWN',
      2,
      '#1. From [book].\n#2. Keep rows of #1 where [due] is not null.\n#3. Select the sum of [price] in #2.',
    ],
    [
      'a column that is not of all that is shown',
      'E_COLUMN_UNKNOWN',
      2,
      "#1. From [book].\n#2. Keep rows of #1 where [country] = 'NO'.\n#3. Select all columns in #2.",
    ],
    [
      'a result that is called as the table with the column',
      'E_COLUMN_UNKNOWN',
      7,
      '#1. From [loan].\n#2. Select [id], [due] as [country] in #1 as the [author] query result.\n#3. From [author].\n#4. Select [id] in #3.\n#5. From [book].\n#6. Keep rows of #5 where [author_id] is in #4.\n#7. Select [title], [country] in #6.',
    ],
    [
      'two Selects of which the first is read by its name',
      'E_BLOCK_CLOSED',
      3,
      '#1. From [book].\n#2. Select distinct [author_id] in #1 as the [loan] query result.\n#3. Select [title] in #1.\n#4. From [loan].\n#5. Select count of rows in #4.',
    ],
    [
      'two Selects of which the first reckons',
      'E_BLOCK_CLOSED',
      3,
      '#1. From [book].\n#2. Select the maximum of [price] in #1.\n#3. Select [title], [price] in #1.',
    ],
    [
      'a query in SQL',
      'E_SYNTAX',
      2,
      '#1. From [book].\n#2. Keep rows of #1 where [author_id] = (SELECT id FROM author).\n#3. Select [title] in #2.',
    ],
    ['the first of one value', 'E_SYNTAX', 2, '#1. From [book].\n#2. Select top 3 average of [price] in #1.'],
    ['a column of a table that no key leads to', 'E_COLUMN_UNKNOWN', 2, '#1. From [author].\n#2. Select [due] in #1.'],
    [
      'two Selects of which the first is used',
      'E_BLOCK_CLOSED',
      3,
      '#1. From [book].\n#2. Select [author_id] in #1.\n#3. Select [title], [id] in #1.\n#4. From [author].\n#5. Keep rows of #4 where [id] is in #2.\n#6. Select [name] in #5.',
    ],
    ['a table of which two others have the column', 'E_TABLE_UNKNOWN', 3, `${joined}#3. Select [x.id] in #2.`],
    ['a column that nothing has', 'E_COLUMN_UNKNOWN', 3, `${joined}#3. Select [author.age] in #2.`],
    [
      'two tables that are spelt alike',
      'E_TABLE_UNKNOWN',
      1,
      '#1. From [book sales].\n#2. Select [name] in #1.',
      twice,
    ],
    [
      'a table of another schema',
      'E_TABLE_UNKNOWN',
      1,
      '#1. From [shop.books].\n#2. Select [title] in #1.',
      {
        ...library,
        tables: library.tables.map((table) => ({ ...table, schema: 'main' })),
      },
    ],
    [
      'a filter of rows behind a Group',
      'E_RESERVE_AFTER_GROUP',
      3,
      '#1. From [book].\n#2. Group #1 by [kind].\n#3. Keep rows of #2 where [pages] > 3.\n#4. Select [kind].',
    ],
    [
      'a limit of the inner or the outer query',
      'E_SYNTAX',
      3,
      '#1. From [author].\n#2. From [book] in a subquery and select [author_id].\n#3. Limit to 3.\n#4. Keep rows of #1 where [id] is in #3.\n#5. Select [name].',
    ],
    [
      'a filter that was passed over',
      'E_REF_STALE',
      3,
      '#1. From [book].\n#2. Keep rows of #1 where [pages] > 3.\n#3. Select [title] of #1.',
    ],
    [
      'query 2 or step #2',
      'E_SYNTAX',
      5,
      `${results}#5. Apply UNION operation: Include the results in query 2 in the results in #4.`,
    ],
    ['the third of two queries', 'E_SYNTAX', 5, `${results}#5. Apply UNION to the first query and the third query.`],
    ['a result that lacks the column', 'E_BLOCK_CLOSED', 5, `${results}#5. Keep rows of #4 where [pages] > 3.`],
    [
      'a remark that asks for something',
      'E_SYNTAX',
      undefined,
      '#1. From [book].\n#2. Select [kind] in #1. Remove duplicates.',
    ],
    [
      'a line between steps that names something',
      'E_SYNTAX',
      undefined,
      '#1. From [book].\nIgnore [kind].\n#2. Select [title] in #1.',
    ],
    [
      'groups whose count is asked for alone',
      'E_SYNTAX',
      3,
      '#1. From [book].\n#2. Group #1 by [kind].\n#3. Count rows in #2.',
    ],
    [
      'a computed value of groups',
      'E_RESULT_NOT_CLOSED',
      3,
      '#1. From [book].\n#2. Group #1 by [kind].\n#3. Compute [n] as count of rows.',
    ],
    [
      'rows of which nothing is selected',
      'E_SYNTAX',
      3,
      '#1. From [book].\n#2. Keep rows where [pages] > 3.\n#3. Return #2.',
    ],
    [
      'two steps of one number',
      'E_STEP_DUP',
      2,
      '#1. From [book].\n#2. Keep rows where [pages] > 3.\n#2. Keep rows where [pages] > 4.\n#3. Select [title].',
    ],
    [
      'a cast that has no name',
      'E_SYNTAX',
      2,
      '#1. From [book].\n#2. Cast the sum of [price] as REAL.\n#3. Select [title] in #1.',
    ],
    ['an unknown verb', 'E_SYNTAX', 2, '#1. From [book].\n#2. Pivot [title].'],
    ['a word that is no column', 'E_SYNTAX', 2, '#1. From book.\n#2. Select colour.'],
    ['no order', 'E_SYNTAX', 2, '#1. From [book].\n#2. Order by [title] in no order.\n#3. Select [title].'],
    [
      'a right join behind a filter',
      'E_ORDER',
      3,
      '#1. From [book].\n#2. Keep rows of #1 where [pages] > 3.\n#3. Right join [author] on [book.author_id] = [author.id].\n#4. Select [name].',
    ],
  ];
  it.each(WRONG.map(([why, code, step, text, catalog]) => ({ why, code, step, text, catalog })))(
    '$why',
    ({ code, step, text, catalog = library }) => {
      const compiled = compile(text, on(catalog));
      assert.ok(!compiled.ok, compiled.ok ? compiled.value.sql : '');
      assert.equal(compiled.problems[0].code, code);
      if (step !== undefined) assert.equal(compiled.problems[0].step, step);
    },
  );

  it('names what is left to be mended by others, not what was mended', () => {
    const compiled = compile('1. From book.\n2. Select titel, COUNT(*).', on(library));
    assert.ok(!compiled.ok);
    assert.match(compiled.problems[0].message, /"titel" cannot stand here/);
    const unknown = compile('#1. From [books].\n#2. Select [titel].', on(library));
    assert.ok(!unknown.ok);
    assert.equal(unknown.problems[0].suggestion, 'Did you mean title?');
  });
});
