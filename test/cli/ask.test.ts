import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { scriptedModel } from '#test/support/scripted-model.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const SCRIPTS = {
  shop: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE refunds (id INTEGER, amount REAL); INSERT INTO refunds VALUES (1, 7), (2, 12), (3, 30);',
  desk: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE tickets (id INTEGER, subject TEXT); INSERT INTO customers VALUES (1, 2);',
};
/** Reads “big refunds” in two ways. */
let script: Awaited<ReturnType<typeof scriptedModel>>;

async function querent(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, QUERENT_HOME: home, ...more };
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

beforeAll(async () => {
  script = await scriptedModel(({ messages }) => {
    const [system] = [messages[0]!.content];
    if (/Several queries/.test(system)) return 'A';
    if (/numbered EDL/.test(system))
      return '```\n#1. From [refunds].\n#2. Keep rows of #1 where [amount] > 5.\n#3. Select count of rows as [refunds] in #2.\n```';
    if (/simple steps/.test(system)) return 'I do not know.';
    return '```sql\nSELECT COUNT(*) AS refunds FROM refunds WHERE amount > 10\n```';
  });
  for (const [id, text] of Object.entries(SCRIPTS)) {
    const file = path.join(home, `${id}.sqlite`);
    const database = new DatabaseSync(file);
    database.exec(text);
    database.close();
    const registered = await querent(['register', `sqlite:${file}`]);
    assert.equal(registered.code, 0, registered.err);
  }
}, 60_000);
afterAll(() => script.stop());

describe('querent ask ends with', () => {
  it.each([
    ['an answer', 0, ['How many tickets are there?'], {}, /Count: 0/],
    [
      'an answer from the catalog',
      0,
      ['What do we have about refunds?'],
      {},
      /is about refunds[\s\S]*from the catalog/,
    ],
    ['a question back which database', 3, ['How many customers are there?'], {}, /Which database[\s\S]*--db NAME/],
    [
      'outcomes to choose from',
      3,
      ['How many refunds were rather big ones?', '--db', 'shop'],
      { QUERENT_MODEL_URL: 'script' },
      /read in two ways[\s\S]*1\. refunds: \d[\s\S]*2\. refunds: \d/,
    ],
    ['no answer', 1, ['What is the boiling point of water?'], {}, /No table I know/],
    ['a database that is not there', 1, ['How many?', '--db', 'nope'], {}, /no database named nope/],
  ] as const)(
    '%s: %d',
    async (_, code, args, environment, says) => {
      const model = 'QUERENT_MODEL_URL' in environment ? { QUERENT_MODEL_URL: script.baseUrl } : {};
      const ran = await querent(['ask', ...args], model);
      assert.match(ran.out, says);
      assert.equal(ran.code, code, ran.out + ran.err);
    },
    30_000,
  );
});
