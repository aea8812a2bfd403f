import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { lockState } from '#adapters/state/sqlite/lock-state.ts';
import type { Grantee } from '#src/domain/access.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import type { Fault } from '#src/sandbox/sandbox-context.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import type { Querent } from '#src/service/querent.ts';
import { openPeople } from '#src/slack/people.ts';
import { startBot } from '#src/slack/start-bot.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' });
});
afterAll(() => bot.stop());
afterEach(() => bot.sandbox.faults.clear());

const QUESTION = 'How many refunds are there?';
const inChannel = `<@U0QUERENT> ${QUESTION}`;
const turnsOf = ({ channel, threadTs, ts }: SandboxMessage) =>
  bot.querent.runs.turns('T0FERNHILL', [{ channel, thread: threadTs ?? ts }]);
const runOf = async (message: SandboxMessage) => (await turnsOf(message))[0];
async function audited(): Promise<number> {
  let count = 0;
  for await (const _ of bot.querent.audit.entries(new Date(0))) count += 1;
  return count;
}
const ended = (message: SandboxMessage) => eventually('the run to end', () => runOf(message));
const seenBy = (user: string, after: string) =>
  bot.sandbox.workspace.messages.filter((one) => one.onlyFor === user && one.ts > after);
const inDirect = (user: string, after: string) =>
  bot.sandbox.workspace.messages.filter(
    (one) => one.channel === `D0${user.slice(2)}` && one.user === 'U0QUERENT' && one.ts > after,
  );

describe('an answer while Slack is in trouble', () => {
  const troubles: Readonly<Record<string, Fault>> = {
    'internal_error, not done': 'internal_error',
    'internal_error, done all the same': { error: 'internal_error', after: true },
    'fatal_error, done all the same': { error: 'fatal_error', after: true },
    service_unavailable: 'service_unavailable',
    'HTTP 503': { status: 503 },
    'HTTP 500, done all the same': { status: 500, after: true },
    'HTTP 429 with a wait': { status: 429, retryAfterS: 1 },
    'ratelimited as a code': 'ratelimited',
    'a connection lost before': { drop: true },
    'a connection lost after': { drop: true, after: true },
  };
  for (const [name, fault] of Object.entries(troubles)) {
    it(`is posted once: ${name}`, async () => {
      bot.sandbox.faults.set('chat.postMessage', [fault]);
      const message = bot.sandbox.say('U0ADA', 'C0GENERAL', inChannel);
      await eventually('the run to end', async () => (await runOf(message))?.state === 'done');
      assert.equal(bot.answersTo(message).length, 1);
      assert.match(bot.answersTo(message)[0]!.text, /^3 [a-z]/);
    });
  }

  it('is looked for until that is known, through every page, before it is sent again', async () => {
    const { workspace, faults } = bot.sandbox;
    faults.set('chat.postMessage', [{ error: 'internal_error', after: true }]);
    faults.set('conversations.replies', ['internal_error', { status: 502 }]);
    const off = workspace.onChange((change) => {
      if (change.kind !== 'status' || !change.status) return;
      off();
      for (let at = 0; at < 210; at += 1)
        workspace.post({ channel: 'C0GENERAL', user: 'U0MILES', text: 'and?', threadTs: change.threadTs });
    });
    const message = bot.sandbox.say('U0ADA', 'C0GENERAL', inChannel);
    await eventually('the run to end', async () => (await runOf(message))?.state === 'done');
    assert.equal(bot.answersTo(message, 'answer').length, 1);
  });

  it('keeps everything but the part that Slack refuses, and the log says which and why', async () => {
    const question = 'List the names of customers from Norway';
    const typesOf = ({ blocks }: { readonly blocks?: unknown }) =>
      (blocks as readonly { readonly type: string }[]).map(({ type }) => type);
    const at = typesOf((await bot.ask(question)).answer).indexOf('data_table');
    const pointed: Fault = {
      error: 'invalid_blocks',
      messages: [`[ERROR] must be less than 21 characters [json-pointer:/blocks/${at}/rows/0]`],
    };
    bot.sandbox.faults.set('chat.postMessage', [pointed]);
    const { answer } = await bot.ask(question);
    const types = typesOf(answer);
    assert.ok(at > 0 && !types.includes('data_table'));
    for (const type of ['container', 'actions', 'context_actions']) assert.ok(types.includes(type), type);
    assert.ok(bot.log.some((line) => /a data_table became a \w+: invalid_blocks .*\/rows\/0/.test(line)));
  });

  it('goes to its asker when the channel is out of reach, and says why', async () => {
    bot.sandbox.faults.set('chat.postMessage', ['is_archived']);
    const message = bot.sandbox.say('U0ADA', 'C0GENERAL', inChannel);
    const moved = await eventually('the answer in the direct message', () => inDirect('U0ADA', message.ts)[0]);
    assert.match(moved.text, /^3 [a-z]/);
    assert.match(textOf(moved), /cannot post there \(is_archived\)/);
    assert.ok(bot.log.some((line) => /chat\.postMessage.*is_archived/.test(line)));
  });

  it('tells an admin what only an admin can mend, once, and logs the scope', async () => {
    bot.sandbox.faults.set('chat.postMessage', [{ error: 'missing_scope', needed: 'chat:write' }]);
    const message = bot.sandbox.say('U0ADA', 'C0GENERAL', inChannel);
    const told = await eventually('the notice', () => inDirect('U0NORA', message.ts)[0]);
    assert.match(told.text, /lacks the scope chat:write/);
    assert.ok(bot.log.some((line) => /chat\.postMessage: missing_scope \(admin\) needs chat:write/.test(line)));
    bot.sandbox.faults.set('chat.postMessage', [{ error: 'missing_scope', needed: 'chat:write' }]);
    await ended(bot.sandbox.say('U0ADA', 'C0GENERAL', inChannel));
    assert.equal(inDirect('U0NORA', message.ts).length, 1);
  });
});

describe('a refusal', () => {
  it('is seen: beside the question while its thread is empty', async () => {
    const message = bot.sandbox.say('U0ADA', 'C0PARTNERS', inChannel);
    const notice = await eventually('the notice', () => seenBy('U0ADA', message.ts)[0]);
    assert.match(notice.text, /shared with other companies/);
    assert.equal(notice.threadTs, undefined);
  });

  it('is seen: in the thread when that has replies', async () => {
    const message = bot.sandbox.say('U0ADA', 'C0PARTNERS', 'about the numbers');
    bot.sandbox.say('U0MILES', 'C0PARTNERS', 'which?', message.ts);
    bot.sandbox.say('U0ADA', 'C0PARTNERS', inChannel, message.ts);
    const notice = await eventually('the notice', () => seenBy('U0ADA', message.ts)[0]);
    assert.equal(notice.threadTs, message.ts);
  });

  it('goes to the direct message when nothing can be shown in the channel', async () => {
    bot.sandbox.faults.set('chat.postEphemeral', ['user_not_in_channel']);
    const message = bot.sandbox.say('U0ADA', 'C0PARTNERS', inChannel);
    const notice = await eventually('the notice', () => inDirect('U0ADA', message.ts)[0]);
    assert.match(notice.text, /shared with other companies/);
  });

  it('is told once there, though Slack took it and did not say so', async () => {
    bot.sandbox.faults.set('chat.postEphemeral', ['user_not_in_channel']);
    bot.sandbox.faults.set('chat.postMessage', [{ drop: true, after: true }]);
    const message = bot.sandbox.say('U0ADA', 'C0PARTNERS', inChannel);
    await ended(message);
    await bot.quiet();
    assert.equal(inDirect('U0ADA', message.ts).length, 1);
  });

  it('says nothing to somebody of another company', async () => {
    const message = bot.sandbox.say('U0PIA', 'C0PARTNERS', inChannel);
    const run = await ended(message);
    assert.equal(run.state, 'failed');
    assert.deepEqual(seenBy('U0PIA', message.ts), []);
    assert.deepEqual(bot.answersTo(message), []);
  });

  it('says so when Slack does not tell who asks, and runs nothing', async () => {
    await bot.restartBot(); // whom it knows is remembered for ten minutes
    const before = await audited();
    bot.sandbox.faults.set('users.info', ['user_not_found', 'user_not_found']); // for its sign, and for its answer
    const message = bot.sandbox.say('U0MILES', 'C0GENERAL', inChannel);
    const notice = await eventually('the notice', () => seenBy('U0MILES', message.ts)[0]);
    assert.match(notice.text, /did not tell me who you are/);
    assert.equal(await audited(), before);
  });

  it('is not given for one lookup that failed', async () => {
    await bot.restartBot();
    bot.sandbox.faults.set('users.info', ['internal_error', { status: 503 }]);
    bot.sandbox.faults.set('conversations.info', [{ drop: true }]);
    const { answer } = await bot.ask(inChannel, { channel: 'C0GENERAL', user: 'U0MILES' });
    assert.match(answer.text, /^3 [a-z]/);
  });
});

describe('who asks', () => {
  const clientTo = (fetch: typeof globalThis.fetch) =>
    new WebClient(bot.sandbox.botToken, {
      slackApiUrl: bot.sandbox.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      fetch: fetch as never,
    });
  const patience = (lastsMs: number) => () => ({
    lastsMs,
    signal: new AbortController().signal,
    onFault: () => undefined,
  });

  it('is not known when Slack goes on failing', async () => {
    bot.sandbox.faults.set('users.info', Array<Fault>(20).fill({ status: 503 }));
    const people = openPeople(
      clientTo(fetch),
      async () => [],
      () => new Date(),
      patience(1_200),
    );
    assert.deepEqual(await people.admit('T0FERNHILL', 'U0ADA', undefined), { kind: 'unknown' });
  });

  it('is looked up in all user groups at once, and a group that Slack refuses holds nobody and is told once', async () => {
    let underWay = 0;
    let most = 0;
    const counting: typeof fetch = async (...request) => {
      underWay += 1;
      most = Math.max(most, underWay);
      const response = await fetch(...request);
      underWay -= 1;
      return response;
    };
    const people = openPeople(
      clientTo(counting),
      async () => ['S0FINANCE', 'S0GONE', 'S0DELETED'],
      () => new Date(),
      patience(1_000),
    );
    const asker = await people.admit('T0FERNHILL', 'U0MILES', undefined);
    assert.deepEqual(asker, {
      kind: 'reader',
      reader: {
        teamId: 'T0FERNHILL',
        userId: 'U0MILES',
        groups: ['S0FINANCE'],
        unknownGroups: ['S0GONE', 'S0DELETED'],
      },
    });
    assert.equal(most, 4);
    assert.deepEqual(await people.membersOf('S0GONE'), []);
  });

  it('is known though Slack does not tell who is in a user group, by a fault of that group alone', async () => {
    bot.sandbox.faults.set('usergroups.users.list', [{ error: 'missing_scope' }]);
    let now = 0;
    const told: string[] = [];
    const people = openPeople(
      clientTo(fetch),
      async () => ['S0FINANCE'],
      () => new Date(now),
      () => ({ ...patience(1_000)(), onFault: (method) => told.push(method) }),
    );
    const asked = await people.admit('T0FERNHILL', 'U0MILES', undefined);
    assert.ok(asked.kind === 'reader' && asked.reader.unknownGroups?.includes('S0FINANCE'), asked.kind);
    bot.sandbox.faults.set('usergroups.users.list', [{ error: 'missing_scope' }]);
    now += 11 * 60_000;
    await people.admit('T0FERNHILL', 'U0MILES', undefined);
    assert.deepEqual(told, ['usergroups.users.list of the user group S0FINANCE']);
  });
});

describe('a follow-up to a private answer', () => {
  const grantTo = (to: Grantee) =>
    bot.querent.access.change('shop', () => [{ effect: 'grant', databaseId: 'shop', to }], OPERATOR);
  beforeAll(async () => void (await grantTo({ kind: 'user', id: 'U0ADA' })));
  afterAll(async () => void (await grantTo({ kind: 'everyone' })));

  it('keeps its context, asked in the direct message or in the channel, and stands below the first', async () => {
    const { message } = await bot.ask('<@U0QUERENT> How many refunds were there in 2025?', { channel: 'C0GENERAL' });
    const first = await eventually('the private answer', () => inDirect('U0ADA', message.ts)[0]);
    assert.match(first.text, /^2 [a-z]/);
    assert.equal(first.threadTs, undefined);

    bot.sandbox.say('U0ADA', 'D0ADA', 'and in 2024?', first.ts);
    const second = await eventually('the follow-up', () => inDirect('U0ADA', first.ts)[0]);
    assert.match(second.text, /^1 [a-z]/);
    assert.equal(second.threadTs, first.ts);

    bot.sandbox.say('U0ADA', 'C0GENERAL', 'and in 2025?', message.ts);
    const third = await eventually('the next', () => inDirect('U0ADA', second.ts)[0]);
    assert.match(third.text, /^2 [a-z]/);
    assert.equal(third.threadTs, first.ts);
  });
});

describe('the end of an installation', () => {
  const asked = async () => (await turnsOf(message)).length;
  let message: SandboxMessage;
  beforeAll(async () => {
    ({ message } = await bot.ask(QUESTION));
    await ended(message);
  });

  it('is not somebody else’s token that was revoked', async () => {
    bot.sandbox.tell({ type: 'tokens_revoked', tokens: { oauth: ['U0MILES'], bot: [] } });
    await bot.ask(QUESTION); // whatever the event did is done by now
    assert.equal(await asked(), 1);
  });

  it('is the revoked token of the bot: what was kept of the workspace goes', async () => {
    bot.sandbox.tell({ type: 'tokens_revoked', tokens: { bot: ['U0QUERENT'] } });
    await eventually('the workspace to be forgotten', async () => (await asked()) === 0);
  });
});

describe('what goes wrong inside', () => {
  const breakingWith = (error: Error): Partial<Querent> => ({
    ask: async () => {
      throw error;
    },
  });

  /** Works with a bot whose service breaks so, in place of the one of all tests, and gives what it logged. */
  async function whileBroken(broken: Partial<Querent>, work: () => Promise<void>): Promise<readonly string[]> {
    const log: string[] = [];
    await bot.stopBot();
    const { botToken, appToken, apiUrl } = bot.sandbox;
    const options = { print: (line: string) => void log.push(line) };
    const started = await startBot({ ...bot.querent, ...broken }, { botToken, appToken, apiUrl }, options);
    assert.ok(started.ok);
    try {
      await work();
    } finally {
      await started.value.stop();
      await bot.restartBot();
    }
    return log;
  }

  it('is logged with its stack and its run before anybody is told that it was logged', async () => {
    const log = await whileBroken(breakingWith(new TypeError('a value nobody may see: 4711')), async () => {
      const { answer } = await bot.ask(QUESTION);
      assert.match(answer.text, /Something broke here\. It was logged as/);
    });
    const [line] = log.filter((one) => /run .* failed/.test(one));
    assert.match(line ?? '', /TypeError\n\s+at .*delivery\.test\.ts/);
    assert.ok(!log.join('').includes('4711'));
  });

  it('is told to admins and logged by its name where something stored cannot be read', async () => {
    const log = await whileBroken(breakingWith(new StateUnreadable('the database ledger')), async () => {
      const { message } = await bot.ask(QUESTION);
      const told = await eventually('the notice', () => inDirect('U0NORA', message.ts)[0]);
      assert.match(told.text, /A question could not be answered: the database ledger cannot be read/);
    });
    assert.ok(log.some((line) => /run .* failed: StateUnreadable the database ledger cannot be read/.test(line)));
  });

  it('ends nothing where it happens before the first question', async () => {
    const unreadable = async () => {
      throw new StateUnreadable('the database ledger');
    };
    const log = await whileBroken({ warm: unreadable }, async () => {
      assert.match((await bot.ask(QUESTION)).answer.text, /^3 [a-z]/);
    });
    assert.ok(log.some((line) => /prepared for the first question: StateUnreadable/.test(line)));
  });
});

describe('the state of a bot', () => {
  it('is held by one bot at a time; a second is told which process has it', async () => {
    const { botToken, appToken, apiUrl } = bot.sandbox;
    const second = await startBot(bot.querent, { botToken, appToken, apiUrl });
    assert.ok(!second.ok && second.failure.kind === 'state-held');
    assert.match(sayFailure(second.failure), new RegExp(`process ${process.pid} on .* QUERENT_HOME`));
  });

  it('is let go of by a process that is killed', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-lock-')), 'bot.lock');
    const script = `import { lockState } from ${JSON.stringify(path.resolve('adapters/state/sqlite/lock-state.ts'))};
      if (lockState(${JSON.stringify(file)}, new Date()).ok) console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const held = lockState(file, new Date());
    assert.ok(!held.ok && held.failure.kind === 'state-held');
    assert.match(sayFailure(held.failure), new RegExp(`process ${child.pid} `));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = lockState(file, new Date());
    assert.ok(again.ok);
    again.value();
  });
});
