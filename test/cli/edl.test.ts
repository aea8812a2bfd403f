import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));

function querent(args: readonly string[], input = '') {
  const main = path.join(root, 'src/cli/main.ts');
  const env = { ...process.env, QUERENT_HOME: path.join(folder, 'home') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'edl', ...args], {
    input,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('querent edl', () => {
  const sql = "SELECT title FROM book WHERE kind = 'novel' ORDER BY title LIMIT 2";

  it('turns SQL into steps and steps into SQL of another engine', () => {
    const explained = querent(['explain'], sql);
    assert.equal(explained.status, 0, explained.stderr);
    assert.match(explained.stdout, /^#1\. Scan Table: .*\n#2\. Reserve Rows: /);
    const compiled = querent(['compile', '--engine', 'mariadb'], explained.stdout);
    assert.equal(compiled.stdout.trim(), sql);
  });

  it('reads files, names each, and goes on after a bad one', () => {
    const [good, bad] = ['good.sql', 'bad.sql'].map((name) => path.join(folder, name));
    writeFileSync(good!, sql);
    writeFileSync(bad!, 'SELECT title\nFROM book WHERE');
    const both = querent(['explain', '--short', bad!, good!, path.join(folder, 'none.sql')]);
    assert.equal(both.status, 1);
    assert.match(both.stdout, /== .*good\.sql\nFrom \[book\]\./);
    assert.match(both.stderr, /S_SYNTAX at line 2, column 16/);
    assert.match(both.stderr, /There is no file .*none\.sql/);
  });

  it('explains one step, and says when there is none of that number', () => {
    assert.match(querent(['explain', '--step', '2'], sql).stdout, /kind = 'novel'/);
    const none = querent(['explain', '--step', '9'], sql);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /There is no step 9; the explanation has 5/);
  });

  it('checks SQL and EDL', () => {
    assert.match(querent(['check'], sql).stdout, /^Complete: \d+ parts/);
    const wrong = querent(
      ['check', '--json'],
      '#1. Retrieve all rows from the [book] table. #2. Select the [a] column in #3.',
    );
    assert.equal(wrong.status, 1);
    assert.deepEqual(JSON.parse(wrong.stdout).problems[0].code, 'E_REF_UNDEFINED');
  });

  it('says what is wrong with its arguments', () => {
    for (const args of [
      [],
      ['nonsense'],
      ['explain', '--engine', 'oracle'],
      ['explain', '--step', 'x'],
      ['explain', '--wat'],
    ]) {
      const { status, stderr } = querent(args, sql);
      assert.equal(status, 2, args.join(' '));
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  });
});
