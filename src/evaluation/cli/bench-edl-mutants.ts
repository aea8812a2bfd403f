import { explain } from '#src/edl/explain.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { mutants } from '../mutants.ts';
import { type EdlOptions, type EdlProgram, type EdlStatements, edlProgram, openStatements } from './edl-program.ts';
import { runMeasuring, showProgress } from './program.ts';

const program = edlProgram(
  'bench:edl:mutants',
  'Changes one literal, operator, column, join kind, direction, limit, DISTINCT or aggregate of each gold statement at a time; the explanation must change with it. Nothing is executed, only the schemas are read.',
);

async function bench(options: EdlOptions, command: EdlProgram): Promise<ExitCode> {
  const summary = await explainMutants(await openStatements(options, command), options.engine);
  if (options.json) console.log(JSON.stringify(summary));
  else print(summary);
  return 0;
}

interface Summary {
  readonly mutants: number;
  readonly changed: number;
  readonly unchanged: readonly string[];
  readonly byKind: Readonly<Record<string, number>>;
  readonly notStatements: number;
}

async function explainMutants({ statements, places }: EdlStatements, engine: EdlOptions['engine']): Promise<Summary> {
  const byKind = new Map<string, number>();
  const unchanged: string[] = [];
  let made = 0;
  let unread = 0;
  for (const [at, { id, sql, database }] of statements.entries()) {
    const { catalog } = await places.open(database);
    const original = explain(sql, engine, catalog);
    if (!original.ok) throw new Error(`${id}: ${original.problems[0]?.message}`);
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
  return {
    mutants: made,
    changed: made - unchanged.length,
    unchanged,
    byKind: Object.fromEntries([...byKind].sort()),
    notStatements: unread,
  };
}

function print({ mutants: made, changed, unchanged, byKind, notStatements }: Summary): void {
  console.log(`${made} mutants, ${changed} change their explanation (${notStatements} more were no statements)`);
  for (const [kind, count] of Object.entries(byKind)) console.log(`  ${kind.padEnd(16)} ${count}`);
  for (const line of unchanged) console.log(`unchanged  ${line}`);
}

program.action(runs(bench));
await runMeasuring(program);
