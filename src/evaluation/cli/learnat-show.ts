import { readFileSync } from 'node:fs';
import { treeText } from '#src/learnat/search-tree.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { jsonOf } from '../data/json-lines.ts';
import { LearnatRun } from '../runs/summarise-search.ts';
import { measuring, runMeasuring } from './program.ts';

const program = measuring(
  'learnat:show',
  'Prints a question’s search (a file of learnat:search’s --out/runs) as a tree: of each step its kind, reward, words and SQL; * marks the solution.',
).argument('<file>', 'a run');

function show(file: string): ExitCode {
  const read = LearnatRun.safeParse(jsonOf(readFileSync(file, 'utf8')));
  if (!read.success) return program.error(`${file} is no run of learnat:search.`);
  const { question, sql, tree, outcome, round, calls, tokens, solution } = read.data;
  console.log(`${question}\n${sql.replace(/\s+/g, ' ')}`);
  console.log(`${outcome}, round ${round}${calls === undefined ? '' : `, ${calls} replies, ${tokens} tokens`}\n`);
  if (tree) console.log(treeText(tree));
  else for (const [at, step] of (solution ?? []).entries()) console.log(`${at + 1}. ${step.question}\n   ${step.sql}`);
  return 0;
}

program.action(runs((file: string) => Promise.resolve(show(file))));
await runMeasuring(program);
