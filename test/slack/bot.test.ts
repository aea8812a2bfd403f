import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

type Bot = Awaited<ReturnType<typeof startSmallBot>>;
let bot: Bot;
beforeAll(async () => {
  bot = await startSmallBot();
});
afterAll(() => bot.stop());

const buttonOf = (message: SandboxMessage, id: string) => {
  const found = new RegExp(`"action_id":"(${id})","value":"([^"]+)"`).exec(textOf(message));
  // What is no button is an entry of the menu.
  const entry = id.replace('querent_', '').replace('_', '-');
  const inMenu = found ? undefined : new RegExp(`"value":"([^"]+:${entry})"`).exec(textOf(message));
  assert.ok(found ?? inMenu, `no button ${id} in ${textOf(message)}`);
  return found ? { action: found[1]!, value: found[2]! } : { action: 'querent_more', value: inMenu![1]! };
};
const press = (message: SandboxMessage, id: string, user = 'U0ADA') => {
  const { action, value } = buttonOf(message, id);
  bot.sandbox.press(user, message.channel, message.ts, action, value);
};

/** Picks the change of a part that is said so. */
function changeReading(message: SandboxMessage, kind: string, words: string, user = 'U0ADA'): void {
  const option = new RegExp(`"text":"${words}"[^{}]*\\},"value":"([^"]+:${kind}-[^"]*)"`).exec(textOf(message));
  assert.ok(option, `no ${words} in ${textOf(message)}`);
  bot.sandbox.press(user, message.channel, message.ts, 'querent_reading', option[1]!);
}

/** The window that somebody has before them, once it is filled. */
const filled = (views: readonly unknown[]) => {
  const shown = JSON.stringify(views.at(-1) ?? null);
  return shown === 'null' || shown.includes('Loading …') ? undefined : shown;
};

describe('the bot in Slack', () => {
  it('answers a direct message with the number, the steps and the SQL', async () => {
    const { answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /^3 [a-z]/);
    assert.match(textOf(answer), /How this was computed \(2 steps\)/);
    assert.match(textOf(answer), /SELECT COUNT\(\*\) FROM refunds/);
  });

  it('answers a question about the databases from the catalog', async () => {
    const { answer } = await bot.ask('What do we have about refunds?');
    assert.equal(answer.text, '1 table in 1 database is about refunds.');
    assert.match(textOf(answer), /data_table.*shop.*refunds.*its name/);
    assert.match(textOf(answer), /no query ran/);
  });

  it('answers a mention in a channel once, though Slack sends two events for it', async () => {
    const { message } = await bot.ask('<@U0QUERENT> how many tickets are there?', { channel: 'C0GENERAL' });
    await bot.quiet();
    assert.equal(bot.answersTo(message).length, 1);
  });

  it('says nothing to a message that is not for it', async () => {
    const message = bot.sandbox.say('U0MILES', 'C0GENERAL', 'lunch?');
    await bot.quiet();
    assert.equal(bot.answersTo(message).length, 0);
  });

  it('answers once when the same event is delivered again under another envelope', async () => {
    bot.sandbox.sockets.duplicateEvents = true;
    try {
      const { message } = await bot.ask('How many tickets are open?');
      await bot.quiet();
      assert.equal(bot.answersTo(message).length, 1);
    } finally {
      bot.sandbox.sockets.duplicateEvents = false;
    }
  });

  it('follows up in the thread: another period, a limit, another grouping', async () => {
    const { message, answer } = await bot.ask('How many refunds were there in 2025?');
    assert.match(answer.text, /^2 [a-z]/);
    const next = await bot.ask('and in 2024?', { thread: message, nth: 2 });
    assert.match(next.answer.text, /^1 [a-z]/);
  });

  it('needs no mention for the asker in an answered thread, and does not read thanks as a question', async () => {
    const { message } = await bot.ask('<@U0QUERENT> how many refunds are there?', { channel: 'C0GENERAL' });
    const next = await bot.ask('only in 2025', { channel: 'C0GENERAL', thread: message, nth: 2 });
    assert.match(next.answer.text, /^2 [a-z]/);
    bot.sandbox.say('U0ADA', 'C0GENERAL', 'thanks!', message.ts);
    bot.sandbox.say('U0MILES', 'C0GENERAL', 'interesting', message.ts);
    await bot.quiet();
    assert.equal(bot.answersTo(message).length, 2);
  });

  it('answers two questions at once in one thread, both and in order', async () => {
    const { message } = await bot.ask('How many refunds are there?');
    bot.sandbox.say('U0ADA', 'D0ADA', 'How many tickets are there?', message.ts);
    bot.sandbox.say('U0ADA', 'D0ADA', 'How many refunds were there in 2024?', message.ts);
    const answers = await eventually('both answers', () =>
      bot.answersTo(message, 'answer').length === 3 ? bot.answersTo(message, 'answer') : false,
    );
    assert.deepEqual(
      answers.map((one) => one.text),
      ['3 refunds.', '2 tickets.', '1 refund in 2024.'],
    );
  });

  it('never answers in a channel shared with another company', async () => {
    const message = bot.sandbox.say('U0ADA', 'C0PARTNERS', '<@U0QUERENT> how many refunds are there?');
    const notice = await eventually('the notice', () =>
      bot.sandbox.workspace.messages.find((one) => one.channel === 'C0PARTNERS' && one.onlyFor === 'U0ADA'),
    );
    assert.match(notice.text, /shared with other companies/);
    assert.equal(bot.answersTo(message).filter((one) => one.onlyFor === undefined).length, 0);
  });

  it('uploads a CSV whose formulas are neutralised', async () => {
    const { message, answer } = await bot.ask('List the names of customers from Chile');
    const run = buttonOf(answer, 'querent_sql').value.replace(/:sql$/, '');
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_csv', run);
    const file = await eventually(
      'the file',
      () => bot.sandbox.workspace.messages.find((one) => one.threadTs === message.ts && one.files.length)?.files[0],
    );
    assert.match(file.name, /^shop-.*\.csv$/);
    assert.equal(file.content.toString('utf8'), "\ufeffname\r\n'=1+1\r\n");
  });

  it('explains a step with its table, its column and its part of the SQL', async () => {
    const { answer } = await bot.ask('List the names of customers from Chile');
    const views: unknown[] = [];
    const off = bot.sandbox.workspace.onChange((change) => change.kind === 'view' && views.push(change.view));
    const option = /"value":"([^"]+:2)"/.exec(textOf(answer))![1]!;
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_step', option);
    const shown = await eventually('the window', () => filled(views));
    off();
    assert.match(shown, /#2. Reserve Rows: Reserve rows of #1 where/);
    assert.match(shown, /\.country/);
    assert.match(shown, /country = 'Chile'/);
  });

  it('shows the SQL in a window, reruns, and takes a verdict', async () => {
    const { message, answer } = await bot.ask('How many refunds are there?');
    const views: unknown[] = [];
    const off = bot.sandbox.workspace.onChange((change) => change.kind === 'view' && views.push(change.view));
    press(answer, 'querent_sql');
    const shown = await eventually('the window', () => filled(views));
    off();
    assert.match(shown, /SELECT COUNT/);
    press(answer, 'querent_rerun');
    await eventually('the second answer', () => bot.answersTo(message, 'answer')[1]);
    const up = /"value":"([^"]+:up)"/.exec(textOf(answer))![1]!;
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_feedback', up);
    await eventually('the thanks', () =>
      bot.answersTo(message).find((one) => one.onlyFor === 'U0ADA' && /Thank you/.test(one.text)),
    );
  });

  it.each(['querent_sql', 'querent_step'])(
    'opens the window of %s though who pressed is looked up for longer than a trigger lives',
    async (action) => {
      const { answer } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
      const run = buttonOf(answer, 'querent_sql').value.replace(/:sql$/, '');
      bot.sandbox.tell({ type: 'user_change', user: { id: 'U0NORA' }, event_ts: '1.1' });
      await bot.quiet();
      bot.sandbox.faults.set('users.info', [{ delayMs: 3_500 }]);
      bot.sandbox.press('U0NORA', 'C0GENERAL', answer.ts, action, `${run}:1`);
      await eventually('the window', () => /refunds/.test(JSON.stringify(bot.sandbox.modalOf('U0NORA') ?? null)));
      bot.sandbox.closeView('U0NORA');
    },
  );

  it('says how it was read, answers again when a part of that is changed, and keeps what was changed', async () => {
    const { message, answer } = await bot.ask('How many refunds were there in 2025?');
    assert.match(textOf(answer), /Read as: number of \*refunds\* · refunded in \*2025\*/);
    changeReading(answer, 'period', '2024');
    const next = await eventually('the changed answer', () => bot.answersTo(message, 'answer')[1]);
    assert.equal(next.text, '1 refund in 2024.');
    assert.match(textOf(next), /Read as: number of \*refunds\* · refunded in \*2024\*/);
    assert.match(textOf(next), /Read as you changed it: “2024” in place of “2025”/);
    const [kept] = await bot.querent.runs.readingChanges();
    assert.deepEqual(
      [kept?.userId, kept?.text, kept?.change],
      ['U0ADA', 'How many refunds were there in 2025?', { part: 'period', from: '2025', to: '2024' }],
    );
  });

  it('follows up on what was changed, as if it had been said', async () => {
    const { message, answer } = await bot.ask('How many refunds were there in 2025?');
    changeReading(answer, 'period', '2024');
    await eventually('the changed answer', () => bot.answersTo(message, 'answer')[1]);
    const { answer: next } = await bot.ask('by customer', { thread: message, nth: 3 });
    assert.match(textOf(next), /refunded in \*2024\*/);
  });

  it('says in a sentence that a change no longer fits', async () => {
    const { message, answer } = await bot.ask('How many refunds were there in 2025?');
    const value = /"value":"([^":]+):period-/.exec(textOf(answer))?.[1];
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_reading', `${value}:period-1805`);
    const told = await eventually('the notice', () =>
      bot.answersTo(message).find((one) => one.onlyFor === 'U0ADA' && /no longer fits/.test(one.text)),
    );
    assert.equal(told.text.includes('1805'), false);
    assert.equal(bot.answersTo(message, 'answer').length, 1);
  });

  it('cannot be made to mention anybody by a cell', async () => {
    const { answer } = await bot.ask('List the names of customers from Norway');
    assert.match(textOf(answer), /Ada <!channel>/); // in a cell, which Slack does not parse
    assert.doesNotMatch(answer.text, /<!channel>/);
    for (const block of answer.blocks as { type: string; text?: unknown }[]) {
      if (block.type === 'section' || block.type === 'context')
        assert.doesNotMatch(JSON.stringify(block), /<!channel>/);
    }
  });

  it('posts the answer without the blocks that Slack refuses', async () => {
    bot.sandbox.faults.set('chat.postMessage', ['invalid_blocks']);
    const { answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /^3 [a-z]/);
  });

  it('says so in our own words when the question is empty, too long or about nothing', async () => {
    assert.match((await bot.ask('?!')).answer.text, /Ask me something/);
    assert.match((await bot.ask(`how many ${'very '.repeat(500)} refunds`)).answer.text, /at most 2000/);
    assert.match(
      (await bot.ask('What is the boiling point of water?')).answer.text,
      /No table I know seems to hold that .* The nearest are/,
    );
    assert.match((await bot.ask('Quel temps fait-il à Paris ?')).answer.text, /^Sans modèle de langage/);
  });

  it('offers questions when somebody opens its messages', async () => {
    const seen: string[] = [];
    const off = bot.sandbox.workspace.onChange((change) => change.kind === 'prompts' && seen.push(...change.prompts));
    const page = new URL(bot.sandbox.url);
    const body = JSON.stringify({ kind: 'open', user: 'U0ADA', channel: 'D0ADA' });
    const act = await fetch(`${page.origin}/act${page.search}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(act.status, 200);
    await eventually('the prompts', () => seen[0]);
    off();
    assert.deepEqual(seen, ['How many refunds are there?']);
  });

  it('says what it is doing before it answers', async () => {
    const order: string[] = [];
    const off = bot.sandbox.workspace.onChange((change) => {
      if (change.kind === 'status') order.push(change.status ? 'busy' : 'idle');
      if (change.kind === 'message' && change.message.user === 'U0QUERENT') order.push('answer');
    });
    await bot.ask('How many refunds are there?');
    off();
    assert.equal(order[0], 'busy');
    assert.ok(order.includes('answer'));
  });
});

it('goes on with a run that a crash left under way, and posts its answer once', async () => {
  const own = await startSmallBot();
  try {
    await own.restartBot();
    const message = own.sandbox.say('U0ADA', 'D0ADA', 'How many refunds are there?');
    const run = await eventually('the run', async () => {
      const turns = await own.querent.runs.turns('T0FERNHILL', [{ channel: 'D0ADA', thread: message.ts }]);
      return turns[0];
    });
    await eventually('the answer', () => own.answersTo(message)[0]);
    // As after a kill between the post and its record: the run is running, and nothing says that it was posted.
    const { DatabaseSync } = await import('node:sqlite');
    const state = new DatabaseSync(`${own.home}/state.sqlite`);
    state.prepare("UPDATE runs SET state = 'running' WHERE id = ?").run(run.id);
    state.prepare('DELETE FROM posted').run();
    state.close();
    await own.restartBot();
    await eventually('the run to end', async () => (await own.querent.runs.run(run.id))?.state === 'done');
    assert.equal(own.answersTo(message).length, 1);
  } finally {
    await own.stop();
  }
});

// A bot of its own for each: what was chosen once is remembered for questions like it.
describe('a question that two databases could answer', () => {
  let shared: Bot;
  beforeEach(async () => {
    shared = bot;
    bot = await startSmallBot();
  });
  afterEach(async () => {
    await bot.stop();
    bot = shared;
  });

  it('asks which database when two hold the same thing, and answers from the one that is pressed', async () => {
    const { message, answer } = await bot.ask('How many customers are there?');
    assert.match(answer.text, /Which database should answer this/);
    press(answer, 'querent_choose_0');
    const second = await eventually('the answer', () => bot.answersTo(message)[1]);
    assert.match(second.text, /^[23] [a-z]/);
    const asked = await eventually('the choice', () => bot.answersTo(message).find((one) => /Using/.test(one.text)));
    assert.doesNotMatch(textOf(asked), /querent_choose/);
  });

  it('takes a press that comes before the bot knows that its question was posted', async () => {
    let pressed = false;
    const off = bot.sandbox.workspace.onChange((change) => {
      if (pressed || change.kind !== 'message' || !/Which database/.test(change.message.text)) return;
      pressed = true;
      press(change.message, 'querent_choose_0');
    });
    const message = bot.sandbox.say('U0ADA', 'D0ADA', 'How many customers are there?');
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    off();
    assert.ok(pressed);
  });

  it('takes the first choice only, and lets nobody else choose', async () => {
    const { message, answer } = await bot.ask('<@U0QUERENT> how many customers are there?', { channel: 'C0GENERAL' });
    press(answer, 'querent_choose_0', 'U0MILES');
    const notice = await eventually('the notice', () =>
      bot.sandbox.workspace.messages.find((one) => one.onlyFor === 'U0MILES'),
    );
    assert.match(notice.text, /Only .* can choose/);
    press(answer, 'querent_choose_0');
    press(answer, 'querent_choose_1');
    await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    await eventually('the second to be told', () =>
      bot.sandbox.workspace.messages.find((one) => one.onlyFor === 'U0ADA' && one.text === 'Already chosen.'),
    );
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'answer').length, 1);
  });

  it('understands a typed choice', async () => {
    const { message } = await bot.ask('How many customers are there?');
    const { answer } = await bot.ask('the shop one', { thread: message, nth: 2 });
    assert.match(answer.text, /^3 [a-z]/);
  });

  it('searches again without the options after “None of these”', async () => {
    const { message, answer } = await bot.ask('How many customers are there?');
    press(answer, 'querent_choose_none');
    const second = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(second.text, /no other database that you may ask: desk, shop are turned down/);
  });

  it('keeps a clarification over a restart', async () => {
    const { message, answer } = await bot.ask('How many customers are there?');
    await bot.restartBot();
    press(answer, 'querent_choose_1');
    const second = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(second.text, /^[23] [a-z]/);
  });

  it('understands a reply in words that fit one option alone', async () => {
    const { message } = await bot.ask('How many customers are there?');
    const { answer } = await bot.ask('the one with the tickets please', { thread: message, nth: 2 });
    assert.match(answer.text, /^2 [a-z]/);
  });

  it('does not ask the same twice in a row', async () => {
    const { message } = await bot.ask('How many customers are there?');
    const { answer } = await bot.ask('How many customers do we have in total?', { thread: message, nth: 2 });
    assert.match(answer.text, /^[23] [a-z]/);
    assert.match(textOf(answer), /still not sure which database you mean/);
  });

  it('is not asked about again once somebody has chosen for a question like it', async () => {
    const { message, answer } = await bot.ask('How many customers are there?');
    const chosen = buttonOf(answer, 'querent_choose_1');
    press(answer, chosen.action);
    const first = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    const again = await bot.ask('how many customers do we have');
    assert.equal(again.answer.text, first.text);
    assert.match(textOf(again.answer), /Why (?:shop|desk): /);
  });

  it('is asked of the next database when the first was wrong, which the thread and later questions remember', async () => {
    const { message } = await bot.ask('How many customers are there?');
    await bot.ask('shop', { thread: message, nth: 2 });
    const answered = bot.answersTo(message, 'answer')[0]!;
    assert.match(answered.text, /^3 [a-z]/);
    press(answered, 'querent_wrong_database');
    press(answered, 'querent_wrong_database');
    const next = await eventually('the next answer', () => bot.answersTo(message, 'answer')[1]);
    assert.match(next.text, /^2 [a-z]/);
    await eventually('the second to be told', () =>
      bot.sandbox.workspace.messages.find((one) => /Somebody said so already/.test(one.text)),
    );
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'answer').length, 2);
    const later = await bot.ask('How many customers are there?');
    assert.match(later.answer.text, /^2 [a-z]/);
  });
});
