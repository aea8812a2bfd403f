import { readConfig } from '#src/config/env.ts';
import { decisionOf } from '#src/domain/answer.ts';
import { holdsResult } from '#src/domain/holds-result.ts';
import { type Counted, counted } from '#src/domain/pilot.ts';
import { explore } from '#src/explore/explore.ts';
import { pipelineNames } from '#src/pipeline/settings.ts';
import { sortsRows } from '#src/service/ask-known.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { calibrationOf, type Judged } from '../calibration.ts';
import type { Item } from '../data/items.ts';
import { readQuestions } from '../data/questions.ts';
import { runGold } from '../execution-accuracy.ts';
import { askItem, type EvalBench } from '../runs/ask-item.ts';
import { openBench } from '../runs/open-bench.ts';
import { shifted, shiftOf } from '../shift-confidence.ts';
import { measuredPipeline } from './measured-pipeline.ts';
import { CACHE, count, JSON_LINE, measuring, Option, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:pilot',
  'Asks each database questions that are written by program and held back, as querent pilot does, and its gold questions; says of how many of both an answer is posted unasked and right, and whether the share that is right of the gold questions lies in the interval that the others give.',
)
  .requiredOption('--questions <file>', 'questions with gold queries')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite')
  .option('--written <n>', 'so many written by program a database', count(), 60)
  .option('--most <n>', 'gold questions a database at most, evenly drawn', count(), 100)
  .option('--every <n>', 'each n-th database alone', count(), 1)
  .option('--seed <n>', 'what is drawn', count(0), 1)
  .addOption(
    new Option('--pipeline <name>', 'what answers; planner without a model, full with one').choices(pipelineNames),
  )
  .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL)')
  .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
  .option('--request-timeout <seconds>', 'for one request to the model server', count(), 600)
  .option('--replies <folder>', 'keep the model’s replies here')
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

/** What came of one question. */
interface Asked {
  readonly databaseId: string;
  readonly written: boolean;
  readonly posted: boolean;
  readonly right: boolean;
  /** Of an answer, posted or not. */
  readonly confidence?: number;
}

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { written, seed, json } = options;
  const config = readConfig(undefined, {
    ...(options.modelUrl ? { QUERENT_MODEL_URL: options.modelUrl } : {}),
    ...(options.model ? { QUERENT_MODEL_NAME: options.model } : {}),
  });
  const settings = measuredPipeline(options, config, program);
  const gold = goldItems(options);
  const opened = await openBench({ ...options, config, settings, engine: 'sqlite' }, gold);
  const asked: Asked[] = [];
  const ids = [...opened.databases.keys()];
  for (const [at, id] of ids.entries()) {
    const { databases, catalog } = opened.databases.get(id)!;
    const { pairs } = await explore(databases.product, catalog, { pairs: written, seed }, never);
    const held = pairs.map(
      ({ id: pair, question, sql }): Item => ({ databaseId: id, turns: [{ id: pair, question, sql }] }),
    );
    for (const item of held) asked.push({ ...(await ask(item, opened)), written: true });
    for (const item of gold.filter(({ databaseId }) => databaseId === id))
      asked.push({ ...(await ask(item, opened)), written: false });
    showProgress('databases', at + 1, ids.length);
  }
  const byDatabase = ids.map((id) => ({ database: id, ...held(asked.filter(({ databaseId }) => databaseId === id)) }));
  const judged = byDatabase.filter(({ of, truth }) => of.of > 0 && truth.of > 0);
  const summary = {
    databases: judged.length,
    within: judged.filter((one) => one.within).length,
    apart: judged.filter((one) => one.apart).length,
    all: held(asked),
    confidence: Object.fromEntries(SPREADS.map((spread) => [spread, calibrated(asked, spread)])),
    byDatabase,
  };
  if (json) console.log(JSON.stringify(summary));
  else {
    for (const one of [{ database: 'all', ...summary.all }, ...byDatabase]) console.log(sayHeld(one));
    for (const [spread, one] of Object.entries(summary.confidence))
      console.log(`spread ${spread}: ${JSON.stringify(one)}`);
  }
  return 0;
}

/** The gold questions of each n-th database, evenly drawn. */
function goldItems({ questions, every, most }: ReturnType<typeof program.opts>): readonly Item[] {
  const byDatabase = [...Map.groupBy(readQuestions(questions), ({ db_id: id }) => id ?? '')];
  return byDatabase
    .filter((_, at) => at % every === 0)
    .flatMap(([databaseId, own]) => {
      const step = Math.max(1, Math.ceil(own.length / most));
      return own.filter((_, at) => at % step === 0).map((one): Item => ({ databaseId, turns: [one] }));
    });
}

async function ask(item: Item, opened: EvalBench): Promise<Omit<Asked, 'written'>> {
  const { databases, catalog } = opened.databases.get(item.databaseId)!;
  for await (const { turn, given } of askItem(item, opened)) {
    if (given.kind !== 'answer') return { databaseId: item.databaseId, posted: false, right: false };
    const gold = await runGold(turn, catalog, databases);
    const right = gold.some(({ sql, table }) => holdsResult(given.table, table, sortsRows(sql)));
    const confidence = given.judgement?.confidence;
    const posted = decisionOf(given) === 'post';
    return { databaseId: item.databaseId, posted, right, ...(confidence === undefined ? {} : { confidence }) };
  }
  throw new Error(`Nothing was asked of ${item.databaseId}.`);
}

interface Held {
  /** What the pilot says: of the questions that are written those that are posted, and of these those that are right. */
  readonly posted: Counted;
  readonly of: Counted;
  /** What is true of the gold questions. */
  readonly truePosted: Counted;
  readonly truth: Counted;
  /** Whether the true share lies in the interval that is said, and whether its own interval lies wholly beside that. */
  readonly within: boolean;
  readonly apart: boolean;
}

function held(asked: readonly Asked[]): Held {
  const [written, gold] = [asked.filter((one) => one.written), asked.filter((one) => !one.written)];
  const postedOf = (all: readonly Asked[]) => counted(all.filter(({ posted }) => posted).length, all.length);
  const rightOf = (all: readonly Asked[]) => {
    const posted = all.filter((one) => one.posted);
    return counted(posted.filter(({ right }) => right).length, posted.length);
  };
  const [of, truth] = [rightOf(written), rightOf(gold)];
  const within = truth.of > 0 && truth.share >= of.from && truth.share <= of.to;
  const apart = truth.to < of.from || truth.from > of.to;
  return { posted: postedOf(written), of, truePosted: postedOf(gold), truth, within, apart };
}

/** How far apart the confidences of databases are taken to be, in log-odds; 0.001 shifts none. */
const SPREADS = [0.001, 0.25, 0.5, 1] as const;

/** Of the answers to gold questions, how far their confidences are off once each database is shifted by what its written questions show. */
function calibrated(asked: readonly Asked[], spread: number) {
  const judged = [...Map.groupBy(asked, ({ databaseId }) => databaseId).values()].flatMap((own) => {
    const shift = shiftOf(judgedIn(own, true), spread);
    return judgedIn(own, false).map((one) => ({ ...one, confidence: shifted(one.confidence, shift) }));
  });
  const made = calibrationOf(judged);
  return made && { n: made.n, ece: made.ece, brier: made.brier };
}

const judgedIn = (asked: readonly Asked[], written: boolean): readonly Judged[] =>
  asked.flatMap(({ right, confidence, ...one }) =>
    one.written === written && confidence !== undefined ? [{ right, confidence }] : [],
  );

const percent = ({ share, count: hits, of }: Counted) => `${Math.round(share * 100)} % (${hits} of ${of})`;

const sayHeld = ({ database, posted, of, truePosted, truth, within }: Held & { readonly database: string }) =>
  `${database.padEnd(32)} written: posts ${percent(posted)}, right ${percent(of)} [${Math.round(of.from * 100)}–${Math.round(of.to * 100)}]; gold: posts ${percent(truePosted)}, right ${percent(truth)}${truth.of ? (within ? ', within' : ', not within') : ''}`;

program.action(runs(bench));
await runMeasuring(program);
