// Measures the probabilities of retrieval themselves, so it fits and reads them by the index's own functions.
import { CALIBRATIONS, type Calibration, fitCalibration, fitPrice } from '#schemas-index/retrieve/calibrate.ts';
import { DEFAULT_RETRIEVAL, RETRIEVALS } from '#src/domain/retrieval.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type AloneReport, aloneCases, fitAlone, scoreAlone } from '../alone.ts';
import { type AskingReport, PRICE, scoreAsking } from '../asking.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { embeddedVectors, keptIn, openEmbedder } from '../parts.ts';
import { calibrationCases, indexPool } from '../retrieval-run.ts';
import { rounded } from '../statistics.ts';
import { measureProbing } from './probe-asking.ts';
import { atEnd, CACHE, count, JSON_LINE, measuring, Option, RANKED_BY, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:asking',
  'How well the probability of the first database tells right picks from wrong ones, and whom asking back would trouble; and how often a database is right that alone of the near ones can be read by the planner.',
)
  .requiredOption('--tables <file>', "schemas in Spider's format (tables.json)")
  .requiredOption('--questions <file...>', 'questions that are measured')
  .requiredOption(
    '--calibration <file>',
    'questions on which the probability and the price of asking are fitted; used for nothing else',
  )
  .addOption(new Option('--retrieval <how>', RANKED_BY).choices(RETRIEVALS).default(DEFAULT_RETRIEVAL))
  .option('--every <n>', 'use every nth question of --calibration', count(), 4)
  .option('--probe', 'try the near databases of --databases before asking, and measure what that is worth')
  .option('--databases <folder>', 'SQLite databases of the schemas; what has no file or no rows is not tried')
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { databases: folder } = options;
  if ((folder === undefined) === (options.probe ?? false)) program.error('--probe and --databases go together.');
  const catalogs = readSpiderTables(options.tables);
  const questions = options.questions.flatMap(readQuestions);
  const fittedOn = readQuestions(options.calibration).filter((_, at) => at % options.every === 0);
  const embedder = keptIn(options.cache, openEmbedder());
  atEnd(() => embedder.close());
  const { index } = await indexPool({ catalogs }, { embedder, vectors: embeddedVectors }, (done, total) =>
    showProgress('embedded', done, total),
  );
  const casesOf = (asked: readonly BenchQuestion[], label: string) =>
    calibrationCases(index, asked, embedder, options.retrieval, (done) => showProgress(label, done, asked.length));
  const fitting = await casesOf(fittedOn, 'calibrated on');
  const calibration = fitCalibration(fitting, options.calibration, CALIBRATIONS[options.retrieval]);
  const price = fitPrice(fitting, calibration);
  const report = scoreAsking(await casesOf(questions, 'asked'), { calibration, price });
  const aloneOf = (asked: readonly BenchQuestion[], label: string) =>
    aloneCases(index, asked, { embedder, retrieval: options.retrieval, price: PRICE }, (done) =>
      showProgress(label, done, asked.length),
    );
  const aloneFitting = await aloneOf(fittedOn, 'planned of calibration');
  const probing =
    folder === undefined
      ? undefined
      : await measureProbing({ folder, schemas: catalogs, embedder, fittedOn, questions });
  const summary = {
    ...(probing ? { probing } : {}),
    ...summaryOf(report),
    alone: {
      ...roundedFit(fitAlone(aloneFitting)),
      fitted: roundedAlone(scoreAlone(aloneFitting)),
      measured: roundedAlone(scoreAlone(await aloneOf(questions, 'planned'))),
    },
  };
  if (options.json) console.log(JSON.stringify(summary));
  else print(summary, { questions: fittedOn.length, calibration, price });
  return 0;
}

const summaryOf = (report: AskingReport) => ({
  n: report.n,
  top1: rounded(report.top1),
  ece: rounded(report.ece),
  askedWhenWrong: rounded(report.askedWhenWrong),
  askedWhenRight: rounded(report.askedWhenRight),
  riskCoverage: report.riskCoverage.map(({ coverage, risk }) => ({
    coverage: rounded(coverage, 1),
    risk: rounded(risk),
  })),
});

const roundedFit = ({ intercept, slope }: ReturnType<typeof fitAlone>) => ({
  intercept: rounded(intercept),
  slope: rounded(slope),
});

const roundedAlone = ({ n, right, byShare, claimed }: AloneReport) => ({
  n,
  right: rounded(right),
  byShare: rounded(byShare),
  claimed: rounded(claimed),
});

type Summary = ReturnType<typeof summaryOf> & {
  readonly probing?: Awaited<ReturnType<typeof measureProbing>>;
  readonly alone: ReturnType<typeof roundedFit> &
    Readonly<Record<'fitted' | 'measured', ReturnType<typeof roundedAlone>>>;
};

interface Fitted {
  readonly questions: number;
  readonly calibration: Calibration;
  readonly price: number;
}

function print(found: Summary, { questions, calibration, price }: Fitted): void {
  const { intercept, slope, margin } = calibration;
  console.log(
    `fitted on ${questions} questions: intercept ${rounded(intercept)}, slope ${rounded(slope)}, margin ${rounded(margin)}, price ${rounded(price)}`,
  );
  console.log(`${found.n} questions, right database first ${found.top1}, calibration error ${found.ece}`);
  console.log(`asked about ${found.askedWhenWrong} of wrong first picks and ${found.askedWhenRight} of right ones`);
  for (const [which, one] of [
    ['fitted on', found.alone.fitted],
    ['measured', found.alone.measured],
  ] as const)
    console.log(
      `one alone can answer, ${which}: ${one.n}, right ${one.right}, by its share ${one.byShare}, as said ${one.claimed}`,
    );
  console.log(`  fitted: intercept ${found.alone.intercept}, slope ${found.alone.slope}`);
  if (found.probing) printProbing(found.probing);
  for (const { coverage, risk } of found.riskCoverage) console.log(`surest ${coverage.toFixed(1)}  wrong ${risk}`);
}

function printProbing({ measured, fit, costs }: NonNullable<Summary['probing']>): void {
  for (const which of ['without', 'with'] as const) {
    const { precision, recall, askedWhenRight, top1, ece, cost } = measured[which];
    console.log(
      `${which} probing: right first ${top1}, asked about ${recall} of wrong and ${askedWhenRight} of right ones, precision ${precision}, calibration error ${ece}, cost ${cost}`,
    );
  }
  const { always, never, paired } = measured;
  console.log(`always asking: precision ${always.precision}, cost ${always.cost}; never asking: cost ${never.cost}`);
  const { wrongUnasked, rightAsked } = paired;
  console.log(
    `wrong and not asked about: ${wrongUnasked.before} only without, ${wrongUnasked.after} only with; right and asked about: ${rightAsked.before} only without, ${rightAsked.after} only with`,
  );
  console.log(
    `probed ${costs.probed} of questions: ${costs.queries} statements, ${costs.ms.p50} ms, p95 ${costs.ms.p95} ms`,
  );
  console.log(
    `  fitted: ${Object.entries(fit)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  );
}

program.action(runs(bench));
await runMeasuring(program);
