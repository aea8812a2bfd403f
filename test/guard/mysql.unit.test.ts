import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { judge } from '#src/guard/judge.ts';
import { attacksOn } from '#test/safety/attacks.ts';
import { scopeOn } from '#test/safety/fixture.ts';

const scope = scopeOn('mysql');

async function read(sql: string): Promise<string> {
  const judged = await judge(sql, 'mariadb', scope);
  if (!judged.ok) return judged.failure.kind;
  return judged.value.tables.map(({ name, columns }) => `${name}(${[...columns].sort()})`).join(' ');
}

describe('the reader of MariaDB and MySQL', () => {
  it('refuses every attack of ours but those that only cost', async () => {
    const attacks = attacksOn('mysql').filter((attack) => attack.class !== 'resource');
    const through: string[] = [];
    for (const { class: name, sql } of attacks) {
      if ((await judge(sql, 'mariadb', scope)).ok) through.push(`${name}: ${sql}`);
    }
    assert.ok(attacks.length > 1_500);
    assert.deepEqual(through, []);
  }, 60_000);

  it.each([
    ["SELECT 'gi' 'ft', 0x41, X'42', b'1', .5, 1., N'it\\'s' FROM orders", 'orders()'],
    ["SELECT id FROM orders WHERE note = 'a' /* ' */ 'b' AND amount > .5", 'orders(amount,id,note)'],
    ['SELECT /* a /* b */ id -- # not a comment of its own\nFROM orders', 'orders(id)'],
    ["SELECT INSERT(note, 1, 2, REPLACE(note, 'a', 'b')), TRUNCATE(amount, 1) FROM orders", 'orders(amount,note)'],
    ["SELECT j.x FROM products p, JSON_TABLE(p.tags, '$[*]' COLUMNS (x TEXT PATH '$')) j", 'products(tags)'],
    ['SELECT id FROM orders USE INDEX (placed) WHERE !(amount > 1)', 'orders(amount,id)'],
    ['SELECT id FROM people FORCE INDEX (PRIMARY)', 'people(id)'],
    ['SELECT o.id FROM orders o NATURAL LEFT JOIN products', 'orders(id) products()'],
    ['SELECT o.id FROM orders o LEFT JOIN (people p, products q) ON p.id = q.id', 'orders(id) people(id) products(id)'],
    ['(SELECT id FROM orders) ORDER BY amount LIMIT 1', 'orders(amount,id)'],
    ['SELECT name salary_of FROM people ORDER BY salary_of', 'people(name)'],
    ['SELECT name AS salary FROM people ORDER BY salary', 'people(name)'],
    ['VALUES (1, 2), (3, 4)', ''],
  ])('reads %s', async (sql, seen) => {
    assert.equal(await read(sql), seen);
  });

  it.each([
    [
      'a no-break space after two minus signs opens no comment',
      'SELECT 1 --\u00a0, salary FROM (SELECT 1 AS \u00a0) z, people',
    ],
    ['a quote behind a backslash ends no text, whatever its prefix', "SELECT N'\\', ', salary FROM people -- '"],
    ['a name may begin with a digit', 'SELECT 2fa FROM badges'],
    ['a large X makes a name and no number', 'SELECT 0X41 FROM badges'],
    ["u&'1' is a column and a number", "SELECT u&'1' FROM badges"],
    ['a word of a window may be a column', 'SELECT sum(id) OVER (ORDER BY no) FROM badges'],
    ['an index may be over what is hidden', 'SELECT id FROM people FORCE INDEX (by_salary)'],
    [
      'a sort after a query in parentheses is that query’s own',
      '(SELECT id AS salary FROM people) ORDER BY salary + 0',
    ],
  ])('knows that %s', async (_, sql) => {
    assert.match(await read(sql), /refused|unreadable/);
  });
});
