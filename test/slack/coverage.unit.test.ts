import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';

const page = readFileSync('docs/slack-coverage.md', 'utf8');
const rows = [...page.matchAll(/^\| ([A-Z]+)-(\d+) \| (.+?) \| (.+) \|$/gm)].map(([, family, number, state, said]) => ({
  family: family!,
  number: Number(number),
  state: state!,
  said: said!,
}));

describe('the page of what the specification asks for', () => {
  it('has every number of a family once, in order', () => {
    const families = Map.groupBy(rows, ({ family }) => family);
    assert.deepEqual(
      [...families].map(([family, all]) => [family, all.length]),
      [
        ['SURF', 6],
        ['ING', 7],
        ['PROG', 10],
        ['MSG', 7],
        ['CHART', 2],
        ['FILE', 3],
        ['CLAR', 8],
        ['FUP', 6],
        ['ADM', 7],
        ['HOME', 2],
        ['PERM', 9],
        ['ERR', 2],
        ['IDEM', 6],
        ['REL', 10],
        ['SIM', 10],
      ],
    );
    for (const [family, all] of families) {
      const first = family === 'SURF' ? 0 : 1;
      assert.deepEqual(
        all.map(({ number }) => number),
        all.map((_, at) => at + first),
        family,
      );
    }
  });

  it('says of each whether it is there, and why not where it is not', () => {
    for (const { family, number, state, said } of rows) {
      assert.match(state, /^(?:present|in part|differs|not present)$/, `${family}-${number}`);
      assert.ok(said.trim().length > 5, `${family}-${number}`);
    }
  });

  it('names only files that there are', () => {
    const named = [...page.matchAll(/`((?:src|test|deploy|adapters)\/[\w./-]+)`/g)].map(([, file]) => file!);
    assert.deepEqual(
      named.filter((file) => !existsSync(file)),
      [],
    );
  });
});
