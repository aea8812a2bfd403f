import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const QUESTION = 'How many refunds are there?';
const ASK = `<@U0QUERENT> ${QUESTION}`;

let bot: Awaited<ReturnType<typeof startSmallBot>>;
afterEach(() => bot.stop());

describe('a workspace without the agent surface', () => {
  it('is told in words at once, and then by one message that is edited and can be stopped', async () => {
    const databases = slowDatabases();
    const progressTimes = { streamAfterMs: 300, messageAfterMs: 300, withoutStatusAfterMs: 300 };
    bot = await startSmallBot(undefined, {}, undefined, databases.change, { progressTimes });
    bot.sandbox.switches.agentSurface = 'feature_disabled';
    const told: string[] = [];
    bot.sandbox.workspace.onChange((change) => void (change.kind === 'status' && told.push(change.status)));
    databases.slow(3_000);
    const message = bot.sandbox.say('U0ADA', 'D0ADA', QUESTION);
    const progress = await eventually('the progress', () => bot.answersTo(message, 'progress')[0]);
    assert.match(textOf(progress), /querent_stop/);
    assert.equal(progress.streaming, undefined);
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    await eventually('its end', () => /^Worked for \d+ s$/.test(progress.text));
    assert.equal(bot.answersTo(message, 'progress').length, 1);
    assert.ok(
      told.some((one) => /^is .+…$/.test(one)),
      told.join(),
    );
    assert.equal(told.at(-1), '', 'the status is cleared');
    const calls = bot.sandbox.journal.entries.map(({ name }) => name);
    assert.ok(!calls.includes('chat.startStream'));
    await bot.ask(QUESTION);
    const tried = bot.sandbox.journal.entries.filter(({ name }) => name === 'agents.sessions.setStatus');
    assert.equal(tried.length, 1, 'what it lacks is not tried again');
  });

  it('and without a status is told by a message alone', async () => {
    const databases = slowDatabases();
    const progressTimes = { streamAfterMs: 300, messageAfterMs: 60_000, withoutStatusAfterMs: 300 };
    bot = await startSmallBot(undefined, {}, undefined, databases.change, { progressTimes });
    bot.sandbox.switches.agentSurface = 'not_authorized';
    bot.sandbox.failing.add({ method: 'assistant.threads.setStatus', faults: ['missing_scope'] });
    databases.slow(2_000);
    const message = bot.sandbox.say('U0ADA', 'D0ADA', QUESTION);
    const progress = await eventually('the progress', () => bot.answersTo(message, 'progress')[0]);
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    await eventually('its end', () => /^Worked for \d+ s$/.test(progress.text));
  });
});

describe('a direct message of several people', () => {
  it('is answered where it mentions the bot, and its asker goes on without a mention', async () => {
    bot = await startSmallBot();
    const silent = bot.sandbox.say('U0ADA', 'G0PLANNING', QUESTION);
    const { message, answer } = await bot.ask(ASK, { channel: 'G0PLANNING' });
    assert.equal(answer.text, '3 refunds.');
    const { answer: next } = await bot.ask('only those of 2025', { channel: 'G0PLANNING', thread: message, nth: 2 });
    assert.match(next.text, /^2 refunds/);
    bot.sandbox.say('U0MILES', 'G0PLANNING', 'and those of 2024?', message.ts);
    await bot.quiet();
    assert.equal(bot.answersTo(message).length, 2);
    assert.deepEqual(bot.answersTo(silent), []);
  });
});

describe('a channel that workspaces of one Enterprise Grid share', () => {
  const inOrg = { channel: 'C0ORG', user: 'U0SOL' };

  it('is answered, with its files, where the other workspace is named', async () => {
    bot = await startSmallBot(undefined, { QUERENT_SIBLING_TEAMS: 'T0NORTH' }, undefined, undefined, { grid: true });
    const { answer } = await bot.ask('<@U0QUERENT> List the names of customers from Chile or Norway', inOrg);
    assert.match(textOf(answer), /Ada/);
    const run = /"value":"([^":]+):sql"/.exec(textOf(answer))?.[1] ?? assert.fail(textOf(answer));
    bot.sandbox.press('U0SOL', 'C0ORG', answer.ts, 'querent_csv', run);
    await eventually('the file', () => bot.sandbox.workspace.messages.find(({ files }) => files.length > 0));
  });

  it('is silence where it is not', async () => {
    bot = await startSmallBot(undefined, {}, undefined, undefined, { grid: true });
    const message = bot.sandbox.say('U0SOL', 'C0ORG', ASK);
    await bot.quiet();
    assert.deepEqual(bot.answersTo(message), []);
    assert.ok(!bot.sandbox.workspace.messages.some(({ onlyFor }) => onlyFor === 'U0SOL'));
  });
});

describe('shares of one whole', () => {
  it('are said in per cent and drawn as a pie', async () => {
    const orders = "(1, 'web'), (2, 'web'), (3, 'shop'), (4, 'phone')";
    const shop = `CREATE TABLE orders (id INTEGER PRIMARY KEY, channel TEXT); INSERT INTO orders VALUES ${orders};`;
    bot = await startSmallBot(undefined, {}, { shop });
    const { answer } = await bot.ask('What share of orders does each channel have?');
    assert.match(answer.text, /web is first with 50 %/);
    const blocks = answer.blocks as readonly { type: string; title?: string; chart?: unknown }[];
    const { title, chart } = blocks.find(({ type }) => type === 'data_visualization') ?? {};
    assert.equal(title, 'Share of orders (%) by channel');
    const segments = [
      { label: 'web', value: 50 },
      { label: 'phone', value: 25 },
      { label: 'shop', value: 25 },
    ];
    assert.deepEqual(chart, { type: 'pie', segments });
  });
});
