import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { allOf } from '#test/support/all-of.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const CHANNEL = 'C0GENERAL';
const TEAM = 'T0FERNHILL';
const QUESTION = 'How many refunds are there?';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' });
});
afterAll(() => bot?.stop());
afterEach(async () => {
  bot.sandbox.closeView('U0ADA', true);
  await bot.quiet();
});

const told = (user: string, pattern: RegExp, from = 0) =>
  eventually(`${user} to be told ${pattern}`, () =>
    bot.sandbox.workspace.messages
      .slice(from)
      .find((one) => (one.onlyFor === user || one.channel === `D0${user.slice(2)}`) && pattern.test(one.text)),
  );
/** Sends a command and waits for what is said for its sender alone. */
async function command(user: string, text: string, pattern: RegExp, channel = CHANNEL) {
  const from = bot.sandbox.workspace.messages.length;
  assert.ok(await bot.sandbox.command(user, channel, text));
  return told(user, pattern, from);
}
const postedIn = (channel: string, from: number) =>
  bot.sandbox.workspace.messages
    .slice(from)
    .filter((one) => one.channel === channel && one.user === 'U0QUERENT' && one.onlyFor === undefined);
const rootIn = (channel: string, from: number, threadTs?: string) =>
  eventually('the question', () =>
    postedIn(channel, from).find((one) => one.threadTs === threadTs && one.text.includes('refunds are there')),
  );
const answerTo = (question: SandboxMessage, thread = question.ts) =>
  eventually('the answer', () =>
    bot.sandbox.workspace.messages.find(
      (one) => one.threadTs === thread && one.ts > question.ts && /\b3\b/.test(textOf(one)) && /shop/.test(textOf(one)),
    ),
  );
const modal = (pattern: RegExp) =>
  eventually('the form', () => {
    const view = JSON.stringify(bot.sandbox.modalOf('U0ADA') ?? '');
    return pattern.test(view) ? view : undefined;
  });
const press = (message: SandboxMessage, action: string) =>
  bot.sandbox.press('U0ADA', message.channel, message.ts, action, QUESTION);

describe('/querent ask', () => {
  it('posts nothing in a channel before its asker says so, then the question with the answer below it, once', async () => {
    const from = bot.sandbox.workspace.messages.length;
    const asked = await command('U0ADA', `/querent ask ${QUESTION}`, /Where shall I answer/);
    assert.equal(asked.onlyFor, 'U0ADA');
    await bot.quiet();
    assert.deepEqual(postedIn(CHANNEL, from), []);
    press(asked, 'querent_ask_here');
    const question = await rootIn(CHANNEL, from);
    assert.match(question.text, /<@U0ADA> asks: How many/);
    await answerTo(question);
    press(asked, 'querent_ask_here');
    await told('U0ADA', /asked already/, from);
    assert.equal(postedIn(CHANNEL, from).filter(({ threadTs }) => threadTs === undefined).length, 1);
    // Its thread is one like any other: its asker goes on without a mention.
    const reply = bot.sandbox.say('U0ADA', CHANNEL, 'and how many customers are there in shop?', question.ts);
    await eventually('a further answer', () =>
      bot.sandbox.workspace.messages.find((one) => one.threadTs === question.ts && one.ts > reply.ts),
    );
  });

  it('is answered in the direct message by a press, and at once where it was sent there', async () => {
    let from = bot.sandbox.workspace.messages.length;
    const asked = await command('U0ADA', `/querent ask ${QUESTION}`, /Where shall I answer/);
    press(asked, 'querent_ask_privately');
    await answerTo(await rootIn('D0ADA', from));
    assert.deepEqual(postedIn(CHANNEL, from), []);
    from = bot.sandbox.workspace.messages.length;
    await command('U0ADA', `/querent ask ${QUESTION}`, /./, 'D0ADA');
    await answerTo(await rootIn('D0ADA', from));
  });

  it('posts nothing where another company reads along', async () => {
    const from = bot.sandbox.workspace.messages.length;
    const asked = await command('U0ADA', `/querent ask ${QUESTION}`, /Where shall I answer/, 'C0PARTNERS');
    press(asked, 'querent_ask_here');
    await told('U0ADA', /shared with other companies/, from);
    assert.deepEqual(postedIn('C0PARTNERS', from), []);
  });

  it('refuses what is no question, and guests; somebody of another company hears nothing', async () => {
    await command('U0ADA', '/querent ask ?!', /./);
    await command('U0GUS', `/querent ask ${QUESTION}`, /guest|member/i);
    const from = bot.sandbox.workspace.messages.length;
    await bot.sandbox.command('U0PIA', 'C0PARTNERS', `/querent ask ${QUESTION}`);
    await command('U0ADA', '/querent quiet perhaps', /Say/);
    assert.ok(!bot.sandbox.workspace.messages.slice(from).some(({ onlyFor }) => onlyFor === 'U0PIA'));
  });
});

describe('/querent use', () => {
  it('is for admins, names a database that there is, and is written down', async () => {
    const { conversations } = bot.querent;
    await command('U0ADA', '/querent use desk', /Only admins/);
    assert.equal(await conversations.channelDatabase(TEAM, CHANNEL), undefined);
    await command('U0NORA', '/querent use dsk', /desk/);
    assert.equal(await conversations.channelDatabase(TEAM, CHANNEL), undefined);
    await command('U0NORA', '/querent use desk', /taken to be about \*desk\*/);
    assert.equal(await conversations.channelDatabase(TEAM, CHANNEL), 'desk');
    const { answer } = await bot.ask('<@U0QUERENT> How many customers are there?', { channel: CHANNEL });
    assert.match(textOf(answer), /desk/);
    await command('U0NORA', '/querent use none', /No database/);
    assert.equal(await conversations.channelDatabase(TEAM, CHANNEL), undefined);
    const changes = (await allOf(bot.querent.audit.entries())).filter(
      (one) => one.kind === 'change' && one.what === `database of channel ${CHANNEL}`,
    );
    assert.deepEqual(
      changes.map((one) => one.kind === 'change' && [one.who.userId, one.before, one.after]),
      [
        ['U0NORA', null, 'desk'],
        ['U0NORA', 'desk', null],
      ],
    );
  });
});

describe('/querent quiet and help', () => {
  it('quiet holds for the threads of the channel until it is lifted', async () => {
    const thread = { channel: CHANNEL, thread: '1.1' };
    await command('U0MILES', '/querent quiet on', /only where I am mentioned/);
    assert.equal(await bot.querent.conversations.threadMode(TEAM, thread), 'mention');
    await command('U0MILES', '/querent quiet off', /needs no mention/);
    assert.equal(await bot.querent.conversations.threadMode(TEAM, thread), 'asker');
  });

  it('help has questions that work, what its reader may ask, and how to make it quiet', async () => {
    const { text } = await command('U0ADA', '/querent help', /For example/);
    const examples = text.split('\n').filter((line) => line.startsWith('• '));
    assert.equal(examples.length, 3);
    assert.match(text, /You may ask: \*(?:desk\*, \*shop|shop\*, \*desk)\*/);
    assert.match(text, /quiet on/);
    const { answer } = await bot.ask(examples[0]!.slice(2));
    assert.match(
      textOf(answer),
      /querent_more|querent_choose_/,
      'the example is answered, or asked back of two databases',
    );
  });
});

describe('/querent status', () => {
  it('says what goes on and which databases somebody may ask, and to nobody but admins what went wrong', async () => {
    const { text } = await command('U0ADA', '/querent status', /being answered/);
    assert.match(text, /✓ \*shop\* ok, schema read \d{4}-/);
    assert.match(text, /no model server is set/);
    assert.doesNotMatch(text, /Looked at now|trouble|audit/);
    const admin = await command('U0NORA', '/querent status', /being answered/);
    assert.match(admin.text, /✓ database shop · ✓ database desk|✓ database desk · ✓ database shop/);
    assert.match(admin.text, /No question ended in trouble lately/);
  });

  it('counts what waits, and names a question that broke by its run', async () => {
    const at = new Date().toISOString();
    const stopped = { runId: 'abcdef0123456789', team: TEAM, user: 'U0ADA', at, question: 'q', entries: [] };
    const trace = { ...stopped, outcome: 'database-unreachable', databaseId: 'shop' } as const;
    await bot.querent.runs.saveTrace(trace as never, { ofRun: false, since: new Date(0) });
    const { text } = await command('U0NORA', '/querent status', /ended in trouble:/);
    assert.match(text, /UTC: database-unreachable \(shop\) `abcdef01`/);
    await bot.querent.databases.pause('desk', true, { teamId: TEAM, userId: 'U0NORA' });
    await command('U0ADA', '/querent status', /‖ \*desk\* paused/);
    await bot.querent.databases.pause('desk', false, { teamId: TEAM, userId: 'U0NORA' });
  });
});

describe('the shortcuts', () => {
  it('a message opens a form with its text, which is answered privately unless its thread is chosen', async () => {
    const from = bot.sandbox.workspace.messages.length;
    const message = bot.sandbox.say('U0MILES', CHANNEL, 'How many refunds are there?');
    await bot.sandbox.messageShortcut('U0ADA', CHANNEL, message.ts, 'ask_about_message');
    const form = await modal(/How many refunds are there\?/);
    assert.match(form, /"value":"shop"/);
    assert.equal((await bot.sandbox.submit('U0ADA')).kind, 'closed');
    await answerTo(await rootIn('D0ADA', from));
    assert.deepEqual(postedIn(CHANNEL, from), []);
    await bot.sandbox.messageShortcut('U0ADA', CHANNEL, message.ts, 'ask_about_message');
    await modal(/How many refunds are there\?/);
    await bot.sandbox.submit('U0ADA', { database: 'shop', place: 'here' });
    const question = await rootIn(CHANNEL, from, message.ts);
    await answerTo(question, message.ts);
  });

  it('the global one opens it empty and answers in the direct message', async () => {
    const from = bot.sandbox.workspace.messages.length;
    await bot.sandbox.shortcut('U0ADA', 'ask_global');
    const form = await modal(/Any that fits/);
    assert.ok(!form.includes('in the thread'));
    assert.equal((await bot.sandbox.submit('U0ADA', { question: '?!' })).kind, 'errors');
    await bot.sandbox.submit('U0ADA', { question: QUESTION });
    await answerTo(await rootIn('D0ADA', from));
  });

  it('a guest sees why not, and no database', async () => {
    await bot.sandbox.shortcut('U0GUS', 'ask_global');
    const view = await eventually('the view', () => {
      const shown = JSON.stringify(bot.sandbox.modalOf('U0GUS') ?? 'Loading');
      return shown.includes('Loading') ? undefined : shown;
    });
    assert.ok(!view.includes('shop') && !view.includes('plain_text_input'));
  });
});
