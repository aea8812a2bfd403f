import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const MANY = `
  CREATE TABLE refunds (id INTEGER PRIMARY KEY, reason TEXT, amount REAL);
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 130)
  INSERT INTO refunds SELECT i, 'reason ' || i, i FROM n;`;
let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, {}, { shop: MANY });
});
afterAll(() => bot.stop());
afterEach(() => bot.sandbox.faults.clear());

const filesBelow = (ts: string) =>
  bot.sandbox.workspace.messages.flatMap(({ threadTs, files }) => (threadTs === ts ? files : []));

describe('rows that do not all fit', () => {
  it('come as a file by themselves, once', async () => {
    const { message, answer } = await bot.ask('Show the reason and amount of all refunds');
    assert.match(textOf(answer), /showing 100 of 130 rows/);
    const file = await eventually('the file', () => filesBelow(message.ts)[0]);
    assert.equal(file.content.toString('utf8').trim().split('\r\n').length, 131);
    await bot.quiet();
    assert.equal(filesBelow(message.ts).length, 1);
  });

  it.each([
    ['file_uploads_except_images_disabled', /takes no files but images/],
    ['file_type_not_allowed', /takes no CSV files/],
    ['storage_limit_reached', /no room for files/],
    ['something_new', /did not take the file/],
  ])('keep their answer where Slack takes no file (%s), and why is said below it', async (code, why) => {
    bot.sandbox.faults.set('files.getUploadURLExternal', [code]);
    const { message, answer } = await bot.ask('Show the reason and amount of all refunds');
    assert.match(textOf(answer), /showing 100 of 130 rows/);
    const told = await eventually('why', () => bot.answersTo(message, 'csv')[0]);
    assert.match(told.text, why);
    assert.match(told.text, new RegExp(`\\(${code}\\)`));
    await bot.quiet();
    assert.deepEqual(filesBelow(message.ts), []);
  });

  it('are shown by the next plainer block where the table is refused, and that is remembered', async () => {
    const whole = await bot.ask('Show the reason and amount of all refunds');
    const at = (whole.answer.blocks as { type: string }[]).findIndex(({ type }) => type === 'data_table');
    const messages = [`[ERROR] unsupported type: data_table [json-pointer:/blocks/${at}]`];
    bot.sandbox.faults.set('chat.postMessage', [{ error: 'invalid_blocks', messages }]);
    const { answer } = await bot.ask('Show the reason and amount of all refunds');
    assert.ok(!textOf(answer).includes('"data_table"'));
    assert.match(textOf(answer), /reason 1\b/);
    const again = await bot.ask('Show the reason and amount of all refunds');
    assert.ok(!textOf(again.answer).includes('"data_table"'), 'it is not tried again');
  });
});
