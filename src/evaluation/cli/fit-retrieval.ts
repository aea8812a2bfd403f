// Fits the index's own weights, so it scores groups by the index's own functions.
import { softmax } from '#schemas-index/retrieve/calibrate.ts';
import { searchIndex } from '#schemas-index/retrieve/index-search.ts';
import { scoreGroups } from '#schemas-index/retrieve/retrieve.ts';
import { type GroupFeatures, WEIGHTS } from '#schemas-index/retrieve/score-groups.ts';
import { CLUSTER_WEIGHTS } from '#schemas-index/retrieve/score-tables.ts';
import { DEFAULT_RETRIEVAL, RETRIEVALS, type Retrieval } from '#src/domain/retrieval.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type Choice, fitConditionalLogit } from '../conditional-logit.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { embeddedVectors, keptIn, openEmbedder } from '../parts.ts';
import { embeddingOf, indexPool } from '../retrieval-run.ts';
import { rounded } from '../statistics.ts';
import { atEnd, CACHE, count, measuring, Option, RANKED_BY, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'fit:retrieval',
  "Fits the weights of a group's features (WEIGHTS in schemas-index/retrieve/score-groups.ts) as a conditional logit on training questions, and prints them beside those in use, with the log loss and the share of right first databases.",
)
  .requiredOption('--tables <file>', "schemas in Spider's format (tables.json)")
  .requiredOption('--questions <file>', 'training questions')
  .addOption(new Option('--retrieval <how>', RANKED_BY).choices(RETRIEVALS).default(DEFAULT_RETRIEVAL))
  .option('--every <n>', 'use every nth question', count(), 4)
  .addOption(
    new Option(
      '--clusters <weight>',
      'columns count less by the size of their cluster: by 1 / ln(1 + size) or by 1 / size, as in the paper',
    ).choices(CLUSTER_WEIGHTS),
  )
  .option('--cache <folder>', CACHE);

type Names = readonly (keyof GroupFeatures)[];

/** The features that a ranking weighs. */
const NAMES = Object.keys(WEIGHTS.groups) as Names;
const WEIGHED: Readonly<Record<Retrieval, Names>> = {
  groups: NAMES.filter((name) => name !== 'clusters'),
  clsr: ['clusters'],
  fused: NAMES,
};

async function fit(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { retrieval, clusters } = options;
  const weighed = WEIGHED[retrieval];
  const questions = readQuestions(options.questions).filter((_, at) => at % options.every === 0);
  const catalogs = readSpiderTables(options.tables);
  const embedder = keptIn(options.cache, openEmbedder());
  atEnd(() => embedder.close());
  const { index } = await indexPool({ catalogs }, { embedder, vectors: embeddedVectors }, (done, total) =>
    showProgress('embedded', done, total),
  );
  const choices: Choice[] = [];
  for (const [at, { question: text, db_id }] of questions.entries()) {
    const vector = await embeddingOf(text, embedder);
    const { question, hits } = searchIndex(index, text, vector, retrieval !== 'groups');
    const { groups } = scoreGroups(index, question, hits, {
      retrieval,
      ...(clusters ? { extras: { clusterWeights: clusters } } : {}),
    });
    choices.push({
      features: groups.map(({ features }) => weighed.map((name) => features[name])),
      right: new Set(
        groups.flatMap(({ group }, place) => (group.database.catalog.databaseId === db_id ? [place] : [])),
      ),
    });
    showProgress('ranked', at + 1, questions.length);
  }
  console.log(`${choices.length} questions, ${catalogs.length} databases`);
  const inUse = weighed.map((name) => WEIGHTS[retrieval][name]);
  print('in use', weighed, inUse, choices);
  print('fitted', weighed, fitConditionalLogit(choices, weighed.length), choices);
  return 0;
}

function print(title: string, names: Names, weights: readonly number[], choices: readonly Choice[]): void {
  const logitOf = (values: readonly number[]) => values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
  const valued = choices.map(({ features, right }) => {
    const shares = softmax(features.map(logitOf));
    const best = shares.indexOf(Math.max(...shares));
    const share = [...right].reduce((sum, at) => sum + (shares[at] ?? 0), 1e-9);
    return { loss: -Math.log(share), first: right.has(best) ? 1 : 0 };
  });
  const mean = (of: (one: (typeof valued)[number]) => number) =>
    rounded(valued.reduce((sum, one) => sum + of(one), 0) / valued.length);
  console.log(`${title}: ${names.map((name, at) => `${name} ${rounded(weights[at] ?? 0, 3)}`).join(', ')}`);
  console.log(`  log loss ${mean((one) => one.loss)}, right database first ${mean((one) => one.first)}`);
}

program.action(runs(fit));
await runMeasuring(program);
