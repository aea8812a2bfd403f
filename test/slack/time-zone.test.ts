import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from 'vitest';
import { dayAt } from '#src/domain/time-zone.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_TIME_ZONE: 'UTC' });
});
afterAll(() => bot.stop());

/** These two are 26 hours apart: at no moment do their calendars show the same day. */
const EAST = 'Pacific/Kiritimati';
const WEST = 'Etc/GMT+12';

async function todayAsked(user: string, timeZone: string | undefined): Promise<string> {
  const person = bot.sandbox.workspace.user(user)!;
  if (timeZone === undefined) delete person.timeZone;
  else person.timeZone = timeZone;
  const direct = bot.sandbox.workspace.channels.find((one) => one.kind === 'im' && one.members.includes(user))!;
  const { answer } = await bot.ask('How many refunds today?', { user, channel: direct.id });
  const day = /refunded_on >= '(\d{4}-\d\d-\d\d)'/.exec(textOf(answer))?.[1];
  assert.ok(day, textOf(answer));
  return day;
}

const days = (timeZone: string, from: Date) => [dayAt(from, timeZone), dayAt(new Date(), timeZone)];

it('today is the asker’s, as Slack knows their time zone, and the configured one where it knows none', async () => {
  const from = new Date();
  const east = await todayAsked('U0ADA', EAST);
  const west = await todayAsked('U0MILES', WEST);
  const unset = await todayAsked('U0NORA', undefined);
  assert.ok(days(EAST, from).includes(east), east);
  assert.ok(days(WEST, from).includes(west), west);
  assert.ok(days('UTC', from).includes(unset), unset);
  assert.notEqual(east, west);
});
