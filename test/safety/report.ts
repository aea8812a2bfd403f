// Runs every corpus on every engine and writes docs/safety-report.md: npm run -s safety:report [-- --fuzz N --check]
// --check writes nothing and ends with code 1 where a target is missed; CI runs it so and with the report.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { START_MARIADB, startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';
import { percentile } from '#src/evaluation/retrieval.ts';
import { startGate } from '#src/guard/judge.ts';
import type { AttackEngine } from './attacks.ts';
import { CAMPAIGN_LIMITS, type Fuzzed, fuzz, type Outcome, ownCorpus, runCorpus, visibleCorpus } from './campaign.ts';
import { openScratch } from './scratch.ts';

const { values } = parseArgs({ options: { fuzz: { type: 'string', default: '10000' }, check: { type: 'boolean' } } });
const FILE = 'docs/safety-report.md';

interface Row {
  readonly engine: string;
  readonly version: string;
  readonly corpus: string;
  readonly outcome: Outcome;
  readonly fuzzed: Fuzzed;
}

const postgres = await startEmbeddedPostgres();
const mariadb = await startScratchMariadb();
if (!mariadb) console.error(`MariaDB is left out: ${START_MARIADB}`);
const servers = { postgres: postgres.url('postgres'), mariadb: mariadb?.url('') ?? '' };
const rows: Row[] = [];
await startGate(['postgres', 'mariadb', 'sqlite']);
for (const engine of ['postgres', 'mysql', 'sqlite'] as AttackEngine[]) {
  if (engine === 'mysql' && !mariadb) continue;
  for (const [corpus, of] of [['own', ownCorpus(engine)] as const, ['visible', visibleCorpus(engine)] as const]) {
    if (!of) continue;
    const scratch = await openScratch(engine, servers, of.view, of.script);
    const version = await scratch.database.ping(new AbortController().signal);
    const outcome = await runCorpus(of, scratch);
    const fuzzed = await fuzz(of, scratch, Number(values.fuzz));
    rows.push({
      engine: scratch.engine,
      version: version.ok ? version.value.serverVersion : '?',
      corpus,
      outcome,
      fuzzed,
    });
    await scratch.close();
    console.error(`${engine}, ${corpus}: ${outcome.tried} attacks, ${outcome.sent.length} sent`);
  }
}
await postgres.stop();
await mariadb?.stop();

const missed = rows.flatMap(({ engine, corpus, outcome, fuzzed }) => {
  const where = `${engine}, ${corpus}`;
  const slow = outcome.resources.filter(({ verdict }) => verdict.ms > CAMPAIGN_LIMITS.timeoutMs + 3_000);
  return [
    ...outcome.sent.map((sql) => `${where}: reached the engine: ${sql}`),
    ...(outcome.refused.length > 0.01 * outcome.harmless
      ? outcome.refused.map((sql) => `${where}: harmless, refused: ${sql}`)
      : []),
    ...slow.map(({ sql, verdict }) => `${where}: ended after ${verdict.ms} ms: ${sql}`),
    ...fuzzed.differing.map((one) => `${where}: more than the gate saw: ${one}`),
  ];
});
for (const one of missed) console.error(one);
if (!values.check) writeFileSync(FILE, report());
console.log(
  missed.length
    ? `${missed.length} targets missed.`
    : values.check
      ? 'All targets held.'
      : `All targets held; ${FILE} is written.`,
);
process.exit(missed.length ? 1 : 0);

function report(): string {
  const [commit, dirty] = [
    git('rev-parse', '--short', 'HEAD'),
    git('status', '--porcelain', '--', 'src', 'adapters', 'test/safety'),
  ];
  const times = rows.flatMap(({ outcome }) => outcome.times).sort((a, b) => a - b);
  const table = rows.map(({ engine, version, corpus, outcome, fuzzed }) => {
    const ended = outcome.resources.filter(({ verdict }) => verdict.verdict === 'ended').length;
    const costly = outcome.resources.filter(({ verdict }) => verdict.stage === 'cost').length;
    return `| ${engine} ${version.split('-')[0]} | ${corpus} | ${outcome.tried} | ${outcome.sent.length} | ${outcome.resources.length} (${costly} by cost, ${ended} by limits) | ${outcome.refused.length} of ${outcome.harmless} | ${fuzzed.tried.toLocaleString('en-US')} | ${fuzzed.allowed.toLocaleString('en-US')} | ${fuzzed.differing.length} |`;
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
  const engines: AttackEngine[] = ['postgres', 'mysql', 'sqlite'];
  const names = [
    ...new Set(engines.flatMap((engine) => ownCorpus(engine).attacks.map((attack) => attack.class))),
  ].sort();
  const count = (engine: AttackEngine, name: string) =>
    ownCorpus(engine).attacks.filter((attack) => attack.class === name).length || '–';
  return [
    '| class | postgres | mysql | sqlite |',
    '|---|---|---|---|',
    ...names.map((name) => `| ${name} | ${engines.map((engine) => count(engine, name)).join(' | ')} |`),
  ].join('\n');
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
