import { existsSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import { z } from 'zod';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { readItems } from '../data/items.ts';
import { readJsonLines } from '../data/json-lines.ts';
import { type EvalCase, STAGES } from '../runs/eval-case.ts';
import { type EvalRun, loadRun } from '../runs/eval-run.ts';
import { count } from './program.ts';

const OUTCOMES = [...STAGES, 'none', 'any'] as const;

const Predicted = z.object({ id: z.string(), sql: z.string().nullable(), reason: z.string().optional() });

/** `eval show`: questions of a stored run with what was asked, wanted and given. */
export const showCommand = () => {
  const command = new Command('show')
    .description(
      'Questions of a stored run, each with its gold query, the query that was given, and how many queries of each generator ran and were right.',
    )
    .argument('<run>', 'predictions or their .run.json')
    .addOption(
      new Option('--failed <stage>', 'those lost at this stage; none: those that are right; any: all that are wrong')
        .choices(OUTCOMES)
        .default('any' as const),
    )
    .option('--limit <n>', 'so many', count(), 20);
  return command.action(runs(show));
};

async function show(
  file: string,
  { failed, limit }: { readonly failed: (typeof OUTCOMES)[number]; readonly limit: number },
): Promise<ExitCode> {
  const run = loadRun(file);
  const items = readItems(run.questions, modeOf(run)).flatMap(({ turns }) => turns);
  const questions = new Map(items.map((question) => [question.id, question]));
  const predictions = file.replace(/\.run\.json$/, '');
  const given = new Map(
    existsSync(predictions) ? readJsonLines(predictions, Predicted, 'prediction').map((one) => [one.id, one]) : [],
  );
  const wanted = run.cases.filter((one) => isWanted(one, failed));
  for (const one of wanted.slice(0, limit)) {
    const question = questions.get(one.id);
    const prediction = given.get(one.id);
    console.log(`${one.id}  ${one.level}${one.failedAt ? `  lost at ${one.failedAt}` : ''}`);
    console.log(`  asked  ${question?.question ?? '(its question file is not there any more)'}`);
    console.log(`  gold   ${typeof question?.sql === 'string' ? question.sql : JSON.stringify(question?.sql ?? null)}`);
    console.log(`  given  ${prediction?.sql ?? `nothing: ${prediction?.reason ?? 'no reason is kept'}`}`);
    for (const [generator, { wrote, ran, right }] of Object.entries(one.byGenerator))
      console.log(`  ${generator}: wrote ${wrote}, ${ran} ran, ${right} right`);
    console.log('');
  }
  console.log(`${Math.min(limit, wanted.length)} of ${wanted.length} shown`);
  return 0;
}

const isWanted = ({ right, failedAt }: EvalCase, failed: (typeof OUTCOMES)[number]) =>
  failed === 'none' ? right : failed === 'any' ? !right : failedAt === failed;

/** The mode that a run was asked in. */
const modeOf = ({ settings }: EvalRun) => (settings.mode === 'dialogues' ? 'dialogues' : 'questions');
