import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { readConfig } from '#src/config/env.ts';
import { ConfigError } from '#src/domain/config-error.ts';

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
  assert.match(said, /QUERENT_PIPELINE must be one of full, full-without-planner/);
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

it('reckons time as it is told: zone, first day of the week, first month of the fiscal year', () => {
  const { calendar } = readConfig({
    QUERENT_TIME_ZONE: 'Pacific/Auckland',
    QUERENT_WEEK_START: 'Sunday',
    QUERENT_FISCAL_YEAR_START: 'April',
  });
  assert.deepEqual(calendar, { timeZone: 'Pacific/Auckland', weekStart: 'sunday', fiscalYearStart: 4 });
  assert.equal(readConfig({ QUERENT_FISCAL_YEAR_START: '10' }).calendar.fiscalYearStart, 10);
  assert.equal(readConfig({ QUERENT_FISCAL_YEAR_START: 'sept' }).calendar.fiscalYearStart, 9);
});

it('takes the machine’s zone, Monday and January where nothing is set', () => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  assert.deepEqual(readConfig({}).calendar, { timeZone, weekStart: 'monday', fiscalYearStart: 1 });
});

it('names a zone, a day and a month that are none, all at once', () => {
  const environment = {
    QUERENT_TIME_ZONE: 'Europe/Atlantis',
    QUERENT_WEEK_START: 'someday',
    QUERENT_FISCAL_YEAR_START: '13',
  };
  assert.throws(
    () => readConfig(environment),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /QUERENT_TIME_ZONE must be the name of a time zone/);
      assert.match(error.message, /QUERENT_WEEK_START must be monday, sunday or saturday/);
      assert.match(error.message, /QUERENT_FISCAL_YEAR_START must be a month/);
      return true;
    },
  );
  for (const zone of ['+02:00', 'Oslo']) assert.throws(() => readConfig({ QUERENT_TIME_ZONE: zone }), ConfigError);
  for (const month of ['0', 'ma', 'Smarch', '1.5'])
    assert.throws(() => readConfig({ QUERENT_FISCAL_YEAR_START: month }), ConfigError);
});

it('opens networks and low ports to registrations from Slack by name alone', () => {
  assert.deepEqual(readConfig({}).egress, { privateRanges: [], loopback: false, lowPorts: [] });
  assert.deepEqual(
    readConfig({ QUERENT_NETWORKS: '10.1.0.0/16, fd12::/16, loopback', QUERENT_LOW_PORTS: '443' }).egress,
    { privateRanges: ['10.1.0.0/16', 'fd12::/16'], loopback: true, lowPorts: [443] },
  );
  assert.match(faultsOf({ QUERENT_NETWORKS: '10.1.0.0/33' }), /QUERENT_NETWORKS names 10.1.0.0\/33, which is neither/);
  assert.match(faultsOf({ QUERENT_LOW_PORTS: '443,8080' }), /QUERENT_LOW_PORTS must be ports below 1024/);
});

it('says what an embedding model wants before questions and texts, or that it wants nothing', () => {
  const prefixes = (set: Record<string, string>) =>
    readConfig({ QUERENT_EMBEDDER_URL: 'http://embeddings/v1', ...set }).embedder?.prefixes;
  assert.deepEqual(prefixes({}), {});
  assert.deepEqual(prefixes({ QUERENT_EMBEDDER_QUESTION_PREFIX: 'query: ', QUERENT_EMBEDDER_TEXT_PREFIX: 'none' }), {
    question: 'query: ',
    text: '',
  });
});

it('ranks by groups unless it is set otherwise', () => {
  assert.equal(readConfig({}).retrieval, 'groups');
  assert.equal(readConfig({ QUERENT_RETRIEVAL: 'clsr' }).retrieval, 'clsr');
  assert.match(faultsOf({ QUERENT_RETRIEVAL: 'paper' }), /QUERENT_RETRIEVAL must be one of groups, clsr, fused/);
});

it('looks at the kinds of known questions that are named, or at none', () => {
  const kinds = (text: string) => readConfig({ QUERENT_KNOWN_QUESTIONS: text }).questionKinds;
  assert.deepEqual(kinds('explored, verified'), ['explored', 'verified']);
  assert.deepEqual(kinds('none'), []);
  for (const wrong of ['asked', 'explored,asked'])
    assert.match(
      faultsOf({ QUERENT_KNOWN_QUESTIONS: wrong }),
      /QUERENT_KNOWN_QUESTIONS must be none, or some of explored, verified/,
    );
});
