import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

type Bot = Awaited<ReturnType<typeof startSmallBot>>;
let bot: Bot;
afterEach(() => bot.stop());

const TEAM = 'T0FERNHILL';
const QUESTION = 'How many customers are there?';
const CITIES = ['oslo', 'lima', 'turin', 'quito', 'perth', 'leeds', 'nice', 'cairo', 'delhi'];

/** Databases of which each could answer, and whose tables say nothing of which is meant. */
const shopsOf = (cities: readonly string[]) =>
  Object.fromEntries(
    cities.map((city, at) => [
      city,
      `CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
       CREATE TABLE ${city}_visits (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id));
       INSERT INTO customers VALUES ${Array.from({ length: at + 1 }, (_, nth) => `(${nth + 1}, 'n${nth}')`).join(', ')};`,
    ]),
  );

const questionsOf = (message: SandboxMessage) => bot.answersTo(message, 'clarify');
const nthQuestion = (message: SandboxMessage, nth: number) =>
  eventually(`question ${nth}`, () => questionsOf(message)[nth - 1]);
const modalThat = (user: string, holds: RegExp) =>
  eventually(`a modal of ${user} that has ${holds}`, () => {
    const view = JSON.stringify(bot.sandbox.modalOf(user) ?? null);
    return holds.test(view) ? view : undefined;
  });

function press(message: SandboxMessage, action: string, user = 'U0ADA'): void {
  const value = new RegExp(`"action_id":"${action}","value":"([^"]+)"`).exec(textOf(message))?.[1];
  assert.ok(value, `no ${action} in ${textOf(message)}`);
  bot.sandbox.press(user, message.channel, message.ts, action, value);
}

describe('after “None of these”', () => {
  it('any database that the asker may ask can be chosen from a list, by the asker alone', async () => {
    bot = await startSmallBot(undefined, {}, shopsOf(CITIES.slice(0, 6)));
    const { message, answer } = await bot.ask(`<@U0QUERENT> ${QUESTION}`, { channel: 'C0GENERAL' });
    press(answer, 'querent_choose_none');
    const second = await nthQuestion(message, 2);
    press(second, 'querent_database_list', 'U0MILES');
    assert.doesNotMatch(await modalThat('U0MILES', /Only whoever asked/), /oslo/);
    press(second, 'querent_database_list');
    const list = await modalThat('U0ADA', /"block_id":"database"/);
    for (const city of CITIES.slice(0, 6)) assert.ok(list.includes(`"value":"${city}"`), city);
    assert.equal((await bot.sandbox.submit('U0ADA', { database: 'lima' })).kind, 'closed');
    const answered = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answered.text, /^2 /);
    assert.match(textOf(answered), /\*lima\*/);
    await eventually('what was chosen', () => /Using \*another database\*, chosen by/.test(textOf(second)));
  });

  it('and none left, a list stands under the answer that says so', async () => {
    bot = await startSmallBot(undefined, {}, shopsOf(CITIES.slice(0, 2)));
    const { message, answer } = await bot.ask(QUESTION);
    press(answer, 'querent_choose_none');
    const none = await eventually('that none is left', () => bot.answersTo(message, 'answer')[0]);
    assert.match(none.text, /no other database that you may ask/);
    press(none, 'querent_database_list');
    await modalThat('U0ADA', /"block_id":"database"/);
    await bot.sandbox.submit('U0ADA', { database: 'oslo' });
    const answered = await eventually('the answer', () => bot.answersTo(message, 'answer')[1]);
    assert.match(answered.text, /^1 /);
  });
});

describe('a question', () => {
  it('is asked back about twice at most, and then answered by what is likeliest, which is said', async () => {
    bot = await startSmallBot(undefined, {}, shopsOf(CITIES));
    const { message, answer } = await bot.ask(QUESTION);
    press(answer, 'querent_choose_none');
    await nthQuestion(message, 2);
    bot.sandbox.say('U0ADA', 'D0ADA', 'none of these', message.ts);
    const answered = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(textOf(answered), /asked back twice already|This is a guess/);
    assert.equal(questionsOf(message).length, 2);
  });
});

describe('a database that was chosen in a channel', () => {
  const offers = (user: string) =>
    bot.sandbox.workspace.messages.filter(
      ({ onlyFor, text }) => onlyFor === user && /Shall questions in this channel/.test(text),
    );

  async function chosenBy(user: string) {
    bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' }, shopsOf(CITIES.slice(0, 2)));
    const { message, answer } = await bot.ask(`<@U0QUERENT> ${QUESTION}`, { channel: 'C0GENERAL', user });
    press(answer, 'querent_choose_0', user);
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    await bot.quiet();
  }
  const kept = () => bot.querent.conversations.channelDatabase(TEAM, 'C0GENERAL');

  it('is offered to an admin as the one that stands first there, and is that once they say so', async () => {
    await chosenBy('U0NORA');
    const offer = await eventually('the offer', () => offers('U0NORA')[0]);
    assert.equal(await kept(), undefined);
    press(offer, 'querent_channel_database', 'U0NORA');
    await eventually('it to be kept', kept);
    assert.equal(offers('U0NORA').length, 1);
  });

  it('is offered to nobody who may not say so, and is not that by their press', async () => {
    await chosenBy('U0ADA');
    assert.deepEqual(offers('U0ADA'), []);
    const { ts } = bot.sandbox.say('U0ADA', 'C0GENERAL', 'hello');
    bot.sandbox.press('U0ADA', 'C0GENERAL', ts, 'querent_channel_database', 'oslo');
    await eventually('why not', () =>
      bot.sandbox.workspace.messages.find(({ onlyFor, text }) => onlyFor === 'U0ADA' && /Only admins/.test(text)),
    );
    assert.equal(await kept(), undefined);
  });
});
