import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { SHOP } from '#test/support/catalogs.ts';
import { say, scriptedModel } from '#test/support/scripted-model.ts';

const root = path.resolve(import.meta.dirname, '../..');
const RED = "SELECT title FROM products WHERE color = 'red' AND price > (SELECT AVG(price) FROM products)";
const QUESTIONS = [
  { id: 'a/1', db_id: 'shop', question: 'Red products that cost more than the average?', sql: RED },
  {
    id: 'b',
    db_id: 'shop',
    question: 'Countries with orders of more than 5?',
    sql: 'SELECT c.country, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.amount > 5 GROUP BY c.country',
  },
  { id: 'c', db_id: 'shop', question: 'Names?', sql: 'SELECT name FROM customers' },
  { id: 'd', db_id: 'shop', question: 'Nothing?', sql: 'SELECT FROM' },
];

let folder = '';
const at = (...names: readonly string[]) => path.join(folder, ...names);

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'querent-learnat-'));
  writeFileSync(at('shop.sql'), SHOP);
  writeFileSync(at('questions.jsonl'), QUESTIONS.map((one) => JSON.stringify(one)).join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) =>
    execFile(process.execPath, [`src/evaluation/cli/${program}.ts`, ...args], { cwd: root }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
const search = (out: string, ...args: readonly string[]) =>
  run('learnat-search', '--questions', at('questions.jsonl'), '--databases', folder, '--out', at(out), ...args);
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const lastLine = (out: string) => JSON.parse(out.trim().split('\n').at(-1) ?? '');

describe('learnat:search --oracle', () => {
  it('ends at the first success where no contrasts are wanted', async () => {
    const [atOnce, usual] = [
      await search('at-once', '--oracle', '--after', '0', '--json'),
      await search('on', '--oracle', '--json'),
    ];
    const [short, long] = [lastLine(atOnce.out), lastLine(usual.out)];
    assert.deepEqual([short.solved, long.solved], [2, 2], atOnce.err + usual.err);
    assert.ok(short.calls < long.calls, `${short.calls} and ${long.calls} calls`);
  });

  it('takes every query apart that is large enough, and writes what training needs', async () => {
    const { code, out, err } = await search('oracle', '--oracle', '--json');
    assert.equal(code, 0, err);
    const { msPerNode, ...summary } = lastLine(out);
    assert.ok(msPerNode > 0);
    assert.deepEqual(
      [summary.questions, summary.solved, summary.byRound, summary.simple, summary.unreadable, summary.tokens],
      [2, 2, [2], 1, 1, 0],
    );
    const trajectories = lines(at('oracle', 'trajectories.jsonl'));
    assert.deepEqual(
      trajectories.map(({ id, steps }) => [id, steps.length > 1]),
      [
        ['a/1', true],
        ['b', true],
        ['c', false],
      ],
    );
    for (const { sql, steps } of trajectories) assert.equal(steps.at(-1).sql, sql);
    const pairs = lines(at('oracle', 'pairs.jsonl'));
    assert.equal(pairs.length, summary.pairs);
    for (const { chosen, rejected, margin, oracle } of pairs) {
      assert.ok(oracle && chosen.text && rejected.text && chosen.tree);
      assert.ok(Math.abs(margin - (chosen.reward - rejected.reward)) < 1e-12 && margin >= 0.05);
    }
  });

  it('goes on where it was, and says why it will not begin over what is there', async () => {
    const again = await search('oracle', '--oracle');
    assert.deepEqual([again.code, again.out], [2, '']);
    assert.match(again.err, /holds a search already: go on with --resume, or give another folder\./);
    rmSync(at('oracle', 'runs', 'b.json'));
    const resumed = await search('oracle', '--oracle', '--resume', '--json');
    assert.equal(lastLine(resumed.out).solved, 2);
    const other = await search('oracle', '--oracle', '--resume', '--arm', 'unguided');
    assert.match(other.err, /holds runs of another arm or proposer: give another folder\./);
  });

  it('is shown as a tree', async () => {
    const file = at('oracle', 'runs', readdirSync(at('oracle', 'runs')).find((name) => name.startsWith('a')) ?? '');
    const { out } = await run('learnat-show', file);
    assert.match(out, /^Red products that cost more than the average\?\nSELECT title/);
    assert.match(out, /\* the whole query {2}R 1\.000/);
    const { code, err } = await run('learnat-show', at('questions.jsonl'));
    assert.equal(code, 2);
    assert.match(err, /is no run of learnat:search\./);
  });
});

describe('learnat:search with a model', () => {
  it('reads steps from replies, counts those that hold none, and tries failures again shown a success', async () => {
    const step = (sub_query: string, sub_sql: string) => JSON.stringify({ sub_query, sub_sql });
    // Solves the first question from its second step on, and the second one only when it is shown how.
    const server = await scriptedModel(({ messages }) => {
      const [asked = '', all] = [messages.at(-1)?.content, messages.map(({ content }) => content).join('\n')];
      if (asked.includes('Red products')) {
        if (!asked.includes('Steps so far'))
          return step('What is the average price?', 'SELECT AVG(price) FROM products');
        return step('Which of them are red?', RED);
      }
      const { sql = '' } = QUESTIONS[1] ?? {};
      if (!all.includes('Red products')) return 'I would begin with the customers.';
      return asked.includes('Steps so far')
        ? step('How many?', sql)
        : step('Where?', sql.replace(/ WHERE .*? GROUP/, ' GROUP'));
    });
    try {
      const { code, out, err } = await search(
        'model',
        ...[
          '--model-url',
          server.baseUrl,
          '--model',
          'scripted',
          '--calls',
          '4',
          '--width',
          '1',
          '--rounds',
          '2',
          '--json',
        ],
      );
      assert.equal(code, 0, err);
      const summary = lastLine(out);
      assert.deepEqual([summary.questions, summary.solved, summary.byRound], [2, 2, [1, 1]]);
      assert.ok(summary.calls >= 6 && summary.tokens > 0);
      assert.match(String(server.asked[0]?.messages[0]?.content), /^You work out a SQL query in simple steps\./);
    } finally {
      await server.stop();
    }
  });

  it('asks about several questions at once, and writes what it found when it is ended in the middle', async () => {
    const step = (sub_sql: string) => JSON.stringify({ sub_query: 'What?', sub_sql });
    const waiting = new Set<() => void>();
    // The first replies come once both questions are asked; the second question is never answered.
    const server = await scriptedModel(({ messages }) => {
      const asked = messages.at(-1)?.content ?? '';
      const isFirst = asked.includes('Red products');
      if (isFirst && asked.includes('Steps so far')) return step(RED);
      return (request, response) => {
        if (isFirst) waiting.add(() => say(response, request, step('SELECT AVG(price) FROM products')));
        else waiting.add(() => undefined);
        if (waiting.size === 2) for (const answer of waiting) answer();
      };
    });
    try {
      const words = ['--questions', at('questions.jsonl'), '--databases', folder, '--out', at('ended'), '--calls', '2'];
      const asks = ['--width', '1', '--concurrency', '2', '--model-url', server.baseUrl, '--model', 'scripted'];
      const child = spawn(process.execPath, ['src/evaluation/cli/learnat-search.ts', ...words, ...asks], { cwd: root });
      child.stdout.resume();
      child.stderr.resume();
      const closed = once(child, 'close');
      while (!existsSync(at('ended', 'runs', 'a%2F1.json'))) await sleep(20);
      child.kill('SIGINT');
      assert.equal((await closed)[0], 130);
      const found = lines(at('ended', 'trajectories.jsonl'));
      assert.deepEqual(found.find(({ id }) => id === 'a/1')?.steps.length, 2);
      assert.ok(!found.some(({ id }) => id === 'b'));
    } finally {
      await server.stop();
    }
  });

  it('says that it needs one', async () => {
    const { code, err } = await search('none');
    assert.equal(code, 2);
    assert.match(err, /Give --model-url and --model, or --oracle\./);
  });
});
