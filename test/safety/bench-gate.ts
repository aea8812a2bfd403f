// How long the gate's verdict takes: the first of a process, all others, and the one after a reading that was given up.
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atEnd, count, JSON_LINE, measuring, Option, runMeasuring } from '#src/evaluation/cli/program.ts';
import { percentile, rounded } from '#src/evaluation/statistics.ts';
import { judge, startGate } from '#src/guard/judge.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { AttackEngine } from './attacks.ts';
import { ownCorpus } from './campaign.ts';
import { scopeOn } from './fixture.ts';

const ENGINES = ['postgres', 'mysql', 'sqlite'] as const satisfies readonly AttackEngine[];

const program = measuring(
  'bench:gate',
  'How long the gate’s verdict takes: the first of a process, all others, and the one after a reading that was given up.',
)
  .option('--busy <n>', 'so many processes beside it that do nothing but take time', count(0), 0)
  .option('--rounds <n>', 'fresh processes an engine, and readings given up', count(), 5)
  .addOption(
    // For the processes that it starts itself: prints how long the first verdict of this one took.
    new Option('--first <engine>').choices(ENGINES).hideHelp(),
  )
  .option('--json', JSON_LINE);

const FIRST = 'SELECT name, count(*) FROM people GROUP BY name ORDER BY 2 DESC';
/** Deeper than the first of the two other parsers of MariaDB goes; the second doubles its time with each CAST. */
const ENDLESS = `SELECT ${'cast('.repeat(40)}id${' AS CHAR)'.repeat(40)} FROM orders`;
const SCOPES = { postgres: scopeOn('postgres'), mysql: scopeOn('mysql'), sqlite: scopeOn('sqlite') };

async function verdictMs(sql: string, engine: AttackEngine): Promise<number> {
  const started = performance.now();
  await judge(sql, SCOPES[engine].engine, SCOPES[engine]);
  return performance.now() - started;
}

type Report = Record<string, ReturnType<typeof summaryOf>>;

async function measure({ busy, rounds, first, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  if (first) {
    console.log(await verdictMs(FIRST, first));
    return 0;
  }
  for (let started = 0; started < busy; started += 1) {
    const beside = spawn(process.execPath, ['-e', 'for (;;);']);
    atEnd(() => beside.kill('SIGKILL'));
  }
  const report: Report = {};
  const note = (what: string, times: readonly number[]) => {
    const summary = summaryOf(times);
    report[what] = summary;
    const { n, p50, p99, worst } = summary;
    console.log(`${what}: ${n} verdicts, p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms`);
  };
  for (const engine of ENGINES)
    note(`${engine}, first of a process, nothing started`, firstOfProcesses(engine, rounds));
  await startGate(ENGINES.map((engine) => SCOPES[engine].engine));
  for (const engine of ENGINES) {
    note(`${engine}, first after the start`, [await verdictMs(FIRST, engine)]);
    note(`${engine}, warm`, await timesOfCorpus(engine));
  }
  const { given, after } = await timesOfGivenUp(rounds);
  note('a reading that was given up', given);
  note('the one after it', after);
  if (json) console.log(JSON.stringify(report));
  return 0;
}

function summaryOf(times: readonly number[]) {
  const sorted = times.toSorted((left, right) => left - right);
  return {
    n: sorted.length,
    p50: rounded(percentile(sorted, 0.5), 2),
    p99: rounded(percentile(sorted, 0.99), 2),
    worst: rounded(sorted.at(-1) ?? 0, 2),
  };
}

function firstOfProcesses(engine: AttackEngine, rounds: number): number[] {
  const self = fileURLToPath(import.meta.url);
  const first = () => Number(execFileSync(process.execPath, [self, '--first', engine], { encoding: 'utf8' }));
  return Array.from({ length: rounds }, first);
}

async function timesOfCorpus(engine: AttackEngine): Promise<number[]> {
  const { attacks, harmless } = ownCorpus(engine);
  const times: number[] = [];
  for (const sql of [...attacks.map((attack) => attack.sql), ...harmless]) times.push(await verdictMs(sql, engine));
  return times;
}

async function timesOfGivenUp(rounds: number) {
  const [given, after]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    given.push(await verdictMs(ENDLESS, 'mysql'));
    after.push(await verdictMs(FIRST, 'mysql'));
    await startGate([]);
  }
  return { given, after };
}

program.action(runs(measure));
await runMeasuring(program);
