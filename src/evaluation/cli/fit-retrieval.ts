// Fits the index's own weights, so it scores groups by the index's own functions.
import { softmax } from '#schemas-index/retrieve/calibrate.ts';
import { searchIndex } from '#schemas-index/retrieve/index-search.ts';
import { scoreGroups } from '#schemas-index/retrieve/retrieve.ts';
import { GROUP_WEIGHTS, type GroupFeatures, logitOf } from '#schemas-index/retrieve/score-groups.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type Choice, fitConditionalLogit } from '../conditional-logit.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { embeddedVectors, keptIn, openEmbedder } from '../parts.ts';
import { embeddingOf, indexPool } from '../retrieval-run.ts';
import { rounded } from '../statistics.ts';
import { atEnd, CACHE, count, measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'fit:retrieval',
  "Fits the weights of a group's features (GROUP_WEIGHTS in schemas-index/retrieve/score-groups.ts) as a conditional logit on training questions, and prints them beside those in use, with the log loss and the share of right first databases.",
)
  .requiredOption('--tables <file>', "schemas in Spider's format (tables.json)")
  .requiredOption('--questions <file>', 'training questions')
  .option('--every <n>', 'use every nth question', count(), 4)
  .option('--cache <folder>', CACHE);

const NAMES = Object.keys(GROUP_WEIGHTS) as readonly (keyof GroupFeatures)[];

async function fit(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const questions = readQuestions(options.questions).filter((_, at) => at % options.every === 0);
  const catalogs = readSpiderTables(options.tables);
  const embedder = keptIn(options.cache, openEmbedder());
  atEnd(() => embedder.close());
  const { index } = await indexPool({ catalogs }, { embedder, vectors: embeddedVectors }, (done, total) =>
    showProgress('embedded', done, total),
  );
  const choices: Choice[] = [];
  for (const [at, { question: text, db_id }] of questions.entries()) {
    const { question, hits } = searchIndex(index, text, await embeddingOf(text, embedder));
    const { groups } = scoreGroups(index, question, hits, {});
    choices.push({
      features: groups.map(({ features }) => NAMES.map((name) => features[name])),
      right: new Set(
        groups.flatMap(({ group }, place) => (group.database.catalog.databaseId === db_id ? [place] : [])),
      ),
    });
    showProgress('ranked', at + 1, questions.length);
  }
  console.log(`${choices.length} questions, ${catalogs.length} databases`);
  const inUse = NAMES.map((name) => GROUP_WEIGHTS[name]);
  print('in use', inUse, choices);
  print('fitted', fitConditionalLogit(choices, NAMES.length), choices);
  return 0;
}

const featuresOf = (values: readonly number[]) =>
  Object.fromEntries(NAMES.map((name, at) => [name, values[at] ?? 0])) as GroupFeatures;

function print(title: string, weights: readonly number[], choices: readonly Choice[]): void {
  const given = featuresOf(weights);
  const valued = choices.map(({ features, right }) => {
    const shares = softmax(features.map((values) => logitOf(featuresOf(values), given)));
    const best = shares.indexOf(Math.max(...shares));
    const share = [...right].reduce((sum, at) => sum + (shares[at] ?? 0), 1e-9);
    return { loss: -Math.log(share), first: right.has(best) ? 1 : 0 };
  });
  const mean = (of: (one: (typeof valued)[number]) => number) =>
    rounded(valued.reduce((sum, one) => sum + of(one), 0) / valued.length);
  console.log(`${title}: ${NAMES.map((name, at) => `${name} ${rounded(weights[at] ?? 0, 2)}`).join(', ')}`);
  console.log(`  log loss ${mean((one) => one.loss)}, right database first ${mean((one) => one.first)}`);
}

program.action(runs(fit));
await runMeasuring(program);
