/** Attacks on what the gate's reader of PostgreSQL came to take in; `@` marks where a text goes. */
const inPlaces = (texts: readonly string[], places: readonly string[]): string[] =>
  places.flatMap((place) => texts.map((text) => place.replaceAll('@', text)));

const COLUMNS = "COLUMNS (x text PATH '$')";

const JSON_TABLES = [
  ...inPlaces(
    [
      'to_jsonb(p.salary)',
      'to_jsonb(salary)',
      'to_jsonb(p)',
      'to_jsonb(p.*)',
      '(SELECT to_jsonb(token) FROM vault LIMIT 1)',
      'to_jsonb(own_write(1))',
      'to_jsonb(pg_read_file(1))',
      "to_jsonb(current_setting('a'))",
      "('[1]'::sly)::jsonb",
      'to_jsonb(query_to_xml(1, true, true, 1))',
    ],
    [
      `SELECT j.x FROM people p, JSON_TABLE(@, '$' ${COLUMNS}) j`,
      `SELECT j.x FROM people p JOIN JSON_TABLE(@, 'lax $' AS root ${COLUMNS}) AS j ON true`,
      `SELECT p.name FROM people p LEFT JOIN LATERAL (SELECT x FROM JSON_TABLE(@, '$' ${COLUMNS})) j ON j.x = '1'`,
      `SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM JSON_TABLE(@, '$' ${COLUMNS}) j)`,
    ],
  ),
  ...inPlaces(
    [
      "x regclass PATH '$'",
      "x sly PATH '$'",
      "x text PATH '$' DEFAULT (SELECT token FROM vault LIMIT 1) ON EMPTY",
      "x text PATH '$' DEFAULT own_write(1) ON ERROR",
      "NESTED PATH '$' COLUMNS (x regclass PATH '$')",
      "NESTED PATH '$' COLUMNS (x text PATH '$' DEFAULT own_write(1) ON EMPTY)",
      "x public.sly PATH '$'",
    ],
    [
      "SELECT j.x FROM JSON_TABLE('[1]'::jsonb, '$' COLUMNS (@)) j",
      "SELECT * FROM orders, JSON_TABLE(jsonb '[1]', '$' COLUMNS (@))",
    ],
  ),
  `SELECT j.x FROM JSON_TABLE('[1]'::jsonb, '$' PASSING (SELECT token FROM vault LIMIT 1) AS t ${COLUMNS}) j`,
  `SELECT j.x FROM JSON_TABLE('[1]'::jsonb, '$' PASSING own_write(1) AS t ${COLUMNS}) j`,
  `SELECT j.x FROM JSON_TABLE('[1]'::jsonb, '$' ${COLUMNS}) j, vault`,
  "SELECT p.name FROM people p JOIN JSON_TABLE('[91001]'::jsonb, '$[*]' COLUMNS (salary int PATH '$')) j USING (salary)",
  "SELECT 1 FROM people NATURAL JOIN JSON_TABLE('[91001]'::jsonb, '$[*]' COLUMNS (salary int PATH '$')) j",
  "SELECT * FROM people, JSON_TABLE('[1]'::jsonb, '$' COLUMNS (x int PATH '$')) j",
];

const JOINS = [
  'SELECT x.salary FROM people p JOIN (SELECT 91001 AS salary) q USING (salary) AS x',
  'SELECT x.id FROM people p JOIN (SELECT 1 AS id, 91001 AS salary) q USING (id, salary) AS x',
  'SELECT x.token FROM orders o JOIN vault v USING (id) AS x',
  'SELECT x.id FROM orders o JOIN vault v USING (id) AS x',
  'SELECT x.salary FROM people p JOIN orders o USING (id) AS x',
  'SELECT j.e FROM (people p JOIN orders o ON p.id = o.person_id) AS j(a, b, c, d, e)',
  'SELECT j.salary FROM (people p JOIN orders o ON true) AS j',
  'SELECT j.id FROM (people p JOIN orders o ON p.salary > 1) AS j(a, b, c, d, e)',
  'SELECT j.name FROM (people p JOIN orders o ON p.salary > 91001) AS j',
  'SELECT j.title FROM (orders o JOIN products p ON EXISTS (SELECT 1 FROM vault)) AS j',
  'SELECT j.title FROM (orders o JOIN products p ON own_write(1) = 1) AS j',
  'SELECT j.title FROM ((orders o JOIN products p ON o.id = p.id) AS k JOIN people q ON q.salary = 1) AS j',
  'SELECT j.a FROM ((people p JOIN orders o ON true) AS k JOIN products q ON k.salary = 1) AS j(a)',
  'SELECT j.* FROM (people p JOIN orders o ON true) AS j',
  'SELECT j FROM (people p JOIN orders o ON true) AS j',
  'SELECT j.token FROM (orders o JOIN vault v ON true) AS j(a, b, c, d, e, f, g, token)',
];

const TREE =
  'SELECT id, boss_id FROM people WHERE boss_id IS NULL UNION ALL SELECT p.id, p.boss_id FROM people p JOIN up ON p.boss_id = up.id';
const TREES = [
  `WITH RECURSIVE up AS (${TREE}) SEARCH DEPTH FIRST BY id SET salary SELECT p.salary FROM up JOIN people p ON p.id = up.id`,
  `WITH RECURSIVE up AS (${TREE}) CYCLE id SET looped TO own_write(1) DEFAULT 0 USING path SELECT id FROM up`,
  `WITH RECURSIVE up AS (${TREE}) CYCLE id SET looped TO (SELECT token FROM vault LIMIT 1) DEFAULT 'x' USING path SELECT id FROM up`,
  `WITH RECURSIVE up AS (${TREE}) CYCLE id SET looped TO regclass 'vault' DEFAULT regclass 'vault' USING path SELECT id FROM up`,
  `WITH RECURSIVE up AS (${TREE.replaceAll('people', 'logins')}) SEARCH DEPTH FIRST BY id SET ord SELECT id FROM up`,
  `WITH RECURSIVE up AS (${TREE.replace('WHERE', 'WHERE salary > 1 AND')}) SEARCH BREADTH FIRST BY id SET ord SELECT id FROM up`,
  'SELECT note FROM orders ORDER BY note USING <#>',
  'SELECT note FROM orders ORDER BY note USING OPERATOR(public.<#>)',
  'SELECT note FROM orders ORDER BY note USING OPERATOR(public.+)',
  'SELECT name FROM people ORDER BY salary USING <',
  'SELECT name FROM people ORDER BY id, salary USING >',
];

/** Calls of the system's whose result is of the kind that they are given, handed on to own code for that kind. */
const HANDED_ON = inPlaces(
  [
    'substr(name::bytea, 1)',
    'substring(name::bytea FROM 1)',
    "trim('a'::bytea FROM name::bytea)",
    "btrim(name::bytea, 'a'::bytea)",
    'reverse(name::bytea)',
    "overlay(name::bytea PLACING 'a'::bytea FROM 1)",
    'coalesce(name::bytea)',
    'nullif(name::bytea, NULL)',
    'name::bytea || name::bytea',
    'greatest(name::bytea)',
    'CASE WHEN id > 1 THEN name::bytea END',
    "decode(name, 'hex')",
    '(SELECT name::bytea)',
  ],
  [
    'SELECT lower(@) FROM people',
    'SELECT id FROM people WHERE lower(@) = 1',
    'SELECT id FROM people ORDER BY lower(@)',
  ],
).concat('SELECT lower(min(name::bytea)) FROM people', "SELECT lower(string_agg(name::bytea, ''::bytea)) FROM people");

export const POSTGRES_MORE: Record<string, readonly string[]> = {
  'json-table': JSON_TABLES,
  place: [...JOINS, ...TREES],
  'own-code': HANDED_ON,
};
