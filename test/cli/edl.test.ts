import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const inHome = querentIn(path.join(folder, 'home'));
const querent = (args: readonly string[], input = '') => inHome(['edl', ...args], { input });

describe('querent edl', () => {
  const sql = "SELECT title FROM book WHERE kind = 'novel' ORDER BY title LIMIT 2";

  it('turns SQL into steps and steps into SQL of another engine', async () => {
    const explained = await querent(['explain'], sql);
    assert.equal(explained.code, 0, explained.err);
    assert.match(explained.out, /^#1\. Scan Table: .*\n#2\. Reserve Rows: /);
    const compiled = await querent(['compile', '--engine', 'mariadb'], explained.out);
    assert.equal(compiled.out.trim(), sql);
  });

  it('reads files, names each, and goes on after a bad one', async () => {
    const [good, bad] = ['good.sql', 'bad.sql'].map((name) => path.join(folder, name));
    writeFileSync(good!, sql);
    writeFileSync(bad!, 'SELECT title\nFROM book WHERE');
    const both = await querent(['explain', '--short', bad!, good!, path.join(folder, 'none.sql')]);
    assert.equal(both.code, 1);
    assert.match(both.out, /== .*good\.sql\nFrom \[book\]\./);
    assert.match(both.err, /S_SYNTAX at line 2, column 16/);
    assert.match(both.err, /There is no file .*none\.sql/);
  });

  it('explains one step, and says when there is none of that number', async () => {
    assert.match((await querent(['explain', '--step', '2'], sql)).out, /kind = 'novel'/);
    const none = await querent(['explain', '--step', '9'], sql);
    assert.equal(none.code, 1);
    assert.match(none.err, /There is no step 9; the explanation has 5/);
  });

  it('checks SQL and EDL', async () => {
    assert.match((await querent(['check'], sql)).out, /^Complete: \d+ parts/);
    const wrong = await querent(
      ['check', '--json'],
      '#1. Retrieve all rows from the [book] table. #2. Select the [a] column in #3.',
    );
    assert.equal(wrong.code, 1);
    assert.deepEqual(JSON.parse(wrong.out).problems[0].code, 'E_REF_UNDEFINED');
  });

  it('says what is wrong with its arguments', async () => {
    for (const args of [
      [],
      ['nonsense'],
      ['explain', '--engine', 'oracle'],
      ['explain', '--step', 'x'],
      ['explain', '--wat'],
    ]) {
      const { code, err } = await querent(args, sql);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /^[^\n]+ --help` says more\.\n$/);
    }
  });
});
