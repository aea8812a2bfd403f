import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const querent = querentIn(folder);
const file = path.join(folder, 'shop.sqlite');

const change = (script: string) => {
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
};

beforeAll(async () => {
  change(`
    CREATE TABLE categories (id INTEGER PRIMARY KEY, title TEXT);
    CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT, category_id INTEGER REFERENCES categories (id), price REAL, cd_xk TEXT);
    CREATE TABLE old_products (id INTEGER PRIMARY KEY, title TEXT, category_id INTEGER, price REAL, cd_xk TEXT);
    INSERT INTO categories VALUES (1, 'garden'), (2, 'kitchen');
    INSERT INTO products VALUES (1, 'Spade', 1, 12, 'a'), (2, 'Rake', 1, 30, 'b'), (3, 'Pan', 2, 45, 'a'), (4, 'Pot', 2, 20, 'b');`);
  const registered = await querent(['register', `sqlite:${file}`, '--name', 'shop']);
  assert.equal(registered.code, 0, registered.err);
});

describe('querent explore', () => {
  it('keeps questions with their queries, goes on from those that there are, and writes them to a file', async () => {
    const out = path.join(folder, 'pairs.jsonl');
    const first = await querent(['explore', 'shop', '--pairs', '10', '--json']);
    assert.equal((JSON.parse(first.out) as { readonly pairs: number }).pairs, 10, first.err);
    const more = await querent(['explore', 'shop', '--pairs', '40', '--out', out]);
    assert.match(
      more.out,
      /^40 questions kept over shop: they use (?:9\d|100) % of its columns and 100 % of its keys\.\n/,
    );
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    const questions = lines.map((line) => (JSON.parse(line) as { readonly question: string }).question);
    assert.equal(new Set(questions).size, 40);
  });

  it('begins with what files of statements say, and keeps none of their literals', async () => {
    const files = ['one.sql', 'two.sql'].map((name) => path.join(folder, name));
    writeFileSync(files[0]!, "SELECT price FROM products WHERE title = 'canary'; DROP TABLE products;");
    writeFileSync(files[1]!, 'SELECT price FROM products p JOIN old_products o ON o.id = p.id;');
    const out = path.join(folder, 'seeded.jsonl');
    const seeded = await querent(['explore', 'shop', '--pairs', '40', '--queries', ...files, '--out', out]);
    assert.match(seeded.out, /^Begins with 2 statements of files\. 1 other told nothing of its tables\.\n40 questions/);
    assert.ok(!readFileSync(out, 'utf8').includes('canary'));
  });

  it('says which of them no longer hold once the schema is another', async () => {
    const before = await querent(['explore', 'shop', '--check']);
    assert.deepEqual([before.code, before.out], [0, '40 of 40 queries over shop hold.\n']);
    change('ALTER TABLE products RENAME COLUMN price TO list_price');
    await querent(['index']);
    const after = await querent(['explore', 'shop', '--check']);
    assert.equal(after.code, 1);
    assert.match(after.out, /^\d+ of 40 queries over shop hold\.\n {2}what it reads is not there any more: /);
    change('ALTER TABLE products RENAME COLUMN list_price TO price');
    await querent(['index']);
  });

  it('asks its questions as people ask them, and says which go worse than the last time', async () => {
    const first = await querent(['explore', 'shop', '--check', '--ask', '--most', '12']);
    assert.equal(first.code, 0, first.err);
    const said = /\n12 questions asked: (\d+) posted without asking, \d+ of these right\.\n$/.exec(first.out);
    assert.ok(said && Number(said[1]) > 0, first.out);
    const same = await querent(['explore', 'shop', '--check', '--ask', '--most', '12', '--json']);
    const { asked } = JSON.parse(same.out) as { readonly asked: { readonly changed: object } };
    assert.deepEqual(asked.changed, { both: 12, better: [], worse: [] });
    const state = new DatabaseSync(path.join(folder, 'state.sqlite'));
    state.exec(
      `UPDATE explored SET pair = json_set(pair, '$.asked', json('{"decision":"post","right":true}')) WHERE pair LIKE '%"decision":"decline"%'`,
    );
    state.close();
    const after = await querent(['explore', 'shop', '--check', '--ask', '--most', '12']);
    const worse = Number(/ and (\d+) worse\./.exec(after.out)?.[1]);
    assert.deepEqual([worse > 0, after.code], [true, 1], after.out);
    assert.match(after.out, /\nworse: .* \(posted, right → declined\)\n/);
  });

  it.each([
    [['explore', 'nope'], 1, /^There is no database named nope\./],
    [['explore', 'shop', '--queries', '/no/file'], 1, /^There is no file \/no\/file that can be read\./],
    [
      ['explore', 'shop', '--pairs', '25', '--out', '/dev/full'],
      1,
      /^\/dev\/full could not be written: see that there is room/,
    ],
    [['explore', 'shop', '--pairs', 'many'], 2, /many/],
  ] as const)('%j ends with %d and a sentence', async (args, code, says) => {
    const ended = await querent([...args]);
    assert.equal(ended.code, code);
    assert.match(ended.err, says);
  });
});

describe('querent pilot', () => {
  const own = path.join(folder, 'own.jsonl');
  const ask = (...lines: readonly object[]) => writeFileSync(own, lines.map((line) => JSON.stringify(line)).join('\n'));

  it('counts what would be posted and what of it is right, and names what would help', async () => {
    ask(
      { question: 'How many products are there?', sql: 'SELECT COUNT(*) FROM products' },
      { question: 'How many categories are there?', sql: 'SELECT COUNT(*) + 1 FROM categories' },
      { question: 'Who is our best salesman?' },
    );
    const { code, out, err } = await querent(['pilot', 'shop', '--questions', own, '--written', '10']);
    assert.equal(code, 0, err);
    assert.match(out, /Of your 3 questions:\n\n- post without asking: 67 %, of these 50 % right \(\d+–\d+\)\n/);
    assert.match(out, /- decline: 33 %/);
    assert.match(out, /Of 10 questions written by program/);
    assert.match(out, /Not right:\n\n- How many categories are there\?\n {2}gave: SELECT COUNT\(\*\)/);
    assert.match(out, /- products\.cd_xk: holds “a” and “b”/);
    assert.match(out, /Look alike: old_products and products\./);
    assert.match(out, /Its role can only read\./);
  });

  it('may be what decides whether to go live', async () => {
    const required = (least: string) =>
      querent(['pilot', 'shop', '--questions', own, '--written', '0', '--require', `posted-right=${least}`]);
    assert.equal((await required('.5')).code, 0);
    const missed = await required('.9');
    assert.equal(missed.code, 1);
    assert.match(missed.err, /Of what is posted 50 % are right; 90 % were required\./);
  });

  it('writes a page, and JSON', async () => {
    const page = path.join(folder, 'pilot.md');
    const { out } = await querent(['pilot', 'shop', '--questions', own, '--written', '0', '--out', page, '--json']);
    const report = JSON.parse(out) as { readonly own: { readonly posted: object }; readonly wrong: readonly object[] };
    assert.equal(report.wrong.length, 1);
    assert.match(readFileSync(page, 'utf8'), /^# Pilot of shop\n/);
  });

  it('says what went better and what worse than in an earlier report', async () => {
    const before = path.join(folder, 'before.json');
    const asked = ['pilot', 'shop', '--questions', own, '--written', '0'];
    writeFileSync(before, (await querent([...asked, '--json'])).out);
    const same = await querent([...asked, '--against', before]);
    assert.match(same.out, /\nOf 3 questions that were asked before, too, 0 went better and 0 worse\.\n/);
    const report = JSON.parse(readFileSync(before, 'utf8')) as { readonly questions: readonly object[] };
    const questions = report.questions.map((one) => ({ ...one, decision: 'post', right: true }));
    writeFileSync(before, JSON.stringify({ ...report, questions }));
    const worse = await querent([...asked, '--against', before]);
    assert.match(worse.out, /worse: Who is our best salesman\? \(posted, right → declined\)/);
  });

  it.each([
    [['--against', '/no/file'], 1, /^\/no\/file is no report of a pilot\./],
    [['--require', 'all'], 2, /--require takes posted-right=/],
    [['--questions', '/no/file'], 1, /^There is no file \/no\/file that can be read\./],
  ] as const)('%j ends with %d and a sentence', async (args, code, says) => {
    const ended = await querent(['pilot', 'shop', ...args]);
    assert.equal(ended.code, code);
    assert.match(ended.err, says);
  });
});
