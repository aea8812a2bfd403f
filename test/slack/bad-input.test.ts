import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { OPERATOR } from '#src/domain/question.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const QUESTION = 'How many refunds are there?';
const ASK = `<@U0QUERENT> ${QUESTION}`;
const TEAM = 'T0FERNHILL';
const databases = slowDatabases();

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(
    undefined,
    { QUERENT_ADMINS: 'U0NORA', QUERENT_NETWORKS: 'loopback' },
    undefined,
    databases.change,
  );
}, 60_000);
afterAll(() => bot?.stop());
afterEach(() => databases.slow(0));

const runOf = async ({ channel, ts }: SandboxMessage) =>
  (await bot.querent.runs.ofMessage(TEAM, channel, ts)) ?? assert.fail('no run');
const from = (after: string) =>
  bot.sandbox.workspace.messages.filter((one) => one.user === 'U0QUERENT' && one.ts > after);
const inDirect = (user: string, after: string) => from(after).filter(({ channel }) => channel === `D0${user.slice(2)}`);

/** Asks, and does something to the workspace while the query runs. */
async function askedWhile(user: string, channel: string, happens: () => void): Promise<SandboxMessage> {
  const before = databases.begun.length;
  databases.slow(1_500);
  const message = bot.sandbox.say(user, channel, ASK);
  await eventually('the query to run', () => databases.begun.length > before);
  happens();
  await eventually('the run to end', async () => !['queued', 'running'].includes((await runOf(message)).state));
  await bot.quiet();
  return message;
}

function makeChannel(id: string, kind: 'public' | 'private'): string {
  const members = ['U0ADA', 'U0MAX', 'U0QUERENT'];
  bot.sandbox.workspace.channels.push({ id, name: id.toLowerCase(), kind, external: false, members });
  return id;
}

const GONE = /is gone, or one of us is not in it any more, so the answer is here/;

describe('a channel that is lost while its question is answered', () => {
  it.each([
    ['deleted', 'public', GONE, (id: string) => bot.sandbox.deleteChannel(id)],
    [
      'archived',
      'public',
      /cannot post there \(is_archived\), so the answer is here/,
      (id: string) => bot.sandbox.archiveChannel(id),
    ],
    [
      'public, and the bot removed',
      'public',
      /cannot post there \(not_in_channel\), so the answer is here/,
      (id: string) => bot.sandbox.removeBot(id),
    ],
    ['private, and the bot removed', 'private', GONE, (id: string) => bot.sandbox.removeBot(id)],
  ] as const)(
    '%s: its asker has the answer in the direct message, once, and reads why',
    async (name, kind, why, lose) => {
      const channel = makeChannel(`C0${name.replace(/\W/g, '').toUpperCase()}`, kind);
      const message = await askedWhile('U0ADA', channel, () => lose(channel));
      const told = inDirect('U0ADA', message.ts);
      assert.deepEqual(
        told.map(({ text }) => text),
        ['3 refunds.'],
      );
      assert.match(textOf(told[0]!), why);
      assert.equal((await runOf(message)).state, 'done');
      assert.equal(from(message.ts).filter(({ threadTs }) => threadTs === message.ts).length, 0);
    },
  );

  it('gives nobody by themselves what they may see in that channel alone', async () => {
    const channel = makeChannel('C0GRANTED', 'private');
    const grant = { effect: 'grant', databaseId: 'shop', to: { kind: 'channel', id: channel } } as const;
    const before = await bot.querent.access.rules('shop');
    await bot.querent.access.change('shop', () => [grant], OPERATOR);
    const message = await askedWhile('U0ADA', channel, () => bot.sandbox.removeBot(channel));
    await bot.querent.access.change('shop', () => before, OPERATOR);
    const [told, ...more] = inDirect('U0ADA', message.ts);
    assert.match(told?.text ?? '', /is gone, or one of us is not in it any more, so I answered nobody there/);
    assert.deepEqual(more, []);
    assert.ok(!textOf(told!).includes('refunds'));
  });
});

describe('a person who was taken out of a private channel', () => {
  it('has nothing more by its grants, whatever they press under what they were answered privately', async () => {
    const channel = makeChannel('C0ONCE', 'private');
    const grant = { effect: 'grant', databaseId: 'shop' } as const;
    const own = { ...grant, to: { kind: 'user', id: 'U0ADA' }, tables: ['refunds'] } as const;
    const ofChannel = { ...grant, to: { kind: 'channel', id: channel }, tables: ['customers'] } as const;
    const before = await bot.querent.access.rules('shop');
    await bot.querent.access.change('shop', () => [own, ofChannel], OPERATOR);
    const { ts } = bot.sandbox.say('U0ADA', channel, '<@U0QUERENT> How many refunds are there by customer country?');
    const answer = await eventually('the private answer', () => inDirect('U0ADA', ts)[0]);
    const id = /"value":"([^":]+):sql"/.exec(textOf(answer))?.[1] ?? assert.fail(textOf(answer));
    const press = (action: string, value = id) => bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, action, value);
    const files = () => bot.sandbox.workspace.messages.filter((one) => one.files.length > 0 && one.ts > ts);
    const shown = () => JSON.stringify(bot.sandbox.modalOf('U0ADA') ?? null);
    press('querent_more', `${id}:sql`);
    await eventually('the query while they are in it', () => /SELECT/.test(shown()));
    bot.sandbox.closeView('U0ADA', true);
    const there = bot.sandbox.workspace.channel(channel)!;
    there.members = there.members.filter((member) => member !== 'U0ADA');
    press('querent_more', `${id}:sql`);
    await eventually('why not', () => /may not read/.test(shown()));
    bot.sandbox.closeView('U0ADA', true);
    for (const action of ['querent_csv', 'querent_share', 'querent_rerun']) press(action);
    await eventually('the end of all', () => from(ts).find(({ text }) => /may not be shared there/.test(text)));
    await eventually('a word on the rerun', () => from(ts).find(({ text }) => /not in it any more/.test(text)));
    await bot.quiet();
    assert.deepEqual(files(), []);
    const answers = inDirect('U0ADA', ts).filter(({ text }) => text === answer.text);
    assert.equal(answers.length, 1);
    await bot.querent.access.change('shop', () => before, OPERATOR);
  });
});

describe('a person who is deactivated while their question is answered', () => {
  it('has nothing more run for them, and nothing is posted', async () => {
    const channel = makeChannel('C0WITHMAX', 'public');
    const { workspace } = bot.sandbox;
    workspace.users = [...workspace.users, { ...workspace.user('U0ADA')!, id: 'U0MAX', name: 'Max' }];
    const stopped = databases.stopped.length;
    const message = await askedWhile('U0MAX', channel, () => bot.sandbox.deactivate('U0MAX'));
    assert.equal((await runOf(message)).state, 'stopped');
    assert.equal(databases.stopped.length, stopped + 1);
    assert.deepEqual(from(message.ts), []);
  });
});

describe('a press on a message of an older version', () => {
  it('whose button is not known any more is answered in a sentence', async () => {
    const { answer } = await bot.ask(QUESTION);
    bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_long_gone', 'x');
    await eventually('the sentence', () =>
      inDirect('U0ADA', answer.ts).find(({ text }) => /an older version of me/.test(text)),
    );
  });

  it('that a newer answer took the place of does nothing, and says so', async () => {
    const { message, answer } = await bot.ask(QUESTION);
    const { id } = await runOf(message);
    bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_more', `${id}:edit-question`);
    await eventually('the form', () => JSON.stringify(bot.sandbox.modalOf('U0ADA') ?? '').includes('Run again'));
    await bot.sandbox.submit('U0ADA', { question: 'How many tickets are there?' });
    await eventually('the newer answer', () => bot.answersTo(message, 'answer')[1]);
    await eventually('the mark', () => /Replaced by a newer answer/.test(textOf(answer)));
    bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_rerun', id);
    await eventually('the sentence', () =>
      inDirect('U0ADA', answer.ts).find(({ text }) => /A newer answer took the place/.test(text)),
    );
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'answer').length, 2);
  });

  it('says nothing to somebody of another company', async () => {
    const message = bot.sandbox.say('U0ADA', 'C0GENERAL', 'hello');
    bot.sandbox.press('U0PIA', 'C0GENERAL', message.ts, 'querent_long_gone', 'x');
    bot.sandbox.press('U0ADA', 'C0GENERAL', message.ts, 'querent_long_gone', 'x');
    await eventually('the sentence', () => from(message.ts).find(({ onlyFor }) => onlyFor === 'U0ADA'));
    await bot.quiet();
    assert.deepEqual(
      from(message.ts).filter(({ onlyFor }) => onlyFor === 'U0PIA'),
      [],
    );
  });
});

describe('a question of 4,000 characters', () => {
  it.each(['D0ADA', 'C0GENERAL'])('is told how long it may be, in %s, and nothing is run', async (channel) => {
    const before = databases.begun.length;
    const { answer } = await bot.ask(`${ASK} ${'x'.repeat(4_000)}`.slice(0, 4_000), { channel });
    assert.match(answer.text, /characters and I read at most 2000\. Please shorten it/);
    assert.equal(databases.begun.length, before);
  });
});

describe('a question with a file attached', () => {
  it('is answered by its words, and says that the file was not read', async () => {
    const { workspace } = bot.sandbox;
    const channel = 'D0ADA';
    const message = workspace.post({ channel, user: 'U0ADA', text: QUESTION });
    const files = [{ id: 'F1', name: 'rows.csv' }];
    bot.sandbox.tell({
      ...{ type: 'message', subtype: 'file_share', channel, channel_type: 'im', files },
      ...{ user: 'U0ADA', text: QUESTION, ts: message.ts, event_ts: message.ts },
    });
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.equal(answer.text, '3 refunds.');
    assert.match(textOf(answer), /I read no attached files/);
    const { answer: plain } = await bot.ask(QUESTION);
    assert.doesNotMatch(textOf(plain), /attached files/);
  });
});

describe('a wrong port in the form for a database', () => {
  it('is told in the direct message with what was filled in kept, and no address', async () => {
    await bot.sandbox.command('U0NORA', 'D0NORA', '/querent add');
    await eventually('the form', () =>
      JSON.stringify(bot.sandbox.modalOf('U0NORA') ?? '').includes('"block_id":"host"'),
    );
    const sent = await bot.sandbox.submit('U0NORA', {
      id: 'wrongport',
      description: 'Web shop: customers, their orders and what they bought',
      host: '127.0.0.1',
      port: String(await closedPort()),
      database: 'shop',
      user: 'reader',
      source: 'none',
    });
    assert.equal(sent.kind, 'updated', JSON.stringify(sent));
    const told = await eventually('what went wrong', () =>
      inDirect('U0NORA', '0').find(({ text }) => /is not ready\. wrongport is not reachable/.test(text)),
    );
    assert.doesNotMatch(told.text + textOf(told), /127\.0\.0\.1|ECONNREFUSED/);
    const [setup] = await bot.querent.setups.list();
    bot.sandbox.press('U0NORA', 'D0NORA', told.ts, 'querent_setup_mend', setup?.id ?? '');
    await eventually('the form as it was', () =>
      /"initial_value":"wrongport"/.test(JSON.stringify(bot.sandbox.modalOf('U0NORA') ?? '')),
    );
    assert.ok(!(await bot.querent.databases.list()).some(({ id }) => id === 'wrongport'));
  });
});

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
