import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { percentile } from '#src/evaluation/statistics.ts';
import { type Bot, faultRuns, firstSigns, invite, startForFaults } from './fault-runs.ts';

/** What a test run has time for; `npm run -s bench:slack` makes a thousand. */
const RUNS = 40;

let bot: Bot;
beforeAll(async () => {
  bot = await startForFaults();
});
afterAll(() => bot.stop());

describe('a Slack of which every tenth call fails', () => {
  it('loses no answer and doubles none', { timeout: 180_000 }, async () => {
    const { asked, failedCalls, lost, doubled } = await faultRuns(bot, RUNS, 18);
    assert.ok(failedCalls > asked / 10, `only ${failedCalls} calls failed`);
    assert.deepEqual({ lost, doubled }, { lost: 0, doubled: 0 });
  });
});

describe('twenty people who ask at once', () => {
  it('each have a sign of life', { timeout: 90_000 }, async () => {
    const signs = (await firstSigns(bot, invite(bot, 20))).toSorted((a, b) => a - b);
    console.log(
      `First sign of life with 20 askers at once: p50 ${Math.round(percentile(signs, 0.5))} ms, p95 ${Math.round(percentile(signs, 0.95))} ms`,
    );
    assert.equal(signs.length, 20);
    await bot.quiet();
  });
});
