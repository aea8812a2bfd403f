import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';

type Bot = Awaited<ReturnType<typeof startSmallBot>>;
let bot: Bot;
const started: Bot[] = [];
async function start(script: string) {
  bot = await startSmallBot(undefined, {}, { shop: script });
  started.push(bot);
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

/** One table a year: the same columns, other rows. */
const orders = (name: string, rows: number, last: string, more = '') => `
  CREATE TABLE ${name} (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), amount REAL, ordered_on DATE${more && `, ${more}`});
  ${Array.from({ length: rows }, (_, at) => `INSERT INTO ${name} (id, customer_id, amount, ordered_on) VALUES (${at + 1}, 1, ${at + 10}, '${last}');`).join('\n')}`;
const CUSTOMERS = `CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT); INSERT INTO customers VALUES (1, 'Ada', 'Town'), (2, 'Bo', 'Port');`;
const YEARS = `${CUSTOMERS} ${orders('orders_2024', 7, '2024-06-01')} ${orders('orders_2025', 4, '2025-06-01')}`;

const HOW_MANY = 'How many orders are there?';
const CHANNEL = 'C0GENERAL';

describe('near copies within one database, in Slack', () => {
  it('are asked about as one family, each told by its rows and how fresh they are; the one that is chosen answers', async () => {
    await start(YEARS);
    const { message, answer } = await bot.ask(HOW_MANY);
    const asked = textOf(answer);
    assert.match(asked, /orders_2025 and orders_2024 hold the same columns\. Which should answer this\?/);
    assert.match(asked, /\*orders_2025\*[^*]*About 4 rows\. Up to 2025-06-01\./);
    assert.match(asked, /\*orders_2024\*[^*]*About 7 rows\. Up to 2024-06-01\./);
    const chosen = await bot.ask('orders_2024', { thread: message, nth: 2 });
    assert.match(chosen.answer.text, /^7 /);
  });

  it('are remembered by channel: the one that was chosen answers the next question there, and says so', async () => {
    await start(YEARS);
    const first = await bot.ask(`<@U0QUERENT> ${HOW_MANY}`, { channel: CHANNEL });
    await bot.ask('orders_2024', { channel: CHANNEL, thread: first.message, nth: 2 });
    const next = await bot.ask('<@U0QUERENT> What is the total amount of orders?', { channel: CHANNEL });
    assert.match(textOf(next.answer), /91/);
    assert.match(
      textOf(next.answer),
      /hold the same columns\. This is from orders_2024, which was chosen here before\./,
    );
    // Elsewhere nothing was chosen.
    const direct = await bot.ask('What is the total amount of orders?', { user: 'U0MILES', channel: 'D0MILES' });
    assert.match(textOf(direct.answer), /Which should answer this\?/);
  });

  it('are not asked about where the question names one of them, or needs none', async () => {
    await start(YEARS);
    const named = await bot.ask('How many orders 2024 are there?');
    assert.match(named.answer.text, /^7 /);
    const others = await bot.ask('How many customers are there?');
    assert.match(others.answer.text, /^2 /);
  });

  it('are told by the columns that one alone has, and by nothing where one is called by what all have in common', async () => {
    const five = Array.from({ length: 6 }, (_, at) => `c${at} TEXT`).join(', ');
    await start(
      `${CUSTOMERS} ${orders('orders_2024', 7, '2024-06-01', five)} ${orders('orders_2025', 4, '2025-06-01', `${five}, discount REAL`)}
       CREATE TABLE patents (id INTEGER PRIMARY KEY, title TEXT, filed_on DATE);
       CREATE TABLE patents_google (id INTEGER PRIMARY KEY, title TEXT, filed_on DATE);
       INSERT INTO patents VALUES (1, 'a', '2020-01-01'); INSERT INTO patents_google VALUES (1, 'a', '2020-01-01'), (2, 'b', '2021-01-01');`,
    );
    const { answer } = await bot.ask(HOW_MANY);
    assert.match(textOf(answer), /hold nearly the same columns/);
    assert.match(textOf(answer), /It alone has discount\./);
    assert.match((await bot.ask('How many patents are there?')).answer.text, /^1 /);
    assert.match((await bot.ask('How many google patents are there?')).answer.text, /^2 /);
  });
});
