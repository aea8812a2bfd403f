import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../..');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));

/** The programs that measure, each with the script that starts it. */
const programs = Object.entries(scripts).flatMap(([script, command]) => {
  const [file] = /(?:src\/evaluation\/cli|test\/(?:recorded|safety|slack))\/\S+\.ts/.exec(command) ?? [];
  return file === undefined ? [] : [{ script, file }];
});

const run = (file: string, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) =>
    execFile(process.execPath, [file, ...args], { cwd: root }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  );

describe('every program that measures', () => {
  it('is started by a script', () => assert.equal(programs.length, 39));

  it.each(programs)('$script has help, and a sentence for what it does not know', async ({ script, file }) => {
    const [help, wrong] = await Promise.all([run(file, '--help'), run(file, '--nope')]);
    assert.equal(help.code, 0, help.err);
    assert.match(help.out, new RegExp(`^Usage: npm run -s ${script} -- \\[options\\]`));
    assert.deepEqual([wrong.code, wrong.out], [2, ''], wrong.err);
    assert.match(wrong.err, new RegExp(`^[A-Z].*\\. .*\`npm run -s ${script} -- --help\` says more\\.\n$`));
  });
});

const [EVAL, EDL, MUTANTS, RETRIEVAL, EXPLORE, INDEX] = [
  'eval',
  'bench-edl',
  'bench-edl-mutants',
  'bench-retrieval',
  'bench-explore',
  'bench-index',
].map((name) => `src/evaluation/cli/${name}.ts`) as [string, string, string, string, string, string];

it.each([
  [[EVAL], 2, /^--questions, --databases and --out are needed\. `npm run -s eval -- --help` says more\.\n$/],
  [[EVAL, '--questions', '/no/file', '--databases', '.', '--out', '/dev/null'], 1, /^There is no \/no\/file\.\n$/],
  [[EVAL, '--questions', 'package.json', '--databases', '.', '--out', '/dev/null'], 1, /package\.json, question 1/],
  [
    [EVAL, '--questions', 'x', '--databases', '.', '--out', '/dev/null', '--engine', 'oracle'],
    2,
    /'oracle' is invalid\. Allowed choices are sqlite, postgres, mysql, mariadb\./,
  ],
  [[EVAL, 'compare', 'package.json'], 2, /Missing required argument 'second'\./],
  [[EVAL, 'compare', '/no/run', 'package.json'], 2, /^There is no run at \/no\/run\./],
  [[EDL, '--questions', 'x'], 2, /^--databases or --tables is needed, or both\. `npm run -s bench:edl -- --help`/],
  [[EDL, '--tables', 'x'], 2, /^Required option '--questions <file>' not specified\./],
  [[EDL, '--questions', '/no/file', '--tables', 'y'], 1, /^There is no \/no\/file\.\n$/],
  [[MUTANTS, '--questions', 'x', '--tables', 'y', '--engine', 'oracle'], 2, /'oracle' is invalid/],
  [[RETRIEVAL, '--questions', 'package.json'], 1, /package\.json, question 1/],
  [[RETRIEVAL, '--tables', '/no/tables', '--questions', '/no/file'], 1, /^There is no \/no\//],
  [
    [RETRIEVAL, '--tables', 'x', '--questions', 'y', '--explored', 'z', '--mode', 'compat'],
    2,
    /--explored goes neither with --as-one nor/,
  ],
  [
    [RETRIEVAL, '--tables', 'x', '--questions', 'y', '--titles', 'both'],
    2,
    /'both' is invalid\. Allowed choices are plain, names\./,
  ],
  [
    [INDEX, '--tables', '2', '--columns', '4', '--backend', 'qdrant'],
    2,
    /^--backend qdrant needs a server: set QUERENT_QDRANT_URL/,
  ],
  [[RETRIEVAL, '--tables', 'x', '--questions', 'y', '--sweep'], 2, /^--sweep needs --retrieval clsr or fused/],
  [[EXPLORE, '--databases', 'x', '--questions', 'y', '--explored', 'z'], 2, /^--explored and --tables go together\./],
] as const)('%j ends with code %d and a sentence', async ([file, ...args], code, says) => {
  const ended = await run(file, ...args);
  assert.equal(ended.code, code, ended.err);
  assert.match(ended.err, says);
  assert.doesNotMatch(ended.err, /\n\s+at /);
});
