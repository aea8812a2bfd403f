import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { partsOf } from '#src/compose.ts';
import { readConfig, withModelName } from '#src/config/env.ts';
import { saveTunedStyle } from '#src/config/tuned-style.ts';
import { within } from '#src/demo/start-demo.ts';

const newFolder = () => mkdtempSync(path.join(os.tmpdir(), 'querent-demo-'));
const URL_ALONE = { MODEL_URL: 'http://127.0.0.1:9/v1' };

it('the demo asks a model in the style that was tuned for it, though all else is kept in a folder that goes away', () => {
  const home = newFolder();
  const measured = { version: 1, questions: 125, right: 99, plainRight: 96, at: '2026-11-28T10:00:00.000Z' } as const;
  saveTunedStyle(home, { ...measured, model: 'small', style: 'values' });
  const config = within(newFolder(), readConfig({ ...URL_ALONE, QUERENT_HOME: home, MODEL_NAME: 'small' }));
  assert.notEqual(config.home, home);
  assert.equal(partsOf(config).settings.pipeline.style.name, 'values');
});

it('a server that is named by MODEL_URL alone is asked for the model that it lists, in every role that nobody named', () => {
  const { model } = withModelName(readConfig({ ...URL_ALONE, QUERENT_MODEL_LINKER: 'other' }), 'coder');
  assert.deepEqual(
    [model?.name, model?.generator, model?.refiner, model?.selector, model?.linker],
    ['coder', 'coder', 'coder', 'coder', 'other'],
  );
});
