import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, it } from 'vitest';
import { openSealedVault } from '#adapters/secrets/open-sealed-vault.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import type { Result } from '#src/domain/result.ts';
import { scrub } from '#src/domain/scrub.ts';
import { Secret } from '#src/domain/secret.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';
import { startSmallBot } from '#test/support/small-bot.ts';

const root = path.resolve(import.meta.dirname, '../..');
const newHome = () => mkdtempSync(path.join(os.tmpdir(), 'querent-secrets-'));

function querent(home: string, args: readonly string[], environment: Record<string, string> = {}, input = ''): string {
  const ran = spawnSync(process.execPath, ['src/cli/main.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', QUERENT_HOME: home, QUERENT_DEBUG: '1', ...environment },
    input,
    encoding: 'utf8',
  });
  return `${ran.stdout}${ran.stderr}`;
}

/** Every file below a folder, as bytes read as text. */
function everythingIn(folder: string, except: readonly string[] = []): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile() && !except.includes(path.basename(file)))
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

/** Twelve secrets, each where such a one comes from. */
const PLANTED = {
  urlPassword: 'canary-url-password-1',
  sealedPassword: 'canary-sealed-password-2',
  envPassword: 'canary-env-password-3',
  filePassword: 'canary-file-password-4',
  wrongPassword: 'canary-wrong-password-5',
  botToken: 'xoxb-canary-6',
  appToken: 'xapp-canary-7',
  modelKey: 'canary-model-key-8',
  embedderKey: 'canary-embedder-key-9',
  qdrantKey: 'canary-qdrant-key-10',
  rotatedPassword: 'canary-rotated-password-11',
  stdinPassword: 'canary-stdin-password-12',
};

function assertNone(text: string, where: string): void {
  for (const [name, secret] of Object.entries(PLANTED)) {
    assert.ok(!text.includes(secret), `${name} stands in ${where}`);
    assert.ok(!text.includes(Buffer.from(secret).toString('base64')), `${name} stands in ${where}, in base64`);
  }
}

describe('twelve planted secrets', () => {
  it('are found in no output and no file that is kept', async () => {
    const home = newHome();
    const shop = new URL(await shopOnPostgres());
    const setPassword = (password: string) =>
      asAdmin('postgres', (client) => client.query(`ALTER ROLE ${shop.username} PASSWORD '${password}'`));
    const address = (password = '') => {
      const url = new URL(shop);
      url.password = password;
      return url.toString();
    };
    const keys = {
      SLACK_BOT_TOKEN: PLANTED.botToken,
      SLACK_APP_TOKEN: PLANTED.appToken,
      QUERENT_MODEL_URL: 'http://127.0.0.1:9/v1',
      QUERENT_MODEL_KEY: PLANTED.modelKey,
      QUERENT_QDRANT_URL: 'http://127.0.0.1:9',
      QUERENT_QDRANT_KEY: PLANTED.qdrantKey,
      QUERENT_EMBEDDER_KEY: PLANTED.embedderKey,
      SHOP_PASSWORD: PLANTED.envPassword,
    };
    const outside = newHome();
    const file = path.join(outside, 'password');
    writeFileSync(file, PLANTED.filePassword);
    const said: string[] = [];
    const say = (args: readonly string[], input?: string) => said.push(querent(home, args, keys, input));

    await setPassword(PLANTED.urlPassword);
    say(['register', address(PLANTED.urlPassword), '--name', 'byurl', '--accept-warnings', '--no-index']);
    say(['register', address(PLANTED.wrongPassword), '--name', 'wrong', '--accept-warnings', '--no-index']);
    await setPassword(PLANTED.envPassword);
    say([
      'register',
      address(),
      '--name',
      'byenv',
      '--password',
      'env:SHOP_PASSWORD',
      '--accept-warnings',
      '--no-index',
    ]);
    await setPassword(PLANTED.filePassword);
    say(['register', address(), '--name', 'byfile', '--password', `file:${file}`, '--accept-warnings', '--no-index']);
    say(['secrets', 'set', 'byenv', '-'], `${PLANTED.stdinPassword}\n`);
    writeFileSync(file, PLANTED.sealedPassword);
    say(['secrets', 'set', 'byfile', `file:${file}`]);
    await setPassword(PLANTED.rotatedPassword);
    writeFileSync(file, PLANTED.rotatedPassword);
    say(['secrets', 'set', 'byurl', `file:${file}`]);
    say(['rotate-key']);
    say(['roles', 'check']);
    say(['databases', '--json']);
    say(['doctor']);
    say(['ask', 'How many customers are there?']);
    say(['ask', 'x', '--database-url', address(PLANTED.wrongPassword)]);
    say(['serve']);
    say(['audit', '--json']);
    rmSync(outside, { recursive: true });

    const output = said.join('\n');
    assert.match(output, /Registered byurl/);
    assert.match(output, /Registered byenv/);
    assert.match(output, /3 passwords sealed with a new key/);
    assert.match(output, /byurl: .*usable, with warnings/);
    assertNone(output, 'what was printed');
    assertNone(everythingIn(home), 'the state');
    assert.equal(statSync(path.join(home, 'key.json')).mode & 0o077, 0);
  }, 120_000);

  it('are not in what a bot posts, logs or fails with', async () => {
    const bot = await startSmallBot();
    const logged: string[] = [];
    const error = console.error;
    console.error = (...parts: unknown[]) => logged.push(parts.map((part) => inspect(part, { depth: 9 })).join(' '));
    try {
      const broken = { id: 'broken', url: 'postgres://u@127.0.0.1:9/x', secret: `plain:${PLANTED.urlPassword}` };
      await bot.parts.store.saveDatabase(broken);
      const opened = await bot.parts.opener.open(broken);
      assert.ok(opened.ok);
      const failed = await opened.value.ping(new AbortController().signal);
      logged.push(inspect(failed, { depth: 9 }), inspect(opened, { depth: 9 }), JSON.stringify(failed));
      await bot.ask('How many refunds are there?');
    } finally {
      console.error = error;
      logged.push(JSON.stringify(bot.sandbox.workspace.messages));
      await bot.stop();
    }
    assertNone(logged.join('\n'), 'what was logged or posted');
  });
});

describe('a sealed password', () => {
  const sealed = async () => {
    const home = newHome();
    const store = openSqliteStore(path.join(home, 'state.sqlite'));
    const keyFile = path.join(home, 'key.json');
    const vault = openSealedVault(store, keyFile);
    assert.ok((await vault.seal('shop', new Secret('hush'))).ok);
    return { store, keyFile, vault };
  };
  const why = (result: Result<Secret>) =>
    !result.ok && result.failure.kind === 'secret-unavailable' ? result.failure.why : '';

  it('opens, before and after the key is rotated', async () => {
    const { vault, store, keyFile } = await sealed();
    const opened = await vault.open('shop');
    assert.ok(opened.ok && opened.value.reveal() === 'hush');
    assert.deepEqual(await vault.rotate(), { ok: true, value: 1 });
    const again = await openSealedVault(store, keyFile).open('shop');
    assert.ok(again.ok && again.value.reveal() === 'hush');
  });

  it('says so when its key is missing, and is not sealed over with another', async () => {
    const { vault, keyFile } = await sealed();
    rmSync(keyFile);
    assert.match(why(await vault.open('shop')), /key file .* is missing/);
    assert.equal((await vault.seal('desk', new Secret('x'))).ok, false);
    writeFileSync(keyFile, 'no ring');
    assert.match(why(await vault.open('shop')), /cannot be read/);
  });

  it('cannot stand in for another, nor be changed', async () => {
    const { vault, store } = await sealed();
    const text = (await store.sealed()).get('shop') ?? '';
    await store.saveSealed(new Map([['desk', text]]));
    assert.match(why(await vault.open('desk')), /changed since it was sealed/);
    await store.saveSealed(new Map([['shop', text.replace(/"data":"../, '"data":"AA')]]));
    assert.match(why(await vault.open('shop')), /changed since it was sealed/);
  });

  it('prints as dots', () => {
    const secret = new Secret('hush');
    assert.equal(`${secret}${JSON.stringify({ secret })}${inspect({ secret })}`.includes('hush'), false);
  });
});

describe('the log', () => {
  it.each([
    'token xoxb-1234-abc',
    'xapp-1-A0-123-abcdef',
    'postgres://reader:pa55@db.example/shop',
    'password=pa55word and more',
    '{"apiKey":"pa55"}',
    'Authorization: Bearer abcdefghijkl',
    '-----BEGIN PRIVATE KEY-----\npa55\n-----END PRIVATE KEY-----',
    `key ${'QUJD'.repeat(12)}`,
  ])('does not keep the secret in %s', (text) => {
    assert.doesNotMatch(scrub(text), /pa55|1234-abc|abcdef|QUJDQUJD/);
  });

  it('keeps what is none', () => {
    const text = 'run 0f3c2d1e failed: database-unreachable ECONNREFUSED';
    assert.equal(scrub(text), text);
  });
});
