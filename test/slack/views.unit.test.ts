import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Answered } from '#src/domain/answer.ts';
import { NEW_THREAD, OPERATOR, type Question } from '#src/domain/question.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { csvName, toCsv } from '#src/slack/csv.ts';
import { cut, escapeMrkdwn, readMessageText } from '#src/slack/text.ts';
import { answerView } from '#src/slack/views/answer-view.ts';
import { failureView } from '#src/slack/views/other-views.ts';
import { checkBlocks } from '#src/slack-api/check-blocks.ts';

const NASTY: readonly Cell[] = [
  null,
  '',
  ' ',
  0,
  -0,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  9_007_199_254_740_993n,
  true,
  new Uint8Array([0, 255]),
  '<!channel>',
  '<@U0ADA>',
  '<http://evil|x>',
  '*bold* _x_ ~y~ `code`',
  '=1+1',
  '\u0000\u0007',
  '\u202eevil\u200b',
  'a\r\nb\tc',
  '👩‍👩‍👧‍👦'.repeat(60),
  'x'.repeat(5_000),
  '\ud800',
  '&lt;',
  '—',
];

function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const QUESTION: Question = {
  text: 'q <!here>',
  asker: OPERATOR,
  place: { kind: 'terminal' },
  thread: NEW_THREAD,
  intent: { kind: 'any' },
  calendar: { today: '2025-01-01' },
  runId: 'run-1',
};

function answered(table: ResultTable, more: Partial<Answered> = {}): Answered {
  return {
    kind: 'answer',
    question: QUESTION,
    databaseId: 'shop',
    probability: 1,
    databases: [],
    sql: 'SELECT 1',
    edl: {
      steps: [{ number: 1, operator: 'Scan Table', text: 'Retrieve all rows from the [t] table.', verbatim: false }],
      short: [{ text: 'From [t].', steps: [1] }],
      missing: [],
    },
    takeaway: 'Count: 3.',
    origin: { generator: 'planner', agreeing: 1, voting: 1, withoutModel: false },
    table,
    tables: ['orders'],
    caveats: [],
    checks: [],
    candidates: [],
    trace: [],
    ...more,
  };
}

describe('the answer as blocks', () => {
  it('says in its details which checks the numbers passed', () => {
    const checks = [
      { check: 'repeats', outcome: 'passed', says: 'No row is counted twice.', sql: [], ms: 1 },
      { check: 'edge', outcome: 'failed', says: 'these are 2 of <more> rows.', sql: [], ms: 1 },
      { check: 'units', outcome: 'not-applicable', says: '', sql: [], ms: 1 },
    ] as const;
    const table = { columns: [{ name: 'n', kind: 'number' as const }], rows: [[3]], cellsCut: false, elapsedMs: 1 };
    const view = answerView(answered(table, { checks }), { runId: 'run-1', asker: 'U1', direct: false });
    const details = view.blocks.find((block) => block.block_id === 'steps-run-1');
    assert.match(
      JSON.stringify(details),
      /1 check passed, 1 failed: No row is counted twice\. These are 2 of &lt;more&gt; rows\./,
    );
    assert.deepEqual(checkBlocks(view.blocks), []);
  });

  it('is valid for any result: 400 random tables of nasty cells', { timeout: 60_000 }, () => {
    const draw = random(3);
    for (let round = 0; round < 400; round += 1) {
      const width = 1 + draw(30);
      const rows = Array.from({ length: draw(130) }, () =>
        Array.from({ length: width }, () => NASTY[draw(NASTY.length)]!),
      );
      const columns = Array.from({ length: width }, (_, at) => ({
        name: draw(4) ? `c${at}` : String(NASTY[draw(NASTY.length)] ?? ''),
        kind: 'text' as const,
      }));
      const view = answerView(answered({ columns, rows, cellsCut: false, elapsedMs: 1 }), {
        runId: crypto.randomUUID(),
        asker: 'U1',
        direct: false,
      });
      assert.deepEqual(checkBlocks(view.blocks), []);
      assert.ok(view.blocks.length <= 24 && view.text.length > 0);
    }
  });

  it('holds no live mention, link or markup from data outside of cells', () => {
    const evil = '<!channel> <@U0ADA> <http://evil|x> & *b*';
    const view = answerView(
      answered(
        { columns: [{ name: evil, kind: 'text' }], rows: [[evil], [evil]], cellsCut: false, elapsedMs: 1 },
        { takeaway: evil, databaseId: evil, tables: [evil], caveats: [evil] },
      ),
      { runId: 'r', asker: 'U1', direct: true },
    );
    for (const block of view.blocks.filter(({ type }) => type === 'section' || type === 'context'))
      assert.doesNotMatch(JSON.stringify(block), /<!|<@U0ADA>|<http/);
    assert.doesNotMatch(view.text, /<[!@h]/);
  });

  it('names a series within what Slack takes, however long its column is called', () => {
    const columns = [
      { name: 'warehouse_identification', kind: 'text' as const },
      { name: 'average_days_between_order_and_delivery_in_the_last_quarter', kind: 'number' as const },
    ];
    const rows = [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ];
    const view = answerView(answered({ columns, rows, cellsCut: false, elapsedMs: 1 }), {
      runId: 'r',
      asker: 'U1',
      direct: false,
    });
    assert.ok(view.blocks.some(({ type }) => type === 'data_visualization'));
    assert.deepEqual(checkBlocks(view.blocks), []);
  });

  it('draws a chart for a label and a number, a line over time, and none for one row', () => {
    const chartOf = (rows: Cell[][]) =>
      answerView(
        answered({
          columns: [
            { name: 'k', kind: 'text' },
            { name: 'n', kind: 'number' },
          ],
          rows,
          cellsCut: false,
          elapsedMs: 1,
        }),
        { runId: 'r', asker: 'U', direct: true },
      ).blocks.find(({ type }) => type === 'data_visualization') as { chart: { type: string } } | undefined;
    assert.equal(
      chartOf([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ])?.chart.type,
      'bar',
    );
    assert.equal(
      chartOf([
        ['2024-01', 1],
        ['2024-02', 2],
        ['2024-03', 3],
      ])?.chart.type,
      'line',
    );
    assert.equal(chartOf([['a', 1]]), undefined);
    assert.equal(
      chartOf([
        ['a', 1],
        ['a', 2],
        ['c', 3],
      ]),
      undefined,
    );
  });

  it('shows the short form of the explanation, names set as code', () => {
    const edl = {
      steps: answered({ columns: [], rows: [], cellsCut: false, elapsedMs: 0 }).edl.steps,
      short: Array.from({ length: 20 }, (_, at) => ({ text: `Joined with [t${at}].`, steps: [at] })),
      missing: [],
    };
    const view = answerView(
      answered({ columns: [{ name: 'n', kind: 'number' }], rows: [[1]], cellsCut: false, elapsedMs: 1 }, { edl }),
      { runId: 'r', asker: 'U', direct: true },
    );
    const text = JSON.stringify(view.blocks);
    assert.match(text, /"text":"t11","style":\{"code":true\}/);
    assert.ok(!text.includes('t12'), 'at most twelve lines');
    assert.deepEqual(checkBlocks(view.blocks), []);
  });

  it('offers the query of a failed run', () => {
    const view = failureView(
      {
        kind: 'failure',
        question: answered({ columns: [], rows: [], cellsCut: false, elapsedMs: 0 }).question,
        failure: { kind: 'query-timed-out', database: 'shop', limitMs: 15_000 },
        databaseId: 'shop',
        databases: [],
        sql: 'SELECT 1',
        trace: [],
      },
      'r',
    );
    assert.match(view.text, /stopped after 15 s on shop/);
    assert.deepEqual(checkBlocks(view.blocks), []);
  });
});

describe('text', () => {
  it('is cut between characters, never in one', () => {
    assert.equal(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 13), '👩‍👩‍👧‍👦…');
    assert.equal(cut('abc', 3), 'abc');
  });
  it('loses its markup but not its words', () => {
    assert.equal(escapeMrkdwn('a_b <x> & *y*'), 'a_b &lt;x&gt; &amp; \u200a*y\u200a*');
  });
  it('is read without our name', () => {
    assert.equal(readMessageText('<@U0BOT>  how many &lt; 5 in <#C1|sales>?', 'U0BOT'), 'how many < 5 in sales?');
  });
});

describe('a CSV', () => {
  const table: ResultTable = {
    columns: [{ name: 'a,b', kind: 'text' }],
    rows: [['=1'], [-5], ['x\n+y'], ['"q"'], [null], ['＝z']],
    cellsCut: false,
    elapsedMs: 0,
  };
  it('quotes, keeps numbers as numbers and defuses formulas on every line', () => {
    assert.equal(toCsv(table, 1e6).content, '\ufeff"a,b"\r\n\'=1\r\n-5\r\n"x\n\'+y"\r\n"""q"""\r\n\r\n\'＝z\r\n');
  });
  it('stops at its size and says so', () => {
    assert.deepEqual({ ...toCsv(table, 20), content: '' }, { content: '', rows: 2, cut: true });
  });
  it('has a plain name', () => {
    assert.equal(
      csvName('Sales DWH', 'Où sont/..\\ les <ventes>?', '2025-01-01'),
      'sales-dwh-ou-sont-les-ventes-2025-01-01.csv',
    );
  });
});
