import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readConfig } from '#src/config/env.ts';
import { EXAMPLE_QUESTIONS } from '#src/demo/example-questions.ts';
import { type Demo, startDemo } from '#src/demo/start-demo.ts';
import { spentOn } from '#src/domain/trace.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { readCompanyQuestions } from '../data/company-questions.ts';
import { addToCaseFile, startCaseFile } from '../runs/case-file.ts';
import { percentile, rounded } from '../statistics.ts';
import { atEnd, count, JSON_LINE, measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:demo',
  'Asks questions over the demo company (of test/company, the reporting half) as a person does in Slack, one after the other, each over another database than the one before and in a conversation of its own, and measures the seconds from the message to its answer. Of every database one further question is asked before, so that the model server has read its schema once. Ctrl-C ends it with the figures of what was asked by then. Needs --model-url.',
)
  .requiredOption('--model-url <url>', 'an OpenAI-compatible server')
  .option('--model <name>', 'its model', 'default')
  .option('--limit <n>', 'so many questions', count(), 100)
  .option('--give-up <seconds>', 'how long one answer is waited for', count(), 300)
  .option('--each', 'a line for each question')
  .option('--out <file.jsonl>', 'keep what came of each question here, a line as it is asked')
  .option('--resume', 'go on with an interrupted run of the same settings, kept by --out')
  .option('--json', JSON_LINE);

const LOOK_AGAIN_MS = 20;
const ASKER = { user: 'U0ADA', channel: 'D0ADA' };

const Timed = z.object({
  question: z.string(),
  /** As in a trace: `answer`, `clarification`, `outcomes`, or the kind of a failure; `silence` where nothing came. */
  outcome: z.string(),
  seconds: z.number(),
  calls: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
});
type Timed = z.infer<typeof Timed>;

type Options = ReturnType<typeof program.opts>;

async function measure(options: Options): Promise<ExitCode> {
  if (options.resume && options.out === undefined) program.error('--resume needs --out, the file of the run');
  const { modelUrl, model, limit, giveUp } = options;
  const asked = startCases(options);
  const questions = dealt().slice(0, limit);
  const stopping = new AbortController();
  atEnd(() => stopping.abort());
  const config = readConfig(undefined, { QUERENT_MODEL_URL: modelUrl, QUERENT_MODEL_NAME: model });
  const demo = await startDemo(config, { port: 0, onProgress: showProgress, signal: stopping.signal });
  if (!demo) return 1;
  atEnd(() => demo.stop());
  // At the end, however it comes: what was asked by then is worth its figures.
  atEnd(() => {
    stopping.abort();
    const summary = { model, ...summaryOf(asked, questions.length) };
    console.log(options.json ? JSON.stringify(summary) : summary);
  });
  await warmUp(demo, giveUp, stopping.signal);
  await askAll(questions, asked, { demo, options, signal: stopping.signal });
  return 0;
}

/** What was asked before, where the run goes on. */
const startCases = ({ modelUrl, model, limit, giveUp, out, resume }: Options): Timed[] =>
  out === undefined ? [] : startCaseFile(out, { modelUrl, model, limit, giveUp }, resume ?? false, Timed);

async function warmUp(demo: Demo, giveUp: number, signal: AbortSignal): Promise<void> {
  const warming = [...new Map(EXAMPLE_QUESTIONS.map(({ database, question }) => [database, question])).values()];
  for (const [at, question] of warming.entries()) {
    if (signal.aborted) return;
    showProgress('warming up', at, warming.length);
    await timed(question, demo, giveUp);
  }
}

interface Asking {
  readonly demo: Demo;
  readonly options: Options;
  readonly signal: AbortSignal;
}

/** Asks all that was not asked yet, until it is stopped, and adds what came of each. */
async function askAll(questions: readonly string[], asked: Timed[], { demo, options, signal }: Asking): Promise<void> {
  const { giveUp, each, out } = options;
  if (asked.length) console.error(`going on after ${asked.length} of ${questions.length}`);
  // They are always asked in the same order.
  for (const question of questions.slice(asked.length)) {
    showProgress('asked', asked.length, questions.length);
    const one = await timed(question, demo, giveUp);
    if (signal.aborted) return;
    asked.push(one);
    if (out !== undefined) addToCaseFile(out, one);
    if (each) console.log(`${one.seconds.toFixed(1)} s  ${one.outcome}  ${one.calls} calls  ${question}`);
  }
  showProgress('asked', asked.length, questions.length);
}

/** Questions that rows answer: the first of each database, then the second of each, and so on. */
function dealt(): readonly string[] {
  const dealtOf = new Map<string, number>();
  const inRounds = Map.groupBy(
    readCompanyQuestions('reporting').filter((one) => 'gold' in one),
    ({ database }) => {
      const round = dealtOf.get(database) ?? 0;
      dealtOf.set(database, round + 1);
      return round;
    },
  );
  return [...inRounds.values()].flatMap((round) => round.map(({ question }) => question));
}

async function timed(question: string, { sandbox, querent }: Demo, giveUp: number): Promise<Timed> {
  const started = performance.now();
  const message = sandbox.say(ASKER.user, ASKER.channel, question);
  const secondsSince = () => (performance.now() - started) / 1_000;
  let run = runOf(message, sandbox.workspace.messages);
  for (; run === undefined && secondsSince() < giveUp; run = runOf(message, sandbox.workspace.messages))
    await sleep(LOOK_AGAIN_MS);
  const seconds = secondsSince();
  if (run === undefined)
    return { question, outcome: 'silence', seconds, calls: 0, promptTokens: 0, completionTokens: 0 };
  // The trace is kept once the answer stands.
  let [trace] = await querent.runs.traces(run);
  for (; !trace && secondsSince() < giveUp; [trace] = await querent.runs.traces(run)) await sleep(LOOK_AGAIN_MS);
  return { question, outcome: trace?.outcome ?? 'not kept', seconds, ...spentOn(trace?.entries ?? []) };
}

/** The run whose answer, or question back, stands under a message. */
function runOf({ ts }: SandboxMessage, messages: readonly SandboxMessage[]): string | undefined {
  const answer = messages.find(({ threadTs, metadata }) => threadTs === ts && metadata !== undefined);
  const { event_payload: payload } = (answer?.metadata ?? {}) as { event_payload?: { run_id?: string } };
  return payload?.run_id;
}

function summaryOf(asked: readonly Timed[], of: number) {
  const byModel = asked.filter(({ calls }) => calls > 0);
  const seconds = byModel.map((one) => one.seconds).sort((a, b) => a - b);
  const askedBack = asked.filter(({ outcome }) => outcome === 'clarification' || outcome === 'outcomes').length;
  const meanOf = (of: (one: Timed) => number) =>
    rounded(byModel.reduce((sum, one) => sum + of(one), 0) / (byModel.length || 1), 1);
  return {
    questions: asked.length,
    ...(asked.length < of ? { leftOut: of - asked.length } : {}),
    withoutModel: asked.length - byModel.length,
    outcomes: Object.fromEntries(
      [...Map.groupBy(asked, ({ outcome }) => outcome)].map(([kind, of]) => [kind, of.length]),
    ),
    askedBack: rounded(askedBack / (asked.length || 1)),
    secondsP50: rounded(percentile(seconds, 0.5), 1),
    secondsP95: rounded(percentile(seconds, 0.95), 1),
    calls: meanOf(({ calls }) => calls),
    promptTokens: meanOf(({ promptTokens }) => promptTokens),
    generatedTokens: meanOf(({ completionTokens }) => completionTokens),
  };
}

program.action(runs(measure));
await runMeasuring(program);
