import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { dayAt } from '#src/domain/time-zone.ts';
import { shopFile } from '#test/support/shop.ts';
import { querentIn } from './run-querent.ts';

function ask(question: string, environment: Readonly<Record<string, string>>) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-ask-'));
  return querentIn(home)(['ask', question, '--database-url', `sqlite:${shopFile()}`, '--json'], { environment });
}

it('reckons today where QUERENT_TIME_ZONE says', async () => {
  // 26 hours apart: at no moment do the two show the same day.
  const zones = ['Pacific/Kiritimati', 'Etc/GMT+12'];
  const asked = [];
  for (const zone of zones) {
    const before = dayAt(new Date(), zone);
    const { out, err } = await ask('How many customers joined today?', { QUERENT_TIME_ZONE: zone });
    const { sql } = JSON.parse(out) as { sql: string | null };
    const day = /joined >= '(\d{4}-\d\d-\d\d)'/.exec(sql ?? '')?.[1];
    assert.ok(day, out + err);
    assert.ok([before, dayAt(new Date(), zone)].includes(day), `${zone}: ${day}`);
    asked.push(day);
  }
  assert.notEqual(asked[0], asked[1]);
});

it('says in one sentence that a time zone is none', async () => {
  const { out, err } = await ask('How many customers are there?', { QUERENT_TIME_ZONE: 'Oslo' });
  assert.equal(out, '');
  assert.match(err, /QUERENT_TIME_ZONE must be the name of a time zone, as Europe\/Oslo/);
});
