import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { closeRecorded } from './ask-recorded.ts';
import { benchPresent } from './questions.ts';
import { printedTrace, type Walk, walkRecorded } from './walk.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/how-it-answers.md'), 'utf8');
const [walked = ''] = /--walk (\S+)/.exec(page)?.slice(1) ?? [];
/** Blocks that are no commands: the trace, then what the model read and wrote. */
const [trace = '', ...quoted] = [...page.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].flatMap(([, language, block]) =>
  language || !block ? [] : [block],
);
const withoutTimes = (text: string) => text.replace(/ *[\d,]+ ms/g, ' # ms');

// The database is the benchmark's, read in place: set QUERENT_BENCH where it is absent.
describe.skipIf(!benchPresent)('docs/how-it-answers.md (needs QUERENT_BENCH)', () => {
  let walk: Walk;
  beforeAll(async () => {
    walk = await walkRecorded(walked);
  });
  afterAll(closeRecorded);

  it('shows the kept trace as `querent trace` prints it, but for its times', async () => {
    assert.equal(withoutTimes(await printedTrace(walk.kept)), withoutTimes(trace));
  });

  it('quotes what the model read and wrote', async () => {
    const printed = await printedTrace(walk.kept, '--prompts');
    assert.equal(quoted.length, 2);
    for (const line of quoted.flatMap((block) => block.split('\n')).filter((one) => one !== '…'))
      assert.ok(printed.includes(line), line);
  });

  it('gives the queries of the generators, and the steps of the answer', () => {
    const waves = walk.kept.entries.flatMap((entry) => (entry.stage === 'generate' ? [entry.made] : []));
    const [queries] = waves.map((made) => made.flatMap((one) => one.queries)).filter((wrote) => wrote.length);
    const shown = [...page.matchAll(/^\|.*`(SELECT [^`]*)` \|$/gm)].map(([, sql]) => sql);
    assert.deepEqual(shown, queries);
    const [list = ''] = /(?:^\d\. .*\n)+/m.exec(page.slice(page.indexOf('**Explain.**'))) ?? [];
    assert.deepEqual(
      list.trim().split('\n'),
      walk.given.edl.short.map(({ text }, at) => `${at + 1}. ${text}`),
    );
  });

  it('has a paragraph for each stage, in their order', () => {
    const told = [...page.matchAll(/^\*\*([A-Z][a-z]+)\.\*\*/gm)].map(([, name]) => name?.toLowerCase());
    const stages = [...new Set(walk.kept.entries.map(({ stage }) => stage))];
    assert.deepEqual(
      told.filter((name) => stages.some((stage) => stage === name)),
      stages,
    );
  });
});
