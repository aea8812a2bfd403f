import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const ASK = '<@U0QUERENT> ';
const databases = slowDatabases();
let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(
    undefined,
    { QUERENT_ADMINS: 'U0NORA', QUERENT_RUNS_PER_THREAD: '1' },
    undefined,
    databases.change,
    {
      progressTimes: { streamAfterMs: 300, messageAfterMs: 300, withoutStatusAfterMs: 300 },
    },
  );
});
afterAll(() => bot.stop());
afterEach(async () => {
  databases.letGo();
  bot.sandbox.faults.clear();
  await bot.quiet(); // what a test left under way would be slow with the next
});

const say = (user: string, text: string, thread?: SandboxMessage) =>
  bot.sandbox.say(user, 'C0GENERAL', `${ASK}${text}`, thread?.ts);
const answered = async (message: SandboxMessage, part = 'answer') => ({
  message,
  answer: await eventually('an answer', () => bot.answersTo(message, part)[0]),
});
const progressOf = (message: SandboxMessage) =>
  eventually('the progress message', () => bot.answersTo(message, 'progress')[0]);
const runOf = async ({ channel, ts }: SandboxMessage) =>
  (await bot.querent.runs.ofMessage('T0FERNHILL', channel, ts)) ?? assert.fail('no run');
const state = async ({ channel, ts }: SandboxMessage) =>
  (await bot.querent.runs.ofMessage('T0FERNHILL', channel, ts))?.state;

describe('a question that takes long', () => {
  it('has a sign of life before its query runs, is shown step by step, and its progress is brought to an end', async () => {
    databases.slow(60_000);
    const before = databases.begun.length;
    const signs: number[] = [];
    const unhear = bot.sandbox.workspace.onChange((change) => {
      if (change.kind === 'status') signs.push(databases.begun.length - before);
    });
    const message = say('U0ADA', 'How many refunds are there?');
    const progress = await progressOf(message);
    await eventually('a step', () => /^Working on it: /.test(progress.text));
    unhear();
    assert.equal(signs[0], 0, 'how soon it comes is for the bench to say');
    assert.match(textOf(progress), /querent_stop/);
    databases.letGo();
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    await eventually('the end of its progress', () => /^Worked for \d+ s$/.test(progress.text));
    assert.ok(!textOf(progress).includes('querent_stop'));
    assert.ok(!textOf(progress).includes('shop'), 'a channel is told no database');
  });

  it('is stopped by its asker at once, and says what was done', async () => {
    databases.slow(60_000);
    const before = databases.begun.length;
    const message = say('U0ADA', 'How many tickets are there?');
    const progress = await progressOf(message);
    await eventually('the query to run', () => databases.begun.length > before);
    const pressed = performance.now();
    const { id } = await runOf(message);
    bot.sandbox.press('U0ADA', 'C0GENERAL', progress.ts, 'querent_stop', id);
    const told = await eventually('that it was stopped', () => bot.answersTo(message, 'answer')[0]);
    assert.match(told.text, /^Stopped while .+\. Nothing was changed\.$/);
    await eventually('the engine to be let go of', () => databases.stopped.some((at) => at >= pressed));
    await eventually('its progress to say so', () => progress.text === 'Stopped');
    assert.equal(await state(message), 'stopped');
  });

  it('is over once it is stopped, though its thread takes no message any more', async () => {
    databases.slow(60_000);
    const message = say('U0ADA', 'How many tickets are there?');
    const progress = await progressOf(message);
    const { id } = await runOf(message);
    bot.sandbox.faults.set('chat.postMessage', ['is_archived']);
    bot.sandbox.press('U0ADA', 'C0GENERAL', progress.ts, 'querent_stop', id);
    await eventually('where it went', async () => (await runOf(message)).result?.movedTo);
    await bot.quiet();
    assert.equal(await state(message), 'stopped');
  });

  it('is not stopped by somebody else, but by an admin', async () => {
    databases.slow(60_000);
    const message = say('U0ADA', 'How many refunds are there?');
    const progress = await progressOf(message);
    const { id } = await runOf(message);
    bot.sandbox.press('U0MILES', 'C0GENERAL', progress.ts, 'querent_stop', id);
    await eventually('a word to who pressed', () =>
      bot.sandbox.workspace.messages.find(
        ({ onlyFor, text }) => onlyFor === 'U0MILES' && /or an admin can stop/.test(text),
      ),
    );
    assert.equal(await state(message), 'running');
    bot.sandbox.press('U0NORA', 'C0GENERAL', progress.ts, 'querent_stop', id);
    await eventually('the end', async () => (await state(message)) === 'stopped');
  });

  it('is stopped by the button of a session', async () => {
    databases.slow(60_000);
    const message = bot.sandbox.say('U0ADA', 'D0ADA', 'How many refunds are there?');
    await eventually('the run', async () => (await state(message)) === 'running');
    bot.sandbox.tell({
      type: 'agent_session_stopped',
      channel: 'D0ADA',
      thread_ts: message.ts,
      user: 'U0ADA',
      streaming_message_ts: [],
      event_ts: '1.1',
    });
    const told = await eventually('that it was stopped', () => bot.answersTo(message, 'answer')[0]);
    assert.match(told.text, /^Stopped/);
  });
});

describe('a question that is changed while it is answered', () => {
  const changed = (message: SandboxMessage, text: string) =>
    bot.sandbox.tell({
      type: 'message',
      subtype: 'message_changed',
      channel: message.channel,
      channel_type: 'channel',
      message: { type: 'message', user: message.user, text, ts: message.ts, edited: { user: message.user, ts: '1.1' } },
      previous_message: { type: 'message', user: message.user, text: message.text, ts: message.ts },
      event_ts: '1.1',
      ts: '1.1',
    });
  const deleted = (message: SandboxMessage) =>
    bot.sandbox.tell({
      type: 'message',
      subtype: 'message_deleted',
      channel: message.channel,
      channel_type: 'channel',
      deleted_ts: message.ts,
      previous_message: { type: 'message', user: message.user, text: message.text, ts: message.ts },
      event_ts: '1.1',
      ts: '1.1',
    });

  it('is asked as it reads now, once', async () => {
    databases.slow(60_000);
    const message = say('U0ADA', 'How many refunds are there?');
    await eventually('the run', async () => (await state(message)) === 'running');
    databases.slow(0);
    changed(message, `${ASK}How many tickets are there?`);
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answer.text, /^2 /);
    assert.equal((await runOf(message)).text, 'How many tickets are there?');
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'answer').length, 1);
  });

  it('is not answered once it is taken back', async () => {
    databases.slow(60_000);
    const message = say('U0ADA', 'How many refunds are there?');
    await eventually('the run', async () => (await state(message)) === 'running');
    deleted(message);
    await eventually('the end', async () => (await state(message)) === 'stopped');
    assert.deepEqual(bot.answersTo(message, 'answer'), []);
  });

  it('keeps its answer where that was there first', async () => {
    const { message, answer } = await answered(say('U0ADA', 'How many refunds are there?'));
    await bot.quiet();
    changed(message, `${ASK}How many tickets are there?`);
    deleted(message);
    await bot.quiet();
    assert.deepEqual(bot.answersTo(message, 'answer'), [answer]);
  });
});

describe('several questions at once', () => {
  it('of one person in a thread: the newer takes the place of the older, in silence', async () => {
    databases.slow(60_000);
    const first = say('U0ADA', 'How many refunds are there?');
    await eventually('the run', async () => (await state(first)) === 'running');
    databases.slow(0);
    const second = say('U0ADA', 'How many tickets are there?', first);
    const answer = await eventually('the answer', () => bot.answersTo(first, 'answer')[0]);
    assert.match(answer.text, /^2 /);
    await bot.quiet();
    assert.deepEqual([await state(first), await state(second)], ['stopped', 'done']);
    assert.equal(bot.answersTo(first, 'answer').length, 1);
  });

  it('of several people in a thread: they wait, and who comes when too many do is told so and may ask again', async () => {
    databases.slow(60_000);
    const before = databases.begun.length;
    const first = say('U0ADA', 'How many refunds are there?');
    await eventually('its query to run', () => databases.begun.length > before);
    const second = say('U0MILES', 'How many tickets are there?', first);
    await eventually('it to wait', async () => (await state(second)) === 'queued');
    const third = say('U0NORA', 'How many refunds are there?', first);
    const told = await eventually('a word', () =>
      bot.sandbox.workspace.messages.find(({ onlyFor, text }) => onlyFor === 'U0NORA' && /ahead of yours/.test(text)),
    );
    assert.match(told.text, /^2 questions are ahead/);
    databases.slow(0);
    const { id } = await runOf(third);
    bot.sandbox.press('U0NORA', 'C0GENERAL', told.ts, 'querent_rerun', id);
    const progress = await progressOf(first);
    bot.sandbox.press('U0ADA', 'C0GENERAL', progress.ts, 'querent_stop', (await runOf(first)).id);
    await eventually('all answers', () => bot.answersTo(first, 'answer').length === 3);
    const texts = bot.answersTo(first, 'answer').map(({ text }) => text);
    assert.deepEqual(texts.map((text) => text[0]).sort(), ['2', '3', 'S']);
  });

  it.each(['C0GENERAL', 'D0ADA'])(
    'of one person in many threads of %s: two are answered at once, the others are told that they wait, none is lost',
    async (channel) => {
      databases.slow(1_000);
      const told: string[] = [];
      const unhear = bot.sandbox.workspace.onChange(
        (change) => void (change.kind === 'status' && told.push(change.status)),
      );
      const asked = [1, 2, 3, 4].map(() => bot.sandbox.say('U0ADA', channel, `${ASK}How many refunds are there?`));
      await eventually('two to run', async () => {
        const states = await Promise.all(asked.map(state));
        return states.filter((one) => one === 'running').length === 2 && states.includes('queued');
      });
      for (const message of asked) await eventually('each answer', () => bot.answersTo(message, 'answer')[0]);
      unhear();
      for (const before of [2, 3])
        assert.ok(told.includes(`answers ${before} other questions of yours first…`), told.join('; '));
    },
  );
});

describe('a mode that is told to a thread', () => {
  it('is set and said once, though a mention comes twice', async () => {
    const { message } = await answered(say('U0ADA', 'How many refunds are there?'));
    say('U0ADA', 'quiet', message);
    const said = () =>
      bot.sandbox.workspace.messages.filter(
        ({ onlyFor, text }) => onlyFor === 'U0ADA' && /only where I am mentioned/.test(text),
      );
    await eventually('it to be said', () => said()[0]);
    await bot.quiet();
    assert.equal(said().length, 1);
    const thread = { channel: message.channel, thread: message.ts };
    assert.equal(await bot.querent.conversations.threadMode('T0FERNHILL', thread), 'mention');
  });
});

describe('Edit question', () => {
  it('asks the question anew as it was edited, and marks the old answer as replaced', async () => {
    const { message, answer } = await answered(say('U0ADA', 'How many refunds are there?'));
    await bot.quiet();
    const { id } = await runOf(message);
    bot.sandbox.press('U0ADA', 'C0GENERAL', answer.ts, 'querent_more', `${id}:edit-question`);
    await eventually('the form', () => JSON.stringify(bot.sandbox.modalOf('U0ADA') ?? '').includes('How many refunds'));
    const empty = await bot.sandbox.submit('U0ADA', { question: '?' });
    assert.match(JSON.stringify(empty), /Please write a question/);
    await bot.sandbox.submit('U0ADA', { question: 'How many tickets are there?' });
    const second = await eventually('the new answer', () => bot.answersTo(message, 'answer')[1]);
    assert.match(second.text, /^2 /);
    await eventually('the old one to be marked', () => textOf(answer).includes('Replaced by a newer answer'));
    assert.ok(!textOf(answer).includes('querent_more'), 'it has no controls any more');
  });

  it('opens under an answer of somebody else, with the rights of who edits', async () => {
    const { message, answer } = await answered(say('U0ADA', 'How many refunds are there?'));
    await bot.quiet();
    const { id } = await runOf(message);
    bot.sandbox.press('U0MILES', 'C0GENERAL', answer.ts, 'querent_more', `${id}:edit-question`);
    await eventually('the form', () =>
      JSON.stringify(bot.sandbox.modalOf('U0MILES') ?? '').includes('How many refunds'),
    );
    await bot.sandbox.submit('U0MILES', { question: 'How many tickets are there?' });
    await eventually('the new answer', () => bot.answersTo(message, 'answer')[1]);
    await bot.quiet();
    assert.ok(!textOf(answer).includes('Replaced'), 'the answer of another stays as it is');
  });
});

describe('a question back that nobody took up', () => {
  const aged = (id: string) => {
    const state = new DatabaseSync(`${bot.home}/state.sqlite`);
    state.prepare("UPDATE runs SET created_at = '2020-01-01T00:00:00.000Z' WHERE id = ?").run(id);
    state.close();
  };

  it('says that it is closed, and a press asks the question anew', async () => {
    const { message, answer } = await answered(
      bot.sandbox.say('U0ADA', 'D0ADA', 'How many customers are there?'),
      'clarify',
    );
    assert.match(textOf(answer), /querent_choose_0/);
    await bot.quiet();
    const { id } = await runOf(message);
    aged(id);
    await bot.restartBot();
    await eventually('it to say so', () => /closed/.test(textOf(answer)));
    assert.equal(await state(message), 'expired');
    const value = /"action_id":"querent_choose_0","value":"([^"]+)"/.exec(textOf(answer))?.[1] ?? '';
    bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_choose_0', value);
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
  });
});

describe('a question that is far too long', () => {
  it('is told so in a sentence', async () => {
    const { answer } = await answered(
      bot.sandbox.say('U0ADA', 'D0ADA', `How many refunds ${'and again '.repeat(400)}?`),
    );
    assert.match(answer.text, /2,?000|shorter|long/i);
  });
});
