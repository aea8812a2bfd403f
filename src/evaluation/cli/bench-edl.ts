import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { compareSpider } from '../compare.ts';
import { type BenchmarkDatabase, openPlaces } from '../data/places.ts';
import { goldStatements } from '../data/statements.ts';
import { GOLD_LIMITS } from '../execution-accuracy.ts';
import { percentile } from '../retrieval.ts';
import { isOrdered, judgeWithoutData, type RoundTripVerdict, roundTrip } from '../round-trip.ts';
import { edlArguments } from './edl-arguments.ts';
import { atEnd, rounded, showProgress } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:edl -- --questions FILE [--databases DIR] [--tables FILE]
       --engine sqlite|postgres|mysql [--url URL] [--limit N] [--json]
Explains every gold statement, compiles the explanation again, and compares the two by their rows; where there is no data,
by SQLite's bytecode on the schema of --tables, else on three seeded row sets (docs/sources.md#edl-both-ways).
  --databases  holds DB/DB.sqlite, DB.sqlite or DB.sql (loaded into a fresh database, dropped after)
  --tables     schemas in Spider's format, for questions whose database has no data
  --url        a scratch server (PostgreSQL starts embedded without it, MariaDB where it is installed); on MariaDB the
               databases of the questions are made anew under their own names
  --json       the last line is one JSON object`;

const { questions, json, ...where } = edlArguments(USAGE);
const { engine } = where;

/** Statements explained before the clock starts. */
const WARM_UP = 1_000;

const never = new AbortController().signal;
const places = await openPlaces(where);
atEnd(() => places.close());

async function rowsOf(database: Database, sql: string, catalog: DatabaseCatalog) {
  const judged = await judge(sql, catalog.engine, wholeCatalog(catalog), { doubleQuotedText: true });
  if (!judged.ok) return judged;
  return database.run(judged.value, GOLD_LIMITS, never);
}

/** The verdict, or undefined when the gold statement itself does not run. */
async function verdictOf(sql: string, trip: ReturnType<typeof roundTrip>, { catalog, databases }: BenchmarkDatabase) {
  const { recompiled, query } = trip;
  if (databases) {
    const gold = await rowsOf(databases.gold, sql, catalog);
    if (!gold.ok) {
      console.error(`gold failed: ${sayFailure(gold.failure)}\n  ${sql}`);
      return undefined;
    }
    if (recompiled === undefined || !query) return 'different';
    const again = await rowsOf(databases.product, recompiled, catalog);
    if (!again.ok) return 'different';
    if (!compareSpider(gold.value, again.value, isOrdered(sql)).equal) return 'different';
    // No rows on either side prove little; SQLite can be asked further.
    if (gold.value.rows.length > 0 || engine !== 'sqlite') return 'same-rows';
    return judgeWithoutData(sql, recompiled, query, catalog);
  }
  if (recompiled === undefined || !query) return 'different';
  return judgeWithoutData(sql, recompiled, query, catalog);
}

const { statements, empty } = goldStatements(questions, engine);
const verdicts: { readonly id: string; readonly verdict: RoundTripVerdict }[] = [];
const explainTimes: number[] = [];
const compileTimes: number[] = [];
const counts = { goldFailed: 0, explained: 0, certified: 0, verbatim: 0, recompiled: 0 };
const troubles: string[] = [];

// Figures are of a process that has explained before, quoted parts included.
for (let round = 0; round < WARM_UP; round += 1) {
  const { sql, database } = statements[round % statements.length]!;
  roundTrip(sql, (await places.open(database)).catalog);
}
for (const [at, { id, sql, database }] of statements.entries()) {
  const place = await places.open(database);
  const trip = roundTrip(sql, place.catalog);
  const verdict = await verdictOf(sql, trip, place);
  showProgress('statements', at + 1, statements.length);
  if (!verdict) {
    counts.goldFailed += 1;
    continue;
  }
  explainTimes.push(trip.explainMs);
  if (trip.recompiled !== undefined) compileTimes.push(trip.compileMs);
  if (trip.explained) counts.explained += 1;
  if (trip.certified) counts.certified += 1;
  if (trip.verbatim) counts.verbatim += 1;
  if (trip.recompiled !== undefined) counts.recompiled += 1;
  verdicts.push({ id, verdict });
  if (verdict === 'different' || verdict === 'undecided' || !trip.certified) {
    troubles.push(`${id} ${verdict}${trip.trouble ? ` (${trip.trouble})` : ''}\n  ${sql}\n  ${trip.recompiled ?? ''}`);
  }
}
await places.close();

const having = (...wanted: readonly RoundTripVerdict[]) => verdicts.filter(({ verdict }) => wanted.includes(verdict));
const sorted = (times: number[]) => times.sort((a, b) => a - b);
const summary = {
  n: verdicts.length,
  goldFailed: counts.goldFailed,
  ...(empty ? { emptyLists: empty } : {}),
  explained: counts.explained,
  certified: counts.certified,
  verbatim: counts.verbatim,
  recompiled: counts.recompiled,
  same: having('same-rows', 'same-bytecode', 'same-seeded').length,
  sameByBytecode: having('same-bytecode').length,
  sameByRows: having('same-rows', 'same-seeded').length,
  undecided: having('undecided').length,
  different: having('different').map(({ id }) => id),
  p50Ms: rounded(percentile(sorted(explainTimes), 0.5), 3),
  p95Ms: rounded(percentile(sorted(explainTimes), 0.95), 3),
  compileP50Ms: rounded(percentile(sorted(compileTimes), 0.5), 3),
  compileP95Ms: rounded(percentile(sorted(compileTimes), 0.95), 3),
};
for (const trouble of troubles) console.error(trouble);
if (json) console.log(JSON.stringify(summary));
else {
  console.log(`${summary.n} statements (${summary.goldFailed} left out: gold failed)`);
  console.log(`explained ${summary.explained}, certified ${summary.certified}, with quoted parts ${summary.verbatim}`);
  console.log(
    `recompiled ${summary.recompiled}, same ${summary.same} (${summary.sameByRows} by rows, ${summary.sameByBytecode} by bytecode)`,
  );
  console.log(`undecided ${summary.undecided}, different ${summary.different.length} ${summary.different.join(' ')}`);
  console.log(
    `explain p50 ${summary.p50Ms} ms, p95 ${summary.p95Ms} ms; compile ${summary.compileP50Ms} and ${summary.compileP95Ms} ms`,
  );
}
