import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from '#src/config/env.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { BACKENDS } from '../search-on-qdrant.ts';
import { rounded } from '../statistics.ts';
import { swapGenerations } from '../swaps.ts';
import { atEnd, count, JSON_LINE, measuring, Option, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:swaps',
  'Publishes one generation of an index after the other while questions run in several processes that share it (each opened as one, all in this program), some of which start in the middle; counts answers that mix generations, that rank one otherwise than it does by itself, and that fail.',
)
  .option('--swaps <n>', 'generations that are published', count(), 200)
  .option('--questions <n>', 'questions, about as many in each swap', count(), 2_000)
  .option('--readers <n>', 'processes that ask beside the one that publishes', count(), 4)
  .addOption(
    new Option(
      '--backend <store>',
      'what is searched: the embedded index, or the Qdrant server of QUERENT_QDRANT_URL (collection querent_bench)',
    )
      .choices(BACKENDS)
      .default('embedded' as const),
  )
  .option('--json', JSON_LINE);

async function bench({ json, backend, ...options }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const server = backend === 'qdrant' ? readConfig().qdrant : undefined;
  if (backend === 'qdrant' && !server) program.error('--backend qdrant needs a server: set QUERENT_QDRANT_URL');
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-swaps-'));
  atEnd(() => rm(home, { recursive: true, force: true }));
  const started = performance.now();
  const { roundTrips, said, ...report } = await swapGenerations(
    home,
    { ...options, ...(server ? { qdrant: { ...server, name: 'querent_bench' } } : {}) },
    (done, total) => showProgress('swapped', done, total),
  );
  const summary = {
    backend,
    ...report,
    wrong: report.mixed + report.otherwise,
    roundTrips: rounded(roundTrips, 2),
    seconds: rounded((performance.now() - started) / 1000, 1),
  };
  for (const one of said) console.error(one);
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(12)} ${value}`);
  return summary.wrong + summary.failed ? 1 : 0;
}

program.action(runs(bench));
await runMeasuring(program);
