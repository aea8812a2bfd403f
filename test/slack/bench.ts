// What the bot holds of its promises in Slack, against the sandbox.
import os from 'node:os';
import { atEnd, count, JSON_LINE, measuring, runMeasuring } from '#src/evaluation/cli/program.ts';
import { percentile, rounded } from '#src/evaluation/statistics.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { type Bot, faultRuns, firstSigns, invite, MANY_AT_ONCE } from './fault-runs.ts';
import { FOR_MODALS, modalTimes } from './modal-times.ts';
import { simpleAnswers } from './simple-answers.ts';
import { overModel, type Stopped, silentModel, stoppedModelCalls, stoppedStatements } from './stops.ts';

const program = measuring(
  'bench:slack',
  'How soon a simple question is answered where one is asked at a time, the first sign of life with 20 askers at once and how soon events are acknowledged, what Stop takes of a statement and of a model call (over a server that never replies), how soon every modal opens while the databases behind are slow, and what becomes of questions while a tenth of all calls to Slack fail: before or after their effect, with 5xx, 429 or no reply. Answers are counted by what the server (the sandbox) holds. No model is asked.',
)
  .option('--runs <n>', 'questions with failing calls', count(), 1_000)
  .option('--seed <n>', 'which calls fail', count(0), 18)
  .option('--json', JSON_LINE);

const ANSWER_ROUNDS = 10;
const ROUNDS = 5;
const ASKERS = 20;
const STOPS = 10;
const MODAL_ROUNDS = 3;
const PROGRESS = { streamAfterMs: 5_000, messageAfterMs: 200, withoutStatusAfterMs: 200 };

async function bench({ runs: asks, seed, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const loadAtStart = rounded(os.loadavg()[0] ?? 0, 1);
  const summary = {
    cores: os.availableParallelism(),
    loadAtStart,
    ...(await withOneAsker()),
    ...(await withSlowDatabases()),
    ...(await withSilentModel()),
    ...(await withModals()),
    ...(await withFaults(asks, seed)),
  };
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(20)} ${value}`);
  return summary.lost || summary.doubled || summary.modalsMissed.length ? 1 : 0;
}

/** Simple questions over SQLite, one at a time, no model. */
async function withOneAsker() {
  const bot = await started(startSmallBot());
  const times = await simpleAnswers(bot, ANSWER_ROUNDS);
  await bot.stop();
  const [simpleAnswerMsP50, simpleAnswerMsP95] = quantiles(times);
  return { simpleAnswers: times.length, simpleAnswerMsP50, simpleAnswerMsP95 };
}

/** Signs of life, then Stop while a statement runs. */
async function withSlowDatabases() {
  const databases = slowDatabases();
  const bot = await started(startSmallBot(undefined, MANY_AT_ONCE, undefined, databases.change, IMPATIENT));
  const people = invite(bot, ASKERS);
  const signs: number[] = [];
  const acknowledged: number[] = [];
  const unhear = bot.sandbox.journal.onEntry(({ kind, ms }) => {
    if (kind === 'event' && ms !== undefined) acknowledged.push(ms);
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    signs.push(...(await firstSigns(bot, people)));
    await bot.quiet();
  }
  unhear();
  const stops = await stoppedStatements(bot, databases, people.slice(0, STOPS));
  await bot.stop();
  const [signMsP50, signMsP95] = quantiles(signs);
  return {
    askers: ASKERS,
    signMsP50,
    signMsP95,
    events: acknowledged.length,
    acknowledgedMsP99: Math.round(
      percentile(
        acknowledged.toSorted((a, b) => a - b),
        0.99,
      ),
    ),
    stops: STOPS,
    stoppedMsMost: most(stops, 'freedMs'),
    toldMsMost: most(stops, 'toldMs'),
  };
}

/** Stop while the model server has not replied. */
async function withSilentModel() {
  const model = await silentModel();
  const bot = await started(
    startSmallBot(undefined, { ...MANY_AT_ONCE, ...overModel(model) }, undefined, undefined, IMPATIENT),
  );
  const stops = await stoppedModelCalls(bot, model, invite(bot, STOPS + 1));
  await bot.stop();
  await model.stop();
  return {
    modelStops: stops.length,
    modelStoppedMsMost: most(stops, 'freedMs'),
    modelPassedOnMsMost: most(stops, 'passedOnMs'),
    modelToldMsMost: most(stops, 'toldMs'),
  };
}

async function withModals() {
  const databases = slowDatabases();
  const bot = await started(startSmallBot(undefined, FOR_MODALS, undefined, databases.change));
  const { times, missed } = await modalTimes(bot, databases, MODAL_ROUNDS);
  await bot.stop();
  const [modalMsP50, modalMsP95, modalMsMost] = quantiles(times.map(({ ms }) => ms));
  return {
    modals: new Set(times.map(({ what }) => what)).size,
    modalsOpened: times.length,
    modalsMissed: missed,
    modalMsP50,
    modalMsP95,
    modalMsMost,
    modalSlowest: times.toSorted((one, other) => other.ms - one.ms)[0]?.what,
  };
}

async function withFaults(asks: number, seed: number) {
  const bot = await started(startSmallBot(undefined, MANY_AT_ONCE));
  const began = performance.now();
  const { asked, failedCalls, lost, doubled } = await faultRuns(bot, asks, seed);
  const seconds = rounded((performance.now() - began) / 1_000, 0);
  await bot.stop();
  return { asked, failedCalls, lost, doubled, seconds };
}

/** Progress is a message at once: it holds the button. */
const IMPATIENT = { progressTimes: PROGRESS };

/** A bot that is stopped once: where it is no longer needed, or at the end. */
async function started(starting: Promise<Bot>): Promise<Bot> {
  const bot = await starting;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= bot.stop();
    return stopping;
  };
  atEnd(stop);
  return { ...bot, stop };
}

function quantiles(all: readonly number[]): readonly [p50: number, p95: number, most: number] {
  const sorted = all.toSorted((a, b) => a - b);
  return [Math.round(percentile(sorted, 0.5)), Math.round(percentile(sorted, 0.95)), Math.round(sorted.at(-1) ?? 0)];
}

const most = (stops: readonly Stopped[], of: keyof Stopped) =>
  Math.round(Math.max(...stops.map((one) => one[of] ?? 0)));

program.action(runs(bench));
await runMeasuring(program);
