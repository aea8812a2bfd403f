import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { readSpiderTables } from '#src/evaluation/data/spider-tables.ts';
import { lexSql, type SqlToken } from '#src/sql/reader/lex-sql.ts';
import { sqlGrammar } from '#src/sql/sql-grammar.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { readGbnf } from '#test/support/gbnf.ts';

const shop = bareCatalog('shop', ['customer: id, name, country', 'sale: id, customer_id, amount, sold_on']);
const grammarOf = ({ tables }: Pick<DatabaseCatalog, 'tables'>, engine: DatabaseCatalog['engine'] = 'sqlite') =>
  readGbnf(sqlGrammar(tables, engine) ?? '');
const fenced = (sql: string) => `\`\`\`sql\n${sql}\n\`\`\``;

describe('the grammar of SQL over what is shown', () => {
  const { admits, names } = grammarOf(shop);

  it.each([
    'SELECT name FROM customer',
    'SELECT name FROM customer;',
    "SELECT T1.name, COUNT(*) AS num_sales FROM customer AS T1 JOIN sale AS T2 ON T2.customer_id = T1.id WHERE T2.amount > 3.5 AND T1.country LIKE '%way' GROUP BY T1.id, T1.name HAVING COUNT(*) >= 2 ORDER BY num_sales DESC LIMIT 3",
    'SELECT\n  customer.name\nFROM customer\nWHERE id NOT IN (\n  SELECT customer_id FROM sale\n)',
    "SELECT country FROM customer WHERE name = 'O''Hara' INTERSECT SELECT country FROM customer WHERE NOT (name IS NULL OR id BETWEEN 1 AND 3)",
    "SELECT CAST(SUM(CASE WHEN amount > 10 THEN 1 ELSE 0 END) AS REAL) * 100 / COUNT(*) FROM sale WHERE STRFTIME('%Y', sold_on) = '2024'",
    'SELECT AVG(num_sales) FROM (SELECT COUNT(*) AS num_sales FROM sale GROUP BY customer_id) AS sub',
    'WITH totals AS (SELECT customer_id, SUM(amount) AS total FROM sale GROUP BY customer_id) SELECT c.name FROM customer AS c JOIN totals ON totals.customer_id = c.id ORDER BY totals.total DESC',
    'SELECT name FROM customer AS c WHERE EXISTS (SELECT 1 FROM sale AS s WHERE s.customer_id = c.id)',
    'SELECT sold_on, RANK() OVER (PARTITION BY customer_id ORDER BY amount DESC) FROM sale',
  ])('admits %s', (sql) => assert.ok(admits(fenced(sql))));

  it.each([
    ['a column that is not shown', 'SELECT salary FROM customer'],
    ['one behind an alias', 'SELECT T1.salary FROM customer AS T1'],
    ['one that begins as a shown one', 'SELECT names FROM customer'],
    ['a table that is not shown', 'SELECT name FROM employee'],
    ['a write', "INSERT INTO customer VALUES (1, 'a', 'b')"],
    ['a write behind a query', 'SELECT name FROM customer; DELETE FROM customer'],
    ['two statements', 'SELECT name FROM customer; SELECT id FROM sale'],
    ['a comment', 'SELECT name -- all of them\nFROM customer'],
    ['a function that it has no word for', 'SELECT LOAD_EXTENSION(name) FROM customer'],
    ['a text that ends the fence', "SELECT name FROM customer WHERE name = '```'"],
    ['a query that breaks off', 'SELECT name FROM'],
  ])('refuses %s', (_, sql) => assert.ok(!admits(fenced(sql))));

  it('admits nothing around the fence', () => {
    assert.ok(!admits('SELECT name FROM customer'));
    assert.ok(!admits(`Here it is: ${fenced('SELECT name FROM customer')}`));
  });

  it('names no rule with a sign that llama.cpp does not read', () => {
    for (const engine of ['sqlite', 'postgres', 'mysql', 'mariadb'] as const)
      for (const name of grammarOf(shop, engine).names) assert.match(name, /^[a-z][a-z0-9]*$/);
    assert.equal(names[0], 'root');
  });

  it('takes names for what they are, whatever is in them', () => {
    const odd = bareCatalog('odd', ['order: Full Name, say "hi" | [^z]*, back\\slash, größe, a```b']);
    const { admits: admitsOdd } = grammarOf(odd);
    assert.ok(admitsOdd(fenced('SELECT "Full Name", "say ""hi"" | [^z]*", "back\\slash", "größe" FROM "order"')));
    assert.ok(!admitsOdd(fenced('SELECT anything FROM "order"')));
    assert.ok(!admitsOdd(fenced('SELECT "a```b" FROM "order"')));
    assert.ok(!admitsOdd(fenced('SELECT "Full Name" FROM order')));
    assert.ok(grammarOf(odd, 'mysql').admits(fenced('SELECT `Full Name` FROM `order`')));
  });

  it('takes names in lower case where the engine does', () => {
    const loud = bareCatalog('loud', ['JOBS: JOB_TITLE']);
    const written = ['SELECT job_title FROM jobs', 'SELECT job_title FROM JOBS', 'SELECT JOB_TITLE FROM JOBS'];
    const admitted = (engine: 'sqlite' | 'mysql') => written.map((sql) => grammarOf(loud, engine).admits(fenced(sql)));
    assert.deepEqual(admitted('sqlite'), [true, true, true]);
    assert.deepEqual(admitted('mysql'), [false, true, true]);
    assert.ok(grammarOf(loud, 'postgres').admits(fenced('SELECT "JOB_TITLE" FROM "JOBS"')));
    assert.ok(!grammarOf(loud, 'postgres').admits(fenced('SELECT job_title FROM "JOBS"')));
  });

  it('is of the engine', () => {
    const dated = fenced("SELECT name FROM customer WHERE DATE_TRUNC('month', sold_on) = DATE '2024-01-01'");
    assert.ok(grammarOf(shop, 'postgres').admits(dated));
    assert.ok(!admits(dated));
    assert.ok(grammarOf(shop, 'mysql').admits(fenced('SELECT YEAR(sold_on) FROM sale')));
  });

  it('is none where nothing is shown', () => assert.equal(sqlGrammar([], 'sqlite'), undefined));
});

const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const spider = (file: string) => path.join(bench, 'spider', file);
const present = existsSync(spider('train.jsonl'));
const DATABASES = 10;

describe.skipIf(!present)('the grammar of SQL over Spider’s training databases (needs QUERENT_BENCH)', () => {
  it('admits at least 95 of 100 gold queries of ten of them', { timeout: 60_000 }, () => {
    const catalogs = new Map(readSpiderTables(spider('tables.json')).map((one) => [one.databaseId, one]));
    const byDatabase = Map.groupBy(readQuestions(spider('train.jsonl')), ({ db_id }) => db_id ?? '');
    let asked = 0;
    const refused = [...byDatabase].slice(0, DATABASES).flatMap(([database, questions]) => {
      const catalog = catalogs.get(database)!;
      const { admits } = grammarOf(catalog);
      const queries = [...new Set(questions.map(({ sql }) => asWritten(String(sql), catalog)))];
      asked += queries.length;
      return queries.filter((sql) => !admits(fenced(sql)));
    });
    console.log(`The grammar refuses ${refused.length} of ${asked} gold queries:\n${refused.join('\n')}`);
    assert.ok(asked > 300, `${asked} queries`);
    assert.ok(refused.length <= 0.05 * asked, `${refused.length} of ${asked} are refused`);
  });
});

const FUNCTIONS = /^(?:COUNT|SUM|AVG|MIN|MAX|CAST|STRFTIME|ABS|ROUND|LENGTH|JULIANDAY)$/;

/** A gold query as a held model writes it: keywords in upper case, names as stored, texts in single quotes, blanks between. */
function asWritten(sql: string, { tables }: DatabaseCatalog): string {
  const storedAs = (names: readonly string[]) => new Map(names.map((name) => [name.toLowerCase(), name]));
  const tableNames = storedAs(tables.map(({ name }) => name));
  const columnNames = storedAs(tables.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const tokens = lexSql(sql.replace(/;\s*$/, ''), 'sqlite').slice(0, -1);
  const stored = (at: number): string | undefined => {
    const [before, here, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
    const [first, second] =
      /^(?:FROM|JOIN)$/.test(before?.upper ?? '') || after?.value === '.'
        ? [tableNames, columnNames]
        : [columnNames, tableNames];
    const name = here?.value.toLowerCase() ?? '';
    return /^(?:FROM|WHERE|MATCH)$/.test(here?.upper ?? '') && before?.value !== '.' && !tableNames.has(name)
      ? undefined
      : (first.get(name) ?? second.get(name));
  };
  const text = ({ kind, value, upper, quote }: SqlToken, at: number): string => {
    const name = kind === 'word' || kind === 'name' ? stored(at) : undefined;
    if (kind === 'string' || (quote === '"' && name === undefined)) return `'${value.replaceAll("'", "''")}'`;
    if (kind !== 'word' && kind !== 'name') return value;
    if (name !== undefined) return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name}"`;
    return value.length < 3 && !/^t\d$/i.test(value) && !/^(?:as|on|in|or|by|is)$/i.test(value) ? value : upper;
  };
  const glued = (at: number) => {
    const [before, here] = [tokens[at - 1], tokens[at]];
    if (!before || !here) return true;
    if ([before.value, here.value].includes('.') || before.value === '(' || [')', ','].includes(here.value))
      return true;
    return here.value === '(' && FUNCTIONS.test(before.upper);
  };
  return tokens.map((token, at) => `${glued(at) ? '' : ' '}${text(token, at)}`).join('');
}
