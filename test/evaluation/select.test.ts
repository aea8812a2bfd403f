import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { EvalCase, PooledCandidate } from '#src/evaluation/runs/eval-case.ts';
import { loadRun, saveRun } from '#src/evaluation/runs/eval-run.ts';
import { SHOP } from '#test/support/catalogs.ts';
import { evalCase } from '#test/support/eval-case.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

const root = path.resolve(import.meta.dirname, '../..');
const ALL = 'SELECT COUNT(*) FROM customers';
const SOME = 'SELECT COUNT(*) FROM customers WHERE id = 1';
const QUESTIONS = [
  { id: 'a', db_id: 'shop', question: 'How many customers are there?', sql: ALL },
  { id: 'b', db_id: 'shop', question: 'How many customers do we have?', sql: ALL },
  { id: 'c', db_id: 'shop', question: 'How many customers buy from us?', sql: ALL },
  { id: 'd', db_id: 'shop', question: 'What is the number of customers?', sql: ALL },
];

let folder = '';
const at = (name: string) => path.join(folder, name);

const pooled = (sql: string, samples: number, right: boolean): PooledCandidate => ({
  generator: 'plain',
  sql,
  samples,
  ran: true,
  right,
});
const both = [pooled(SOME, 3, false), pooled(ALL, 1, true)];
const kept = (id: string, candidates: readonly PooledCandidate[]): EvalCase =>
  evalCase(id, false, { oracle: candidates.some(({ right }) => right), selectedFrom: candidates.length, candidates });

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'querent-select-'));
  writeFileSync(at('shop.sql'), SHOP);
  writeFileSync(at('questions.jsonl'), QUESTIONS.map((one) => JSON.stringify(one)).join('\n'));
  writeFileSync(at('own.jsonl'), QUESTIONS.map(({ id }) => JSON.stringify({ id, sql: SOME })).join('\n'));
  const cases = [
    kept('a', both),
    kept('b', both),
    kept('c', both),
    kept('d', [pooled(SOME, 3, false), pooled(`${SOME} `, 1, false)]),
  ];
  const about = { version: 1 as const, commit: '', at: '', summary: {}, settings: { engine: 'sqlite' } };
  saveRun(at('own.jsonl'), { ...about, questions: [at('questions.jsonl')], cases });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluate = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) =>
    execFile(process.execPath, ['src/evaluation/cli/eval.ts', ...args], { cwd: root }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );

describe('eval select', () => {
  it('takes what the model chooses of the kept candidates in both orders, and leaves the run’s own answer elsewhere', async () => {
    // It finds the query without a condition for the first question, says nothing of use of the second, and likes the first place for the third.
    const server = await scriptedModel(({ messages }) => {
      const text = messages.map(({ content }) => content).join('\n');
      if (text.includes('do we have')) return 'None of them.';
      if (text.includes('buy from us')) return 'A';
      return text.indexOf(SOME) < text.search(/FROM customers\s*\n/) ? 'B' : 'A';
    });
    try {
      const model = ['--model-url', server.baseUrl, '--model', 'scripted', '--concurrency', '2'];
      const places = ['--databases', folder, '--out', at('chosen.jsonl')];
      const { code, out, err } = await evaluate('select', at('own.jsonl'), ...places, ...model, '--json');
      assert.equal(code, 0, err);
      const summary = JSON.parse(out.trim().split('\n').at(-1) ?? '');
      assert.deepEqual([summary.n, summary.before, summary.after, summary.oracle], [4, 0, 0.25, 0.75]);
      assert.deepEqual(summary.contested, { n: 3, before: 0, after: 0.3333, oracle: 1 });
      assert.deepEqual(summary.how, { model: 1, 'model-chose-none': 1, 'model-wavered': 1 });
      assert.equal(server.asked.length, 6, 'one result is nothing to choose from');
      const chosen = readFileSync(at('chosen.jsonl'), 'utf8').trim().split('\n');
      assert.deepEqual(
        chosen.map((line) => JSON.parse(line).sql),
        [ALL, SOME, SOME, SOME],
      );
      assert.deepEqual(
        loadRun(at('chosen.jsonl')).cases.map(({ right }) => right),
        [true, false, false, false],
      );
      const compared = await evaluate('compare', at('own.jsonl'), at('chosen.jsonl'), '--json');
      assert.equal(JSON.parse(compared.out).n, 4, compared.err);
    } finally {
      await server.stop();
    }
  });

  it('says that a model is needed', async () => {
    const made = await evaluate('select', at('own.jsonl'), '--databases', folder, '--out', at('none.jsonl'));
    assert.equal(made.code, 2);
    assert.match(made.err, /Give --model-url and --model: a model chooses\./);
  });
});
