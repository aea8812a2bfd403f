import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { softmax } from '#schemas-index/retrieve/calibrate.ts';
import { embeddedHits } from '#schemas-index/retrieve/dense-search.ts';
import { scoreGroups } from '#schemas-index/retrieve/retrieve.ts';
import { GROUP_WEIGHTS, type GroupFeatures, logitOf } from '#schemas-index/retrieve/score-groups.ts';
import { type Choice, fitConditionalLogit } from '../conditional-logit.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { indexPool } from '../retrieval-run.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s fit:retrieval -- --tables FILE --questions FILE [--cache DIR] [--every N]
Fits the weights of a group's features (GROUP_WEIGHTS in schemas-index/retrieve/score-groups.ts) as a conditional logit
on training questions, and prints them beside those in use, with the log loss and the share of right first databases.
  --every N   use every Nth question (default 4)`;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  questions: { type: 'string' },
  cache: { type: 'string' },
  every: { type: 'string' },
});
if (!args.tables || !args.questions) stopWith(USAGE);

const every = Number(args.every ?? 4);
const questions = readQuestions(args.questions).filter((_, at) => at % every === 0);
const catalogs = readSpiderTables(args.tables);
const plain = openUseLite();
const embedder = args.cache ? cachedEmbedder(plain, args.cache) : plain;
const { index } = await indexPool({ catalogs }, { embedder, vectors: embeddedVectors }, (done, total) =>
  showProgress('embedded', done, total),
);

const names = Object.keys(GROUP_WEIGHTS) as (keyof GroupFeatures)[];
const choices: Choice[] = [];
for (const [at, question] of questions.entries()) {
  const [vector] = await embedder.embed([question.question]);
  const { groups } = scoreGroups(index, question.question, embeddedHits(index, vector!), {});
  const right = groups.flatMap(({ group }, place) =>
    catalogs[index.groups[group]!.database]!.databaseId === question.db_id ? [place] : [],
  );
  choices.push({ features: groups.map(({ features }) => names.map((name) => features[name])), right: new Set(right) });
  if (at % 50 === 0) showProgress('ranked', at, questions.length);
}
await embedder.close();

const fitted = fitConditionalLogit(choices, names.length);
console.log(`${choices.length} questions, ${catalogs.length} databases`);
report(
  'in use',
  names.map((name) => GROUP_WEIGHTS[name]),
);
report('fitted', fitted);

function report(title: string, weights: readonly number[]): void {
  const given = Object.fromEntries(names.map((name, at) => [name, weights[at]!])) as GroupFeatures;
  const valued = choices.map(({ features, right }) => {
    const shares = softmax(
      features.map((values) =>
        logitOf(Object.fromEntries(names.map((name, at) => [name, values[at]!])) as GroupFeatures, given),
      ),
    );
    const best = shares.indexOf(Math.max(...shares));
    return { loss: -Math.log([...right].reduce((sum, at) => sum + shares[at]!, 1e-9)), first: right.has(best) ? 1 : 0 };
  });
  const mean = (of: (one: (typeof valued)[number]) => number) =>
    rounded(valued.reduce((sum, one) => sum + of(one), 0) / valued.length);
  console.log(`${title}: ${names.map((name, at) => `${name} ${rounded(weights[at]!, 2)}`).join(', ')}`);
  console.log(`  log loss ${mean((one) => one.loss)}, right database first ${mean((one) => one.first)}`);
}
