import { Command, Option } from '@commander-js/extra-typings';
import type { Engine } from '#src/domain/catalog.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { BenchQuestion } from '../data/questions.ts';
import { goldQueries } from '../data/statements.ts';
import { type EvalCase, STAGES } from '../runs/eval-case.ts';
import { type EvalRun, loadRun } from '../runs/eval-run.ts';
import { predictionsOf, questionsOf, type StoredPrediction } from '../runs/stored-predictions.ts';
import { count } from './program.ts';

const OUTCOMES = [...STAGES, 'none', 'any'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** `eval show`: questions of a stored run with what was asked, wanted and given. */
export const showCommand = () => {
  const command = new Command('show')
    .description(
      'Questions of a stored run, each with its gold queries, what was given, what the stage lost (the database, columns that linking did not show, the right query that was not chosen), and how many queries of each generator ran and were right.',
    )
    .argument('<run>', 'predictions or their .run.json')
    .addOption(
      new Option('--failed <stage>', 'those lost at this stage; none: those that are right; any: all that are wrong')
        .choices(OUTCOMES)
        .default('any' as const),
    )
    .option('--limit <n>', 'so many questions', count(), 20);
  return command.action(runs(show));
};

async function show(
  file: string,
  { failed, limit }: { readonly failed: Outcome; readonly limit: number },
): Promise<ExitCode> {
  const run = loadRun(file);
  const questions = questionsOf(run);
  const given = predictionsOf(file);
  const cases = run.cases.filter(({ goldFailed }) => !goldFailed);
  const wanted = cases.filter((one) => isWanted(one, failed));
  for (const one of wanted.slice(0, limit))
    console.log(`${shown(one, questions.get(one.id), given.get(one.id), engineOf(run)).join('\n')}\n`);
  const lost = STAGES.map((stage) => `${stage} ${cases.filter((one) => one.failedAt === stage).length}`);
  console.log(
    `${Math.min(limit, wanted.length)} of ${wanted.length} shown; lost at ${lost.join(', ')} of ${cases.length}`,
  );
  return 0;
}

const isWanted = ({ right, failedAt }: EvalCase, failed: Outcome) =>
  failed === 'none' ? right : failed === 'any' ? !right : failedAt === failed;

const engineOf = ({ settings }: EvalRun): Engine =>
  (['postgres', 'mysql', 'mariadb'] as const).find((one) => one === settings.engine) ?? 'sqlite';

/** One question in lines. */
export function shown(
  one: EvalCase,
  question: BenchQuestion | undefined,
  given: StoredPrediction | undefined,
  engine: Engine,
): readonly string[] {
  const { id, level, failedAt, goldEmpty, missed, candidates = [] } = one;
  const golds = goldQueries(question?.sql, engine);
  const answer = given?.sql ?? undefined;
  const right = failedAt === 'selection' ? candidates.filter((candidate) => candidate.right) : [];
  const votes = (sql: string) => candidates.filter((other) => other.sql === sql).length;
  return [
    `${id}  ${level}${failedAt ? `  lost at ${failedAt}` : ''}${goldEmpty ? '  gold is empty' : ''}`,
    `  asked  ${question?.question ?? '(its question file is not there any more)'}`,
    ...golds.map((sql) => `  gold   ${sql}`),
    ...(one.answered
      ? [`  given  ${answer ?? '(its predictions are not there any more)'}`]
      : [`  given  nothing: ${given?.reason ?? 'no reason is kept'}`, ...(answer ? [`  tried  ${answer}`] : [])]),
    ...(missed ?? []).map((what) => `  missed ${what}`),
    ...[...new Set(right.map(({ sql }) => sql))].map(
      (sql) => `  right  ${sql}  (${votes(sql)} of ${candidates.length})`,
    ),
    ...Object.entries(one.byGenerator).map(
      ([generator, { wrote, ran, right: good }]) => `  ${generator}: wrote ${wrote}, ${ran} ran, ${good} right`,
    ),
  ];
}
