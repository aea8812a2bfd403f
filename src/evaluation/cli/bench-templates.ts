import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { fillTemplate } from '#src/pipeline/support/examples/fill-template.ts';
import { quoteTexts } from '#src/pipeline/support/mending/quoted-text.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type FilledDatabase, sourceOf } from '../data/places.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { goldQueries } from '../data/statements.ts';
import { GOLD_LIMITS, isRight, runGold } from '../execution-accuracy.ts';
import { keptIn, openEmbedder } from '../parts.ts';
import { openSearched } from '../runs/open-searched.ts';
import { rounded } from '../statistics.ts';
import { atEnd, CACHE, JSON_LINE, measuring, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'bench:templates',
  'How often a question is the same as another over its database but for values, and how often the other’s gold query with those values in their places is right: what a verified answer is worth to the next question like it. No model is asked.',
)
  .requiredOption('--questions <file>', 'questions with gold queries')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite')
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

interface Filled {
  readonly id: string;
  readonly of: string;
  readonly right: boolean;
}

async function bench({
  questions: file,
  databases: folder,
  cache,
  json,
}: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const questions = readQuestions(file);
  const embedder = keptIn(cache, openEmbedder());
  atEnd(() => embedder.close());
  const source = await untilEnd(sourceOf('sqlite', folder, undefined), (opened) => opened.close());
  const ids = questions.flatMap(({ db_id: id }) => id ?? []);
  const searched = await openSearched({ source, ids, schemas: [], union: false, embedder }, (done, total) =>
    showProgress('embedded', done, total),
  );
  atEnd(() => Promise.all([...searched.databases.values()].map(({ databases }) => databases.close())));
  const found: Filled[] = [];
  const byDatabase = Map.groupBy(questions, ({ db_id: id }) => id ?? '');
  for (const [at, [id, own]] of [...byDatabase].entries()) {
    showProgress('databases', at + 1, byDatabase.size);
    const database = searched.databases.get(id);
    if (!database) continue;
    for (const asked of own) {
      const named = searched.retriever.valuesNamed(id, asked.question);
      const filled = fillFrom(own, asked, database.catalog, (verified) =>
        fillTemplate(verified, asked.question, named),
      );
      if (filled) found.push({ id: asked.id, of: filled.of, right: await isRightQuery(filled.sql, asked, database) });
    }
  }
  const right = found.filter((one) => one.right).length;
  if (!json) for (const one of found.filter((two) => !two.right)) console.log(`wrong: ${one.id} as ${one.of}`);
  const summary = { questions: questions.length, filled: found.length, right, share: rounded(right / found.length) };
  console.log(json ? JSON.stringify(summary) : summary);
  return 0;
}

/** The first other question, not said in the same words, whose gold query takes this one's values. */
function fillFrom(
  own: readonly BenchQuestion[],
  asked: BenchQuestion,
  catalog: DatabaseCatalog,
  fill: (verified: { question: string; sql: string; engine: 'sqlite' }) => string | undefined,
) {
  for (const other of own) {
    const [gold] = goldQueries(other.sql, 'sqlite');
    if (other.id === asked.id || gold === undefined) continue;
    const known = quoteTexts(gold, 'sqlite', catalog)?.sql ?? gold; // gold queries have texts in double quotes
    const sql = fill({ question: other.question, sql: known, engine: 'sqlite' });
    if (sql !== undefined && sql !== known) return { sql, of: other.id };
  }
  return undefined;
}

async function isRightQuery(
  sql: string,
  asked: BenchQuestion,
  { catalog, databases }: FilledDatabase,
): Promise<boolean> {
  const gold = await runGold(asked, catalog, databases);
  const judged = await judge(sql, 'sqlite', wholeCatalog(catalog), { doubleQuotedText: true });
  if (!judged.ok) return false;
  const ran = await databases.gold.run(judged.value, GOLD_LIMITS, never);
  return ran.ok && isRight(gold, ran.value, 'spider');
}

program.action(runs(bench));
await runMeasuring(program);
