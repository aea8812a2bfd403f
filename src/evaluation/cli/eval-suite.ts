import { Command } from '@commander-js/extra-typings';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openPlaces } from '../data/places.ts';
import type { BenchQuestion } from '../data/questions.ts';
import { goldQueries } from '../data/statements.ts';
import type { EvalCase } from '../runs/eval-case.ts';
import { loadRun } from '../runs/eval-run.ts';
import { predictionsOf, questionsOf, type StoredPrediction } from '../runs/stored-predictions.ts';
import { type SuiteCase, type SuiteSummary, summariseSuites } from '../runs/suite-accuracy.ts';
import { openSuites } from '../suite/open-suites.ts';
import { atEnd, count, JSON_LINE, showProgress, untilEnd } from './program.ts';

/** `eval suite`: what a stored run's answers are worth on databases besides the real one. */
export const suiteCommand = () => {
  const command = new Command('suite')
    .description(
      'The answers of a stored run once more, on databases from seeded rows that tell the gold query from its mutants (docs/sources.md#test-suites; SQLite, no model is asked): accuracy on the data, and on data and suite.',
    )
    .argument('<run>', 'predictions or their .run.json')
    .requiredOption('--databases <folder>', 'holds the databases of its questions')
    .option('--suite <n>', 'databases a gold query, at most', count(), SUITE)
    .option('--json', JSON_LINE);
  return command.action(runs(judgeRun));
};

const SUITE = 8;

interface Options {
  readonly databases: string;
  readonly suite: number;
  readonly json?: true;
}

async function judgeRun(
  file: string,
  { databases, suite, json }: Options,
  command: Command<[string]>,
): Promise<ExitCode> {
  const run = loadRun(file);
  if (run.settings.engine !== 'sqlite')
    return command.error('Suites are SQLite databases; this run asked another engine.');
  const asked = { questions: questionsOf(run), given: predictionsOf(file) };
  const summary = await suiteSummary(run.cases, asked, { databases, most: suite });
  if (json) console.log(JSON.stringify(summary));
  else {
    for (const [name, value] of Object.entries(summary))
      if (!Array.isArray(value)) console.log(`${name.padEnd(24)} ${value}`);
    for (const id of summary.onDataOnly) printDifference(id, 'the data alone', asked);
    for (const id of summary.onSuiteOnly) printDifference(id, 'the suite alone', asked);
  }
  return 0;
}

/** Judges the answers of a run on the suites of their gold queries. */
export async function suiteSummary(
  cases: readonly EvalCase[],
  { questions, given }: Asked,
  { databases, most }: { readonly databases: string; readonly most: number },
): Promise<SuiteSummary> {
  const places = await untilEnd(openPlaces({ engine: 'sqlite', databases }), (opened) => opened.close());
  const suites = openSuites(most);
  atEnd(() => suites.close());
  const judged: SuiteCase[] = [];
  for (const [at, { id, right, goldEmpty, goldFailed, answered, databaseRight }] of cases.entries()) {
    const question = questions.get(id);
    showProgress('judged', at + 1, cases.length);
    if (!question || goldFailed) continue;
    const { catalog } = await places.open(question.db_id ?? '');
    const predicted = answered && databaseRight ? (given.get(id)?.sql ?? undefined) : undefined;
    const verdict = await suites.verdict(catalog, goldQueries(question.sql, 'sqlite'), predicted);
    judged.push({ id, right, goldEmpty, verdict });
  }
  return summariseSuites(judged);
}

interface Asked {
  readonly questions: ReadonlyMap<string, BenchQuestion>;
  readonly given: ReadonlyMap<string, StoredPrediction>;
}

function printDifference(id: string, where: string, { questions, given }: Asked): void {
  console.log(`\n${id}  right on ${where}`);
  console.log(`  asked  ${questions.get(id)?.question}`);
  for (const sql of goldQueries(questions.get(id)?.sql, 'sqlite')) console.log(`  gold   ${sql}`);
  console.log(`  given  ${given.get(id)?.sql}`);
}
