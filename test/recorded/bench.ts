// Costs of the pipeline on the recorded questions: npm run bench:recorded [-- --json]; one of them stage by stage: -- --walk ID
// The replies were given by a person in a model's place: what is printed says what the pipeline costs, and nothing about accuracy.
import { TOKENIZER } from '#adapters/model/open-tokenizer.ts';
import { percentile } from '#src/evaluation/retrieval.ts';
import { type PipelineSettings, pipelineNamed } from '#src/pipeline/settings.ts';
import { askRecorded, closeRecorded } from './ask-recorded.ts';
import { loadCassette, replay } from './cassette.ts';
import { benchPresent, recordedQuestions } from './questions.ts';

if (!benchPresent) {
  console.error('The recorded questions are over the benchmark databases: set QUERENT_BENCH.');
  process.exit(2);
}
const cassette = loadCassette();
const walked = process.argv[process.argv.indexOf('--walk') + 1];
if (process.argv.includes('--walk')) {
  await walk(walked ?? '');
  process.exit(0);
}
const pipelines = ['full', 'direct', 'edl'] as const;
type Cost = { readonly calls: number; readonly tokens: number };
/** Runs of a question for its time; calls and tokens are the same each time. */
const RUNS = 5;
const overheads: Record<(typeof pipelines)[number], number[]> = { full: [], direct: [], edl: [] };
const costs: Record<(typeof pipelines)[number], Cost[]> = { full: [], direct: [], edl: [] };

for (const question of recordedQuestions()) {
  const server = await replay(cassette.cases.find(({ id }) => id === question.id)!);
  for (const name of pipelines) {
    const settings = pipelineNamed(name) as PipelineSettings;
    await askRecorded(question, server.models, settings); // once to load what is loaded once
    for (let run = 0; run < RUNS; run += 1)
      overheads[name].push((await askRecorded(question, server.models, settings)).overheadMs);
    const { given } = await askRecorded(question, server.models, settings);
    const spent = given.trace.flatMap(({ model }) => model ?? []);
    costs[name].push({
      calls: spent.reduce((sum, one) => sum + one.calls, 0),
      tokens: spent.reduce((sum, one) => sum + one.promptTokens + one.completionTokens, 0),
    });
  }
  await server.stop();
  if (server.missed.length) throw new Error(server.missed[0]);
}

await closeRecorded();

const of = (name: (typeof pipelines)[number], pick: (one: Cost) => number) =>
  costs[name].map(pick).sort((a, b) => a - b);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const ratios = costs.edl.map((one, at) => one.tokens / costs.direct[at]!.tokens);
const summary = {
  questions: costs.full.length,
  answeredBy: cassette.answeredBy,
  tokenizer: TOKENIZER,
  callsMedian: percentile(
    of('full', (one) => one.calls),
    0.5,
  ),
  callsMost: of('full', (one) => one.calls).at(-1),
  tokensMean: Object.fromEntries(pipelines.map((name) => [name, Math.round(mean(of(name, (one) => one.tokens)))])),
  edlToDirect: {
    ofMeans: round(mean(of('edl', (one) => one.tokens)) / mean(of('direct', (one) => one.tokens))),
    most: round(Math.max(...ratios)),
  },
  overheadMs: {
    runs: overheads.full.length,
    p50: round(percentile(overheads.full.sort(ascending), 0.5)),
    p95: round(percentile(overheads.full.sort(ascending), 0.95)),
  },
};
console.log(process.argv.includes('--json') ? JSON.stringify(summary) : summary);

function ascending(a: number, b: number): number {
  return a - b;
}

function round(value: number): number {
  return Number(value.toFixed(3));
}

/** Prints what every stage of one recorded question gave. */
async function walk(id: string): Promise<void> {
  const question = recordedQuestions().find((one) => one.id === id);
  const recorded = cassette.cases.find((one) => one.id === id);
  if (!question || !recorded)
    throw new Error(`${id} is not recorded: ${cassette.cases.map((one) => one.id).join(', ')}`);
  const server = await replay(recorded);
  const { given } = await askRecorded(question, server.models, pipelineNamed('full') as PipelineSettings);
  await server.stop();
  await closeRecorded();
  console.log(question.text);
  for (const { stage, ms, note, model } of given.trace)
    console.log(
      `${stage.padEnd(12)} ${String(ms).padStart(6)} ms  ${note}${model ? ` [${model.calls} calls, ${model.promptTokens} + ${model.completionTokens} tokens]` : ''}`,
    );
  if (given.kind !== 'answer') return;
  for (const { generator, sql } of given.candidates) console.log(`\n${generator}\n  ${sql}`);
  console.log(`\n${given.takeaway}`);
  for (const { text } of given.edl.short) console.log(`  ${text}`);
}
