import { judge } from '#src/guard/judge.ts';
import { DOUBTS, type Doubt } from '#src/planner/doubts.ts';
import { plan } from '#src/planner/plan.ts';
import { DOUBT_WEIGHTS, type DoubtWeights, doubtCounts, planConfidence } from '#src/planner/plan-confidence.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { calibrationOf } from '../calibration.ts';
import { equalBy, USUAL } from '../comparisons.ts';
import { sqliteSource } from '../data/databases.ts';
import { readItems } from '../data/items.ts';
import { withData } from '../data/places.ts';
import { GOLD_LIMITS, runGold, wholeCatalogOf } from '../execution-accuracy.ts';
import { fitLogistic } from '../logistic.ts';
import { rounded } from '../statistics.ts';
import { count, measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'fit:planner',
  'Plans training questions whose gold is not empty, fits the weights of the planner’s doubts (DOUBT_WEIGHTS in src/planner/plan-confidence.ts) to which of its answers are right, and prints them beside those in use, with how many would be right at several confidences where each fifth of the databases is judged by weights of the other four.',
)
  .requiredOption('--questions <file>', 'what is asked, with gold queries')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql')
  .option('--every <n>', 'each n-th question alone, the first included', count(), 1);

interface Planned {
  readonly databaseId: string;
  readonly doubts: readonly Doubt[];
  readonly right: boolean;
}

const FOLDS = 5;
const LEVELS = [0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95];

async function fit(): Promise<ExitCode> {
  const { asked, planned } = await planAll();
  console.log(`${asked} questions, ${planned.length} planned, ${planned.filter(({ right }) => right).length} right`);
  const fitted = weightsOf(planned);
  const named = Object.fromEntries((['bias', ...DOUBTS] as const).map((name) => [name, rounded(fitted[name], 2)]));
  console.log(`fitted: ${JSON.stringify(named)}`);
  const ids = [...new Set(planned.map(({ databaseId }) => databaseId))];
  const foldOf = ({ databaseId }: Planned) => ids.indexOf(databaseId) % FOLDS;
  const held = Array.from({ length: FOLDS }, (_, fold) => {
    const weights = weightsOf(planned.filter((one) => foldOf(one) !== fold));
    return planned
      .filter((one) => foldOf(one) === fold)
      .map(({ doubts, right }) => ({ confidence: planConfidence(doubts, weights), right }));
  }).flat();
  const used = planned.map(({ doubts, right }) => ({ confidence: planConfidence(doubts), right }));
  for (const [title, judged] of [
    ['in use', used],
    ['fitted without the databases judged', held],
  ] as const) {
    console.log(`${title}: ${JSON.stringify(calibrationOf(judged))}`);
    for (const level of LEVELS) {
      const above = judged.filter(({ confidence }) => confidence >= level);
      const right = above.filter((one) => one.right).length;
      console.log(
        `  from ${level}: ${above.length} answered, right ${rounded(right / above.length, 3)}, of all ${rounded(right / asked, 3)}`,
      );
    }
  }
  return 0;
}

async function planAll(): Promise<{ asked: number; planned: readonly Planned[] }> {
  const { questions, databases, every } = program.opts();
  const items = readItems([questions], 'questions').filter((_, at) => at % every === 0);
  const source = sqliteSource(databases);
  const opened = new Map<string, Awaited<ReturnType<typeof withData>>>();
  const planned: Planned[] = [];
  let asked = 0;
  for (const [at, { databaseId, turns }] of items.entries()) {
    showProgress('questions', at + 1, items.length);
    const own = opened.get(databaseId) ?? (await withData(source, databaseId));
    opened.set(databaseId, own);
    for (const turn of turns) {
      const gold = await runGold(turn, own.catalog, own.databases);
      if (!gold.some(({ table }) => table.rows.length)) continue;
      asked += 1;
      const made = plan({ question: turn.question, catalog: own.catalog, ranked: [], today: '2026-01-01' });
      if (made.kind === 'declined') continue;
      const judged = await judge(made.sql, own.catalog.engine, wholeCatalogOf(own.catalog));
      const ran = judged.ok
        ? await own.databases.product.run(judged.value, GOLD_LIMITS, new AbortController().signal)
        : undefined;
      const right = ran?.ok === true && gold.some((one) => equalBy(USUAL, one, ran.value));
      planned.push({ databaseId, doubts: made.doubts, right });
    }
  }
  for (const { databases: own } of opened.values()) await own.close();
  await source.close();
  return { asked, planned };
}

function weightsOf(planned: readonly Planned[]): DoubtWeights {
  const [bias = 0, ...weights] = fitLogistic(
    planned.map(({ doubts, right }) => ({ features: doubtCounts(doubts).map((times) => -times), right })),
  );
  return { ...DOUBT_WEIGHTS, ...Object.fromEntries(DOUBTS.map((kind, at) => [kind, weights[at] ?? 0])), bias };
}

program.action(runs(fit));
await runMeasuring(program);
