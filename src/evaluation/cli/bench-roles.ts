import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { measureRoles } from '../column-roles.ts';
import { sourceOf } from '../data/places.ts';
import { readQuestions } from '../data/questions.ts';
import { goldQueries } from '../data/statements.ts';
import { needed } from '../parts.ts';
import { JSON_LINE, measuring, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'bench:roles',
  'Holds the inferred role of each column against what gold queries do with it: which roles they add up, average, group by and read periods on, and whether the text by which they list a table’s rows is its label. No model is asked.',
)
  .requiredOption('--questions <file>', 'questions with gold queries')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite')
  .option('--show', 'print each label and each sum, mean or period that the roles do not expect')
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

async function bench({ questions: file, databases, show, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const byDatabase = Map.groupBy(readQuestions(file), ({ db_id: id }) => id ?? '');
  const source = await untilEnd(sourceOf('sqlite', databases, undefined), (opened) => opened.close());
  const asked: { catalog: DatabaseCatalog; queries: readonly string[] }[] = [];
  for (const [at, [id, own]] of [...byDatabase].entries()) {
    showProgress('databases', at + 1, byDatabase.size);
    const opened = await source.open(id);
    const catalog = needed(await opened.product.catalog({}, never), id);
    await opened.close();
    const queries = own.flatMap(({ sql }) => goldQueries(sql, 'sqlite').slice(0, 1));
    asked.push({ catalog, queries: [...new Set(queries)] });
  }
  const { labelsMissed, odd, ...summary } = measureRoles(asked);
  if (show) {
    for (const { table, label, shown, times } of labelsMissed)
      console.log(`${table}: label ${label.join(' and ') || 'none'}, listed by ${shown} ${times} times`);
    for (const line of odd) console.log(line);
  }
  if (json) console.log(JSON.stringify(summary));
  else
    for (const [name, value] of Object.entries(summary))
      console.log(`${name.padEnd(10)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  return 0;
}

program.action(runs(bench));
await runMeasuring(program);
