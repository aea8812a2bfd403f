import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { METHOD_NAMES } from '#src/sandbox/web-api.ts';
import { SLACK_RATES } from '#src/slack-api/rates.ts';

const page = readFileSync('src/sandbox/FIDELITY.md', 'utf8');
const rows = [...page.matchAll(/^\| (?!---|part|method|event|block)(.+?) \| (.+?) \|(?: (.*?) ?\|)?$/gm)].map(
  ([, what = '', state = '', source = '']) => ({ what, state, source: source.trim() }),
);

describe('the page of what the sandbox models', () => {
  it('names every method that the sandbox answers, and every one whose calls it counts', () => {
    const named = new Set([...page.matchAll(/`([a-z]+(?:\.[A-Za-z]+)+)`/g)].map(([, name]) => name));
    const whole = [...page.matchAll(/`([a-zA-Z.]+)\.\*`/g)].map(([, start]) => `${start}.`);
    const unnamed = [...METHOD_NAMES, ...Object.keys(SLACK_RATES)].filter(
      (name) => !named.has(name) && !whole.some((start) => name.startsWith(start)),
    );
    assert.deepEqual(unnamed, []);
  });

  it('says of each behaviour that is modelled where it is from', () => {
    assert.ok(rows.length > 40, String(rows.length));
    const unsourced = rows.filter(({ state, source }) => /^(?:modelled|partial)/.test(state) && source === '');
    assert.deepEqual(
      unsourced.map(({ what }) => what),
      [],
    );
  });
});
