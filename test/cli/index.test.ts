import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { compose } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { querentIn } from './run-querent.ts';

const home = () => mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const never = new AbortController().signal;

function sqlite(folder: string, name: string, script: string): string {
  const file = path.join(folder, `${name}.sqlite`);
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
  return `sqlite:${file}`;
}

/** Runs a command in this process. */
async function querent(folder: string, args: readonly string[]) {
  const { code, all } = await querentIn(folder)(args);
  return { code, printed: all };
}

/** Runs a command in a process of its own, which ends with SIGKILL once it has printed that text. */
async function killedAfter(text: string, folder: string, args: readonly string[]): Promise<NodeJS.Signals | null> {
  const env = { ...process.env, QUERENT_HOME: folder };
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (more) => {
      printed += more;
      if (printed.includes(text)) child.kill('SIGKILL');
    });
  const [, signal] = await once(child, 'close');
  return signal;
}

const find = async (folder: string, text: string) => {
  const { out } = await querentIn(folder)(['find', text, '--json']);
  return JSON.parse(out) as { databases: { database: string }[] };
};

describe('querent index', () => {
  it('builds when a schema changed, and only then; verify says that the index is sound', {
    timeout: 60_000,
  }, async () => {
    const folder = home();
    const url = sqlite(folder, 'shop', 'CREATE TABLE orders (id INTEGER, amount REAL)');
    assert.match((await querent(folder, ['register', url])).printed, /1 databases, 1 tables, 2 columns/);
    assert.match((await querent(folder, ['index'])).printed, /No schema has changed/);
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    database.exec('CREATE TABLE refunds (id INTEGER, order_id INTEGER, reason TEXT)');
    database.close();
    assert.match((await querent(folder, ['index'])).printed, /Indexed 1 databases, 2 tables, 5 columns/);
    const verified = await querent(folder, ['index', 'verify']);
    assert.equal(verified.code, 0);
    assert.match(verified.printed, /The index is sound/);
  });

  it('leaves the index as it was when it is killed, and goes on with what was embedded', {
    timeout: 90_000,
  }, async () => {
    const folder = home();
    await querent(folder, ['register', sqlite(folder, 'shop', 'CREATE TABLE orders (id INTEGER, amount REAL)')]);
    const many = Array.from(
      { length: 700 },
      (_, at) => `CREATE TABLE thing_${at} (id INTEGER, part_${at} TEXT, size_${at} REAL);`,
    );
    const url = sqlite(folder, 'big', many.join('\n'));
    // Progress of the embedding is printed chunk by chunk on a terminal; here the process is killed a moment after the catalog.
    assert.equal(await killedAfter('big: 700', folder, ['register', url]), 'SIGKILL');
    assert.equal((await find(folder, 'orders by amount')).databases[0]?.database, 'shop');
    assert.match((await querent(folder, ['index'])).printed, /Indexed 2 databases, 701 tables/);
  });

  it('is taken up by a bot that is running', { timeout: 60_000 }, async () => {
    const folder = home();
    await querent(folder, ['register', sqlite(folder, 'shop', 'CREATE TABLE orders (id INTEGER, amount REAL)')]);
    const running = compose(readConfig({ QUERENT_HOME: folder }));
    const question = { text: 'trucks by plate', asker: OPERATOR, place: { kind: 'terminal' } } as const;
    const before = await running.find(question, { limit: 5 }, never);
    assert.ok(before.ok && before.value.databases.length === 1);
    await querent(folder, ['register', sqlite(folder, 'fleet', 'CREATE TABLE trucks (id INTEGER, plate TEXT)')]);
    const after = await running.find(question, { limit: 5 }, never);
    assert.ok(after.ok);
    assert.equal(after.value.databases[0]?.databaseId, 'fleet');
    await running.close();
  });
});

describe('querent calibrate', () => {
  it('says what it needs, and fits on a file of questions', { timeout: 60_000 }, async () => {
    const folder = home();
    await querent(folder, ['register', sqlite(folder, 'shop', 'CREATE TABLE orders (id INTEGER, amount REAL)')]);
    await querent(folder, ['register', sqlite(folder, 'fleet', 'CREATE TABLE trucks (id INTEGER, plate TEXT)')]);
    const none = await querent(folder, ['calibrate']);
    assert.equal(none.code, 1);
    assert.match(none.printed, /Only 0 questions say which database was right, and at least 20 are needed/);
    const file = path.join(folder, 'questions.jsonl');
    const lines = Array.from({ length: 24 }, (_, at) =>
      JSON.stringify(
        at % 2 ? { question: `orders above ${at}`, database: 'shop' } : { question: `plate ${at}`, database: 'fleet' },
      ),
    );
    writeFileSync(file, lines.join('\n'));
    assert.match(
      (await querent(folder, ['calibrate', '--questions', file])).printed,
      /Fitted on 24 questions; the first database was right for 24/,
    );
    writeFileSync(file, '{"question": 1}');
    const wrong = await querent(folder, ['calibrate', '--questions', file]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.printed, /line 1: each line is one/);
  });
});
