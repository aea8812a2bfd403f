import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { CONFIGS } from '#src/cli/train.ts';
import { plainQuery } from '#src/training/apart.ts';
import { type AskedRequest, json, say } from '../support/scripted-model.ts';
import { standInTrainer } from '../support/stand-in-trainer.ts';
import { eventually } from '../support/wait.ts';
import { querentIn, type RunOptions } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const inState = querentIn(folder);
const base = path.join(folder, 'small.gguf');
const own = path.join(folder, 'training', 'shop-sql');
const at = (...names: readonly string[]) => path.join(own, ...names);
const readAt = <T>(...names: readonly string[]) => JSON.parse(readFileSync(at(...names), 'utf8')) as T;
const linesOf = <T>(...names: readonly string[]) =>
  readFileSync(at(...names), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

interface Question {
  readonly id: string;
  readonly question: string;
  readonly sql: string;
}
interface Line {
  readonly messages: readonly { readonly content: string }[];
}

const stepKept = () => readAt<{ step: number }>('shop-sql', 'run.json').step;

const FEW = ['--pairs', '40', '--held-back', '12'];
const querent = (args: readonly string[], options: RunOptions = {}) => inState(['train', 'shop', ...args], options);

/**
 * Stands in for llama.cpp with the untrained model and the adapter: one replies what it is told to, by the question and who is asked.
 */
async function serverOf(names: readonly string[], replyOf: (model: string, question: string) => string, width = 896) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET' && request.url === '/v1/models')
      return json(response, 200, { data: names.map((id) => ({ id, meta: { n_embd: width, n_params: 4.94e8 } })) });
    if (request.method === 'GET') return json(response, 404, {});
    const body = JSON.parse(await textOf(request)) as AskedRequest;
    const question = /^Question: (.*)$/m.exec(body.messages.at(-1)?.content ?? '')?.[1] ?? '';
    if (question) asked.push(`${body.model}: ${question}`);
    say(response, body, replyOf(body.model, question));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { asked, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, stop };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const goldOf = (question: string) =>
  linesOf<Question>('held-back.jsonl').find((one) => one.question === question)?.sql ?? 'SELECT 1';
const fenced = (sql: string) => `\`\`\`sql\n${sql}\n\`\`\``;
const taught = (model: string, question: string) => fenced(model === 'shop-sql' ? goldOf(question) : "SELECT 'wrong'");
const stops: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

/** A server for a test, with the settings that name it. */
async function served(...given: Parameters<typeof serverOf>) {
  const server = await serverOf(...given);
  stops.push(server.stop);
  const environment = { QUERENT_MODEL_URL: server.baseUrl, QUERENT_MODEL_NAME: 'untrained' };
  return { ...server, environment };
}

beforeAll(async () => {
  writeFileSync(base, 'GGUF');
  const file = path.join(folder, 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE categories (id INTEGER PRIMARY KEY, title TEXT);
    CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT, category_id INTEGER REFERENCES categories (id), price REAL, weight REAL, kind TEXT);
    INSERT INTO categories VALUES (1, 'garden'), (2, 'kitchen'), (3, 'office');
    INSERT INTO products VALUES (1, 'Spade', 1, 12, 3, 'a'), (2, 'Rake', 1, 30, 4, 'b'), (3, 'Pan', 2, 45, 2, 'a'), (4, 'Pot', 2, 20, 1, 'b'), (5, 'Pen', 3, 2, 0.1, 'c');`);
  database.close();
  const registered = await inState(['register', `sqlite:${file}`, '--name', 'shop']);
  assert.equal(registered.code, 0, registered.err);
});

describe('querent train before there is anything', () => {
  it('tells what it lacks in a sentence, and leaves no folder behind', async () => {
    const nobody = await inState(['train', 'nowhere', '--base', base]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /nowhere/);
    assert.equal(
      (await querent([])).err,
      'Which model is trained? --base names a folder, a .gguf file, or a name on the hub.\n',
    );
    assert.match((await querent(['--base', './gone.gguf'])).err, /^There is no \.\/gone\.gguf: --base names/);
    assert.equal((await querent(['--base', base, '--set', 'rank'])).err, '--set rank is not NAME=VALUE.\n');
    const odd = await querent(['--base', base, '--name', '../up']);
    assert.equal(odd.code, 2);
    assert.equal((await querent(['--base', base, '--at', 'here'])).code, 2);
    assert.ok(!existsSync(path.join(folder, 'training')));
  });

  it('offers the configurations that the trainer has', () => {
    const files = readdirSync(path.resolve(import.meta.dirname, '../../deploy/training/configs'));
    assert.deepEqual(
      files.filter((name) => name.startsWith('sft-')).sort(),
      CONFIGS.map((name) => `${name}.yaml`),
    );
  });
});

describe('querent train', () => {
  it('leaves a folder and one command for another machine', async () => {
    const made = await querent(['--base', base, '--base-name', "it's small", '--config', 'sft-0.5b-cpu', ...FEW]);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^Train it on a machine with a GPU: take .*shop-sql there, and run\n {2}bash train\.sh\n/);
    const script = readFileSync(at('train.sh'), 'utf8');
    assert.ok(
      script.includes(
        `trainer/sft.py --config trainer/configs/sft-0.5b-cpu.yaml --base ${base} --base-name 'it'\\''s small' --data data/sql.jsonl --only-for shop --out shop-sql`,
      ),
      script,
    );
    assert.ok(existsSync(at('trainer', 'querent_training', 'lora.py')) && !existsSync(at('trainer', 'tests')));
  });

  it('that folder trains by itself, and goes on where it was', () => {
    const taken = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'taken');
    cpSync(own, taken, { recursive: true });
    const python = standInTrainer(path.dirname(taken));
    const run = () =>
      spawnSync('bash', ['train.sh'], {
        cwd: taken,
        env: { PATH: process.env.PATH, PYTHON: python },
        encoding: 'utf8',
      });
    assert.deepEqual([run().stderr, run().status], ['', 0]);
    const { base: on } = JSON.parse(readFileSync(path.join(taken, 'shop-sql', 'manifest.json'), 'utf8')) as {
      base: { name: string };
    };
    assert.equal(on.name, "it's small");
    assert.ok(existsSync(path.join(taken, 'shop-sql', 'shop-sql.gguf')));
  });

  it('measures by questions that share no query with what is learned', () => {
    const heldBack = linesOf<Question>('held-back.jsonl');
    assert.ok(heldBack.length >= 8 && heldBack.length <= 12, String(heldBack.length));
    const tree = (sql: string) => plainQuery(sql, 'sqlite');
    const learned = linesOf<Line>('data', 'sql.jsonl').map(({ messages }) =>
      tree((messages.at(-1)?.content ?? '').replace(/^```sql\n|\n```$/g, '')),
    );
    assert.equal(learned.length + heldBack.length, 40);
    assert.deepEqual(
      heldBack.filter(({ sql }) => learned.includes(tree(sql))),
      [],
    );
    const { apart } = readAt<{ apart: { queries: number; linesLeftOut: number } }>('data', 'card.json');
    assert.deepEqual([apart.queries, apart.linesLeftOut], [heldBack.length, 0]);
  });

  it('says which Python cannot train', async () => {
    assert.match((await querent(['--python', './no-python'])).err, /^There is no Python at \.\/no-python\. Make one: /);
    const bare = standInTrainer(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), { lacks: 'torch trl' });
    assert.match((await querent(['--python', bare])).err, /lacks torch, trl: .* -m pip install -r/);
    const broken = standInTrainer(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), { fails: 'No room is left.' });
    const { code, err } = await querent(['--python', broken]);
    assert.equal(code, 1);
    assert.match(err, /^No room is left\.\nThe training of shop-sql ended with 1; what it said stands above\./);
  });

  it('trains here, keeps the step that is under way on Ctrl-C, and goes on from it', async () => {
    const python = standInTrainer(folder, { steps: 6, stepMs: 150 });
    const stop = new AbortController();
    const running = querent(['--python', python], { stopped: stop.signal });
    await eventually('a step', () => existsSync(at('shop-sql', 'run.json')) && stepKept() >= 1);
    stop.abort();
    const stopped = await running;
    assert.deepEqual(
      [stopped.code, stopped.err.split('\n').at(-2)],
      [1, 'Stopped; the same command goes on from here.'],
    );
    const step = stepKept();
    assert.ok(step >= 1 && step < 6, String(step));
    assert.ok(!existsSync(at('shop-sql', 'manifest.json')));
    const done = await querent(['--python', python]);
    assert.equal(done.code, 0, done.err);
    assert.ok(existsSync(at('shop-sql', 'shop-sql.gguf')));
    assert.match(
      done.out,
      /^Serve shop-sql, by llama\.cpp or vLLM:\n {2}llama-server -m .*small\.gguf --lora .*shop-sql\.gguf/,
    );
  });

  it('tells the command that goes on with this training and no other', async () => {
    const other = ['--name', 'other', '--base', base, ...FEW];
    assert.match((await querent(other)).out, /\n {2}querent train shop --name other\n/);
  });

  it('is one training: another base or database wants another name', async () => {
    assert.match(
      (await querent(['--base', 'Qwen/Qwen2.5-Coder-7B-Instruct'])).err,
      /holds the training of shop-sql for shop on .*small\.gguf, with another base: give another --name, or another folder with --out\.\n$/,
    );
    assert.match(
      (await querent(['--pairs', '41', '--seed', '1'])).err,
      /with another number of pairs: give another --name/,
    );
    assert.equal((await querent(['--base', base, ...FEW])).code, 0);
    writeFileSync(path.join(folder, 'train.json'), '{"version": 1');
    assert.match(
      (await querent(['--out', folder])).err,
      /train\.json cannot be read: name another folder with --out\.\n$/,
    );
  });

  it('says why an adapter cannot be measured', async () => {
    const nobody = await querent(['--at', 'http://127.0.0.1:9/v1']);
    assert.match(nobody.err, /^It is measured against your model: set QUERENT_MODEL_URL/);
    const without = await served(['untrained'], taught);
    const notThere = await querent(['--at', without.baseUrl], without);
    assert.equal(notThere.code, 1);
    assert.match(notThere.err, /^The adapter shop-sql is not asked: its server lists no model of that name/);
    assert.match(notThere.out, /^Serve shop-sql/);
    const another = await served(['untrained', 'shop-sql'], taught, 2_048);
    const { err } = await querent(['--at', another.baseUrl], another);
    assert.match(err, /it was trained on it's small, and its server has a model of width 2048, not 896/);
    assert.deepEqual(
      [...without.asked, ...another.asked].filter((one) => one.startsWith('shop-sql')),
      [],
    );
    const gone = await served(['untrained', 'shop-sql'], taught);
    await gone.stop();
    const refused = await querent(['--at', gone.baseUrl], gone);
    assert.equal(refused.code, 1, refused.out);
    assert.match(
      refused.err,
      /not answering.*\nSee that http.* and QUERENT_MODEL_URL answer: llama-server ends where it refuses/,
    );
    assert.ok(!existsSync(at('asked.jsonl')));
  });

  it('asks what was held back without and with it, loses nothing on Ctrl-C, and keeps what was gained', async () => {
    const stop = new AbortController();
    let count = 0;
    const server = await served(['untrained', 'shop-sql'], (model, question) => {
      if (model === 'shop-sql') count += 1;
      if (count === 5) stop.abort();
      return taught(model, question);
    });
    const stopped = await querent(['--at', server.baseUrl], { ...server, stopped: stop.signal });
    assert.deepEqual([stopped.code, stopped.err], [1, 'Stopped; the same command goes on from here.\n']);
    const before = linesOf('asked.jsonl').length;
    assert.ok(before >= 3 && before <= 5, String(before));
    const done = await querent(['--at', server.baseUrl, '--json'], server);
    assert.equal(done.code, 0, done.err);
    const heldBack = linesOf<Question>('held-back.jsonl').length;
    const said = JSON.parse(done.out) as {
      gain: { questions: number; before: number; after: number };
      registered: boolean;
    };
    assert.deepEqual([said.gain.questions, said.gain.before, said.gain.after], [heldBack, 0, heldBack]);
    assert.equal(said.registered, true);
    assert.ok(server.asked.length <= 2 * heldBack + 3, `${server.asked.length} asked`);
    const kept = JSON.parse(readFileSync(path.join(folder, 'adapters', 'shop-sql', 'manifest.json'), 'utf8')) as {
      measured: { low: number };
      databases: object;
    };
    assert.ok(kept.measured.low > 0 && 'shop' in kept.databases);
    const named = { ...server.environment, QUERENT_MODEL_ADAPTERS: `shop-sql@${server.baseUrl}` };
    const { out } = await inState(['doctor'], { environment: named });
    assert.match(
      out,
      new RegExp(
        `adapter shop-sql.*generator, trained for sql in style kinds on it's small over shop; 0 → ${heldBack} of`,
      ),
    );
  });

  it('is not asked, whoever names it, where what it gained may be chance', async () => {
    const asked = linesOf<{ id: string }>('asked.jsonl');
    writeFileSync(
      at('asked.jsonl'),
      asked.map(({ id }) => `${JSON.stringify({ id, before: true, after: true })}\n`).join(''),
    );
    const server = await served(['untrained', 'shop-sql'], taught);
    const { code, out } = await querent(['--at', server.baseUrl], server);
    assert.equal(code, 1);
    assert.match(out, /\nThat may be chance: it is not asked, even where a setting names it\./);
    const named = { ...server.environment, QUERENT_MODEL_ADAPTERS: `shop-sql@${server.baseUrl}` };
    assert.match(
      (await inState(['doctor'], { environment: named })).out,
      /not asked: it was not measured to be better than its base/,
    );
  });
});
