import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ChatMessage } from '#src/domain/chat.ts';
import { schemaFingerprint } from '#src/domain/schema-fingerprint.ts';
import { sqliteSource } from '#src/evaluation/data/databases.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { askItem } from '#src/evaluation/runs/ask-item.ts';
import { type ExportOptions, exportTraining } from '#src/evaluation/runs/export-training.ts';
import { openSearched } from '#src/evaluation/runs/open-searched.ts';
import { openTaughtDatabases } from '#src/evaluation/runs/open-taught.ts';
import { pipelineNamed } from '#src/pipeline/settings.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { KINDS, PLAIN } from '#src/prompts/prompt-style.ts';
import { openExportFiles } from '#src/training/export-files.ts';
import { TASKS } from '#src/training/lesson.ts';
import { overhearing, rolesOf } from '#src/training/overhear.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';
import { evalCase } from '#test/support/eval-case.ts';

const root = path.resolve(import.meta.dirname, '../..');
const ABOVE = 'SELECT title FROM products WHERE price > (SELECT AVG(price) FROM products)';
const QUESTIONS = [
  { id: 'above', db_id: 'shop', question: 'Which products cost more than the average?', sql: ABOVE },
  {
    id: 'norway',
    db_id: 'shop',
    question: 'How many orders came from Norway?',
    query: 'SELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.country = "Norway"',
    evidence: 'Norway is a country',
  },
  {
    id: 'red',
    db_id: 'shop',
    question: 'Red products?',
    sql: "SELECT title FROM products WHERE color = 'red'",
    evidence: 'red is a color',
  },
  { id: 'measured', db_id: 'shop', question: 'How many CUSTOMERS, in all', sql: 'SELECT COUNT(id) FROM customers' },
  { id: 'same', db_id: 'shop', question: 'Count orders', sql: 'select count( * ) from orders o' },
  { id: 'broken', db_id: 'shop', question: 'Nothing?', sql: 'SELECT nothing FROM orders' },
  { id: 'elsewhere', db_id: 'nowhere', question: 'Who?', sql: 'SELECT 1' },
  { id: 'empty', db_id: 'shop', question: 'What?' },
];
const MEASURED = [
  {
    id: 'm1',
    db_id: 'shop',
    question: 'How many customers, in all?',
    sql: 'SELECT COUNT(*) FROM customers WHERE id > 0',
  },
  { id: 'm2', db_id: 'shop', question: 'Other', sql: 'SELECT COUNT(*) FROM orders' },
];

let folder = '';
const at = (...names: readonly string[]) => path.join(folder, ...names);
const write = (name: string, lines: readonly object[]) =>
  writeFileSync(at(name), lines.map((one) => `${JSON.stringify(one)}\n`).join(''));

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'querent-training-'));
  writeFileSync(at('shop.sql'), SHOP);
  write('questions.jsonl', QUESTIONS);
  write('measured.jsonl', MEASURED);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Letters of a text: what is near says nothing here, only that it is always the same. */
const embedder: Embedder = {
  id: 'letters',
  dimensions: 26,
  embed: async (texts) =>
    texts.map((text) => {
      const counts = new Float32Array(26);
      for (const letter of text.toLowerCase())
        if (letter >= 'a' && letter <= 'z') counts[letter.charCodeAt(0) - 97]! += 1;
      const length = Math.hypot(...counts) || 1;
      return counts.map((one) => one / length);
    }),
  close: async () => undefined,
};
const countTokens = (text: string) => Math.ceil(text.length / 4);

interface Given extends Partial<ExportOptions> {
  readonly tables?: readonly string[];
}

/** What was complained of in the last export. */
let complaints: string[] = [];

async function exported(out: string, { tables, ...given }: Given = {}) {
  const options: ExportOptions = {
    ...{ tasks: TASKS, format: 'trl', style: KINDS, seed: 1, augment: 0, personal: true, today: '2026-01-15' },
    ...{ engine: 'sqlite', pairs: [at('questions.jsonl')], candidates: [], learnat: [], apart: [], oracle: false },
    ...{ every: 1, limit: undefined, licenceOf: () => null },
    ...given,
  };
  const at0 = { engine: 'sqlite', url: undefined, company: false, addresses: [], embedder } as const;
  const databases = await openTaughtDatabases(tables ? { ...at0, tables } : { ...at0, databases: folder, tables: [] });
  complaints = [];
  try {
    const ports = { databases, files: openExportFiles(at(out), options.tasks), countTokens };
    return await exportTraining(options, ports, {
      onQuestion: () => undefined,
      complain: (sentence) => complaints.push(sentence),
    });
  } finally {
    await databases.close();
  }
}

const run = (program: string, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly err: string }>((resolve) =>
    execFile(process.execPath, [`src/evaluation/cli/${program}.ts`, ...args], { cwd: root }, (error, _, err) =>
      resolve({ code: Number(error?.code ?? 0), err }),
    ),
  );

interface Line {
  readonly id: string;
  readonly messages: readonly ChatMessage[];
  readonly notes: string;
}
const linesOf = <T = Line>(...names: readonly string[]): readonly T[] =>
  readFileSync(at(...names), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
const answerOf = ({ messages }: Line) => messages.at(-1)?.content;

/** What a pipeline asks a model first, by a run of it. */
async function sentBy(pipeline: string, id: string): Promise<readonly ChatMessage[]> {
  const source = sqliteSource(folder);
  const searched = await openSearched({ source, ids: ['shop'], schemas: [], union: false, embedder }, () => undefined);
  const { model, asked } = overhearing('```sql\nSELECT 1\n```');
  const settings = pipelineNamed(pipeline);
  const [turn] = readQuestions(at('questions.jsonl')).filter((one) => one.id === id);
  assert.ok(settings && turn);
  const bench = { ...searched, countTokens, models: rolesOf(model), settings, union: false, hints: true } as const;
  const item = { databaseId: 'shop', turns: [turn] };
  for await (const _ of askItem(item, { ...bench, comparison: 'spider', today: '2026-01-15' }));
  for (const { databases } of searched.databases.values()) await databases.close();
  await source.close();
  return asked[0] ?? [];
}

const PATIENCE_MS = 240_000;

describe('training:export', { timeout: PATIENCE_MS }, () => {
  it('writes a file a task, with the query that the product runs as the answer, and says what it left out and why', async () => {
    const { pairs } = await exported('all', { apart: [at('measured.jsonl')] });
    assert.deepEqual(pairs, {
      read: 7,
      taken: 3,
      leftOut: {
        'there is no such database': 1,
        'its question is measured with': 1,
        'its query is measured with': 1,
        'the query does not run': 1,
      },
    });
    assert.deepEqual(complaints, ['There is no database nowhere: nothing is taught of its 1 questions.']);
    const answers = Object.fromEntries(linesOf('all', 'sql.jsonl').map((line) => [line.id, answerOf(line)]));
    assert.deepEqual(answers, {
      above: `\`\`\`sql\n${ABOVE}\n\`\`\``,
      norway:
        "```sql\nSELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.country = 'Norway'\n```",
      red: "```sql\nSELECT title FROM products WHERE color = 'red'\n```",
    });
    const linking = linesOf('all', 'linking.jsonl').find(({ id }) => id === 'norway')!;
    assert.equal(answerOf(linking), '{"tables": {"customers": ["id", "country"], "orders": ["customer_id"]}}');
    assert.match(String(linking.messages[0]?.content), /^You pick the tables and columns of one database/);
    assert.deepEqual(linesOf('all', 'sql-chunked.jsonl').map(answerOf), [
      '```sql\nWITH step_1 AS (SELECT AVG(price) FROM products) SELECT title FROM products WHERE price > (SELECT * FROM step_1)\n```',
    ]);
    assert.match(
      String(answerOf(linesOf('all', 'edl.jsonl')[0]!)),
      /^```\n#1\. From \[products\]\.\n#2\. From \[products\]\.\n#3\. Select average of/,
    );
    assert.ok(!existsSync(at('all', 'merge.jsonl')), 'a file without lines');
  });

  it('has a card of what went in, with the hashes of the files', () => {
    const card = JSON.parse(readFileSync(at('all', 'card.json'), 'utf8'));
    for (const [task, { lines, sha256, file }] of Object.entries(
      card.tasks as Record<string, Record<string, string>>,
    )) {
      if (!lines) continue;
      assert.equal(
        createHash('sha256')
          .update(readFileSync(at('all', String(file))))
          .digest('hex'),
        sha256,
        task,
      );
      assert.equal(linesOf('all', String(file)).length, lines);
    }
    assert.deepEqual(card.sources[0].unread, { 'the line has no query': 1 });
    assert.deepEqual(
      card.databases.map(({ id, pairs }: { id: string; pairs: number }) => [id, pairs]),
      [['shop', 3]],
    );
    assert.deepEqual(card.tasks.evidence.leftOut, { 'there is no evidence': 1 });
    assert.match(readFileSync(at('all', 'README.md'), 'utf8'), /none of those questions or queries is in these files/);
  });

  it('says what the manifest of an adapter has to say: task, style, and the columns of each database', () => {
    const { tasks, settings, databases } = JSON.parse(readFileSync(at('all', 'card.json'), 'utf8'));
    assert.deepEqual([tasks.sql.file, settings.style], ['sql.jsonl', 'kinds']);
    assert.deepEqual(databases[0].columns, schemaFingerprint(catalogOf(SHOP)));
  });

  it('has nothing of what is measured with in any line, by its words or by what it says', () => {
    for (const name of readdirSync(at('all')).filter((one) => one.endsWith('.jsonl'))) {
      const text = readFileSync(at('all', name), 'utf8').toLowerCase();
      assert.doesNotMatch(text, /how many customers|```sql\\nselect count\( ?\* ?\) from orders( o)?\\n/);
    }
    const { apart } = JSON.parse(readFileSync(at('all', 'card.json'), 'utf8'));
    assert.deepEqual([apart.questions, apart.queries, apart.pairsLeftOut], [2, 2, 2]);
  });

  it.each([
    ['style-kinds', 'sql', KINDS],
    ['style-plain', 'sql', PLAIN],
    ['edl', 'edl', PLAIN],
  ] as const)('has the very messages that the pipeline %s sends', async (pipeline, task, style) => {
    const sent = await sentBy(pipeline, 'norway');
    await exported(`as-${pipeline}`, { tasks: [task], style });
    const line = linesOf(`as-${pipeline}`, `${task}.jsonl`).find(({ id }) => id === 'norway')!;
    assert.deepEqual(line.messages.slice(0, -1), sent);
  });

  it('is the same by the same seed, another by another, and shows schemas otherwise where that is asked for', async () => {
    const given = { tasks: ['sql', 'linked-sql'], augment: 3 } as const;
    await exported('one', { ...given, seed: 1 });
    await exported('again', { ...given, seed: 1 });
    await exported('other', { ...given, seed: 2 });
    const text = (out: string) => readFileSync(at(out, 'sql.jsonl'), 'utf8');
    assert.equal(text('one'), text('again'));
    assert.notEqual(text('one'), text('other'));
    const above = linesOf('one', 'sql.jsonl').filter(({ id }) => id === 'above');
    assert.equal(above.length, 4);
    assert.ok(new Set(above.map(({ messages }) => messages.at(-2)?.content)).size > 1);
    assert.deepEqual(new Set(above.map(answerOf)).size, 1);
  });

  it('says in a sentence what it cannot read', async () => {
    for (const [given, says] of [
      [{ apart: [at('shop.sql')] }, /holds no JSON/],
      [{ candidates: [at('measured.jsonl')] }, /is no stored run/],
      [{ learnat: [at('nowhere')] }, /no such file.*trajectories\.jsonl/],
    ] as const)
      await assert.rejects(exported('unread', given), says);
  });

  it('makes of schemas alone what needs no data, and says what does', async () => {
    const columns = [
      [-1, '*'],
      [0, 'id'],
      [0, 'title'],
      [0, 'price'],
      [0, 'color'],
    ];
    const schema = {
      db_id: 'shop',
      table_names: ['products'],
      table_names_original: ['products'],
      column_names: columns,
      column_names_original: columns,
      column_types: ['text', 'number', 'text', 'number', 'text'],
      primary_keys: [1],
      foreign_keys: [],
    };
    writeFileSync(at('tables.json'), JSON.stringify([schema]));
    const { tasks, pairs } = await exported('bare', {
      tables: [at('tables.json')],
      tasks: ['sql', 'sql-chunked', 'edl'],
    });
    assert.equal(tasks.sql?.lines, 2);
    assert.deepEqual(tasks['sql-chunked']?.leftOut, {
      'it has no query within it to take out': 1,
      'written anew it was not seen to give the same rows': 1,
    });
    assert.equal(pairs.leftOut['the query names what the database lacks'], 4);
  });

  it('ends with a sentence for wrong usage, and leaves what was there', async () => {
    const given = ['--pairs', at('questions.jsonl'), '--databases', folder, '--out', at('all')];
    for (const [args, says] of [
      [['--task', 'poems'], /There is no task poems; there are sql, /],
      [[], /holds an export already: give another folder, or --replace/],
      [['--licence', 'free', '--replace'], /it is NAME=LICENCE/],
    ] as const) {
      const ended = await run('training-export', ...given, ...args);
      assert.equal(ended.code, 2, ended.err);
      assert.match(ended.err, says);
    }
    assert.ok(existsSync(at('all', 'sql.jsonl')));
  });

  it('leaves what was there as it was when it is interrupted, and nothing half written', async () => {
    const before = readFileSync(at('all', 'sql.jsonl'), 'utf8');
    write(
      'many.jsonl',
      Array.from({ length: 20_000 }, (_, one) => ({ ...QUESTIONS[0], question: `Question ${one}?` })),
    );
    const many = ['--pairs', at('many.jsonl'), '--databases', folder, '--out', at('all'), '--replace'];
    const child = spawn(process.execPath, ['src/evaluation/cli/training-export.ts', ...many], { cwd: root });
    const part = at('all', '.part', 'sql.jsonl');
    while (!existsSync(part) || !readFileSync(part, 'utf8')) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('exit', resolve));
    assert.equal(code, 130);
    assert.equal(readFileSync(at('all', 'sql.jsonl'), 'utf8'), before);
    assert.ok(!existsSync(at('all', '.part')));
  });
});

const candidate = (generator: string, sql: string) => ({ generator, sql, ran: true, right: false });
const RIGHT = candidate('planner', "SELECT title FROM products WHERE color IN ('red')");
const EVERY = candidate('plain', 'SELECT title FROM products');
const storedRun = (cases: readonly object[]) => ({
  version: 1,
  questions: ['questions.jsonl'],
  commit: 'a',
  at: '2026-01-01',
  settings: {},
  summary: {},
  cases: cases.map((one) => ({ ...evalCase('', false, { oracle: true, selectedFrom: 2 }), ...one })),
});

describe('training:export of candidates', { timeout: PATIENCE_MS }, () => {
  it('makes choices that are balanced in place, what went wrong with its error or rows, and counts pools that say nothing', async () => {
    const many = Array.from({ length: 8 }, (_, one) => ({
      ...QUESTIONS[2],
      id: `red-${one}`,
      question: `Red ones, ${one}?`,
    }));
    write('many-red.jsonl', many);
    const candidates = [
      EVERY,
      RIGHT,
      candidate('plain', 'SELECT title FROM product'),
      candidate('plain', 'SELECT color FROM products'),
    ];
    const cases = [
      ...many.map(({ id }) => ({ id, candidates })),
      { id: 'red-0', candidates: [EVERY] },
      { id: 'red-1', candidates: [EVERY, EVERY] },
      { id: 'red-2', candidates: [EVERY, candidate('plain', 'SELECT id FROM products')] },
      { id: 'unknown', candidates },
    ];
    writeFileSync(at('red.run.json'), JSON.stringify(storedRun(cases)));
    const { tasks, pairs } = await exported('pools', {
      tasks: ['refine', 'selection', 'merge'],
      pairs: [at('many-red.jsonl')],
      candidates: [at('red.run.json')],
    });
    const selection = linesOf('pools', 'selection.jsonl');
    const letters = Map.groupBy(selection, answerOf);
    assert.deepEqual([...letters].map(([letter, own]) => [letter, own.length]).sort(), [
      ['A', 3],
      ['B', 3],
      ['C', 2],
    ]);
    for (const line of selection) {
      const shown = String(line.messages.at(-2)?.content);
      assert.match(shown, new RegExp(`<candidate ${answerOf(line)}>\\nSELECT title FROM products WHERE color IN`));
    }
    assert.deepEqual(tasks.selection?.notes.position, { 0: 3, 1: 3, 2: 2 });
    assert.deepEqual(tasks.selection?.leftOut, {
      'there is one candidate': 1,
      'there is one result': 1,
      'no candidate is right': 1,
    });
    assert.deepEqual(pairs.leftOut, { 'candidates of a question that is no pair': 1 });
    assert.deepEqual(tasks.merge?.notes.right, { first: 4, neither: 1, second: 4 });
    const refine = linesOf('pools', 'refine.jsonl');
    assert.ok(refine.every((line) => answerOf(line) === "```sql\nSELECT title FROM products WHERE color = 'red'\n```"));
    const told = refine.map(({ messages }) => String(messages.at(-2)?.content)).join('\n');
    assert.match(told, /It ran, and this is not what was asked for: 3 rows; title; Spade/);
  });

  it('takes a query that names a table which is not there as the refiner is told of it', async () => {
    write('one-red.jsonl', [QUESTIONS[2]!]);
    const candidates = [
      candidate('plain', 'SELECT title FROM sold_goods'),
      candidate('plain', 'SELECT label FROM products'),
    ];
    writeFileSync(at('wrong.run.json'), JSON.stringify(storedRun([{ id: 'red', candidates }])));
    const given = { tasks: ['refine'], pairs: [at('one-red.jsonl')], candidates: [at('wrong.run.json')] } as const;
    await exported('wrong', given);
    const told = linesOf('wrong', 'refine.jsonl').map(({ messages }) => String(messages.at(-2)?.content));
    assert.equal(told.length, 2);
    assert.match(told[0]!, /It failed: there is no table sold_goods/);
    assert.match(told[1]!, /It failed: no such column: label/);
  });
});

describe('training:export of a search', { timeout: PATIENCE_MS }, () => {
  it('has the prompt of the pipeline with the steps as its answer, and pairs whose margin can be reckoned again', async () => {
    const searching = ['--questions', at('searched.jsonl'), '--databases', folder, '--out', at('search')];
    write('searched.jsonl', QUESTIONS.slice(0, 1));
    await run('learnat-search', ...searching, '--oracle', '--least-nodes', '5');
    const given = { tasks: ['learnat', 'learnat-pairs'], learnat: [at('search')] } as const;
    const none = await exported('untaught', given);
    assert.equal(none.tasks.learnat?.lines, 0);
    assert.ok(none.sources.some(({ unread }) => unread['no model wrote it (oracle)'] === 1));
    await exported('steps', { ...given, oracle: true });
    const sent = await sentBy('decompose', 'above');
    const line = linesOf('steps', 'learnat.jsonl').find(({ id }) => id === 'above')!;
    assert.deepEqual(line.messages.slice(0, -1), sent);
    assert.ok(String(answerOf(line)).endsWith(`\`\`\`sql\n${ABOVE}\n\`\`\``));
    interface Pair {
      readonly prompt: readonly ChatMessage[];
      readonly chosen: readonly ChatMessage[];
      readonly rejected: readonly ChatMessage[];
      readonly margin: number;
      readonly before: string;
      readonly chosen_side: { readonly reward: number; readonly text: string; readonly tree: string };
      readonly rejected_side: { readonly reward: number; readonly text: string };
    }
    const pairs = linesOf<Pair>('steps', 'learnat-pairs.jsonl');
    assert.ok(pairs.length > 0);
    for (const { prompt, chosen, rejected, margin, before, chosen_side, rejected_side } of pairs) {
      assert.match(String(prompt[0]?.content), /^You answer a question about a database by simple steps/);
      assert.ok(Math.abs(chosen_side.reward - rejected_side.reward - margin) < 1e-9);
      assert.equal(chosen[0]?.content, before + chosen_side.text);
      assert.equal(rejected[0]?.content, before + rejected_side.text);
      assert.ok(JSON.parse(chosen_side.tree).label);
    }
  });

  it('is in LLaMA-Factory’s form with its list of data sets', async () => {
    const given = { tasks: ['sql', 'learnat-pairs', 'merge'], learnat: [at('search')], oracle: true } as const;
    await exported('factory', { ...given, format: 'llama-factory' });
    const info = JSON.parse(readFileSync(at('factory', 'dataset_info.json'), 'utf8'));
    assert.deepEqual(Object.keys(info), ['querent_sql', 'querent_learnat_pairs']);
    for (const { file_name: file, columns } of Object.values(info) as {
      file_name: string;
      columns: Record<string, string>;
    }[])
      for (const line of linesOf<Record<string, unknown>>('factory', file))
        for (const column of Object.values(columns)) assert.ok(column in line, `${file} lacks ${column}`);
  });
});
