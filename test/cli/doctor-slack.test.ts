import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Sandbox, startSandbox } from '#src/sandbox/start-sandbox.ts';
import { eventually } from '#test/support/wait.ts';
import { querentIn } from './run-querent.ts';

const querent = querentIn(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')));
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

const doctor = (args: readonly string[], more: Partial<Record<'SLACK_APP_TOKEN', string>> = {}) =>
  querent(['doctor', '--slack', ...args], {
    environment: {
      SLACK_BOT_TOKEN: sandbox.botToken,
      SLACK_APP_TOKEN: sandbox.appToken,
      SLACK_API_URL: sandbox.apiUrl,
      ...more,
    },
  });

describe('querent doctor --slack', () => {
  it('looks at the token, its scopes and Socket Mode, and posts nothing without a channel', async () => {
    const { code, out } = await doctor([]);
    assert.equal(code, 0, out);
    assert.match(out, /^✓ Slack +signed in to/m);
    assert.match(out, /^✓ Slack scopes +all \d+ of the manifest$/m);
    assert.match(out, /^✓ Slack Socket Mode +connects, greeted after \d+ ms$/m);
    assert.match(out, /^– Slack events +not looked at/m);
    assert.equal(sandbox.workspace.messages.length, 0);
    await eventually('the connection to be closed', () => !sandbox.sockets.connected);
  });

  it('posts each layout in a thread of the channel, hears of them, and says what the workspace refuses', async () => {
    sandbox.switches.refusedBlocks.add('data_visualization');
    const { code, out } = await doctor(['--channel', 'C0GENERAL']);
    assert.equal(code, 1, out);
    assert.match(out, /^✓ Slack events +what is posted in the channel comes here$/m);
    assert.match(out, /^✓ layout: one number +posted$/m);
    assert.match(out, /^✗ layout: bar chart and table +refused: invalid_blocks \(.*data_visualization.*\/blocks\/\d+/m);
    assert.match(out, /^✓ layout: progress as a plan +posted$/m);
    const [root, ...posted] = sandbox.workspace.messages;
    assert.ok(posted.length >= 8 && posted.every(({ threadTs }) => threadTs === root?.ts));
    sandbox.switches.refusedBlocks.clear();
  });

  it('says which token is wrong, and that the bot is not in a channel', async () => {
    assert.match(
      (await doctor([], { SLACK_APP_TOKEN: 'xapp-wrong' })).out,
      /^✗ Slack Socket Mode +Slack answers invalid_auth\. Check SLACK_APP_TOKEN/m,
    );
    assert.match((await doctor(['--channel', 'C1'])).out, /^✗ Slack channel +Slack answers channel_not_found in C1\./m);
  });
});
