import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { makeDatabase } from '../bird-rows/make-database.ts';
import { tellApart } from '../bird-rows/tell-apart.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { goldQueries } from '../data/statements.ts';
import { rounded } from '../statistics.ts';
import { count, JSON_LINE, measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bird:rows',
  'Makes a folder of SQLite databases of BIRD’s schemas with seeded rows, on which its gold queries have answers. A proxy: BIRD’s own data is not in it, and accuracy on it is not BIRD’s (docs/sources.md#bird-like-rows).',
)
  .requiredOption('--tables <file>', "BIRD's schemas (tables.json)")
  .requiredOption('--questions <file>', 'its questions with gold queries')
  .requiredOption('--out <folder>', 'where DB/DB.sqlite come; those that are there are made anew')
  .option('--seed <n>', 'other rows', count(), 1)
  .option('--mutants', 'count the mutants of the gold queries that the rows tell apart (minutes)')
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

async function make({ tables, questions, out, seed, mutants, json }: Options): Promise<ExitCode> {
  const byDatabase = Map.groupBy(readQuestions(questions), ({ db_id }) => db_id ?? '');
  const catalogs = readSpiderTables(tables).filter(({ databaseId }) => byDatabase.has(databaseId));
  const made: Record<string, Record<string, unknown>> = {};
  const totals = { gold: 0, run: 0, withAnswer: 0, mutants: 0, apart: 0, withMutants: 0, told: 0 };
  for (const [at, catalog] of catalogs.entries()) {
    const id = catalog.databaseId;
    const golds = byDatabase.get(id)!.flatMap(goldOf);
    const file = path.join(out, id, `${id}.sqlite`);
    mkdirSync(path.dirname(file), { recursive: true });
    if (existsSync(file)) rmSync(file);
    const { rows, failed, withoutAnswer } = makeDatabase(catalog, golds, file, seed);
    const apart = mutants ? await tellApart(catalog, golds, file) : undefined;
    made[id] = { rows, gold: golds.length, failed, withoutAnswer, ...apart };
    totals.gold += golds.length;
    totals.run += golds.length - failed.length;
    totals.withAnswer += golds.length - failed.length - withoutAnswer.length;
    totals.mutants += apart?.mutants ?? 0;
    totals.apart += apart?.apart ?? 0;
    totals.withMutants += apart?.withMutants ?? 0;
    totals.told += apart?.told ?? 0;
    showProgress('databases', at + 1, catalogs.length);
  }
  if (json) console.log(JSON.stringify({ ...totals, databases: made }));
  else {
    for (const [id, one] of Object.entries(made)) console.log(`${id.padEnd(26)} ${JSON.stringify(one)}`);
    console.log(`${totals.gold} gold queries: ${totals.run} run, ${totals.withAnswer} have an answer`);
    if (mutants)
      console.log(
        `${totals.apart} of ${totals.mutants} mutants told apart (${rounded(totals.apart / Math.max(1, totals.mutants))}), all of ${totals.told} of ${totals.withMutants} gold queries`,
      );
    console.log('Seeded rows, a proxy: what is measured on them is not BIRD’s accuracy.');
  }
  return 0;
}

const goldOf = ({ id, sql }: BenchQuestion) => goldQueries(sql, 'sqlite').map((text) => ({ id, sql: text }));

program.action(runs(make));
await runMeasuring(program);
