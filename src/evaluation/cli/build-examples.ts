import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '#src/config/env.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { companyExamples } from '../data/company-examples.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { goldQueries } from '../data/statements.ts';
import { saveBank } from '../parts.ts';
import { measuring, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'examples',
  'Builds a bank of few-shot examples from questions with SQL (Spider’s training set): each with its skeleton and the tables and columns that its query uses. The bot and `eval --examples` read it. Their licence stays theirs: the bank is not part of this repository.',
)
  .option('--questions <file>', 'questions with SQL')
  .option('--tables <file>', "schemas in Spider's format (tables.json)")
  .option('--company', 'the sixty questions over the sample company, as the repository ships them, in place of a file')
  .option('--out <file>', 'where it is written (QUERENT_EXAMPLES, by default examples.jsonl in QUERENT_HOME)');

async function build({
  out: given,
  company,
  questions: file,
  tables,
}: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const out = given ?? readConfig().examplesFile;
  mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
  if (company) {
    const examples = await companyExamples();
    await saveBank(out, 'the sample company', examples);
    console.log(`${examples.length} questions over the sample company are examples now, in ${out}`);
    return 0;
  }
  if (file === undefined || tables === undefined)
    return program.error('--questions and --tables are needed, or --company');
  const catalogs = new Map(readSpiderTables(tables).map((catalog) => [catalog.databaseId, catalog]));
  const questions = readQuestions(file);
  const examples = questions.flatMap(({ question, sql, db_id }, at) => {
    const catalog = catalogs.get(db_id ?? '');
    const [query] = goldQueries(sql, 'sqlite');
    showProgress('read', at + 1, questions.length);
    return (catalog && query && makeExample({ question, sql: query, verified: false }, catalog)) || [];
  });
  const of = `${path.basename(file)}, ${examples.length} of ${questions.length}`;
  await saveBank(out, of, examples);
  console.log(`${examples.length} of ${questions.length} questions are examples now, in ${out}`);
  return 0;
}

program.action(runs(build));
await runMeasuring(program);
