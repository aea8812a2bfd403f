import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { PLACES, renderHostile } from '#src/evaluation/safety/render-hostile.ts';
import { csvText } from '#src/slack/csv.ts';
import { checkBlocks } from '#src/slack-api/check-blocks.ts';

const PIECES = [
  '<!channel>',
  '<!here>',
  '<!everyone>',
  '<@U0ADA>',
  '<#C0X|general>',
  '<!subteam^S1>',
  '<https://evil.example|here>',
  'https://evil.example/?q=1',
  'www.evil.example',
  'mailto:a@evil.example',
  '![x](https://evil.example/i.png)',
  '[x](https://evil.example)',
  '@channel',
  '*b*',
  '_i_',
  '~s~',
  '`c`',
  '```x```',
  '> quote',
  '&lt;!channel&gt;',
  '&amp;',
  '=1+1',
  '+1',
  '-1',
  '@SUM(1)',
  '＝1',
  '\t=1',
  '\u00a0=2',
  "'=1",
  "''=1",
  '\u0000',
  '\u0007',
  '\u001b[31m',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u{e0041}',
  '\ud800',
  '\udc00',
  'Z̸̢̧̨͔̝͖̜̯͐̂̀̑́̿',
  '👩‍👩‍👧‍👦',
  '東京',
  'é',
  '\r\n',
  '\n',
  '\n=cmd',
  '\r-2',
  '"',
  ',',
  ';',
  '|',
  'x'.repeat(300),
  '—',
  ' ',
  '\u2028=1',
  '[code]',
  ']]',
];

function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** Every object with a type, and the strings that Slack parses: mrkdwn texts and the fallback. */
function look(node: unknown, seen: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const item of node) look(item, seen);
  else if (node !== null && typeof node === 'object') {
    seen(node as Record<string, unknown>);
    for (const child of Object.values(node)) look(child, seen);
  }
}

const OURS = /<@U0ASKER>/g;
const FORBIDDEN_FIELDS = ['url', 'image_url', 'title_url', 'accessory', 'slack_file', 'thumb_url'];
const FORBIDDEN_TYPES = new Set([
  'image',
  'link',
  'user',
  'usergroup',
  'channel',
  'broadcast',
  'emoji',
  'markdown',
  'video',
]);
/** What must not be sent. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\p{M}{5}/u;

/** What must hold of everything that is sent, whatever text was at whatever place. */
function checkPayloads(value: string, payloads: readonly { readonly method: string; readonly body: unknown }[]): void {
  const said = JSON.stringify(value);
  for (const { method, body } of payloads) {
    const sent = body as {
      text?: string;
      blocks?: unknown;
      parse?: string;
      link_names?: boolean;
      view?: { blocks: unknown };
    };
    const blocks = sent.blocks ?? sent.view?.blocks;
    if (blocks) assert.deepEqual(checkBlocks(blocks, 100), [], value);
    if (method === 'chat.postMessage') {
      assert.equal(sent.parse, 'none');
      assert.equal(sent.link_names, false);
      assert.doesNotMatch(sent.text!.replace(OURS, ''), /<[^ ]/, value);
    }
    look(body, (node) => {
      for (const field of FORBIDDEN_FIELDS) assert.ok(!(field in node), `${field} for ${said}`);
      assert.ok(!FORBIDDEN_TYPES.has(String(node.type)), `${node.type} for ${said}`);
      if (node.type === 'mrkdwn') {
        assert.equal(node.verbatim, true);
        assert.doesNotMatch(String(node.text).replace(OURS, ''), /<|>/, value);
      }
      for (const text of Object.values(node)) {
        if (typeof text !== 'string') continue;
        assert.ok(text.isWellFormed(), `broken characters for ${said}`);
        assert.doesNotMatch(text, HIDDEN, said);
      }
    });
  }
}

/** A reader of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  let at = 1;
  while (at < text.length) {
    pattern.lastIndex = at;
    const [all, quoted, bare, end] = pattern.exec(text)!;
    rows.at(-1)!.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
    at += all.length;
    if (end === '\r\n') rows.push([]);
  }
  return rows;
}

describe('what is sent to Slack', () => {
  it('holds no live token, link, image or mention, in 10,000 nasty texts at every place', () => {
    const next = random(11);
    for (let round = 0; round < 10_000; round += 1) {
      const value = Array.from({ length: 1 + next(5) }, () => PIECES[next(PIECES.length)]).join(next(2) ? ' ' : '');
      const place = PLACES[next(PLACES.length)]!;
      const { payloads, fileName } = renderHostile(place, value);
      checkPayloads(value, payloads);
      assert.match(fileName, /^[a-z0-9-]+\.csv$/);
    }
  });

  it('shows the words of a column and a cell', () => {
    const column = JSON.stringify(renderHostile('column', 'total *bold* `code`').payloads);
    assert.match(column, /total \*bold\* `code`/);
    assert.match(JSON.stringify(renderHostile('cell', 'Straße 東京').payloads), /Straße 東京/);
  });

  it('says nothing of what an engine said', () => {
    const { payloads } = renderHostile('error', 'invalid input syntax: "CANARY-91"');
    assert.doesNotMatch(JSON.stringify(payloads), /CANARY|invalid input/);
  });
});

describe('a CSV file', () => {
  it('runs no formula, in any line of any cell, and gives back what stood there', () => {
    const next = random(12);
    for (let round = 0; round < 3_000; round += 1) {
      const value = Array.from({ length: 1 + next(4) }, () => PIECES[next(PIECES.length)]).join('');
      const [, row] = parseCsv(renderHostile('cell', value).csv);
      const written = row![0]!;
      for (const line of written.split(/[\r\n\v\f\u0085\u2028\u2029]/)) {
        assert.doesNotMatch(line, /^[\s\u00a0\u200b\ufeff]*[=+\-@＝＋－＠]/u, JSON.stringify(value));
      }
      const kept = value.toWellFormed().replaceAll('\u0000', '\u2400');
      assert.equal(csvText(written), kept, JSON.stringify(value));
    }
  });

  it('leaves a negative number a number', () => {
    assert.match(renderHostile('cell', 'x').csv, /Lisbon,-1/);
  });
});
