import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';

type Bot = Awaited<ReturnType<typeof startSmallBot>>;
let bot: Bot;
const started: Bot[] = [];
async function start(databases: Readonly<Record<string, string>>) {
  bot = await startSmallBot(undefined, {}, databases);
  started.push(bot);
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

/** One shop a country: the same tables, other rows. */
const shop = (orders: number, last: string, more = '') => `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), amount REAL, ordered_on DATE);
  INSERT INTO customers VALUES (1, 'Ada', 'Town'), (2, 'Bo', 'Port');
  ${Array.from({ length: orders }, (_, at) => `INSERT INTO orders VALUES (${at + 1}, 1, ${at + 10}, '${last}');`).join('\n')}
  ${more}`;
const COUNTRIES = { shop_de: shop(7, '2025-06-01'), shop_fr: shop(4, '2025-03-01'), shop_uk: shop(2, '2024-01-01') };
const FLEET = `CREATE TABLE trucks (id INTEGER PRIMARY KEY, plate TEXT, bought_on DATE);
  INSERT INTO trucks VALUES (1, 'A 1', '2020-01-01');`;

const HOW_MANY = 'How many orders are there?';
const CHANNEL = 'C0GENERAL';
const asks = (message: SandboxMessage) => bot.answersTo(message, 'clarify').length > 0;

describe('near copies in Slack', () => {
  it('are asked about as one family, each told by its rows and how fresh they are', async () => {
    await start({ ...COUNTRIES, fleet: FLEET });
    const { message, answer } = await bot.ask(HOW_MANY);
    assert.ok(asks(message), textOf(answer));
    assert.match(
      textOf(answer),
      /shop_\w\w, shop_\w\w and shop_\w\w hold the same tables\. Which should answer this\?/,
    );
    for (const told of [/\*shop_de\* would use orders, about 7 rows, up to 2025-06-01/, /\*shop_uk\* .*about 2 rows/])
      assert.match(textOf(answer), told);
    assert.doesNotMatch(textOf(answer), /fleet/);
  });

  it('are told apart by tables that only one of them has', async () => {
    await start({
      shop_de: shop(3, '2025-01-01'),
      shop_uk: shop(2, '2025-01-01', 'CREATE TABLE duties (id INTEGER PRIMARY KEY, rate REAL);'),
    });
    const { answer } = await bot.ask(HOW_MANY);
    assert.match(textOf(answer), /shop_\w\w and shop_\w\w hold nearly the same tables/);
    assert.match(textOf(answer), /\*shop_uk\* [^*]*it alone holds duties/);
  });

  it('are remembered by channel: the one that was chosen answers the next question there, and says so', async () => {
    await start({ ...COUNTRIES, fleet: FLEET });
    const first = await bot.ask(`<@U0QUERENT> ${HOW_MANY}`, { channel: CHANNEL });
    assert.ok(asks(first.message));
    const chosen = await bot.ask('shop_fr', { channel: CHANNEL, thread: first.message, nth: 2 });
    assert.match(chosen.answer.text, /^4 /);
    const next = await bot.ask('<@U0QUERENT> What is the total amount of orders?', { channel: CHANNEL });
    assert.ok(!asks(next.message), textOf(next.answer));
    assert.match(textOf(next.answer), /46/);
    assert.match(textOf(next.answer), /hold the same tables\. This is from shop_fr, which was chosen here before\./);
    // Elsewhere nothing was chosen.
    const direct = await bot.ask('What is the total amount of orders?', { user: 'U0MILES', channel: 'D0MILES' });
    assert.ok(asks(direct.message), textOf(direct.answer));
  });

  it('are asked about again once the remembered one was the wrong one', async () => {
    await start(COUNTRIES);
    const first = await bot.ask(HOW_MANY);
    await bot.ask('shop_fr', { thread: first.message, nth: 2 });
    const next = await bot.ask('What is the total amount of orders?');
    assert.ok(!asks(next.message), textOf(next.answer));
    const [, run = ''] = /"action_id":"querent_wrong_database","value":"([^"]+)"/.exec(textOf(next.answer)) ?? [];
    bot.sandbox.press('U0ADA', next.answer.channel, next.answer.ts, 'querent_wrong_database', run);
    await bot.quiet();
    const last = await bot.ask('What is the average amount of orders?');
    assert.ok(asks(last.message), textOf(last.answer));
  });

  it('are not asked about where the question names one of them', async () => {
    await start(COUNTRIES);
    const { message, answer } = await bot.ask('How many orders are there in shop uk?');
    assert.ok(!asks(message), textOf(answer));
    assert.match(answer.text, /^2 /);
  });
});
