// Costs of the pipeline on the recorded questions, with the replies of a real model (`answeredBy`).
import { TOKENIZER } from '#adapters/model/open-tokenizer.ts';
import { spentOn } from '#src/domain/trace.ts';
import { atEnd, JSON_LINE, measuring, runMeasuring } from '#src/evaluation/cli/program.ts';
import { percentile, rounded } from '#src/evaluation/statistics.ts';
import { pipelineNamed } from '#src/pipeline/settings.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { askRecorded, closeRecorded } from './ask-recorded.ts';
import { loadCassette, type RecordedCase, replay } from './cassette.ts';
import { benchPresent, type RecordedQuestion, recordedQuestions } from './questions.ts';
import { printedTrace, walkRecorded } from './walk.ts';

const program = measuring(
  'bench:recorded',
  'What a question costs in calls, tokens and milliseconds, on recorded questions with their replies; or, with --walk, how one of them is answered.',
)
  .option('--walk <id>', 'prints the kept trace of one of them, as `querent trace` does')
  .option('--prompts', 'with its prompts and replies')
  .option('--json', JSON_LINE);

const PIPELINES = ['full', 'style-kinds', 'edl'] as const;
type PipelineName = (typeof PIPELINES)[number];
/** Runs of a question for its time; calls and tokens are the same each time. */
const RUNS = 5;

interface Cost {
  readonly calls: number;
  readonly tokens: number;
  /** Milliseconds outside model and database, of each run. */
  readonly overheads: readonly number[];
}

async function measure({ walk, prompts, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  if (!benchPresent) program.error('The recorded questions are over the benchmark databases: set QUERENT_BENCH.');
  atEnd(closeRecorded);
  if (walk !== undefined) {
    const { kept } = await walkRecorded(walk);
    console.log(await printedTrace(kept, ...(prompts ? ['--prompts'] : [])));
    return 0;
  }
  const { cases, answeredBy } = loadCassette();
  const costs: Record<PipelineName, Cost>[] = [];
  for (const question of recordedQuestions()) {
    const recorded = cases.find(({ id }) => id === question.id);
    if (!recorded) throw new Error(`record again: ${question.id}`);
    costs.push(await costsOf(question, recorded));
  }
  const summary = { questions: costs.length, answeredBy, tokenizer: TOKENIZER, ...summaryOf(costs) };
  console.log(json ? JSON.stringify(summary) : summary);
  return 0;
}

async function costsOf(question: RecordedQuestion, recorded: RecordedCase): Promise<Record<PipelineName, Cost>> {
  const server = await replay(recorded);
  const costOf = async (name: PipelineName): Promise<Cost> => {
    const settings = pipelineNamed(name);
    if (!settings) throw new Error(`there is no pipeline ${name}`);
    const { given } = await askRecorded(question, server.models, settings); // once to load what is loaded once
    const overheads: number[] = [];
    for (let run = 0; run < RUNS; run += 1)
      overheads.push((await askRecorded(question, server.models, settings)).overheadMs);
    const { calls, promptTokens, completionTokens } = spentOn(given.trace);
    return { calls, tokens: promptTokens + completionTokens, overheads };
  };
  const costs = { full: await costOf('full'), 'style-kinds': await costOf('style-kinds'), edl: await costOf('edl') };
  await server.stop();
  if (server.missed[0] !== undefined) throw new Error(server.missed[0]);
  return costs;
}

function summaryOf(costs: readonly Record<PipelineName, Cost>[]) {
  const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const calls = ascending(costs.map(({ full }) => full.calls));
  const tokens = (name: PipelineName) => mean(costs.map((cost) => cost[name].tokens));
  const overheads = ascending(costs.flatMap(({ full }) => full.overheads));
  return {
    callsMedian: percentile(calls, 0.5),
    callsMost: calls.at(-1),
    tokensMean: Object.fromEntries(PIPELINES.map((name) => [name, Math.round(tokens(name))])),
    edlToSql: {
      ofMeans: rounded(tokens('edl') / tokens('style-kinds'), 3),
      most: rounded(Math.max(...costs.map((cost) => cost.edl.tokens / cost['style-kinds'].tokens)), 3),
    },
    overheadMs: {
      runs: overheads.length,
      p50: rounded(percentile(overheads, 0.5), 3),
      p95: rounded(percentile(overheads, 0.95), 3),
    },
  };
}

program.action(runs(measure));
await runMeasuring(program);
