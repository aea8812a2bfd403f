import assert from 'node:assert/strict';
import { it } from 'vitest';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from './library.ts';

/** EDL texts that between them use every kind of step; mutations are made of these and of pieces of one another. */
const SEEDS = [
  "SELECT kind, COUNT(*) AS n FROM book AS b JOIN author AS a ON a.id = b.author_id WHERE title LIKE '%x%' AND pages BETWEEN 1 AND 2 GROUP BY kind HAVING COUNT(*) > 1 ORDER BY n DESC LIMIT 3 OFFSET 1",
  "SELECT CAST(SUM(CASE WHEN kind = 'a' THEN 1 ELSE 0 END) AS REAL) / COUNT(*) AS share, SUBSTR(title, 1, 2) FROM book WHERE id NOT IN (SELECT book_id FROM loan)",
  'SELECT name FROM author UNION SELECT title FROM book EXCEPT SELECT kind FROM book ORDER BY 1',
  "WITH k AS (SELECT kind, RANK() OVER (PARTITION BY kind ORDER BY price DESC) AS r FROM book) SELECT * FROM k WHERE r = 1 AND EXISTS (SELECT 1 FROM loan WHERE due > DATE('now', '-3 days'))",
  "SELECT STRFTIME('%Y-%m', sold_on) AS m, json(title) FROM (SELECT * FROM book) AS t ORDER BY m NULLS LAST",
].map((sql) => succeeded(explain(sql, 'sqlite', library)).text);

const PIECES = [
  ...'# #1 #99 #1. . , ( ) [ ] [[ ]] \' " “ { {{ }} : ; || = <> - * / % 0 1 9999999999999999999 1e999 \u0000 \ud800 💥 \n'.split(
    ' ',
  ),
  ...'the of by in is not and or where as select retrieve join group order limit compute cast extract apply'.split(' '),
  ...'the result of #2, the count of rows, in descending order, for rows where (, a case statement, window function'.split(
    ', ',
  ),
  ...'Select the first row of #2. , Select top 3 , in #2. #3. Group #2 by '.split(', '),
];

it('never throws, whatever 100,000 mutated texts hold', { timeout: 300_000 }, () => {
  const random = randomFrom(11);
  let compiled = 0;
  const codes = new Set<string>();
  for (let round = 0; round < 100_000; round += 1) {
    let text = SEEDS[random(SEEDS.length)]!;
    for (let times = 1 + random(4); times > 0; times -= 1) text = mutate(text, random);
    const engine = (['sqlite', 'postgres', 'mariadb'] as const)[random(3)]!;
    const outcome = compile(text, random(2) ? { engine, catalog: library } : { engine });
    if (outcome.ok) compiled += 1;
    else {
      for (const { code, message } of outcome.problems) {
        codes.add(code);
        assert.ok(message.length > 3, text);
      }
    }
  }
  assert.ok(compiled > 1_000, `${compiled} compiled`);
  assert.ok(codes.size > 12, [...codes].join());
});

it('never throws on 20,000 mutated statements', { timeout: 120_000 }, () => {
  const random = randomFrom(5);
  const statements = [
    "SELECT a.name, COUNT(*) FROM author a JOIN book b ON b.author_id = a.id WHERE b.kind IN ('x', 'y') GROUP BY a.name ORDER BY 2 DESC LIMIT 5",
    "WITH t AS (SELECT 1 AS a) SELECT CASE WHEN a = 1 THEN 'b' END, CAST(a AS TEXT), a || 'x' FROM t UNION ALL SELECT 1, 2, 3",
    "SELECT title FROM book WHERE sold_on > CURRENT_DATE - INTERVAL '3 days' AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.book_id = book.id)",
  ];
  let read = 0;
  for (let round = 0; round < 20_000; round += 1) {
    let sql = statements[random(statements.length)]!;
    for (let times = 1 + random(3); times > 0; times -= 1) sql = mutate(sql, random);
    const outcome = explain(sql, (['sqlite', 'postgres', 'mariadb'] as const)[random(3)]!, library);
    if (outcome.ok) read += 1;
    else assert.match(outcome.problems[0]!.message, /\.$/, sql);
  }
  assert.ok(read > 1_000, `${read} were read`);
});

/** One change: a stretch cut, doubled, moved or replaced, a piece put in, or the text cut short. */
function mutate(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const length = 1 + random(12);
  const stretch = text.slice(at, at + length);
  const piece = PIECES[random(PIECES.length)]!;
  switch (random(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + stretch + stretch + text.slice(at + length);
    case 2:
      return `${text.slice(0, at)} ${piece} ${text.slice(at)}`;
    case 3:
      return text.slice(0, at) + piece + text.slice(at + length);
    case 4: {
      const to = random(text.length + 1);
      return text.slice(0, to) + stretch + text.slice(to);
    }
    default:
      return random(10) ? text.replace(/\d+/, String(random(12))) : text.slice(0, at);
  }
}

function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}
