import { explain } from '#src/edl/explain.ts';
import { openPlaces } from '../data/places.ts';
import { goldStatements } from '../data/statements.ts';
import { mutants } from '../mutants.ts';
import { edlArguments } from './edl-arguments.ts';
import { atEnd, showProgress } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:edl:mutants -- --questions FILE [--databases DIR] [--tables FILE]
       --engine sqlite|postgres|mysql [--url URL] [--limit N] [--json]
Changes one literal, operator, column, join kind, direction, limit, DISTINCT or aggregate of each gold statement at a time;
the explanation must change with it. Arguments as in bench:edl; nothing is executed, only the schemas are read.
  --json       the last line is one JSON object`;

const { questions, json, ...where } = edlArguments(USAGE);
const { engine } = where;

const places = await openPlaces(where);
atEnd(() => places.close());
const { statements } = goldStatements(questions, engine);
const byKind = new Map<string, number>();
const unchanged: string[] = [];
let made = 0;
let unread = 0;

for (const [at, { id, sql, database }] of statements.entries()) {
  const { catalog } = await places.open(database);
  const original = explain(sql, engine, catalog);
  if (!original.ok) throw new Error(`${id}: ${original.problems[0]!.message}`);
  for (const mutant of mutants(sql, catalog)) {
    const explained = explain(mutant.sql, engine, catalog);
    // A mutant that is no statement any more proves nothing.
    if (!explained.ok) {
      unread += 1;
      continue;
    }
    made += 1;
    byKind.set(mutant.kind, (byKind.get(mutant.kind) ?? 0) + 1);
    if (explained.value.text === original.value.text) unchanged.push(`${id} ${mutant.kind}: ${mutant.sql}`);
  }
  showProgress('statements', at + 1, statements.length);
}
await places.close();

const summary = {
  mutants: made,
  changed: made - unchanged.length,
  unchanged,
  byKind: Object.fromEntries([...byKind].sort()),
  notStatements: unread,
};
if (json) console.log(JSON.stringify(summary));
else {
  console.log(
    `${summary.mutants} mutants, ${summary.changed} change their explanation (${unread} more were no statements)`,
  );
  for (const [kind, count] of Object.entries(summary.byKind)) console.log(`  ${kind.padEnd(16)} ${count}`);
  for (const line of unchanged) console.log(`unchanged  ${line}`);
}
