import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { ConfigError, readConfig } from '#src/config.ts';

it('needs no setting at all', () => {
  const config = readConfig({});
  assert.equal(config.slack, undefined);
  assert.match(config.stateFile, /\.querent/);
});

it('lists every fault at once', () => {
  const environment = { QUERENT_EMBEDDER_URL: 'nonsense', QUERENT_DEMO_PORT: '99999', SLACK_BOT_TOKEN: 'xapp-wrong' };
  assert.throws(
    () => readConfig(environment),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      for (const name of ['QUERENT_EMBEDDER_URL', 'QUERENT_DEMO_PORT', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'])
        assert.match(error.message, new RegExp(name));
      assert.match(error.message, /has 4 faults/);
      return true;
    },
  );
});

const faultsOf = (environment: Readonly<Record<string, string>>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return '';
};

it('lists an unknown pipeline and folders that are not there with the other faults', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  const said = faultsOf({
    QUERENT_PIPELINE: 'fulll',
    QUERENT_SQLITE_FOLDERS: [folder, `${folder}/typo`, file].join(path.delimiter),
    QUERENT_QUESTION_PRICE: '7',
  });
  assert.match(said, /has 4 faults/);
  assert.match(said, /QUERENT_PIPELINE must be one of full, planner/);
  assert.match(said, /QUERENT_SQLITE_FOLDERS names \S+typo, which is no folder/);
  assert.match(said, /QUERENT_SQLITE_FOLDERS names \S+file, which is no folder/);
  assert.match(said, /QUERENT_QUESTION_PRICE/);
  assert.match(faultsOf({ QUERENT_SQLITE_FOLDERS: path.delimiter }), /names no folder/);
  assert.deepEqual(readConfig({ QUERENT_SQLITE_FOLDERS: folder }).sqliteFolders, [folder]);
  assert.equal(readConfig({ QUERENT_PIPELINE: 'planner' }).pipeline.name, 'planner');
});

it('does not take a setting that is misspelt for none, and leaves others’ variables alone', () => {
  assert.match(
    faultsOf({ QUERENT_SQLITE_FOLDER: '/data' }),
    /QUERENT_SQLITE_FOLDER is no setting; QUERENT_SQLITE_FOLDERS is/,
  );
  assert.match(faultsOf({ QUERENT_MODELS_URL: 'http://x/v1' }), /QUERENT_MODEL_URL is/);
  for (const name of [
    'QUERENT_DEBUG',
    'QUERENT_BENCH',
    'QUERENT_MARIADB_URL',
    'QUERENT_SHOP_PASSWORD',
    'SQLITE_FOLDERS',
  ])
    assert.equal(faultsOf({ [name]: 'x' }), '', name);
});

it('cannot be changed once it is read', () => {
  assert.throws(() => Object.assign(readConfig({}), { home: '/elsewhere' }), TypeError);
});
