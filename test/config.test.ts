import assert from 'node:assert/strict';
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

it('cannot be changed once it is read', () => {
  assert.throws(() => Object.assign(readConfig({}), { home: '/elsewhere' }), TypeError);
});
