import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { partsOf } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import type { KeptTrace } from '#src/domain/trace.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { shopFile } from '#test/support/shop.ts';
import { querentIn } from './run-querent.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const querent = querentIn(home);
let model: Awaited<ReturnType<typeof scriptedModel>>;
/** The run of a question that was answered with the model. */
let runId = '';

beforeAll(async () => {
  model = await scriptedModel(() => '```sql\nSELECT COUNT(*) FROM customer\n```');
  assert.equal((await querent(['register', `sqlite:${shopFile()}`])).code, 0);
  const environment = { QUERENT_MODEL_URL: model.baseUrl, QUERENT_PIPELINE: 'direct' };
  const asked = await querent(['ask', 'How many customers are there?'], { environment });
  assert.equal(asked.code, 0, asked.all);
  const begins = /`querent trace (\w{8})` shows how this came about\./.exec(asked.err)?.[1];
  assert.ok(begins, asked.err);
  const [latest] = JSON.parse((await querent(['trace', '--json'])).out) as KeptTrace[];
  runId = latest?.runId ?? '';
  assert.ok(runId.startsWith(begins));
}, 60_000);
afterAll(() => model.stop());

describe('querent trace', () => {
  it('shows of a run, by the characters that a message shows, every stage in order with what it came to and spent', async () => {
    const { code, out } = await querent(['trace', runId.slice(0, 8)]);
    assert.equal(code, 0);
    const [head, question, outcome, , ...lines] = out.trimEnd().split('\n');
    assert.match(head ?? '', new RegExp(`^${runId} {2}\\d{4}-\\S+Z {2}operator of local$`));
    assert.equal(question, 'How many customers are there?');
    assert.match(outcome ?? '', /^→ answer from shop, 1 model call, [\d,]+ \+ [\d,]+ tokens$/);
    const stages = lines.flatMap((line) => / ms {2}([a-z-]+) +[\d,]+ ms {2}\S/.exec(line)?.[1] ?? []);
    for (const stage of ['retrieve', 'link', 'generate', 'select', 'execute', 'explain'])
      assert.ok(stages.includes(stage), out);
    assert.ok(stages.indexOf('retrieve') < stages.indexOf('generate'));
    assert.match(out, /^ +generator, \S+: [\d,]+ \+ [\d,]+ tokens, +[\d,]+ ms$/m);
    assert.doesNotMatch(out, /SELECT COUNT/);
  });

  it('prints prompts and replies where they are asked for', async () => {
    const { out } = await querent(['trace', runId, '--prompts']);
    assert.match(out, /^── system$/m);
    assert.match(out, /^── reply\n```sql\nSELECT COUNT\(\*\) FROM customer\n```\n──$/m);
  });

  it('is one JSON object that holds the whole', async () => {
    const whole = JSON.parse((await querent(['trace', runId, '--json'])).out) as KeptTrace;
    assert.deepEqual(
      [whole.runId, whole.outcome, whole.databaseId, whole.question],
      [runId, 'answer', 'shop', 'How many customers are there?'],
    );
    assert.ok(whole.entries.some(({ stage, calls }) => stage === 'generate' && calls[0]?.replies.length));
  });

  it('lists the latest runs, the newest first, and says where none fits or several do', async () => {
    const { store } = partsOf(readConfig({ QUERENT_HOME: home }));
    const kept = { team: 'T', user: 'U', outcome: 'cancelled', entries: [] };
    const keeping = { ofRun: false, since: new Date(0) };
    await store.saveTrace({ ...kept, runId: 'twin-1', at: '2100-01-01T00:00:00.000Z' }, keeping);
    await store.saveTrace({ ...kept, runId: 'twin-2', at: '2100-01-02T00:00:00.000Z', databaseId: 'shop' }, keeping);
    await store.close();
    const { out } = await querent(['trace', '--limit', '2']);
    assert.equal(
      out,
      'twin-2  2100-01-02T00:00:00.000Z  cancelled  shop\ntwin-1  2100-01-01T00:00:00.000Z  cancelled\n',
    );
    const several = await querent(['trace', 'twin']);
    assert.deepEqual(
      [several.code, several.err],
      [1, 'Several runs’ ids begin with twin. Give more of the one that you mean.\n'],
    );
    const none = await querent(['trace', 'nope']);
    assert.deepEqual(
      [none.code, none.err],
      [1, 'There is no trace of a run whose id begins with nope. `querent trace` lists the latest.\n'],
    );
    assert.match((await querent(['trace', 'twin-1'])).out, /^\(the text of questions is not kept\)\n→ cancelled$/m);
  });

  it('says that there is none yet', async () => {
    const fresh = querentIn(path.join(home, 'fresh'));
    assert.match((await fresh(['trace'])).out, /^No question has been answered yet/);
    assert.equal((await fresh(['trace', '--json'])).out, '[]\n');
  });
});
