import assert from 'node:assert/strict';
import { beforeAll, describe, it } from 'vitest';
import { namesOfTree } from '#src/guard/postgres/names-of-tree.ts';
import { loadPostgresGrammar, parseSelect } from '#src/guard/postgres/read-postgres.ts';
import type { Scope } from '#src/guard/scope.ts';
import { asAdmin } from '#test/support/shop.ts';

const scope: Scope = { databaseId: 'shop', engine: 'postgres', tables: [], searchPath: ['public'] };

/** What a column is called where nobody names it: a star, an ORDER BY and an outer query find it by that. */
const EXPRESSIONS = [
  's.a',
  's.a AS "Given"',
  'count(*)',
  'pg_catalog.upper(s.t)',
  '-s.a',
  's.a + 1',
  "s.t || 'x'",
  's.a::text',
  '(s.a + 1)::numeric(10, 2)',
  "'1'::int",
  "date '2026-01-05'",
  "interval '1 day'",
  'CAST(s.t AS varchar(3))',
  's.t COLLATE "C"',
  'CASE WHEN s.a = 1 THEN s.t END',
  'CASE WHEN s.a = 1 THEN s.t ELSE s.u END',
  'CASE WHEN s.a = 1 THEN 1 ELSE 2 END',
  'coalesce(s.a, 0)',
  'nullif(s.a, 0)',
  'greatest(s.a, 1)',
  'least(s.a, 1)',
  'ARRAY[s.a, 2]',
  'ROW(s.a, 2)',
  '(s.r)[1]',
  'EXISTS (SELECT 1)',
  'ARRAY(SELECT 1)',
  '(SELECT max(x) FROM (VALUES (1)) v (x))',
  '(SELECT 1 AS one)',
  '(SELECT 1)',
  '(VALUES (1))',
  '(SELECT 2 UNION SELECT 2)',
  's.a IN (SELECT 1)',
  's.a IS NULL',
  's.a = 1 AND true',
  'current_date',
  'current_timestamp(2)',
  'localtime',
  'extract(year FROM current_date)',
  'substring(s.t FROM 1 FOR 2)',
  "trim(both 'x' FROM s.t)",
  "position('x' IN s.t)",
  "current_timestamp AT TIME ZONE 'UTC'",
  'row_number() OVER ()',
  "json_object('a': 1)",
  'json_array(1, 2)',
];

const SOURCE = "(SELECT 1 AS a, 'x' AS t, 'y' AS u, ARRAY[1] AS r) s";

describe('the name of a column that nobody names', () => {
  beforeAll(loadPostgresGrammar);

  it('is the one that PostgreSQL gives it', async () => {
    await asAdmin('postgres', async (client) => {
      for (const expression of EXPRESSIONS) {
        const sql = `SELECT ${expression} FROM ${SOURCE}`;
        const { query } = namesOfTree(parseSelect(sql), scope);
        const { fields } = await client.query(sql);
        assert.deepEqual(
          query.kind === 'select' && query.items.map(({ name }) => name),
          fields.map(({ name }) => name),
          expression,
        );
      }
    });
  });
});
