import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { progressBar } from '#src/terminal/progress.ts';
import { jsonCell, textTable } from '#src/terminal/table.ts';

function written(isTTY: boolean, steps: readonly (readonly [step: string, done: number, total: number])[]): string {
  let text = '';
  const progress = progressBar({
    isTTY,
    write(more) {
      text += more;
    },
  });
  for (const [step, done, total] of steps) progress(step, done, total);
  return text;
}

describe('progress', () => {
  const steps = [
    ['reading', 1, 2],
    ['reading', 2, 2],
    ['building', 0, 0],
  ] as const;

  it('is one line a step where no terminal redraws it', () => {
    assert.equal(written(false, steps), 'reading: 2\nbuilding: 0\n');
  });

  it('is redrawn in its line at a terminal, each step in one of its own', () => {
    const lines = written(true, [['reading', 1, 2], ...steps.slice(2)]).split('\n');
    assert.match(lines[0] ?? '', /^\r\x1b\[Kreading +█{12}░{12} 1\/2$/);
    assert.match(lines[1] ?? '', /building +░{24} 0\/0$/);
    assert.equal(lines[2], '');
  });
});

describe('a table as text', () => {
  it('aligns numbers to the right, cuts long cells and shows nothing that a terminal would obey', () => {
    const columns = [
      { name: 'name', type: 'TEXT', kind: 'text' },
      { name: 'total', type: 'REAL', kind: 'number' },
    ] as const;
    const rows = [
      ['Ada\x1b[31m', 7],
      ['x'.repeat(50), 1_000],
      [null, null],
      ['not shown', 1],
    ];
    const lines = textTable({ columns, rows }, { rows: 3 }).text.split('\n');
    assert.equal(lines.length, 5);
    assert.match(lines[2] ?? '', /^Ada \[31m +7$/);
    assert.match(lines[3] ?? '', /^x{39}… +1,000$/);
    assert.match(lines[4] ?? '', /^— +—$/);
  });

  it('keeps whole numbers and bytes whole as JSON', () => {
    assert.deepEqual([2n ** 60n, new Uint8Array([0, 255]), null, 'x'].map(jsonCell), [
      '1152921504606846976',
      '\\x00ff',
      null,
      'x',
    ]);
  });
});

describe('Ctrl-C', () => {
  const WAITING = `
    const { untilInterrupted } = await import('#src/terminal/interrupt.ts');
    const signal = untilInterrupted(() => console.log('stopping'));
    signal.addEventListener('abort', () => console.log('stopped'));
    console.log('ready');
    setTimeout(() => process.exit(7), 15_000);`;

  it('stops once however many processes pass it on, and quits at the next press', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', WAITING]);
    let printed = '';
    child.stdout.on('data', async (more) => {
      const isFirst = !printed;
      printed += more;
      if (!isFirst) return;
      for (const pause of [50, 2400]) {
        child.kill('SIGINT');
        await sleep(pause);
      }
      child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, printed], [130, 'ready\nstopping\nstopped\n']);
  });
});
