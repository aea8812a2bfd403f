import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' });
});
afterAll(() => bot.stop());

/** Puts a run into the queue as it would stand there if its record were damaged, or a newer version had written it. */
function queueDamaged(request: string, id = 'damaged-run'): void {
  const state = new DatabaseSync(`${bot.home}/state.sqlite`);
  state
    .prepare(
      `INSERT INTO runs (id, team, channel, thread, cause, state, created_at, request)
       VALUES (?, 'T0FERNHILL', 'D0ADA', '1.1', ?, 'queued', '2020-01-01T00:00:00.000Z', ?)`,
    )
    .run(id, `cause of ${id}`, request);
  state.close();
}

describe('a queued run that cannot be read', () => {
  it('is told to admins by its id, and holds up nobody', async () => {
    queueDamaged('{"version":99,"text":"a text that nobody may see"}');
    const { answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /^3 [a-z]/);
    const told = await eventually('the notice', () =>
      bot.sandbox.workspace.messages.find((one) => one.channel === 'D0NORA' && one.user === 'U0QUERENT'),
    );
    assert.match(told.text, /damaged-run cannot be read/);
    assert.ok(!`${told.text}${bot.log.join('')}`.includes('nobody may see'));
  });

  it('is logged by its id when admins were told of another within the hour, and waits for no admin to be told', async () => {
    await bot.restartBot(); // admins may be told again
    bot.sandbox.faults.set('conversations.open', [{ status: 429, retryAfterS: 11 }]);
    for (const id of ['first', 'second']) queueDamaged('{}', `damaged-${id}`);
    const started = performance.now();
    const { answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /^3 [a-z]/);
    assert.ok(performance.now() - started < 9_000);
    for (const id of ['first', 'second'])
      assert.equal(bot.log.filter((line) => line.includes(`damaged-${id} cannot be read`)).length, 1);
  });

  it('is not taken up again after a restart', async () => {
    const before = bot.log.length;
    await bot.restartBot();
    const { answer } = await bot.ask('How many tickets are there?');
    assert.match(answer.text, /^2 [a-z]/);
    assert.ok(!bot.log.slice(before).some((line) => line.includes('damaged-run')));
  });
});

describe('the trace of an answer in Slack', () => {
  it('is found by the first characters of the run that its message shows', async () => {
    const { answer } = await bot.ask('How many refunds are there?');
    const shown = /· ([0-9a-f]{8})/.exec(JSON.stringify(answer.blocks))?.[1];
    assert.ok(shown);
    const kept = await eventually('the trace', async () => (await bot.querent.runs.traces(shown))[0]);
    assert.equal(kept.question, 'How many refunds are there?');
    assert.deepEqual(
      kept.entries.map(({ stage }) => stage),
      [
        'rewrite',
        'catalog',
        'retrieve',
        'clarify',
        'generate',
        'refine',
        'select',
        'execute',
        'check',
        'explain',
        'takeaway',
      ],
    );
    const chosen = kept.entries.find((entry) => entry.stage === 'execute');
    assert.match(chosen?.sql ?? '', /SELECT count\(\*\) FROM refunds/i);
  });
});
