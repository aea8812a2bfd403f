import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { fitCalibration, fitPrice } from '#schemas-index/retrieve/calibrate.ts';
import { type AloneReport, aloneCases, fitAlone, scoreAlone } from '../alone.ts';
import { scoreAsking } from '../asking.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { calibrationCases, indexPool } from '../retrieval-run.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:asking -- --tables FILE --questions FILE [--questions FILE …] --calibration FILE
       [--every N] [--cache DIR] [--json]
How well the probability of the first database tells right picks from wrong ones, and whom asking back would trouble; and how often a
database is right that alone of the near ones can be read by the planner.
  --calibration  questions on which the probability and the price of asking are fitted; used for nothing else
  --every N      use every Nth question of --calibration (default 4)
  --cache        keep embeddings in this folder between runs
  --json         the last line is one JSON object`;

/** The price of a question back where nothing else is set. */
const PRICE = 0.3;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  questions: { type: 'string', multiple: true },
  calibration: { type: 'string' },
  every: { type: 'string' },
  cache: { type: 'string' },
  json: { type: 'boolean' },
});
if (!args.tables || !args.questions?.length || !args.calibration) stopWith(USAGE);
const every = Number(args.every ?? 4);
if (!Number.isInteger(every) || every < 1) stopWith(`--every is a whole number from 1.\n${USAGE}`);

const catalogs = readSpiderTables(args.tables);
const questions = args.questions.flatMap(readQuestions);
const fittedOn = readQuestions(args.calibration).filter((_, at) => at % every === 0);
const plain = openUseLite();
const embedder = args.cache ? cachedEmbedder(plain, args.cache) : plain;
const { index } = await indexPool({ catalogs }, { embedder, vectors: embeddedVectors }, (done, total) =>
  showProgress('embedded', done, total),
);
const casesOf = (asked: typeof questions, label: string) =>
  calibrationCases(index, asked, embedder, (done) => showProgress(label, done, asked.length));
const fitting = await casesOf(fittedOn, 'calibrated on');
const calibration = fitCalibration(fitting, args.calibration);
const price = fitPrice(fitting, calibration);
const report = scoreAsking(await casesOf(questions, 'asked'), { calibration, price });
const aloneOf = (asked: typeof questions, label: string) =>
  aloneCases(index, asked, embedder, PRICE, (done) => showProgress(label, done, asked.length));
const aloneFitting = await aloneOf(fittedOn, 'planned of calibration');
const alone = { fitted: scoreAlone(aloneFitting), measured: scoreAlone(await aloneOf(questions, 'planned')) };
const { intercept: aloneIntercept, slope: aloneSlope } = fitAlone(aloneFitting);
await embedder.close();

const summary = {
  n: report.n,
  top1: rounded(report.top1),
  ece: rounded(report.ece),
  askedWhenWrong: rounded(report.askedWhenWrong),
  askedWhenRight: rounded(report.askedWhenRight),
  riskCoverage: report.riskCoverage.map(({ coverage, risk }) => ({
    coverage: rounded(coverage, 1),
    risk: rounded(risk),
  })),
  alone: {
    intercept: rounded(aloneIntercept),
    slope: rounded(aloneSlope),
    fitted: roundedAlone(alone.fitted),
    measured: roundedAlone(alone.measured),
  },
};

function roundedAlone({ n, right, byShare, claimed }: AloneReport) {
  return { n, right: rounded(right), byShare: rounded(byShare), claimed: rounded(claimed) };
}

if (args.json) console.log(JSON.stringify(summary));
else {
  const { intercept, slope, margin } = calibration;
  console.log(
    `fitted on ${fittedOn.length} questions: intercept ${rounded(intercept)}, slope ${rounded(slope)}, margin ${rounded(margin)}, price ${rounded(price)}`,
  );
  console.log(`${summary.n} questions, right database first ${summary.top1}, calibration error ${summary.ece}`);
  console.log(`asked about ${summary.askedWhenWrong} of wrong first picks and ${summary.askedWhenRight} of right ones`);
  for (const [which, { n, right, byShare, claimed }] of Object.entries({
    'fitted on': summary.alone.fitted,
    measured: summary.alone.measured,
  }))
    console.log(`one alone can answer, ${which}: ${n}, right ${right}, by its share ${byShare}, as said ${claimed}`);
  console.log(`  fitted: intercept ${summary.alone.intercept}, slope ${summary.alone.slope}`);
  for (const { coverage, risk } of summary.riskCoverage) console.log(`surest ${coverage.toFixed(1)}  wrong ${risk}`);
}
