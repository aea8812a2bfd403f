import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { json, type Reply, scriptedModel } from '../support/scripted-model.ts';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const querent = querentIn(folder);
const file = path.join(folder, 'shop.sqlite');

const FOR = JSON.stringify({ faithful: true, uses_only_schema: true, ambiguous: false, missing: '' });
/** Stands in for a model that words nothing and asks what a price is on average. */
const says = (first: string): string => {
  if (first.startsWith('You write questions')) return '{"questions": [{"question": "What is the mean price?"}]}';
  if (first.startsWith('You write one')) return '```sql\nSELECT AVG(price) FROM products\n```';
  return first.startsWith('You check') ? FOR : '{}';
};
const broken: Reply = (_, response) => json(response, 500, { error: { message: 'CUDA error' } });
let dies = Number.POSITIVE_INFINITY;
let asks = 0;
const server = await scriptedModel(({ messages }) => {
  asks += 1;
  return asks > dies ? broken : says(messages[0]?.content ?? '');
});
afterAll(server.stop);
const environment = { QUERENT_MODEL_URL: server.baseUrl, QUERENT_MODEL_NAME: 'scripted' };

interface Said {
  readonly pairs: number;
  readonly calls: number;
  readonly tokens: number;
  readonly acceptance: Readonly<Record<string, { readonly kept: number; readonly of: number }>>;
}

beforeAll(async () => {
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT, price REAL, kind TEXT);
    INSERT INTO products VALUES (1, 'Spade', 12, 'a'), (2, 'Rake', 30, 'b'), (3, 'Pan', 45, 'a'), (4, 'Pot', 20, 'b');`);
  database.close();
  const registered = await querent(['register', `sqlite:${file}`, '--name', 'shop']);
  assert.equal(registered.code, 0, registered.err);
});

describe('querent explore with a model server', () => {
  it('has the model write too, within its budget, and says truly what came of it', async () => {
    const { code, out, err } = await querent(['explore', 'shop', '--pairs', '12', '--calls', '9', '--json'], {
      environment,
    });
    assert.equal(code, 0, err);
    const said = JSON.parse(out) as Said;
    assert.deepEqual([said.pairs, said.calls, said.tokens], [12, 9, 9 * 15]);
    assert.equal(server.asked.length, 9);
    assert.equal(said.acceptance.semantic?.kept, 1);
  });

  it('leaves the model alone where only the program is to write', async () => {
    const before = server.asked.length;
    const { out } = await querent(
      ['explore', 'shop', '--pairs', '14', '--mechanisms', 'structural', '--calls', '1', '--json'],
      {
        environment: {},
      },
    );
    assert.deepEqual([(JSON.parse(out) as Said).calls, server.asked.length], [0, before]);
  });

  it('keeps what was made where the server dies, says so in a sentence, and goes on', async () => {
    [dies, asks] = [4, 0];
    const out = path.join(folder, 'pairs.jsonl');
    const died = await querent(['explore', 'shop', '--pairs', '40', '--mechanisms', 'structural', '--out', out], {
      environment,
    });
    assert.equal(died.code, 1);
    assert.match(died.err, /The model server reported an error\. .* What was made is kept; the same command goes on/);
    const lines = () => readFileSync(out, 'utf8').trim().split('\n').length;
    const kept = lines();
    assert.ok(kept > 14 && kept < 40, `${kept}`);
    dies = Number.POSITIVE_INFINITY;
    const again = await querent(['explore', 'shop', '--pairs', '30', '--out', out, '--calls', '3'], { environment });
    assert.equal(again.code, 0, again.err);
    assert.equal(lines(), 30);
  });

  it.each([
    [['--mechanisms', 'semantic'], {}, 2, /^semantic and progressive need a model server: set QUERENT_MODEL_URL/],
    [
      ['--mechanisms', 'all'],
      environment,
      2,
      /^There is no mechanism all; there are structural, semantic, progressive\./,
    ],
    [['--calls', '0'], environment, 2, /whole number/],
  ] as const)('%j ends with %d and a sentence', async (args, given, code, sentence) => {
    const ended = await querent(['explore', 'shop', ...args], { environment: given });
    assert.equal(ended.code, code);
    assert.match(ended.err, sentence);
  });
});
