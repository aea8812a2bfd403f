import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'vitest';

const EVAL = 'src/evaluation/cli/eval.ts';
const EDL = 'src/evaluation/cli/bench-edl.ts';
const MUTANTS = 'src/evaluation/cli/bench-edl-mutants.ts';
const RETRIEVAL = 'src/evaluation/cli/bench-retrieval.ts';

it.each([
  [[EVAL], 2, /Usage: npm run -s eval/],
  [[EVAL, '--nope'], 2, /Unknown option '--nope'/],
  [[EVAL, '--questions', '/no/file', '--databases', '.', '--out', '/dev/null'], 1, /^There is no \/no\/file\.\n$/],
  [[EVAL, '--questions', 'package.json', '--databases', '.', '--out', '/dev/null'], 1, /package\.json, question 1/],
  [[EVAL, '--questions', 'x', '--databases', '.', '--out', '/dev/null', '--engine', 'oracle'], 2, /is not known/],
  [[EDL, '--questions', 'x'], 2, /Usage: npm run -s bench:edl --/],
  [[EDL, '--questions', '/no/file', '--tables', 'y'], 1, /^There is no \/no\/file\.\n$/],
  [[MUTANTS, '--questions', 'x', '--tables', 'y', '--engine', 'oracle'], 2, /is not known/],
  [[RETRIEVAL, '--tables', '/no/tables', '--questions', '/no/file'], 1, /^There is no \/no\//],
] as const)('%j ends with code %d and a sentence', (args, code, says) => {
  const ended = spawnSync(process.execPath, [...args], { encoding: 'utf8' });
  assert.equal(ended.status, code, ended.stderr);
  assert.match(ended.stderr, says);
  assert.doesNotMatch(ended.stderr, /\n\s+at /);
});
