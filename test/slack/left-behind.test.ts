import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { NewRun } from '#src/domain/run.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import type { ServiceParts } from '#src/service/parts.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const TEAM = 'T0FERNHILL';
const BOT = 'U0QUERENT';
const databases = slowDatabases();
/** The next digests that are posted and of which that cannot be saved. */
let unsavedDigests = 0;
const changed = (parts: ServiceParts): ServiceParts => {
  const { store } = parts;
  // It is a working day's morning, whenever this runs.
  const now = () => new Date('2026-06-02T09:30:00Z');
  return databases.change({
    ...parts,
    clock: { ...parts.clock, now },
    store: {
      ...store,
      async saveDigest(...of) {
        unsavedDigests -= 1;
        if (unsavedDigests >= 0) throw new Error('the process ends here');
        return store.saveDigest(...of);
      },
    },
  });
};
let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  const progressTimes = { streamAfterMs: 300, messageAfterMs: 300, withoutStatusAfterMs: 300 };
  bot = await startSmallBot(undefined, { QUERENT_ADMIN_GROUP: 'S0FINANCE' }, undefined, changed, { progressTimes });
});
afterAll(() => bot.stop());
afterEach(() => {
  databases.slow(0);
  bot.sandbox.faults.clear();
});

const inState = <T>(work: (state: DatabaseSync) => T): T => {
  const state = new DatabaseSync(`${bot.home}/state.sqlite`);
  try {
    return work(state);
  } finally {
    state.close();
  }
};
const runOf = async ({ channel, ts }: SandboxMessage) =>
  (await bot.querent.runs.ofMessage(TEAM, channel, ts)) ?? assert.fail('no run');
const stateOf = async (message: SandboxMessage) =>
  (await bot.querent.runs.ofMessage(TEAM, message.channel, message.ts))?.state;
const running = (message: SandboxMessage) => eventually('the run', async () => (await stateOf(message)) === 'running');
const sessionOf = ({ ts }: SandboxMessage) => bot.sandbox.sessions.get(`D0ADA/${ts}`)?.status;
const askedBack = async () => {
  const message = bot.sandbox.say('U0ADA', 'D0ADA', 'How many customers are there?');
  const asked = await eventually('the question back', () => bot.answersTo(message, 'clarify')[0]);
  await bot.quiet();
  return { message, asked };
};

describe('the session of a thread', () => {
  it('is under way until the last of its questions is answered', async () => {
    const { message, answer } = await bot.ask('How many refunds are there?');
    await bot.quiet();
    const { id } = await runOf(message);
    databases.slow(60_000);
    for (const _ of [1, 2]) bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_more', `${id}:rerun`);
    const waiting = () => bot.querent.runs.waiting(TEAM, { channel: 'D0ADA', thread: message.ts });
    const [first, second] = await eventually('one to run and one to wait', async () => {
      const runs = await waiting();
      return runs.length === 2 && runs.some(({ state }) => state === 'running') && runs;
    });
    await eventually('its sign', () => sessionOf(message) === 'processing');
    const before = bot.sandbox.journal.entries.length;
    const stop = async (run: string) => bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_stop', run);
    const at = first!.state === 'running' ? [first!, second!] : [second!, first!];
    await stop(at[0]!.id);
    await eventually('the other to run', async () => (await bot.querent.runs.run(at[1]!.id))?.state === 'running');
    await eventually('that the first was stopped', () =>
      bot.answersTo(message).some(({ text }) => text.startsWith('Stopped')),
    );
    const said = () =>
      bot.sandbox.journal.entries
        .slice(before)
        .filter(({ name }) => /^(?:agents\.sessions\.setStatus|chat\.stopStream)$/.test(name))
        .map(({ sent }) => JSON.stringify(sent));
    assert.ok(!said().some((one) => /active/.test(one)), said().join('\n'));
    assert.equal(sessionOf(message), 'processing');
    await stop(at[1]!.id);
    await eventually('its end', () => sessionOf(message) === 'active');
  });

  it('waits for nothing any more once its question back has expired, and that is said though a stop came between', async () => {
    const { message, asked } = await askedBack();
    await eventually('that it waits', () => sessionOf(message) === 'suspended');
    const { id } = await runOf(message);
    // As it stands where the bot was killed after it had ended the question and before it said so.
    inState((state) => state.prepare("UPDATE runs SET state = 'expired' WHERE id = ?").run(id));
    await bot.restartBot();
    await eventually('it to say so', () => /closed/.test(textOf(asked)));
    await eventually('its session to be over', () => sessionOf(message) === 'active');
    assert.equal(await bot.querent.runs.posted(id, 'expired'), asked.ts);
  });
});

describe('a run whose process was killed', () => {
  /** As it stands then: its message says that it works, and the run is under way. */
  async function leaveBehind(id: string, attempts: number) {
    const message = bot.sandbox.workspace.post({ channel: 'C0GENERAL', user: 'U0ADA', text: 'How many refunds?' });
    const { channel, ts } = message;
    const posted = { channel, threadTs: ts, user: BOT, text: 'Working on it: reading', blocks: [] };
    const progress = bot.sandbox.workspace.post(posted);
    const run: NewRun = {
      id,
      team: TEAM,
      channel,
      thread: ts,
      message: ts,
      cause: { kind: 'message' },
      user: 'U0ADA',
      text: 'How many refunds are there?',
      intent: { kind: 'any' },
      turnedDown: [],
      direct: false,
      external: false,
    };
    await bot.querent.runs.record(id, run, new Date());
    inState((state) => state.prepare("UPDATE runs SET state = 'running', attempts = ? WHERE id = ?").run(attempts, id));
    await bot.querent.runs.savePosted(id, 'progress', progress.ts);
    return { message, progress };
  }

  it('goes on at the next start, in the message that said it works', async () => {
    await bot.stopBot();
    const { message, progress } = await leaveBehind('killed', 1);
    await bot.restartBot();
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    await eventually('its end', () => /^Worked for \d+ s$/.test(progress.text));
    assert.equal(bot.answersTo(message, 'progress').length, 0, 'no second one is posted');
  });

  it('that was tried three times has failed: its message and its thread say so', async () => {
    const { message, progress } = await leaveBehind('tried', 3);
    const told = await eventually('a word', () => bot.answersTo(message, 'answer')[0]);
    assert.match(told.text, /^Something broke here/);
    await eventually('the message to end', () => progress.text === 'Error');
    assert.equal(await stateOf(message), 'failed');
    assert.equal(bot.answersTo(message, 'answer').length, 1);
  });
});

describe('a choice that came to nothing', () => {
  it('is shown as open again where it was stopped, and a press chooses anew', async () => {
    const { message, asked } = await askedBack();
    databases.slow(60_000);
    const chosen = async (at: number) => {
      const found = new RegExp(`"action_id":"querent_choose_${at}","value":"([^"]+)"`).exec(textOf(asked));
      const value = found?.[1] ?? assert.fail(textOf(asked));
      bot.sandbox.press('U0ADA', 'D0ADA', asked.ts, `querent_choose_${at}`, value);
      return eventually('its run', async () => {
        const waiting = await bot.querent.runs.waiting(TEAM, { channel: 'D0ADA', thread: message.ts });
        return waiting.find(({ state }) => state === 'running');
      });
    };
    for (const at of [0, 1]) {
      const { id } = await chosen(at);
      await eventually('it to be shown', () => /chosen by/.test(textOf(asked)));
      bot.sandbox.press('U0ADA', 'D0ADA', asked.ts, 'querent_stop', id);
      await eventually('the buttons to be back', () => /taken back/.test(textOf(asked)));
    }
  });

  it('is undone where a newer reply takes its place, and the newer one chooses', async () => {
    const { message, asked } = await askedBack();
    databases.slow(60_000);
    const first = bot.sandbox.say('U0ADA', 'D0ADA', 'desk', message.ts);
    await eventually('it to choose', () => /Using \*desk/.test(textOf(asked)));
    await running(first);
    databases.slow(0);
    bot.sandbox.say('U0ADA', 'D0ADA', 'shop', message.ts);
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answer.text, /^3 /, 'it is of the shop');
    await eventually('its choice to stand', () => /Using \*shop/.test(textOf(asked)));
    assert.equal(await stateOf(first), 'stopped');
  });
});

describe('those who administer by a user group', () => {
  const toldIn = (channel: string, says: RegExp) =>
    bot.sandbox.workspace.messages.filter((one) => one.channel === channel && one.user === BOT && says.test(one.text));

  it('are each told what only an admin can mend', async () => {
    inState((state) =>
      state
        .prepare(
          `INSERT INTO runs (id, team, channel, thread, cause, state, created_at, request)
           VALUES ('damaged', '${TEAM}', 'D0ADA', '1.1', 'damaged', 'queued', '2020-01-01T00:00:00.000Z', '{}')`,
        )
        .run(),
    );
    for (const channel of ['D0MILES', 'D0NORA'])
      await eventually(`a word in ${channel}`, () => toldIn(channel, /damaged cannot be read/)[0]);
    assert.deepEqual(toldIn('D0ADA', /cannot be read/), []);
  });

  it('have each a digest of a day once, though the bot is killed between posting and keeping that', async () => {
    const { message } = await bot.ask('How many tickets are there?');
    await bot.quiet();
    unsavedDigests = 1;
    await bot.querent.runs.saveFeedback((await runOf(message)).id, 'U0ADA', 'down', new Date('2026-06-02T09:00:00Z'));
    await bot.restartBot();
    await eventually('the first', () => ['D0MILES', 'D0NORA'].some((one) => toldIn(one, /To be looked at/)[0]));
    await eventually('that it could not be kept', () => bot.log.some((line) => /digests could not be told/.test(line)));
    await bot.restartBot();
    for (const channel of ['D0MILES', 'D0NORA'])
      await eventually(`one in ${channel}`, () => toldIn(channel, /To be looked at/)[0]);
    await eventually('all to be kept', async () =>
      (
        await Promise.all(['U0MILES', 'U0NORA'].map((one) => bot.parts.store.isDigestDue(TEAM, one, '2026-06-02')))
      ).every((isDue) => !isDue),
    );
    for (const channel of ['D0MILES', 'D0NORA']) assert.equal(toldIn(channel, /To be looked at/).length, 1);
  });
});
