import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '#src/config/env.ts';
import { EXAMPLE_QUESTIONS } from '#src/demo/example-questions.ts';
import { type Demo, startDemo } from '#src/demo/start-demo.ts';
import { spentOn } from '#src/domain/trace.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { readCompanyQuestions } from '../data/company-questions.ts';
import { percentile, rounded } from '../statistics.ts';
import { atEnd, count, JSON_LINE, measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:demo',
  'Asks questions over the demo company (of test/company, the reporting half) as a person does in Slack, one after the other, each over another database than the one before and in a conversation of its own, and measures the seconds from the message to its answer. Of every database one further question is asked before, so that the model server has read its schema once. Needs --model-url.',
)
  .requiredOption('--model-url <url>', 'an OpenAI-compatible server')
  .option('--model <name>', 'its model', 'default')
  .option('--limit <n>', 'so many questions', count(), 100)
  .option('--give-up <seconds>', 'how long one answer is waited for', count(), 300)
  .option('--each', 'a line for each question')
  .option('--json', JSON_LINE);

const LOOK_AGAIN_MS = 20;
const ASKER = { user: 'U0ADA', channel: 'D0ADA' };

interface Timed {
  readonly question: string;
  /** As in a trace: `answer`, `clarification`, `outcomes`, or the kind of a failure; `silence` where nothing came. */
  readonly outcome: string;
  readonly seconds: number;
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

async function measure({
  modelUrl,
  model,
  limit,
  giveUp,
  each,
  json,
}: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const stopping = new AbortController();
  atEnd(() => stopping.abort());
  const config = readConfig(undefined, { QUERENT_MODEL_URL: modelUrl, QUERENT_MODEL_NAME: model });
  const demo = await startDemo(config, { port: 0, onProgress: showProgress, signal: stopping.signal });
  if (!demo) return 1;
  atEnd(() => demo.stop());
  const ask = (question: string) => timed(question, demo, giveUp);
  const warming = [...new Map(EXAMPLE_QUESTIONS.map(({ database, question }) => [database, question])).values()];
  for (const [at, question] of warming.entries()) {
    showProgress('warming up', at, warming.length);
    await ask(question);
  }
  const asked: Timed[] = [];
  const questions = dealt().slice(0, limit);
  for (const [at, question] of questions.entries()) {
    showProgress('asked', at, questions.length);
    const one = await ask(question);
    asked.push(one);
    if (each) console.log(`${one.seconds.toFixed(1)} s  ${one.outcome}  ${one.calls} calls  ${question}`);
  }
  showProgress('asked', questions.length, questions.length);
  const summary = { model, ...summaryOf(asked) };
  console.log(json ? JSON.stringify(summary) : summary);
  return 0;
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

function summaryOf(asked: readonly Timed[]) {
  const byModel = asked.filter(({ calls }) => calls > 0);
  const seconds = byModel.map((one) => one.seconds).sort((a, b) => a - b);
  const askedBack = asked.filter(({ outcome }) => outcome === 'clarification' || outcome === 'outcomes').length;
  const meanOf = (of: (one: Timed) => number) =>
    rounded(byModel.reduce((sum, one) => sum + of(one), 0) / byModel.length, 1);
  return {
    questions: asked.length,
    withoutModel: asked.length - byModel.length,
    outcomes: Object.fromEntries(
      [...Map.groupBy(asked, ({ outcome }) => outcome)].map(([kind, of]) => [kind, of.length]),
    ),
    askedBack: rounded(askedBack / asked.length),
    secondsP50: rounded(percentile(seconds, 0.5), 1),
    secondsP95: rounded(percentile(seconds, 0.95), 1),
    calls: meanOf(({ calls }) => calls),
    promptTokens: meanOf(({ promptTokens }) => promptTokens),
    generatedTokens: meanOf(({ completionTokens }) => completionTokens),
  };
}

program.action(runs(measure));
await runMeasuring(program);
