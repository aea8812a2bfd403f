import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import type { Failed } from '#src/domain/answer.ts';
import { mcnemar, pairedDifference } from '#src/domain/paired.ts';
import type { ClarifyDecision } from '#src/domain/trace.ts';
import { wilson } from '#src/domain/wilson.ts';
import { shown } from '#src/evaluation/cli/eval-show.ts';
import { compareRuns } from '#src/evaluation/runs/compare-runs.ts';
import { type EvalCase, prediction } from '#src/evaluation/runs/eval-case.ts';
import { addCase, type EvalRun, loadRun, saveRun, startCases } from '#src/evaluation/runs/eval-run.ts';
import { summarise } from '#src/evaluation/runs/summarise.ts';
import { SHOP } from '#test/support/catalogs.ts';
import { evalCase } from '#test/support/eval-case.ts';
import { asked } from '#test/support/question.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

const near = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 5e-4, `${found}, not ${wanted}`);

describe('statistics of pairs', () => {
  it('the exact McNemar test gives known values', () => {
    near(mcnemar(0, 0), 1);
    near(mcnemar(1, 9), 0.0215);
    near(mcnemar(5, 5), 1);
    near(mcnemar(0, 6), 0.03125);
    assert.ok(mcnemar(1_000, 1_200) > 1e-6 && mcnemar(1_000, 1_200) < 1e-4);
  });

  it('Wilson’s interval gives known values', () => {
    const [low, high] = wilson(81, 263);
    near(low, 0.2553);
    near(high, 0.3662);
    assert.deepEqual(wilson(0, 0), [0, 1]);
  });

  it('the interval of a paired difference holds it, turns round with the systems, and is narrower for pairs that go together', () => {
    const made = pairedDifference(14, 0, 5, 22);
    near(made.difference, 5 / 41);
    assert.ok(made.low < made.difference && made.difference < made.high);
    const turned = pairedDifference(14, 5, 0, 22);
    near(turned.low, -made.high);
    near(turned.high, -made.low);
    const apart = pairedDifference(6, 8, 13, 14);
    assert.ok(made.high - made.low < apart.high - apart.low);
    near(pairedDifference(50, 0, 0, 50).difference, 0);
  });
});

const run = (cases: readonly EvalCase[]): EvalRun => ({
  version: 1,
  questions: [],
  commit: '',
  at: '',
  settings: {},
  summary: {},
  cases,
});

it('two runs are compared on the questions of both, by level and by where they lost', () => {
  const made = compareRuns(
    run([
      evalCase('a', true, { goldEmpty: true }),
      evalCase('b', false),
      evalCase('c', false, { level: 'hard' }),
      evalCase('d', true),
    ]),
    run([
      evalCase('a', true),
      evalCase('b', true),
      evalCase('c', false, { level: 'hard', failedAt: 'selection', oracle: true }),
      evalCase('x', true),
    ]),
  );
  assert.deepEqual([made.n, made.unpaired], [3, 2]);
  assert.deepEqual(
    made.accuracy.map(({ what, n, first, second }) => [what, n, Number(first.toFixed(2)), Number(second.toFixed(2))]),
    [
      ['gold not empty', 2, 0, 0.5],
      ['all', 3, 0.33, 0.67],
      ['easy', 2, 0.5, 1],
      ['hard', 1, 0, 0],
      ['some candidate right', 3, 0.33, 1],
    ],
  );
  assert.deepEqual(
    made.lostAt.filter(({ first, second }) => first || second),
    [
      { stage: 'generation', first: 2, second: 0 },
      { stage: 'selection', first: 0, second: 1 },
    ],
  );
});

it('other comparisons are told where they say something else', () => {
  const by = (spider: boolean, bird: boolean) => ({ rightBy: { spider, bird, 'sql-eval': spider } });
  const cases = [evalCase('a', true, by(true, true)), evalCase('b', false, { ...by(false, true), goldEmpty: true })];
  const { exNonEmpty, ex, otherwise } = summarise(cases, { mode: 'questions', comparison: 'spider' });
  assert.deepEqual([exNonEmpty, ex, otherwise], [1, 0.5, { bird: { exNonEmpty: 1, ex: 1, differs: 1 } }]);
  assert.ok(!('otherwise' in summarise(cases.slice(0, 1), { mode: 'questions', comparison: 'spider' })));
});

it('what is answered and what is posted is told, and how much of either is right', () => {
  const cases = [
    evalCase('a', true, { decision: 'post' }),
    evalCase('b', true, { decision: 'check' }),
    evalCase('c', false, { decision: 'check', goldEmpty: true }),
    evalCase('d', false, { decision: 'ask' }),
    evalCase('e', false, { decision: 'decline' }),
  ];
  const { coverage, answeredRight, posted, postedRight, coverageNonEmpty, answeredRightNonEmpty } = summarise(cases, {
    mode: 'questions',
    comparison: 'spider',
  });
  assert.deepEqual([coverage, answeredRight, posted, postedRight], [0.6, 0.6667, 0.2, 1]);
  assert.deepEqual([coverageNonEmpty, answeredRightNonEmpty], [0.5, 1]);
});

describe('a question of a stored run is shown', () => {
  const question = {
    id: 'a',
    question: 'How many?',
    sql: { sqlite: ['SELECT 1', 'SELECT 2'], postgres: ['SELECT 3'] },
  };
  const lines = (more: Partial<EvalCase>, sql: string | null, reason?: string) =>
    shown(evalCase('a', false, more), question, { id: 'a', sql, ...(reason ? { reason } : {}) }, 'sqlite');

  it('with every accepted query of its engine, and what linking lost', () => {
    assert.deepEqual(lines({ failedAt: 'linking', missed: ['t.a', 't.b'] }, 'SELECT 5'), [
      'a  easy  lost at linking',
      '  asked  How many?',
      '  gold   SELECT 1',
      '  gold   SELECT 2',
      '  given  SELECT 5',
      '  missed t.a',
      '  missed t.b',
    ]);
  });

  it('with the right query that was not chosen', () => {
    const candidate = { generator: 'plain', sql: 'SELECT 1', ran: true };
    const candidates = [
      { ...candidate, right: true },
      { ...candidate, right: true },
      { ...candidate, sql: 'SELECT 5', right: false },
    ];
    assert.deepEqual(lines({ failedAt: 'selection', candidates }, 'SELECT 5').slice(4), [
      '  given  SELECT 5',
      '  right  SELECT 1  (2 of 3)',
    ]);
  });

  it('with the query that failed apart from what was given', () => {
    assert.deepEqual(lines({ answered: false }, 'SELECT x', 'No such column.').slice(4), [
      '  given  nothing: No such column.',
      '  tried  SELECT x',
    ]);
  });
});

describe('an interrupted run', () => {
  const fresh = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'out.jsonl');

  it('goes on after the cases that were done, a cut line left out', () => {
    const out = fresh();
    assert.deepEqual(startCases(out, { pipeline: 'full' }, false), []);
    addCase(out, evalCase('a', true));
    appendFileSync(`${out}.cases.jsonl`, '{"case": {"id": "b", "le');
    assert.deepEqual(
      startCases(out, { pipeline: 'full' }, true).map(({ id }) => id),
      ['a'],
    );
    addCase(out, evalCase('b', true));
    assert.deepEqual(
      startCases(out, { pipeline: 'full' }, true).map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('does not go on under other settings', () => {
    const out = fresh();
    startCases(out, { pipeline: 'full' }, false);
    assert.throws(() => startCases(out, { pipeline: 'direct' }, true), /is of a run with other settings/);
  });
});

describe('a stored run', () => {
  const out = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'out.jsonl');

  it('is read as it was saved, by its predictions too', () => {
    const saved = run([evalCase('a', true), evalCase('b', false, { goldFailed: true })]);
    saveRun(out, saved);
    assert.deepEqual(loadRun(out), saved);
    assert.deepEqual(loadRun(`${out}.run.json`), saved);
  });

  it.each([
    ['of another version', JSON.stringify({ ...run([]), version: 2 })],
    ['with a case that lacks something', JSON.stringify({ ...run([]), cases: [{ id: 'a' }] })],
    ['that is no JSON', 'SELECT 1'],
  ])('%s is none, and it is said', (_, text) => {
    writeFileSync(`${out}.run.json`, text);
    assert.throws(() => loadRun(out), /is no stored run of this version/);
  });
});

it.each<[ClarifyDecision, readonly string[], object]>([
  ['doubt', ['shop', 'desk'], { wouldAsk: true }],
  ['doubt', ['shop'], {}],
  ['sure-enough', [], {}],
  ['bound', [], {}],
])('a prediction says by the trace alone whether a person would have been asked: %s, %j', (decision, options, says) => {
  const odds = { databaseId: 'shop', probability: 0.4, askedBelow: 0.7 };
  const clarified = { stage: 'clarify', decision, ...odds, ...(options.length ? { options } : {}) } as const;
  const given: Failed = {
    kind: 'failure',
    question: asked('How many orders are there?'),
    failure: { kind: 'index-missing' },
    databases: [],
    trace: [{ ...clarified, atMs: 0, ms: 1, calls: [] }],
  };
  const { sql, edl, declined, reason, ...more } = { reason: '', declined: false, ...prediction(given) };
  const done = { confidence: null, decision: options.length > 1 ? 'ask' : 'decline' };
  assert.deepEqual([sql, edl, declined, typeof reason, more], [null, [], true, 'string', { ...says, ...done }]);
});

/** What a model server was found to do is kept there. */
const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));

const evaluate = (args: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) =>
    execFile(
      process.execPath,
      ['src/evaluation/cli/eval.ts', ...args],
      { env: { ...process.env, QUERENT_HOME: home } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );

describe('npm run eval', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  writeFileSync(path.join(folder, 'shop.sql'), SHOP);
  const questions = path.join(folder, 'questions.jsonl');
  const lines = [
    {
      id: 'q/1',
      db_id: 'shop',
      question: 'How many orders are there?',
      sql: 'SELECT COUNT(*) FROM orders',
      hardness: 'easy',
    },
    {
      id: 'q2',
      db_id: 'shop',
      question: 'Which product is the poshest?',
      sql: 'SELECT title FROM products ORDER BY price DESC LIMIT 1',
      hardness: 'hard',
    },
  ];
  writeFileSync(questions, lines.map((line) => JSON.stringify(line)).join('\n'));
  const base = ['--questions', questions, '--databases', folder, '--json'];
  const model = () =>
    scriptedModel(({ messages }) => {
      const text = messages.map(({ content }) => content).join('\n');
      if (/Reply with yes or no/.test(text)) return 'yes';
      if (/How many orders/.test(text)) return '```sql\nSELECT COUNT(*) FROM orders\n```';
      return /one SQLite (?:SELECT|query)/.test(text)
        ? '```sql\nSELECT title FROM products ORDER BY price LIMIT 1\n```'
        : 'no';
    });

  it('prints accuracy, costs and where questions were lost, writes prompts, and stores the run for compare', async () => {
    const script = await model();
    const out = path.join(folder, 'full.jsonl');
    const dump = path.join(folder, 'prompts');
    const full = [
      '--pipeline',
      'full-without-fast-path',
      '--model-url',
      script.baseUrl,
      '--model',
      'scripted',
      '--dump-prompts',
      dump,
      '--concurrency',
      '2',
    ];
    const ran = await evaluate([...base, '--out', out, ...full]);
    assert.equal(ran.code, 0, ran.err);
    const summary = JSON.parse(ran.out.trim().split('\n').at(-1)!);
    assert.deepEqual([summary.n, summary.answered, summary.ex, summary.oracle], [2, 2, 0.5, 0.5]);
    assert.ok(
      summary.calls >= 1 && summary.promptTokens > 0 && summary.completionTokens > 0 && summary.secondsPerQuestion > 0,
    );
    assert.deepEqual(summary.byGenerator.planner, { wrote: 1, ran: 1, right: 1, chosen: 0 });
    assert.equal(summary.lostAt.generation, 1);
    assert.ok(readdirSync(dump).some((file) => /^q_1-01-generator\.json$/.test(file)));

    const direct = path.join(folder, 'direct.jsonl');
    await evaluate([
      ...base,
      '--out',
      direct,
      '--pipeline',
      'direct',
      '--model-url',
      script.baseUrl,
      '--model',
      'scripted',
    ]);
    const compared = await evaluate(['compare', direct, out]);
    assert.match(compared.out, /2 questions of both/);
    assert.match(compared.out, /all +2 +0\.5000 +0\.5000 +\+0\.0000/);

    const again = await evaluate([...base, '--out', out, ...full, '--resume']);
    assert.match(again.err, /going on after 2 of 2/);
    assert.equal(JSON.parse(again.out.trim().split('\n').at(-1)!).ex, 0.5);
    assert.equal(readFileSync(out, 'utf8').trim().split('\n').length, 2);
    await script.stop();
  });

  it('judges by the named comparison and on a test suite, of a stored run too, and shows what was lost', async () => {
    const out = path.join(folder, 'planner.jsonl');
    const ran = await evaluate([
      ...base,
      '--out',
      out,
      '--pipeline',
      'planner',
      '--comparison',
      'bird',
      '--suite',
      '3',
    ]);
    assert.equal(ran.code, 0, ran.err);
    const { comparison, nNonEmpty, exNonEmpty95, suite } = JSON.parse(ran.out.trim().split('\n').at(-1)!);
    assert.deepEqual([comparison, nNonEmpty, exNonEmpty95.length, suite.n], ['bird', 2, 2, 2]);
    assert.equal(loadRun(out).settings.comparison, 'bird');
    const again = await evaluate(['suite', out, '--databases', folder, '--suite', '3', '--json']);
    assert.deepEqual(JSON.parse(again.out.trim().split('\n').at(-1)!), suite);
    const shown = await evaluate(['show', out, '--failed', 'none', '--limit', '1']);
    assert.match(
      shown.out,
      /q\/1 {2}easy\n {2}asked {2}How many orders are there\?\n {2}gold {3}SELECT COUNT\(\*\) FROM orders/,
    );
    assert.match(shown.out, /shown; lost at retrieval 0, linking 0, generation \d, selection 0 of 2\n$/);
    writeFileSync(`${out}.other.run.json`, JSON.stringify({ ...loadRun(out), settings: {} }));
    const compared = await evaluate(['compare', out, `${out}.other.run.json`]);
    assert.equal(compared.code, 2);
    assert.match(compared.err, /right by bird's comparison, the second by spider's/);
  });

  it('takes dialogues turn by turn, and unanswerable questions by what is refused', async () => {
    const dialogues = path.join(folder, 'dialogues.jsonl');
    const turns = [
      { question: 'How many orders are there?', sql: 'SELECT COUNT(*) FROM orders' },
      { question: 'and shipped?', sql: "SELECT COUNT(*) FROM orders WHERE status = 'shipped'" },
    ];
    writeFileSync(dialogues, JSON.stringify({ id: 'd1', db_id: 'shop', turns }));
    const out = path.join(folder, 'd.jsonl');
    const talked = await evaluate([
      '--questions',
      dialogues,
      '--databases',
      folder,
      '--out',
      out,
      '--mode',
      'dialogues',
      '--json',
    ]);
    const summary = JSON.parse(talked.out.trim().split('\n').at(-1)!);
    assert.deepEqual([summary.n, summary.dialogues, Object.keys(summary.byTurn)], [2, 1, ['1', '2']]);

    const unanswerable = path.join(folder, 'u.jsonl');
    writeFileSync(
      unanswerable,
      [{ id: 'u1', db_id: 'shop', question: 'Who won the war of the roses in the end?', answerable: false }, lines[0]]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    );
    const refused = await evaluate([
      '--questions',
      unanswerable,
      '--databases',
      folder,
      '--out',
      out,
      '--mode',
      'unanswerable',
      '--json',
    ]);
    const { unanswerable: n, refused: share, wronglyRefused } = JSON.parse(refused.out.trim().split('\n').at(-1)!);
    assert.deepEqual([n, share, wronglyRefused], [1, 1, 0]);
  });

  it('asks one database that holds the tables of all, whose rows must still be those of the gold query', async () => {
    const stored = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
    const databases = { shop: ['things', 3], school: ['pupils', 2] } as const;
    const schemas = Object.entries(databases).map(([id, [table, rows]]) => {
      const database = new DatabaseSync(path.join(stored, `${id}.sqlite`));
      database.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name TEXT)`);
      for (let at = 0; at < rows; at += 1) database.exec(`INSERT INTO ${table} (name) VALUES ('${id} ${at}')`);
      database.close();
      return {
        db_id: id,
        table_names: [table],
        table_names_original: [table],
        column_names: [
          [-1, '*'],
          [0, 'id'],
          [0, 'name'],
        ],
        column_names_original: [
          [-1, '*'],
          [0, 'id'],
          [0, 'name'],
        ],
        column_types: ['text', 'number', 'text'],
        primary_keys: [1],
        foreign_keys: [],
      };
    });
    const tables = path.join(stored, 'tables.json');
    writeFileSync(tables, JSON.stringify(schemas));
    const asked = path.join(stored, 'asked.jsonl');
    const question = { question: 'Which names do the pupils have?', db_id: 'school', sql: 'SELECT name FROM pupils' };
    writeFileSync(asked, [1, 2].map((id) => JSON.stringify({ id: `q${id}`, ...question })).join('\n'));
    const replies = ['SELECT name FROM shop_things', 'SELECT name FROM school_pupils'];
    const script = await scriptedModel(() => `\`\`\`sql\n${replies.pop()}\n\`\`\``);
    const out = path.join(stored, 'one.jsonl');
    const given = ['--databases', stored, '--tables', tables, '--as-one', '--out', out, '--json'];
    const how = ['--pipeline', 'plain', '--model-url', script.baseUrl, '--model', 'scripted'];
    const { code, out: printed, err } = await evaluate(['--questions', asked, ...given, ...how]);
    await script.stop();
    assert.equal(code, 0, err);
    const summary = JSON.parse(printed.trim().split('\n').at(-1)!);
    assert.deepEqual(
      loadRun(out).cases.map(({ right, linking }) => [right, linking]),
      [true, false].map((right) => [right, { recall: 1, precision: 0.25, columns: 4 }]),
    );
    assert.deepEqual([summary.ex, summary.columnRecall, summary.columnPrecision], [0.5, 1, 0.25]);
  });

  it.each([
    [['--as-one'], /--as-one needs --tables FILE/],
    [['--as-one', '--tables', 'x.json', '--suite', '3'], /--as-one goes with --engine sqlite alone, without --union/],
    [['--pipeline', 'best'], /'best' is invalid\. Allowed choices are full, full-without-planner/],
    [['--pipeline', 'full'], /needs a model server/],
    [['--pipeline', 'few-shot', '--model-url', 'http://127.0.0.1:9/v1'], /few-shot needs --examples FILE/],
    [['--union'], /--union needs --tables FILE/],
    [['--suite', '3', '--engine', 'postgres'], /--suite needs --engine sqlite/],
    [['--comparison', 'x'], /'x' is invalid\. Allowed choices are spider, bird, sql-eval/],
    [['--samples', 'x'], /'--samples <n>' argument 'x' is invalid\. It takes a whole number from 1/],
    [['--mode', 'y'], /'y' is invalid\. Allowed choices are questions, dialogues, unanswerable/],
  ])('says what is wrong with %j', async (more, says) => {
    const { code, err } = await evaluate([...base, '--out', path.join(folder, 'x.jsonl'), ...more]);
    assert.deepEqual([code, says.test(err)], [2, true], err);
    assert.ok(!existsSync(path.join(folder, 'x.jsonl')));
  });
});
