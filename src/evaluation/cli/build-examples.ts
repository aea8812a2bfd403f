import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { saveBank } from '#schemas-index/examples/bank-file.ts';
import { readConfig } from '#src/config/env.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { goldQueries } from '../data/statements.ts';
import { readArguments, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s examples -- --questions FILE --tables FILE [--out FILE]
Builds a bank of few-shot examples from questions with SQL (Spider's training set): each with its skeleton and the tables
and columns that its query uses. Written to QUERENT_EXAMPLES (default examples.jsonl in QUERENT_HOME), where the bot
and \`eval --examples\` read it. Their licence stays theirs: the bank is not part of this repository.`;

const args = readArguments(USAGE, {
  questions: { type: 'string' },
  tables: { type: 'string' },
  out: { type: 'string' },
});
if (!args.questions || !args.tables) stopWith(USAGE);
const out = args.out ?? readConfig().examplesFile;
const catalogs = new Map(readSpiderTables(args.tables).map((catalog) => [catalog.databaseId, catalog]));
const questions = readQuestions(args.questions);
const examples = questions.flatMap(({ question, sql, db_id }, at) => {
  const catalog = catalogs.get(db_id ?? '');
  const [query] = goldQueries(sql, 'sqlite');
  showProgress('read', at + 1, questions.length);
  return (catalog && query && makeExample({ question, sql: query, verified: false }, catalog)) || [];
});
mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
await saveBank(out, `${path.basename(args.questions)}, ${examples.length} of ${questions.length}`, examples);
console.log(`${examples.length} of ${questions.length} questions are examples now, in ${out}`);
