import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const BOT = 'U0QUERENT';
const MYSTERY = 'how are the gronkles doing in secret?';
let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' });
}, 60_000);
afterAll(() => bot.stop());

/** All text of somebody's modal, or Home. */
const modalText = (user: string) => JSON.stringify(bot.sandbox.modalOf(user) ?? null);
const homeText = (user: string) => JSON.stringify(bot.sandbox.homeOf(user) ?? null);
const modalThat = (user: string, holds: RegExp) =>
  eventually(`a modal of ${user} that has ${holds}`, () => holds.test(modalText(user)) && modalText(user));
const homeThat = (user: string, holds: RegExp) =>
  eventually(`a Home of ${user} that has ${holds}`, () => holds.test(homeText(user)) && homeText(user));
const whispered = (user: string, says: RegExp) =>
  eventually(`that ${user} is told ${says}`, () =>
    bot.sandbox.workspace.messages.find(({ onlyFor, text }) => onlyFor === user && says.test(text)),
  );
const saidIn = ({ ts }: SandboxMessage, says: RegExp) =>
  eventually(`that ${says} is said in the thread`, () =>
    bot.sandbox.workspace.messages.find(
      ({ threadTs, user, text }) => threadTs === ts && user === BOT && says.test(text),
    ),
  );
const press = (user: string, { channel, ts }: SandboxMessage, action: string, value: string) =>
  bot.sandbox.press(user, channel, ts, action, value);
const runOf = (message: SandboxMessage) => /"block_id":"(?:takeaway|failure)-([^"]+)"/.exec(textOf(message))![1]!;
const openHome = async (user: string, holds: RegExp) => {
  bot.sandbox.openHome(user);
  return homeThat(user, holds);
};

describe('a bad answer', () => {
  it('is kept at once, asks why, and offers what helps: another reading is answered in the thread', async () => {
    const { message, answer } = await bot.ask(`<@${BOT}> How many refunds are there in 2025?`, {
      channel: 'C0GENERAL',
    });
    const run = runOf(answer);
    press('U0ADA', answer, 'querent_feedback', `${run}:down`);
    await modalThat('U0ADA', /What is wrong with it/);
    const [review] = await bot.querent.reviews.list({ reader: { teamId: 'T0FERNHILL', userId: 'U0NORA' } }, 'open');
    assert.deepEqual(
      review?.reasons.map(({ kind, by }) => [kind, by]),
      [['bad-answer', 'U0ADA']],
    );
    await bot.sandbox.submit('U0ADA', { fault: 'wrong-filter', note: 'the year before' });
    await whispered('U0ADA', /^Thank you/);
    const helps = await modalThat('U0ADA', /querent_fault_reading/);
    const [, edit] = new RegExp(`"value":"(${run}:[^"]+)"`).exec(helps) ?? [];
    assert.ok(edit, helps);
    await bot.sandbox.pressInView('U0ADA', 'querent_fault_reading', edit);
    await eventually('a second answer', () => bot.answersTo(message, 'answer')[1]);
    await modalThat('U0ADA', /answer comes in the thread/);
    const kept = await bot.querent.reviews.show(run, { reader: { teamId: 'T0FERNHILL', userId: 'U0NORA' } });
    assert.ok(kept.ok);
    assert.deepEqual(kept.value.reasons.map(({ kind }) => kind).sort(), ['bad-answer', 'reading-changed']);
    assert.ok(
      kept.value.reasons.some(
        (one) => one.kind === 'bad-answer' && one.fault === 'wrong-filter' && one.note === 'the year before',
      ),
    );
  });

  it('of the wrong database asks the next one', async () => {
    const { message, answer } = await bot.ask('How many refunds are there?');
    press('U0ADA', answer, 'querent_feedback', `${runOf(answer)}:down`);
    await modalThat('U0ADA', /What is wrong with it/);
    await bot.sandbox.submit('U0ADA', { fault: 'wrong-database' });
    await modalThat('U0ADA', /querent_fault_next/);
    await bot.sandbox.pressInView('U0ADA', 'querent_fault_next');
    await eventually('what the next database says', () => bot.answersTo(message, 'answer')[1]);
    await whispered('U0ADA', /Not shop, then/);
  });

  it('is taken back by a good one, with thanks and without a modal', async () => {
    const { answer } = await bot.ask('How many tickets are there?');
    const run = runOf(answer);
    press('U0ADA', answer, 'querent_feedback', `${run}:down`);
    await modalThat('U0ADA', /What is wrong with it/);
    bot.sandbox.closeView('U0ADA');
    press('U0ADA', answer, 'querent_feedback', `${run}:up`);
    await whispered('U0ADA', /^Thank you\.$/);
    assert.equal(await bot.querent.runs.isWrong(run), false);
  });
});

describe('what the data team is asked', () => {
  let asked: SandboxMessage;
  let run = '';

  it('comes from a decline to the Home of admins, and of nobody else', async () => {
    const { message, answer } = await bot.ask(`<@${BOT}> ${MYSTERY}`, { channel: 'C0GENERAL' });
    asked = message;
    run = runOf(answer);
    press('U0ADA', answer, 'querent_team', run);
    await whispered('U0ADA', /has your question now/);
    press('U0ADA', answer, 'querent_team', run);
    await whispered('U0ADA', /has your question already/);
    const admin = await openHome('U0NORA', /To be looked at/);
    assert.match(admin, /1 question to the data team/);
    assert.match(admin, new RegExp(`"action_id":"querent_review","value":"${run}"`));
    const other = await openHome('U0MILES', /What you may ask/);
    assert.doesNotMatch(other, /querent_review|To be looked at|gronkles/);
  });

  it('is shown and decided by nobody but them, each press anew', async () => {
    bot.sandbox.openHome('U0NORA');
    await bot.sandbox.pressInView('U0NORA', 'querent_review', run);
    const shown = await modalThat('U0NORA', /gronkles/);
    assert.match(shown, /asked the data team/);
    await bot.sandbox.pressInView('U0NORA', 'querent_review_trace', run);
    const trace = await modalThat('U0NORA', /How it came about.*It came to/);
    for (const stage of ['rewrite', 'retrieve', 'clarify']) assert.ok(trace.includes(`*${stage}* · `), stage);
    bot.sandbox.closeView('U0NORA');
    await bot.sandbox.pressInView('U0NORA', 'querent_review_verify', run);
    await modalThat('U0NORA', /The query that answers it/);
    // A person without the right holds the same id.
    const stolen = await bot.querent.reviews.show(run, { reader: { teamId: 'T0FERNHILL', userId: 'U0MILES' } });
    assert.ok(!stolen.ok);
  });

  it('is verified after its result was seen: what is refused says why, and what is changed is tried again', async () => {
    const fill = (sql: string) => ({ question: MYSTERY, database: 'shop', sql });
    await bot.sandbox.submit('U0NORA', fill('DELETE FROM refunds'));
    await modalThat('U0NORA', /would not be a plain read/);
    await bot.sandbox.submit('U0NORA', fill('SELECT COUNT(*) AS gronkles FROM refunds WHERE amount > 5'));
    const tried = await modalThat('U0NORA', /It gives/);
    assert.match(tried, /"submit":\{[^}]*"text":"Verify"/);
    assert.doesNotMatch(JSON.parse(tried).private_metadata, /SELECT/);
    await bot.sandbox.submit('U0NORA', fill('SELECT COUNT(*) AS gronkles FROM refunds'));
    await modalThat('U0NORA', /It gives/);
    assert.deepEqual(await bot.querent.reviews.verified({ reader: { teamId: 'T0FERNHILL', userId: 'U0NORA' } }), []);
    await bot.sandbox.submit('U0NORA', fill('SELECT COUNT(*) AS gronkles FROM refunds'));
    await modalThat('U0NORA', /It is posted where it was asked/);
    const answer = await eventually('the verified answer', () => bot.answersTo(asked, 'answer')[1]);
    assert.match(textOf(answer), /The query that the data team found right/);
    assert.match(textOf(answer), /Asked by <@U0ADA>/);
  });

  it('is told to who asked, once, and answers the same question of somebody else', async () => {
    bot.sandbox.closeView('U0NORA', true);
    await bot.restartBot();
    await saidIn(asked, /^<@U0ADA>: the data team settled this/);
    const { answer } = await bot.ask(MYSTERY.toUpperCase().replace('?', ''), { channel: 'D0MILES', user: 'U0MILES' });
    assert.match(textOf(answer), /which was verified/);
    await bot.restartBot();
    await bot.quiet();
    const told = bot.sandbox.workspace.messages.filter(({ text }) => /the data team settled this/.test(text));
    assert.equal(told.length, 1);
  });

  it('is dismissed with a note that who asked reads', async () => {
    const { message, answer } = await bot.ask(`<@${BOT}> where do the borogoves live?`, { channel: 'C0GENERAL' });
    const id = runOf(answer);
    press('U0ADA', answer, 'querent_team', id);
    await openHome('U0NORA', new RegExp(id));
    await bot.sandbox.pressInView('U0NORA', 'querent_review', id);
    await modalThat('U0NORA', /borogoves/);
    await bot.sandbox.pressInView('U0NORA', 'querent_review_dismiss', id);
    await modalThat('U0NORA', /What those who wait are told/);
    await bot.sandbox.submit('U0NORA', { note: 'We do not keep <!channel> addresses.' });
    await modalThat('U0NORA', /left as it is/);
    await homeThat('U0NORA', /^(?!.*borogoves)/);
    bot.sandbox.closeView('U0NORA', true);
    await bot.restartBot();
    const told = await saidIn(message, /left it as it is/);
    assert.match(told.text, /They say: “We do not keep &lt;!channel&gt; addresses\.”/);
  });

  it('describes a table, which the catalog tells from then on', async () => {
    const { answer } = await bot.ask(`<@${BOT}> how many wibbles wobble?`, { channel: 'C0GENERAL' });
    const id = runOf(answer);
    press('U0ADA', answer, 'querent_team', id);
    await openHome('U0NORA', new RegExp(id));
    await bot.sandbox.pressInView('U0NORA', 'querent_review', id);
    await modalThat('U0NORA', /wibbles/);
    await bot.sandbox.pressInView('U0NORA', 'querent_review_describe', id);
    await modalThat('U0NORA', /What it holds/);
    await bot.sandbox.submit('U0NORA', { database: 'shop', name: 'refunds.amont', text: 'In euros' });
    await modalThat('U0NORA', /Did you mean refunds\.amount/);
    bot.sandbox.closeView('U0NORA');
    await bot.sandbox.pressInView('U0NORA', 'querent_review_describe', id);
    await modalThat('U0NORA', /What it holds/);
    await bot.sandbox.submit('U0NORA', { database: 'shop', name: 'refunds.amount', text: 'In euros' });
    await modalThat('U0NORA', /shop\.refunds\.amount is described/);
    bot.sandbox.closeView('U0NORA', true);
    const described = await bot.ask('describe refunds', { channel: 'D0MILES', user: 'U0MILES' });
    assert.match(textOf(described.answer), /In euros/);
  });
});

describe('Home', () => {
  it('has what somebody may ask with questions that work, what they asked, with links, and what they saved', async () => {
    const { answer } = await bot.ask('How many customers are there from Norway?');
    const id = runOf(answer);
    const before = await openHome('U0ADA', /What you may ask/);
    assert.match(before, /\*shop\*/);
    assert.match(before, /What is the total amount of refunds/);
    assert.match(before, /customers are there from Norway/);
    assert.match(before, /<http[^|]*\|How many customers/);
    press('U0ADA', answer, 'querent_more', `${id}:save`);
    await whispered('U0ADA', /^Saved/);
    await homeThat('U0ADA', /"block_id":"saved-list"[^}]*Norway/);
    press('U0ADA', answer, 'querent_more', `${id}:save`);
    await whispered('U0ADA', /taken off/);
    await homeThat('U0ADA', /"block_id":"saved-list"[^}]*Save an answer/);
  });

  it('has nothing of what somebody may not see, and is shown to nobody who never opened it', async () => {
    await bot.querent.access.change(
      'desk',
      () => [{ effect: 'grant', databaseId: 'desk', to: { kind: 'user', id: 'U0ADA' } }],
      { teamId: 'T0FERNHILL', userId: 'U0NORA' },
    );
    const miles = await openHome('U0MILES', /1 database/);
    assert.doesNotMatch(miles, /desk|tickets/);
    const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0NORA', user: 'U0NORA' });
    assert.ok(answer);
    assert.equal(bot.sandbox.homeOf('U0GUS'), undefined);
    bot.sandbox.openHome('U0GUS');
    assert.doesNotMatch(await homeThat('U0GUS', /full members/), /shop/);
  });
});
