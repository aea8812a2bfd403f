import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { completionsOf, withIds } from '#src/sandbox/page/complete.ts';
import { readCsv } from '#src/sandbox/page/preview.ts';

const KNOWN = {
  users: [
    { id: 'U0NORA', name: 'Nora' },
    { id: 'U0QUERENT', name: 'Querent' },
  ],
  channels: [
    { id: 'C0GENERAL', name: 'ask-data', kind: 'public' },
    { id: 'D0NORA', name: 'Querent', kind: 'im' },
  ],
  commands: [{ command: '/querent', usage_hint: 'ask … | help' }],
};
const texts = (typed: string) => completionsOf(typed, KNOWN).all.map(({ text }) => text);

describe('what somebody types', () => {
  it('is completed to people, channels and commands, each where it can stand', () => {
    assert.deepEqual(texts('@n'), ['@Nora']);
    assert.deepEqual(completionsOf('ask @Q', KNOWN), { from: 4, all: [{ text: '@Querent', hint: '' }] });
    assert.deepEqual(texts('in #a'), ['#ask-data']);
    assert.deepEqual(completionsOf('/q', KNOWN).all, [{ text: '/querent', hint: 'ask … | help' }]);
    for (const typed of ['', 'nora', 'a@n', 'so /q', '@Nora', '#q']) assert.deepEqual(texts(typed), [], typed);
  });

  it('is sent with ids in the place of names, and what is no name as it is', () => {
    assert.equal(
      withIds('@querent ask @Nora in #ask-data about a@b.example and #7', KNOWN),
      '<@U0QUERENT> ask <@U0NORA> in <#C0GENERAL> about a@b.example and #7',
    );
  });
});

describe('the preview of a CSV file', () => {
  it('reads quoted fields with commas, quotes and line breaks, and empty ones', () => {
    const text = '\uFEFFname,note,n\r\n"Ada, Countess","said ""no""",1\r\nBo,"two\nlines",\r\n';
    assert.deepEqual(readCsv(text, 10), [
      ['name', 'note', 'n'],
      ['Ada, Countess', 'said "no"', '1'],
      ['Bo', 'two\nlines', ''],
    ]);
  });

  it('reads no further than it shows', () => {
    assert.deepEqual(readCsv('a\nb\nc', 2), [['a'], ['b']]);
    assert.deepEqual(readCsv('', 5), []);
  });
});
