import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';
import { faultRuns, firstSigns, invite, MANY_AT_ONCE, percentile, randomFrom } from './fault-runs.ts';

/** `npm run -s bench:slack -- [RUNS] [SEED]`: what the bot holds of its promises in Slack, against the sandbox, as figures. */
const [runs = 1_000, seed = 18] = process.argv.slice(2).map(Number);
const databases = slowDatabases();
const bot = await startSmallBot(undefined, MANY_AT_ONCE, undefined, databases.change, {
  progressTimes: { streamAfterMs: 5_000, messageAfterMs: 200, withoutStatusAfterMs: 200 },
});

const people = invite(bot, 20);
const rounds: number[] = [];
for (let round = 0; round < 5; round += 1) {
  rounds.push(...(await firstSigns(bot, people)));
  await bot.quiet();
}
console.log(
  `First sign of life, 20 askers at once, 5 times: p50 ${Math.round(percentile(rounds, 0.5))} ms, p95 ${Math.round(percentile(rounds, 0.95))} ms`,
);

const told: number[] = [];
const freed: number[] = [];
for (let nth = 0; nth < 10; nth += 1) {
  databases.slow(60_000);
  const before = databases.begun.length;
  const message = bot.sandbox.say(people[nth]!, 'C0GENERAL', '<@U0QUERENT> How many refunds are there?');
  await eventually('its query to run', () => databases.begun.length > before);
  const progress = await eventually('the button', () => bot.answersTo(message, 'progress')[0]);
  const run = await bot.querent.runs.ofMessage('T0FERNHILL', 'C0GENERAL', message.ts);
  const pressed = performance.now();
  bot.sandbox.press(people[nth]!, 'C0GENERAL', progress.ts, 'querent_stop', run?.id ?? '');
  await eventually('the word', () => bot.answersTo(message, 'answer')[0]);
  told.push(performance.now() - pressed);
  const at = await eventually('the engine', () => databases.stopped.find((one) => one >= pressed));
  freed.push(at - pressed);
}
databases.slow(0);
await bot.quiet();
const seconds = (values: readonly number[]) => (Math.max(...values) / 1_000).toFixed(2);
console.log(
  `Stop, 10 times: statement let go of after at most ${seconds(freed)} s, told after at most ${seconds(told)} s`,
);

const started = performance.now();
const { asked, failedCalls, lost, doubled } = await faultRuns(bot, runs, randomFrom(seed));
console.log(
  `${asked} questions with 10 % of calls failing (seed ${seed}): ${failedCalls} calls failed, ${lost} answers lost, ${doubled} doubled, ${Math.round((performance.now() - started) / 1_000)} s`,
);
await bot.stop();
process.exitCode = lost || doubled ? 1 : 0;
