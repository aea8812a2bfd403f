import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { querentIn } from './run-querent.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const SCRIPTS = {
  shop: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE refunds (id INTEGER, amount REAL); INSERT INTO refunds VALUES (1, 7), (2, 12), (3, 30); INSERT INTO customers VALUES (1, 3);',
  desk: 'CREATE TABLE customers (id INTEGER, name TEXT); CREATE TABLE tickets (id INTEGER, subject TEXT); INSERT INTO customers VALUES (1, 2);',
};
/** Reads “big refunds” in two ways. */
let script: Awaited<ReturnType<typeof scriptedModel>>;

/** All generators: they read it in two ways. */
const withModel = () => ({ QUERENT_MODEL_URL: script.baseUrl, QUERENT_PIPELINE: 'every' });

const querent = querentIn(home);

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

describe('querent ask --json', () => {
  const asked = ['ask', 'How many refunds were rather big ones?', '--db', 'shop'];
  /** What it printed of how the answer came about. */
  async function printed(...flags: readonly string[]) {
    const { out } = await querent([...asked, ...flags], { environment: withModel() });
    return JSON.parse(out) as {
      readonly timings: Readonly<Record<string, number>>;
      readonly trace: readonly {
        readonly stage: string;
        readonly ms: number;
        readonly note: string;
        readonly calls: number;
        readonly promptTokens: number;
        readonly completionTokens: number;
        readonly prompts?: readonly { readonly messages: readonly unknown[]; readonly replies: readonly string[] }[];
      }[];
    };
  }

  it('adds up what all waves of a stage took', async () => {
    const { timings, trace } = await printed('--json');
    const waves = trace.filter(({ stage }) => stage === 'generate');
    assert.ok(waves.length > 1, `${waves.length} waves`);
    const sum = waves.reduce((all, { ms }) => all + ms, 0);
    assert.ok(Math.abs((timings.generate ?? 0) - sum) < 1e-6, `${timings.generate}, not ${sum}`);
  });

  it('says in a line what each stage came to, and counts its calls and tokens', async () => {
    const { trace } = await printed('--json');
    const noteOf = (name: string) => trace.find(({ stage }) => stage === name)?.note ?? '';
    assert.match(noteOf('link'), /^the whole schema, \d+ tokens/);
    assert.match(noteOf('refine'), /^direct: 1 row; /);
    const generated = trace.find(({ stage, calls }) => stage === 'generate' && calls > 0);
    assert.ok(generated && generated.calls > 0 && generated.promptTokens > 0 && generated.completionTokens > 0);
    assert.doesNotMatch(JSON.stringify(trace), /"(messages|replies|prompts)"/);
  });

  it('has what models read and replied with --prompts alone', async () => {
    const { trace } = await printed('--prompts');
    const [generated] = trace.filter(({ stage }) => stage === 'generate');
    assert.equal(generated?.prompts?.length, generated?.calls);
    for (const { messages, replies } of generated?.prompts ?? []) assert.ok(messages.length && replies.length);
  });
});

describe('querent ask --edit', () => {
  const asked = ['ask', 'How many refunds are there?', '--db', 'shop'] as const;

  it('changes how it was read by an id that --json lists, and answers again', async () => {
    const { out } = await querent([...asked, '--json']);
    const { reading } = JSON.parse(out) as {
      readonly reading: {
        readonly line: string;
        readonly parts: readonly { readonly edits: readonly { readonly id: string }[] }[];
      };
    };
    assert.equal(reading.line, 'number of refunds');
    const [first] = reading.parts.flatMap(({ edits }) => edits);
    assert.equal(first?.id, 'measure-total-of-amount');
    const changed = await querent([...asked, '--edit', 'measure-total-of-amount']);
    assert.equal(changed.code, 0, changed.err);
    assert.match(changed.out, /Read as: total of amount over refunds/);
    assert.match(changed.out, /49/);
  });

  it('names the changes that there are where it is given another', async () => {
    const { code, err } = await querent([...asked, '--edit', 'period-1805']);
    assert.equal(code, 1);
    assert.match(err, /cannot be changed so\. It can be by measure-total-of-amount/);
  });
});

describe('querent ask ends with', () => {
  it.each([
    ['an answer', 0, ['How many tickets are there?'], {}, /^No tickets\./m],
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
      const model = 'QUERENT_MODEL_URL' in environment ? withModel() : {};
      const ran = await querent(['ask', ...args], { environment: model });
      assert.match(ran.out, says);
      assert.equal(ran.code, code, ran.out + ran.err);
    },
    30_000,
  );
});
