import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { chosenOption } from '#src/slack/choice.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

type Bot = Awaited<ReturnType<typeof startSmallBot>>;
let bot: Bot;
const started: Bot[] = [];
async function start(...how: Parameters<typeof startSmallBot>) {
  bot = await startSmallBot(...how);
  started.push(bot);
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

const TEAM = 'T0FERNHILL';
const withCustomers = (others: string, ...names: string[]) =>
  `CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE ${others} (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id));
   INSERT INTO customers VALUES ${names.map((name, at) => `(${at + 1}, '${name}')`).join(', ')};`;

const buttonOf = (message: SandboxMessage, id: string) => {
  const found = new RegExp(`"action_id":"(${id})","value":"([^"]+)"`).exec(textOf(message));
  // What is no button is an entry of the menu.
  const entry = id.replace('querent_', '').replace('_', '-');
  const inMenu = found ? undefined : new RegExp(`"value":"([^"]+:${entry})"`).exec(textOf(message));
  assert.ok(found ?? inMenu, `no button ${id} in ${textOf(message)}`);
  return found ? { action: found[1]!, value: found[2]! } : { action: 'querent_more', value: inMenu![1]! };
};
const press = (message: SandboxMessage, id: string) => {
  const { action, value } = buttonOf(message, id);
  bot.sandbox.press('U0ADA', message.channel, message.ts, action, value);
};
/** The button of an option by the name of its database. */
const buttonFor = (message: SandboxMessage, database: string) => {
  const at = [...message.text.matchAll(/(\d)\. (\w+)/g)].find(([, , name]) => name === database)?.[1];
  assert.ok(at, message.text);
  return `querent_choose_${Number(at) - 1}`;
};
const answers = (message: SandboxMessage) => bot.answersTo(message, 'answer');
const nthAnswer = (message: SandboxMessage, nth: number) =>
  eventually(`answer ${nth}`, () => answers(message)[nth - 1]);
const nthQuestion = (message: SandboxMessage, nth: number) =>
  eventually(`question ${nth}`, () => bot.answersTo(message, 'clarify')[nth - 1]);

const turnsOf = ({ ts }: SandboxMessage) => bot.querent.runs.turns(TEAM, [{ channel: 'D0ADA', thread: ts }]);

describe('a choice', () => {
  it('stores the same pressed or typed: the database, the pin of the thread and the verdict', async () => {
    const stored: unknown[] = [];
    for (const how of ['pressed', 'by name', 'by place'] as const) {
      await start();
      const { message, answer } = await bot.ask('How many customers are there?');
      const button = buttonFor(answer, 'desk');
      if (how === 'pressed') press(answer, button);
      else {
        const place = button.endsWith('0') ? 'the first one' : 'the second one';
        bot.sandbox.say('U0ADA', 'D0ADA', how === 'by name' ? 'desk' : place, message.ts);
      }
      await nthAnswer(message, 1);
      const run = await eventually('the run', async () =>
        (await turnsOf(message)).find(({ state }) => state === 'done'),
      );
      const { text, intent, turnedDown, settles } = run;
      const [asked] = await turnsOf(message);
      const [remembered] = await bot.querent.runs.pastAnswers(TEAM);
      stored.push({ text, intent, turnedDown, ofTheQuestion: settles === asked?.id, remembered });
      // The thread stays there: a question that both could answer is not asked about.
      const next = await bot.ask('List the names of customers', { thread: message, nth: 3 });
      assert.match(textOf(next.answer), /Cy/, how);
    }
    const wanted = {
      text: 'How many customers are there?',
      intent: { kind: 'from', databaseId: 'desk' },
      turnedDown: [],
      ofTheQuestion: true,
      remembered: {
        channelId: 'D0ADA',
        userId: 'U0ADA',
        text: 'How many customers are there?',
        databaseId: 'desk',
        sql: 'SELECT COUNT(*) FROM customers',
        verdict: 'confirmed',
      },
    };
    assert.deepEqual(stored, [wanted, wanted, wanted]);
  });

  it('that was typed is kept over a crash between it and its answer', async () => {
    await start();
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('the desk one', { thread: message, nth: 2 });
    const run = await eventually('the run', async () => (await turnsOf(message)).find(({ state }) => state === 'done'));
    // As after a kill once the choice was stored: the run is under way and nothing was posted.
    const { DatabaseSync } = await import('node:sqlite');
    const state = new DatabaseSync(`${bot.home}/state.sqlite`);
    state.prepare("UPDATE runs SET state = 'running', result = NULL, attempts = 0 WHERE id = ?").run(run.id);
    state.prepare('DELETE FROM posted WHERE run_id = ?').run(run.id);
    state.close();
    await bot.restartBot();
    const again = await nthAnswer(message, 2);
    assert.match(again.text, /^2 [a-z]/);
  });

  it('of somebody else in words is no choice', async () => {
    await start();
    const { message } = await bot.ask('<@U0QUERENT> how many customers are there?', { channel: 'C0GENERAL' });
    const other = await bot.ask('<@U0QUERENT> desk', {
      channel: 'C0GENERAL',
      user: 'U0MILES',
      thread: message,
      nth: 2,
    });
    assert.doesNotMatch(other.answer.text, /Count/);
    const mine = await bot.ask('desk', { channel: 'C0GENERAL', thread: message, nth: 3 });
    assert.match(mine.answer.text, /^2 [a-z]/);
  });

  it('of a database that is called “none” is not “None of these”', async () => {
    const databases = {
      none: withCustomers('none_notes', 'A', 'B', 'C'),
      sales: withCustomers('sales_notes', 'D', 'E'),
    };
    for (const choose of ['press', 'type']) {
      await start(undefined, { QUERENT_QUESTION_PRICE: '0' }, databases);
      const { message, answer } = await bot.ask('How many customers are there?');
      if (choose === 'press') press(answer, buttonFor(answer, 'none'));
      else bot.sandbox.say('U0ADA', 'D0ADA', 'none', message.ts);
      assert.match((await nthAnswer(message, 1)).text, /^3 [a-z]/, choose);
      const marked = await eventually('the choice to show', () =>
        bot.answersTo(message, 'clarify').find((one) => /Using/.test(one.text)),
      );
      assert.equal(marked.text, 'Using none');
    }
    await start(undefined, { QUERENT_QUESTION_PRICE: '0' }, databases);
    const { message, answer } = await bot.ask('How many customers are there?');
    press(answer, 'querent_choose_none');
    assert.match((await nthAnswer(message, 1)).text, /none, sales are turned down/);
  });

  it.each([
    ['none', ['none', 'desk'], { kind: 'option', at: 0 }],
    ['none of these', ['none', 'desk'], { kind: 'none' }],
    ['none', ['shop', 'desk'], { kind: 'none' }],
    ['no', ['zoo'], { kind: 'none' }],
    ['yes', ['zoo'], { kind: 'option', at: 0 }],
    ['yes', ['shop', 'desk'], undefined],
    ['the second one', ['shop', 'desk'], { kind: 'option', at: 1 }],
    ['the second one', ['refunds: 2', 'refunds: 2'], { kind: 'option', at: 1 }],
    ['the third one', ['shop', 'desk'], undefined],
    ['use the web_shop database', ['desk', 'web_shop'], { kind: 'option', at: 1 }],
    ['how many are there in all?', ['shop', 'desk'], undefined],
  ] as const)('reads “%s” of %j', (reply, labels, choice) => {
    const options = labels.map((label) => ({ label, words: label }));
    assert.deepEqual(chosenOption(reply, options), choice);
  });
});

describe('a database that was said to be wrong', () => {
  it('is not asked again from under a rerun of its answer', async () => {
    await start();
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('shop', { thread: message, nth: 2 });
    const first = await nthAnswer(message, 1);
    press(first, 'querent_rerun');
    const rerun = await nthAnswer(message, 2);
    assert.match(rerun.text, /^3 [a-z]/);
    press(rerun, 'querent_wrong_database');
    const next = await nthAnswer(message, 3);
    assert.match(next.text, /^2 [a-z]/);
    // A rerun of the next, turned down too: nothing is left, and the first is not taken up again.
    press(next, 'querent_rerun');
    const again = await nthAnswer(message, 4);
    assert.match(again.text, /^2 [a-z]/);
    press(again, 'querent_wrong_database');
    assert.match((await nthAnswer(message, 5)).text, /no other database that you may ask: desk, shop are turned down/);
  });

  it('is not asked again from under an older answer to the same question', async () => {
    await start();
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('shop', { thread: message, nth: 2 });
    const first = await nthAnswer(message, 1);
    press(first, 'querent_rerun');
    const rerun = await nthAnswer(message, 2);
    press(first, 'querent_wrong_database');
    const next = await nthAnswer(message, 3);
    assert.match(next.text, /^2 [a-z]/);
    press(next, 'querent_wrong_database');
    await nthAnswer(message, 4);
    press(rerun, 'querent_wrong_database');
    assert.match((await nthAnswer(message, 5)).text, /desk, shop are turned down/);
  });

  it('is not asked again by a press that comes before the answer above it is done with', async () => {
    let release: () => void = () => undefined;
    let held: Promise<void> | undefined;
    await start(undefined, {}, undefined, (parts) => ({
      ...parts,
      store: {
        ...parts.store,
        saveResult: async (id, state, result) => {
          if (state !== 'running') await held;
          await parts.store.saveResult(id, state, result);
        },
      },
    }));
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('shop', { thread: message, nth: 2 });
    const first = await nthAnswer(message, 1);
    press(first, 'querent_rerun');
    const rerun = await nthAnswer(message, 2);
    press(first, 'querent_wrong_database');
    const next = await nthAnswer(message, 3);
    await bot.quiet();
    held = new Promise((resolve) => (release = resolve));
    press(next, 'querent_wrong_database');
    await nthAnswer(message, 4); // it can be seen, and its run is not done yet
    press(rerun, 'querent_wrong_database');
    const { value } = buttonOf(rerun, 'querent_wrong_database');
    await eventually('the press to be taken', () => bot.querent.runs.isWrong(value));
    release();
    assert.match((await nthAnswer(message, 5)).text, /desk, shop are turned down/);
  });
});

describe('what follows from a press of *Wrong database*', () => {
  const answered = async () => {
    await start();
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('shop', { thread: message, nth: 2 });
    const answer = await nthAnswer(message, 1);
    return { message, answer };
  };

  it('does not wait for its presser to be told', async () => {
    const { message, answer } = await answered();
    bot.sandbox.faults.set('chat.postEphemeral', [{ status: 429, retryAfterS: 11 }]);
    press(answer, 'querent_wrong_database');
    const next = await eventually('the next answer', () => answers(message)[1], 9_000);
    assert.match(next.text, /^2 [a-z]/);
  });

  it('is made good by another press where a crash came between the two', async () => {
    const { message, answer } = await answered();
    const run = await eventually('the run', async () => (await turnsOf(message)).find(({ state }) => state === 'done'));
    await bot.querent.runs.saveCorrection(run.id, 'U0ADA', new Date());
    press(answer, 'querent_wrong_database');
    assert.match((await nthAnswer(message, 2)).text, /^2 [a-z]/);
  });
});

describe('*Try again* under a failure', () => {
  it('asks the database that could not be asked, though no query was written', async () => {
    await start();
    const shop = (await bot.querent.databases.list()).find(({ id }) => id === 'shop');
    assert.ok(shop);
    await bot.parts.store.saveDatabase({ ...shop, url: 'postgres://reader@127.0.0.1:1/shop', secret: 'env:NOT_SET' });
    const { message, answer } = await bot.ask('How many refunds are there?');
    assert.doesNotMatch(textOf(answer), /Show SQL/);
    press(answer, 'querent_rerun');
    await nthAnswer(message, 2);
    const [first, again] = await eventually('both runs', async () => {
      const turns = await turnsOf(message);
      return turns.length === 2 && turns;
    });
    assert.deepEqual(first?.intent, { kind: 'any' });
    assert.deepEqual(again?.intent, { kind: 'from', databaseId: 'shop' });
  });
});

describe('a database that is likelier wrong than right', () => {
  const five = Object.fromEntries(
    ['alpha', 'beta', 'gamma', 'delta', 'omega'].map((id, at) => [
      id,
      withCustomers(`${id}_notes`, ...Array.from({ length: at + 1 }, (_, nth) => `N${nth}`)),
    ]),
  );

  it('is asked about when it alone is left after “None of these”, and answers once it is confirmed', async () => {
    await start(undefined, {}, five);
    const { message, answer } = await bot.ask('How many customers are there?');
    press(answer, 'querent_choose_none');
    const second = await nthQuestion(message, 2);
    assert.match(second.text, /^I am not sure which database this is about\. Should (\w+) answer it\?/);
    assert.equal(answers(message).length, 0);
    await bot.ask('yes', { thread: message, nth: 3 });
    assert.match((await nthAnswer(message, 1)).text, /^\d [a-z]/);
  });

  it('answers at once after *Wrong database*, and says that it is a guess', async () => {
    await start(undefined, {}, five);
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('the first one', { thread: message, nth: 2 });
    press(await nthAnswer(message, 1), 'querent_wrong_database');
    const next = await nthAnswer(message, 2);
    assert.match(textOf(next), /This is a guess: \w+ is the likeliest database that can answer/);
    assert.match(textOf(next), / [1-4]?\d % sure/);
  });

  it('is asked about even in a channel where questions back are ignored', async () => {
    await start(undefined, { QUERENT_QUESTION_PRICE: '0.95' }, five);
    const { answer } = await bot.ask('How many customers are there?');
    assert.match(answer.text, /Which database should answer this/);
  });

  it('answers as a guess where nothing is ever to be asked', async () => {
    await start(undefined, { QUERENT_QUESTION_PRICE: '1' }, five);
    const { answer } = await bot.ask('How many customers are there?');
    assert.match(answer.text, /^\d [a-z]/);
    assert.match(textOf(answer), /This is a guess/);
  });
});
