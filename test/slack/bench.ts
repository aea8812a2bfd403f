// What the bot holds of its promises in Slack, against the sandbox.
import { atEnd, count, JSON_LINE, measuring, runMeasuring } from '#src/evaluation/cli/program.ts';
import { percentile, rounded } from '#src/evaluation/statistics.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';
import { type Bot, faultRuns, firstSigns, invite, MANY_AT_ONCE } from './fault-runs.ts';

const program = measuring(
  'bench:slack',
  'The first sign of life with 20 askers at once, what Stop takes, and what becomes of questions while a tenth of all calls to Slack fail: before or after their effect, with 5xx, 429 or no reply. Answers are counted by what the server (the sandbox) holds. No model is asked.',
)
  .option('--runs <n>', 'questions with failing calls', count(), 1_000)
  .option('--seed <n>', 'which calls fail', count(0), 18)
  .option('--json', JSON_LINE);

const ROUNDS = 5;
const ASKERS = 20;
const STOPS = 10;
/** Longer than anybody waits: the statement ends when it is stopped. */
const SLOW_MS = 60_000;
const PROGRESS = { streamAfterMs: 5_000, messageAfterMs: 200, withoutStatusAfterMs: 200 };

async function bench({ runs: asks, seed, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const databases = slowDatabases();
  const bot = await startSmallBot(undefined, MANY_AT_ONCE, undefined, databases.change, { progressTimes: PROGRESS });
  atEnd(() => bot.stop());
  const people = invite(bot, ASKERS);
  const signs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    signs.push(...(await firstSigns(bot, people)));
    await bot.quiet();
  }
  const stops = await stopped(bot, databases, people);
  const started = performance.now();
  const { asked, failedCalls, lost, doubled } = await faultRuns(bot, asks, seed);
  const sorted = signs.toSorted((a, b) => a - b);
  const summary = {
    askers: ASKERS,
    signMsP50: Math.round(percentile(sorted, 0.5)),
    signMsP95: Math.round(percentile(sorted, 0.95)),
    stops: STOPS,
    stoppedMsMost: Math.round(Math.max(...stops.map(({ freed }) => freed))),
    toldMsMost: Math.round(Math.max(...stops.map(({ told }) => told))),
    asked,
    failedCalls,
    lost,
    doubled,
    seconds: rounded((performance.now() - started) / 1_000, 0),
  };
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(14)} ${value}`);
  return lost || doubled ? 1 : 0;
}

/** Milliseconds from a press of Stop to the statement's end on the engine, and to the word in the thread. */
async function stopped(
  bot: Bot,
  databases: ReturnType<typeof slowDatabases>,
  people: readonly string[],
): Promise<readonly { readonly freed: number; readonly told: number }[]> {
  const took: { freed: number; told: number }[] = [];
  for (const person of people.slice(0, STOPS)) {
    databases.slow(SLOW_MS);
    const before = databases.begun.length;
    const message = bot.sandbox.say(person, 'C0GENERAL', '<@U0QUERENT> How many refunds are there?');
    await eventually('its query to run', () => databases.begun.length > before);
    const progress = await eventually('the button', () => bot.answersTo(message, 'progress')[0]);
    const run = await bot.querent.runs.ofMessage('T0FERNHILL', 'C0GENERAL', message.ts);
    const pressed = performance.now();
    bot.sandbox.press(person, 'C0GENERAL', progress.ts, 'querent_stop', run?.id ?? '');
    await eventually('the word', () => bot.answersTo(message, 'answer')[0]);
    const told = performance.now() - pressed;
    const at = await eventually('the engine', () => databases.stopped.find((one) => one >= pressed));
    took.push({ freed: at - pressed, told });
  }
  databases.slow(0);
  await bot.quiet();
  return took;
}

program.action(runs(bench));
await runMeasuring(program);
