// How long the gate's verdict takes: the first of a process, all others, and the one after a reading that was given up.
// npm run -s bench:gate [-- --busy N --rounds N --json]
//   --busy    so many processes beside it that do nothing but take time
//   --rounds  fresh processes an engine, and readings given up (5)
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { percentile } from '#src/evaluation/retrieval.ts';
import { judge, startGate } from '#src/guard/judge.ts';
import type { AttackEngine } from './attacks.ts';
import { ownCorpus } from './campaign.ts';
import { scopeOn } from './fixture.ts';

const { values } = parseArgs({
  options: {
    busy: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean' },
    /** For the processes that it starts itself: prints how long the first verdict of this one took. */
    first: { type: 'string' },
  },
});
const ENGINES: readonly AttackEngine[] = ['postgres', 'mysql', 'sqlite'];
const FIRST = 'SELECT name, count(*) FROM people GROUP BY name ORDER BY 2 DESC';
/** Deeper than the first of the two other parsers of MariaDB goes; the second doubles its time with each CAST. */
const ENDLESS = `SELECT ${'cast('.repeat(40)}id${' AS CHAR)'.repeat(40)} FROM orders`;

async function verdictMs(sql: string, engine: AttackEngine): Promise<number> {
  const started = performance.now();
  await judge(sql, scopes[engine].engine, scopes[engine]);
  return performance.now() - started;
}

const scopes = { postgres: scopeOn('postgres'), mysql: scopeOn('mysql'), sqlite: scopeOn('sqlite') };
if (values.first) {
  console.log(await verdictMs(FIRST, values.first as AttackEngine));
  process.exit(0);
}

const [rounds, busy] = [Number(values.rounds), Number(values.busy)];
if (![rounds, busy].every((count) => Number.isInteger(count) && count >= 0) || rounds === 0) {
  console.error('--busy is a whole number, --rounds one from 1 up.');
  process.exit(2);
}
const beside: ChildProcess[] = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);']));

const report: Record<
  string,
  { readonly n: number; readonly p50: number; readonly p99: number; readonly worst: number }
> = {};
function note(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((left, right) => left - right);
  const [p50, p99, worst] = [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1) ?? 0].map(
    (ms) => Math.round(ms * 100) / 100,
  ) as [number, number, number];
  report[what] = { n: sorted.length, p50, p99, worst };
  console.log(`${what}: ${sorted.length} verdicts, p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms`);
}

for (const engine of ENGINES) {
  const self = fileURLToPath(import.meta.url);
  const first = Array.from({ length: rounds }, () =>
    Number(execFileSync(process.execPath, [self, '--first', engine], { encoding: 'utf8' })),
  );
  note(`${engine}, first of a process, nothing started`, first);
}
await startGate(ENGINES.map((engine) => scopes[engine].engine));
for (const engine of ENGINES) {
  note(`${engine}, first after the start`, [await verdictMs(FIRST, engine)]);
  const { attacks, harmless } = ownCorpus(engine);
  const times: number[] = [];
  for (const sql of [...attacks.map((attack) => attack.sql), ...harmless]) times.push(await verdictMs(sql, engine));
  note(`${engine}, warm`, times);
}
const [given, after]: [number[], number[]] = [[], []];
for (let round = 0; round < rounds; round += 1) {
  given.push(await verdictMs(ENDLESS, 'mysql'));
  after.push(await verdictMs(FIRST, 'mysql'));
  await startGate([]);
}
note('a reading that was given up', given);
note('the one after it', after);

for (const one of beside) one.kill('SIGKILL');
if (values.json) console.log(JSON.stringify(report));
process.exit(0);
