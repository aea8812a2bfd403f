// Runs every corpus on every engine and writes docs/safety-report.md; CI runs it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { count, measuring, runMeasuring, untilEnd } from '#src/evaluation/cli/program.ts';
import { START_MARIADB, startEmbeddedPostgres, startScratchMariadb } from '#src/evaluation/parts.ts';
import { percentile } from '#src/evaluation/statistics.ts';
import { startGate } from '#src/guard/judge.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { AttackEngine } from './attacks.ts';
import {
  CAMPAIGN_LIMITS,
  type Corpus,
  type CorpusResult,
  type Fuzzed,
  fuzz,
  ownCorpus,
  runCorpus,
  visibleCorpus,
} from './campaign.ts';
import { openScratch, type Scratch } from './scratch.ts';

const program = measuring(
  'safety:report',
  'Runs every corpus on every engine and writes docs/safety-report.md. Ends with 1 where a target is missed.',
)
  .option('--fuzz <n>', 'mutated and random texts a corpus', count(), 10_000)
  .option('--check', 'write nothing');

const FILE = 'docs/safety-report.md';
const ENGINES: readonly AttackEngine[] = ['postgres', 'mysql', 'sqlite'];

interface Row {
  readonly engine: string;
  readonly version: string;
  readonly corpus: string;
  readonly result: CorpusResult;
  readonly fuzzed: Fuzzed;
}

async function run({ fuzz: texts, check }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const postgres = await untilEnd(startEmbeddedPostgres(), (server) => server.stop());
  const mariadb = await untilEnd(startScratchMariadb(), (server) => server?.stop());
  if (!mariadb) console.error(`MariaDB is left out: ${START_MARIADB}`);
  const servers = { postgres: postgres.url('postgres'), mariadb: mariadb?.url('') ?? '' };
  await startGate(['postgres', 'mariadb', 'sqlite']);
  const rows: Row[] = [];
  for (const engine of ENGINES) {
    if (engine === 'mysql' && !mariadb) continue;
    for (const [name, corpus] of [['own', ownCorpus(engine)] as const, ['visible', visibleCorpus(engine)] as const])
      if (corpus)
        rows.push(await rowOf(name, corpus, await openScratch(engine, servers, corpus.view, corpus.script), texts));
  }
  const missed = rows.flatMap(missedIn);
  for (const one of missed) console.error(one);
  if (!check) writeFileSync(FILE, report(rows));
  const held = check ? 'All targets held.' : `All targets held; ${FILE} is written.`;
  console.log(missed.length ? `${missed.length} targets missed.` : held);
  return missed.length ? 1 : 0;
}

async function rowOf(name: string, corpus: Corpus, scratch: Scratch, texts: number): Promise<Row> {
  const version = await scratch.database.ping(new AbortController().signal);
  const result = await runCorpus(corpus, scratch);
  const fuzzed = await fuzz(corpus, scratch, texts);
  await scratch.close();
  const { engine } = scratch;
  console.error(`${engine}, ${name}: ${result.tried} attacks, ${result.sent.length} sent`);
  return { engine, version: version.ok ? version.value.serverVersion : '?', corpus: name, result, fuzzed };
}

/** The targets that a row misses, a line each. */
function missedIn({ engine, corpus, result, fuzzed }: Row): string[] {
  const where = `${engine}, ${corpus}`;
  const slow = result.resources.filter(({ verdict }) => verdict.ms > CAMPAIGN_LIMITS.timeoutMs + 3_000);
  return [
    ...result.sent.map((sql) => `${where}: reached the engine: ${sql}`),
    ...(result.refused.length > 0.01 * result.harmless
      ? result.refused.map((sql) => `${where}: harmless, refused: ${sql}`)
      : []),
    ...slow.map(({ sql, verdict }) => `${where}: ended after ${verdict.ms} ms: ${sql}`),
    ...fuzzed.differing.map((one) => `${where}: more than the gate saw: ${one}`),
  ];
}

function report(rows: readonly Row[]): string {
  const [commit, dirty] = [
    git('rev-parse', '--short', 'HEAD'),
    git('status', '--porcelain', '--', 'src', 'adapters', 'test/safety'),
  ];
  const times = rows.flatMap(({ result }) => result.times).sort((a, b) => a - b);
  const table = rows.map(({ engine, version, corpus, result, fuzzed }) => {
    const ended = result.resources.filter(({ verdict }) => verdict.verdict === 'ended').length;
    const costly = result.resources.filter(({ verdict }) => verdict.stage === 'cost').length;
    return `| ${engine} ${version.split('-')[0]} | ${corpus} | ${result.tried} | ${result.sent.length} | ${result.resources.length} (${costly} by cost, ${ended} by limits) | ${result.refused.length} of ${result.harmless} | ${fuzzed.tried.toLocaleString('en-US')} | ${fuzzed.allowed.toLocaleString('en-US')} | ${fuzzed.differing.length} |`;
  });
  return `# Safety report

Written by \`npm run -s safety:report\`; do not edit. Commit ${commit}${dirty ? ' with changes' : ''}, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node},
${os.cpus().length} cores. *own* are the statements of [test/safety/attacks*.ts](../test/safety) and [harmless](../test/safety/harmless), *visible* those of \`bench/safety\`. Every
statement is tried with the engine's **administrator**, so that only gate, cost, engine session and limits stand between it and the data.

| engine | corpus | attacks | let through | of the class resource, sent | harmless refused | mutated and random | of these allowed | read more than the gate saw |
|---|---|---|---|---|---|---|---|---|
${table.join('\n')}

The gate's verdict took ${ms(percentile(times, 0.5))} at the median, ${ms(percentile(times, 0.99))} at p99 and ${ms(times.at(-1) ?? 0)} at worst, over ${times.length.toLocaleString('en-US')} statements (its thread started
already; the deadline is 250 ms). The state of every database was the same before and after.

Attacks by class:

${classes()}
`;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function classes(): string {
  const names = [
    ...new Set(ENGINES.flatMap((engine) => ownCorpus(engine).attacks.map((attack) => attack.class))),
  ].sort();
  const countOf = (engine: AttackEngine, name: string) =>
    ownCorpus(engine).attacks.filter((attack) => attack.class === name).length || '–';
  return [
    '| class | postgres | mysql | sqlite |',
    '|---|---|---|---|',
    ...names.map((name) => `| ${name} | ${ENGINES.map((engine) => countOf(engine, name)).join(' | ')} |`),
  ].join('\n');
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

program.action(runs(run));
await runMeasuring(program);
