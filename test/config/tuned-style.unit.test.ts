import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { checkStyle, saveTunedStyle, styleFor } from '#src/config/tuned-style.ts';
import { USUAL_STYLE } from '#src/pipeline/settings.ts';
import { PLAIN } from '#src/prompts/prompt-style.ts';

const homeOf = () => mkdtempSync(path.join(os.tmpdir(), 'querent-style-'));
const USUAL = { name: 'full', style: USUAL_STYLE };
const MEASURED = { version: 1, questions: 125, right: 99, plainRight: 96, at: '2026-11-28T10:00:00.000Z' } as const;

it('a model is asked in the style that was measured to be best for it, and doctor says why', () => {
  const home = homeOf();
  saveTunedStyle(home, { ...MEASURED, model: 'small', style: 'values' });
  assert.equal(styleFor(home, 'small', USUAL_STYLE).name, 'values');
  assert.equal(styleFor(home, 'small', PLAIN), PLAIN, 'a pipeline of another style keeps it');
  assert.equal(
    checkStyle(home, 'small', USUAL).says,
    'values: small got 99 of 125 right with it on 2026-11-28, 96 with plain',
  );
  assert.equal(
    checkStyle(home, 'small', { name: 'plain', style: PLAIN }).says,
    'plain, that of QUERENT_PIPELINE=plain',
    'and that of a pipeline that has its own is that',
  );
});

it('another model, none, and a file that says nothing leave it at the usual style', () => {
  const home = homeOf();
  assert.equal(styleFor(home, 'small', USUAL_STYLE).name, 'kinds');
  assert.match(checkStyle(home, 'small', USUAL).says, /^kinds, as for every model that was not measured/);
  saveTunedStyle(home, { ...MEASURED, model: 'small', style: 'values' });
  assert.equal(styleFor(home, 'large', USUAL_STYLE).name, 'kinds');
  assert.equal(styleFor(home, undefined, USUAL_STYLE).name, 'kinds');
  saveTunedStyle(home, { ...MEASURED, model: 'small', style: 'gone' });
  assert.equal(styleFor(home, 'small', USUAL_STYLE).name, 'kinds');
  writeFileSync(path.join(home, 'prompt-style.json'), '{');
  assert.equal(styleFor(home, 'small', USUAL_STYLE).name, 'kinds');
});
