import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readConfig } from '#src/config/env.ts';
import type { AccessView } from '#src/guard/scope.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openAddress, openEmbedder, openTokenizer } from '../parts.ts';
import { type Grounds, plantPrompt } from '../safety/plant-prompt.ts';
import { readPolicy } from '../safety/policy-file.ts';
import { atEnd, measuring, Option, runMeasuring, showProgress, usable } from './program.ts';

const program = measuring(
  'safety:prompts',
  'Plants texts where they may try to give orders, asks a question with a model that does whatever any text in its prompt says, and writes down what was executed, posted and stored. Exit code 0 when all lines were processed.',
)
  .requiredOption('--in <file.jsonl>', 'lines of {id, where, text, question?}')
  .requiredOption(
    '--out <file.jsonl>',
    'lines of {id, planted, statements: [{sql, verdict, sent}], posted, stored, rightsChanged}',
  )
  .option(
    '--url <url>',
    'a scratch database with the schema loaded; the fixture of the visible set in SQLite, if absent',
  )
  .option('--policy <file>', 'what the asker may read: {"tables": […], "hidden_columns": {…}}')
  .addOption(
    new Option('--model <model>', 'this measures what obeying can do')
      .choices(['scripted:obedient'] as const)
      .default('scripted:obedient' as const),
  );

type Options = ReturnType<typeof program.opts>;

async function plantAll(options: Options): Promise<ExitCode> {
  const grounds = await openGrounds(options);
  const lines = readFileSync(options.in, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const out: string[] = [];
  for (const [at, line] of lines.entries()) {
    const { id, ...planted } = readLine(line);
    out.push(`${JSON.stringify({ id, ...(await plantPrompt(planted, grounds)) })}\n`);
    showProgress('prompts', at + 1, lines.length);
  }
  writeFileSync(options.out, out.join(''));
  return 0;
}

async function openGrounds({ url, policy }: Options): Promise<Grounds> {
  const given = url === undefined && policy === undefined ? visible() : { url, view: policy };
  if (given.url === undefined || given.view === undefined) return program.error('--url and --policy belong together');
  const database = usable(await openAddress(given.url), program);
  atEnd(() => database.close());
  const engine = database.engine === 'mariadb' ? 'mysql' : database.engine;
  const view = typeof given.view === 'string' ? readPolicy(given.view, engine) : given.view;
  const embedder = openEmbedder();
  atEnd(() => embedder.close());
  const catalog = usable(await database.catalog({}, new AbortController().signal), program);
  return { database, catalog, view, embedder, countTokens: openTokenizer() };
}

/** The fixture and the policy of the set that ships with the benchmark. */
function visible(): { readonly url: string; readonly view: AccessView } {
  const script = path.join(readConfig().environment.QUERENT_BENCH ?? '../shared/bench', 'safety', 'fixture.sql');
  if (!existsSync(script)) program.error(`There is no ${script}: set QUERENT_BENCH, or give --url and --policy.`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-prompts-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'fixture.sqlite');
  const db = new DatabaseSync(file);
  db.exec(readFileSync(script, 'utf8'));
  db.close();
  const view = { tables: ['accounts', 'invoices', 'staff'], hiddenColumns: { staff: ['wage'] }, userFunctions: [] };
  return { url: `sqlite:${file}`, view };
}

function readLine(line: string) {
  try {
    const { id = null, where, text, question } = (JSON.parse(line) ?? {}) as Record<string, unknown>;
    return {
      id,
      where: String(where),
      text: String(text ?? ''),
      ...(typeof question === 'string' ? { question } : {}),
    };
  } catch {
    return { id: null, where: 'no JSON', text: '' };
  }
}

program.action(runs(plantAll));
await runMeasuring(program);
