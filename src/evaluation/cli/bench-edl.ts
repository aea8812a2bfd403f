import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { compareSpider } from '../compare.ts';
import { isOrdered } from '../comparisons.ts';
import type { BenchmarkDatabase } from '../data/places.ts';
import { GOLD_LIMITS } from '../execution-accuracy.ts';
import { judgeWithoutData, type RoundTrip, type RoundTripVerdict, roundTrip } from '../round-trip.ts';
import { percentile, rounded } from '../statistics.ts';
import { type EdlOptions, type EdlProgram, type EdlStatements, edlProgram, openStatements } from './edl-program.ts';
import { runMeasuring, showProgress } from './program.ts';

const program = edlProgram(
  'bench:edl',
  'Explains every gold statement, compiles the explanation again, and compares the two by their rows; where there is no data, by SQLite’s bytecode on the schema of --tables, else on three seeded row sets (docs/sources.md#edl-both-ways).',
);

/** Statements explained before the clock starts. */
const WARM_UP = 1_000;
const never = new AbortController().signal;

async function bench(options: EdlOptions, command: EdlProgram): Promise<ExitCode> {
  const given = await openStatements(options, command);
  await warmUp(given);
  const trips = await tripsOf(given);
  for (const { id, sql, verdict, trip } of trips)
    if (verdict === 'different' || verdict === 'undecided' || !trip.certified)
      console.error(
        `${id} ${verdict}${trip.trouble ? ` (${trip.trouble})` : ''}\n  ${sql}\n  ${trip.recompiled ?? ''}`,
      );
  const summary = summaryOf(trips, given);
  if (options.json) console.log(JSON.stringify(summary));
  else print(summary);
  return 0;
}

/** Figures are of a process that has explained before, quoted parts included. */
async function warmUp({ statements, places }: EdlStatements): Promise<void> {
  for (let round = 0; round < WARM_UP; round += 1) {
    const statement = statements[round % statements.length];
    if (statement) roundTrip(statement.sql, (await places.open(statement.database)).catalog);
  }
}

interface JudgedTrip {
  readonly id: string;
  readonly sql: string;
  readonly verdict: RoundTripVerdict;
  readonly trip: RoundTrip;
}

/** The round trips of all statements that run. */
async function tripsOf({ statements, places }: EdlStatements): Promise<JudgedTrip[]> {
  const trips: JudgedTrip[] = [];
  for (const [at, { id, sql, database }] of statements.entries()) {
    const place = await places.open(database);
    const trip = roundTrip(sql, place.catalog);
    const verdict = await verdictOf(sql, trip, place);
    showProgress('statements', at + 1, statements.length);
    if (verdict) trips.push({ id, sql, verdict, trip });
  }
  return trips;
}

/** The verdict, or undefined when the gold statement itself does not run. */
async function verdictOf(
  sql: string,
  { recompiled, query }: RoundTrip,
  { catalog, databases }: BenchmarkDatabase,
): Promise<RoundTripVerdict | undefined> {
  const withoutData = () =>
    recompiled === undefined || !query ? 'different' : judgeWithoutData(sql, recompiled, query, catalog);
  if (!databases) return withoutData();
  const gold = await rowsOf(databases.gold, sql, catalog);
  if (!gold.ok) {
    console.error(`gold failed: ${sayFailure(gold.failure)}\n  ${sql}`);
    return undefined;
  }
  if (recompiled === undefined || !query) return 'different';
  // The same statement on the same database is no other one: MariaDB orders ties anew each time.
  const itself = recompiled === sql && databases.product === databases.gold;
  const again = itself ? gold : await rowsOf(databases.product, recompiled, catalog);
  if (!again.ok) return 'different';
  if (!compareSpider(gold.value, again.value, isOrdered(sql)).equal) return 'different';
  // No rows on either side prove little; SQLite can be asked further.
  return gold.value.rows.length > 0 || catalog.engine !== 'sqlite' ? 'same-rows' : withoutData();
}

async function rowsOf(database: Database, sql: string, catalog: DatabaseCatalog) {
  const judged = await judge(sql, catalog.engine, wholeCatalog(catalog), { doubleQuotedText: true });
  return judged.ok ? database.run(judged.value, GOLD_LIMITS, never) : judged;
}

function summaryOf(trips: readonly JudgedTrip[], { statements, empty }: EdlStatements) {
  const count = (has: (trip: RoundTrip) => boolean) => trips.filter(({ trip }) => has(trip)).length;
  const having = (...wanted: readonly RoundTripVerdict[]) => trips.filter(({ verdict }) => wanted.includes(verdict));
  const ascending = (times: readonly number[]) => times.toSorted((a, b) => a - b);
  const explaining = ascending(trips.map(({ trip }) => trip.explainMs));
  const compiling = ascending(trips.flatMap(({ trip }) => (trip.recompiled === undefined ? [] : [trip.compileMs])));
  return {
    n: trips.length,
    goldFailed: statements.length - trips.length,
    ...(empty ? { emptyLists: empty } : {}),
    explained: count((trip) => trip.explained),
    certified: count((trip) => trip.certified),
    verbatim: count((trip) => trip.verbatim),
    recompiled: count((trip) => trip.recompiled !== undefined),
    same: having('same-rows', 'same-bytecode', 'same-seeded').length,
    sameByBytecode: having('same-bytecode').length,
    sameByRows: having('same-rows', 'same-seeded').length,
    undecided: having('undecided').length,
    different: having('different').map(({ id }) => id),
    p50Ms: rounded(percentile(explaining, 0.5), 3),
    p95Ms: rounded(percentile(explaining, 0.95), 3),
    compileP50Ms: rounded(percentile(compiling, 0.5), 3),
    compileP95Ms: rounded(percentile(compiling, 0.95), 3),
  };
}

function print(found: ReturnType<typeof summaryOf>): void {
  console.log(`${found.n} statements (${found.goldFailed} left out: gold failed)`);
  console.log(`explained ${found.explained}, certified ${found.certified}, with quoted parts ${found.verbatim}`);
  console.log(
    `recompiled ${found.recompiled}, same ${found.same} (${found.sameByRows} by rows, ${found.sameByBytecode} by bytecode)`,
  );
  console.log(`undecided ${found.undecided}, different ${found.different.length} ${found.different.join(' ')}`);
  console.log(
    `explain p50 ${found.p50Ms} ms, p95 ${found.p95Ms} ms; compile ${found.compileP50Ms} and ${found.compileP95Ms} ms`,
  );
}

program.action(runs(bench));
await runMeasuring(program);
