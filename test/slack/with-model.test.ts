import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const sql = (text: string) => `\`\`\`sql\n${text}\n\`\`\``;
const asked = (text: string) => text.slice(text.lastIndexOf('Question: '));

/** Reads “big refunds” in two ways, and everything else as the planner would. */
let script: Awaited<ReturnType<typeof scriptedModel>>;
let bot: Awaited<ReturnType<typeof startSmallBot>>;
let up = true;
const prompts: string[] = [];
beforeAll(async () => {
  script = await scriptedModel(({ messages }) => {
    const [system, user] = [messages[0]!.content, messages[1]!.content];
    prompts.push(user);
    if (!up) return undefined;
    if (/hanging/.test(asked(user))) return () => undefined; // it never replies
    if (/choose the database/.test(system)) return '{"database": "shop", "confidence": 0.9, "why": "refunds"}';
    if (/rewrite the last/.test(system))
      return '{"question": "How many big refunds were there, counting those above 9?"}';
    if (/Several queries/.test(system)) return 'A';
    if (/above 9/.test(asked(user)) && /one SQLite/.test(system))
      return sql('SELECT COUNT(*) AS refunds FROM refunds WHERE amount > 9');
    if (/numbered EDL/.test(system) && /above 9/.test(asked(user)))
      return '```\n#1. From [refunds].\n#2. Keep rows of #1 where [amount] > 9.\n#3. Select count of rows as [refunds] in #2.\n```';
    if (/numbered EDL/.test(system))
      return '```\n#1. From [refunds].\n#2. Keep rows of #1 where [amount] > 5.\n#3. Select count of rows as [refunds] in #2.\n```';
    if (/simple steps/.test(system)) return 'I do not know.';
    return sql('SELECT COUNT(*) AS refunds FROM refunds WHERE amount > 10');
  });
  bot = await startSmallBot(undefined, { QUERENT_MODEL_URL: script.baseUrl, QUERENT_PIPELINE: 'every' });
});
afterAll(async () => {
  await bot.stop();
  await script.stop();
});

const press = (message: SandboxMessage, id: string, user = 'U0ADA') => {
  const found = new RegExp(`"action_id":"(${id})","value":"([^"]+)"`).exec(textOf(message));
  assert.ok(found, textOf(message));
  bot.sandbox.press(user, message.channel, message.ts, found[1]!, found[2]!);
};

/** The run that an answer's buttons name. */
const runOf = (message: SandboxMessage) => /"value":"([^":]+):sql"/.exec(textOf(message))![1]!;

describe('a question that can be read in two ways', () => {
  it('is answered by the likelier reading where it was asked back about twice already, which is said', async () => {
    const answer = await bot.querent.ask(
      {
        text: 'How many refunds were rather huge ones?',
        asker: { teamId: 'T0FERNHILL', userId: 'U0ADA' },
        place: { kind: 'direct' },
        thread: { earlier: [], turnedDown: [], askedBack: 2 },
      },
      {},
      new AbortController().signal,
    );
    assert.ok(answer.kind === 'answer', answer.kind);
    assert.ok(answer.caveats.some((one) => /asked back twice already/.test(one)));
  });

  it('is asked back with the outcomes as buttons, and the chosen query is the one that runs', async () => {
    const { message, answer } = await bot.ask('How many refunds were rather big ones?');
    assert.match(answer.text, /read in two ways.*1\. refunds: \d, 2\. refunds: \d/);
    assert.match(textOf(answer), /"text":"refunds: [12]"/);
    const before = prompts.length;
    press(answer, 'querent_choose_1');
    const next = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(next.text, /^[12] refunds? with amount over \d+\.$/);
    assert.match(textOf(next), /The query that you chose/);
    assert.equal(prompts.length, before);
    const marked = await eventually('the choice to show', () => bot.answersTo(message, 'clarify')[0]);
    assert.match(textOf(marked), /Using \*refunds: [12]\*/);
  });

  it('takes a reply in words, too', async () => {
    const { message } = await bot.ask('How many refunds were rather large ones?');
    await bot.ask('the second one', { thread: message, nth: 2 });
    assert.match(bot.answersTo(message, 'answer')[0]!.text, /^[12] refunds? with amount over \d+\.$/);
  });

  it('a chosen answer is an example for the next question of its kind', async () => {
    prompts.length = 0;
    await bot.ask('How many refunds were rather big?');
    assert.ok(
      prompts.some((prompt) => /Other questions about this schema[\s\S]*rather big ones[\s\S]*amount > /.test(prompt)),
      prompts[0],
    );
  });
});

it('a follow-up is rewritten, and the answer shows how it was read', async () => {
  const { message } = await bot.ask('How many refunds are there?');
  const next = await bot.ask('and the big ones, let us say above 9?', { thread: message, nth: 2 });
  assert.match(textOf(next.answer), /read as “How many big refunds were there, counting those above 9\?”/);
  assert.match(next.answer.text, /^1 refund with amount over 9\.$/);
});

it('an answer that was said to be wrong is told so to the model', async () => {
  const { message, answer } = await bot.ask('How many refunds are there?');
  await bot.ask('and the big ones, let us say above 9?', { thread: message, nth: 2 });
  assert.ok(prompts.some((prompt) => /How many refunds are there\?\n {2}\(answered by: SELECT/.test(prompt)));
  await bot.querent.runs.saveFeedback(runOf(answer), 'U0ADA', 'down', new Date());
  prompts.length = 0;
  await bot.ask('and those, let us say above 9?', { thread: message, nth: 3 });
  assert.ok(
    prompts.some((prompt) => /answered \(said to be wrong\) by: SELECT/.test(prompt)),
    prompts.join('\n---\n'),
  );
  assert.ok(prompts.some((prompt) => /Query \(said to be wrong\): SELECT/.test(prompt)));
});

it('a question that is stopped lets go of the model, too, and says what was done', async () => {
  const [before, requests] = [script.hungUp(), script.asked.length];
  const message = bot.sandbox.say('U0ADA', 'D0ADA', 'How many refunds were hanging ones?');
  await eventually('the model to be asked', () => script.asked.length > requests);
  bot.sandbox.stopSession('U0ADA', 'D0ADA', message.ts);
  const told = await eventually('that it was stopped', () => bot.answersTo(message, 'answer')[0]);
  assert.match(told.text, /^Stopped while .+\. Nothing was changed\.$/);
  await eventually('the model to be let go of', () => script.hungUp() > before);
});

it('with the model server down a plain question is answered by the planner, and says so', async () => {
  up = false;
  const { answer } = await bot.ask('How many tickets are there?');
  assert.match(answer.text, /^2 [a-z]/);
  assert.match(textOf(answer), /built-in planner, without a language model; the model server is not answering/);
  const beyond = await bot.ask('Which refund looks the oddest to you, and why?');
  assert.match(beyond.answer.text, /model server/);
  up = true;
});
