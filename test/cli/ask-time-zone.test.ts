import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { it } from 'vitest';
import { dayAt } from '#src/domain/time-zone.ts';
import { shopFile } from '#test/support/shop.ts';

const root = path.resolve(import.meta.dirname, '../..');

async function ask(question: string, environment: Readonly<Record<string, string>>) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-ask-'));
  const file = shopFile();
  const run = promisify(execFile)(
    process.execPath,
    ['src/cli/main.ts', 'ask', question, '--database-url', `sqlite:${file}`, '--json'],
    { cwd: root, env: { PATH: process.env.PATH, QUERENT_HOME: home, ...environment } },
  );
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return { stdout, stderr };
}

it('reckons today where QUERENT_TIME_ZONE says', async () => {
  // 26 hours apart: at no moment do the two show the same day.
  const zones = ['Pacific/Kiritimati', 'Etc/GMT+12'];
  const asked = [];
  for (const zone of zones) {
    const before = dayAt(new Date(), zone);
    const { stdout, stderr } = await ask('How many customers joined today?', { QUERENT_TIME_ZONE: zone });
    const { sql } = JSON.parse(stdout) as { sql: string | null };
    const day = /joined >= '(\d{4}-\d\d-\d\d)'/.exec(sql ?? '')?.[1];
    assert.ok(day, stdout + stderr);
    assert.ok([before, dayAt(new Date(), zone)].includes(day), `${zone}: ${day}`);
    asked.push(day);
  }
  assert.notEqual(asked[0], asked[1]);
});

it('says in one sentence that a time zone is none', async () => {
  const { stdout, stderr } = await ask('How many customers are there?', { QUERENT_TIME_ZONE: 'Oslo' });
  assert.equal(stdout, '');
  assert.match(stderr, /QUERENT_TIME_ZONE must be the name of a time zone, as Europe\/Oslo/);
  assert.doesNotMatch(stderr, /at .*\.ts:\d/);
});
