import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { partsOf } from '#src/compose.ts';
import { readConfig } from '#src/config/env.ts';
import { ConfigError } from '#src/domain/config-error.ts';

const newFolder = () => mkdtempSync(path.join(os.tmpdir(), 'querent-identities-'));

function fileWith(text: string, name = 'identities.yaml'): string {
  const file = path.join(newFolder(), name);
  writeFileSync(file, text);
  return file;
}

/** What is said of the setting. */
function faultOf(file: string): string {
  try {
    readConfig({ QUERENT_IDENTITIES: file });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return '';
}

describe('QUERENT_IDENTITIES', () => {
  it('maps users, alone or with their workspace, to what the company calls them', () => {
    const file = fileWith('U1: ada@example.com\nT1:U2: 4711\n"T2:U2": bo@example.com\n');
    assert.deepEqual(
      [...readConfig({ QUERENT_IDENTITIES: file }).identities],
      [
        ['U1', 'ada@example.com'],
        ['T1:U2', '4711'],
        ['T2:U2', 'bo@example.com'],
      ],
    );
  });

  it('may be JSON, and is nobody where it is not set', () => {
    const file = fileWith('{"U1": "ada@example.com"}', 'identities.json');
    assert.deepEqual([...readConfig({ QUERENT_IDENTITIES: file }).identities], [['U1', 'ada@example.com']]);
    assert.equal(readConfig({}).identities.size, 0);
  });

  it.each([
    ['- U1\n- U2\n', /where the whole must be one mapping/],
    ['u1: ada@example.com\n', /where “u1” must be a user’s id, or a workspace’s and a user’s with : between them/],
    ['T1:U1:x: ada@example.com\n', /where “T1:U1:x” must be a user’s id/],
    ['U1: ""\n', /where “U1” must be mapped to a text or a number/],
    ['U1:\n  mail: ada@example.com\n', /where “U1” must be mapped to a text or a number/],
    ['U1: [unclosed\n', /which is neither YAML nor JSON/],
  ])('that is wrong is told with its place: %s', (text, sentence) => {
    const said = faultOf(fileWith(text));
    assert.match(said, /QUERENT_IDENTITIES names \S+identities\.yaml/);
    assert.match(said, sentence);
    assert.doesNotMatch(said, /ada@example/);
  });

  it('that is not there is told, with the other faults', () => {
    assert.throws(
      () => readConfig({ QUERENT_IDENTITIES: path.join(newFolder(), 'gone.yaml'), QUERENT_QUESTION_PRICE: '7' }),
      (error: unknown) =>
        error instanceof ConfigError &&
        /has 2 faults/.test(error.message) &&
        /QUERENT_IDENTITIES names \S+gone\.yaml, which cannot be read/.test(error.message),
    );
  });

  it('names whoever asks: in their workspace first, then in any', async () => {
    const file = fileWith('U1: everywhere@example.com\nT1:U1: here@example.com\n');
    const parts = partsOf(readConfig({ QUERENT_HOME: newFolder(), QUERENT_IDENTITIES: file }));
    assert.deepEqual(
      [parts.identityOf('T1', 'U1'), parts.identityOf('T2', 'U1'), parts.identityOf('T1', 'U2')],
      ['here@example.com', 'everywhere@example.com', undefined],
    );
    await Promise.all([parts.store.close(), parts.embedder.close()]);
  });
});
