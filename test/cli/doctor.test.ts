import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Sandbox, startSandbox } from '#src/sandbox/start-sandbox.ts';
import { shopFile } from '#test/support/shop.ts';
import { querentIn } from './run-querent.ts';

const querent = querentIn(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')));
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

const slack = (botToken: string, apiUrl: string) => ({
  environment: { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: sandbox.appToken, SLACK_API_URL: apiUrl },
});

describe('querent doctor', () => {
  it('says of each part how it is, and what to do where there is none', async () => {
    const { code, out } = await querent(['doctor']);
    assert.equal(code, 0, out);
    assert.match(out, /^✓ Node +24\./m);
    assert.match(out, /^✓ state +\S+state\.sqlite$/m);
    assert.match(out, /^– databases +none registered; run `querent register URL`/m);
    assert.match(out, /^✓ embedder +use-lite/m);
    assert.match(out, /^– Slack +no tokens; set SLACK_BOT_TOKEN and SLACK_APP_TOKEN/m);
    assert.match(out, /\nAll that is configured works\.\n$/);
  });

  it('signs in to Slack, and says whose token is wrong or that nobody is there', async () => {
    const signedIn = await querent(['doctor'], slack(sandbox.botToken, sandbox.apiUrl));
    assert.match(signedIn.out, /^✓ Slack +signed in to \S.* as \S/m);
    const wrong = await querent(['doctor'], slack('xoxb-wrong', sandbox.apiUrl));
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /^✗ Slack +Slack answers invalid_auth\. Check SLACK_BOT_TOKEN\.$/m);
    assert.match(wrong.out, /1 of \d+ parts need attention; the first one first\./);
    const nobody = await querent(['doctor'], slack(sandbox.botToken, 'http://127.0.0.1:9/api/'));
    assert.match(nobody.out, /^✗ Slack +Slack is not reachable from here\.$/m);
  });

  it('looks at databases and who may ask them', async () => {
    await querent(['register', `sqlite:${shopFile()}`]);
    const { out } = await querent(['doctor']);
    assert.match(out, /^✓ database shop +answers, version 3\./m);
    assert.match(out, /^– access +nobody in Slack may ask shop \(querent grant\)$/m);
    assert.match(out, /^✓ index +4 tables, \d+ columns$/m);
  });

  it('finds nothing wrong with a database that an admin paused, and says how it is resumed', async () => {
    await querent(['pause', 'shop']);
    const { code, out } = await querent(['doctor']);
    assert.match(out, /^– database shop +paused since \S+ by operator; `querent resume shop` lets it be asked again$/m);
    assert.equal(code, 0, out);
  });
});
