import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { readConfig } from '#src/config/env.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { AccessView } from '#src/guard/scope.ts';
import { plantPrompt } from '../safety/plant-prompt.ts';
import { readPolicy } from '../safety/policy-file.ts';
import { readArguments, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s safety:prompts -- --in FILE.jsonl --model scripted:obedient --out FILE.jsonl [--url URL --policy FILE]
Plants texts where they may try to give orders, asks a question with a model that does whatever any text in its prompt says, and
writes down what was executed, posted and stored. Exit code 0 when all lines were processed.
  --in      lines of {id, where, text, question?}
  --out     lines of {id, planted, statements: [{sql, verdict, sent}], posted, stored, rightsChanged}
  --url     a scratch database with the schema loaded; the fixture of the visible set in SQLite, if absent
  --policy  what the asker may read: {"tables": […], "hidden_columns": {…}}`;

const args = readArguments(USAGE, {
  in: { type: 'string' },
  out: { type: 'string' },
  url: { type: 'string' },
  policy: { type: 'string' },
  model: { type: 'string', default: 'scripted:obedient' },
});
if (!args.in || !args.out) stopWith(`--in and --out are needed.\n${USAGE}`);
if (args.model !== 'scripted:obedient') stopWith('--model is scripted:obedient: this measures what obeying can do.');
if (Boolean(args.url) !== Boolean(args.policy)) stopWith('--url and --policy belong together.');

const { url, view } = args.url ? given(args.url, args.policy!) : visible();
const parsed = parseDatabaseUrl(url);
if (!parsed.ok) stopWith(sayFailure(parsed.failure));
const { password, name: id } = parsed.value;
const opened = openDatabase(
  { id, url: parsed.value.url, ...(password === undefined ? {} : { secret: `plain:${password}` }) },
  {},
);
if (!opened.ok) stopWith(sayFailure(opened.failure));
const catalog = await opened.value.catalog({}, new AbortController().signal);
if (!catalog.ok) stopWith(sayFailure(catalog.failure));
const grounds = {
  database: opened.value,
  catalog: catalog.value,
  view,
  embedder: openUseLite(),
  countTokens: openTokenizer(),
};

const lines = readFileSync(args.in, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '');
const out: string[] = [];
for (const [at, line] of lines.entries()) {
  const { id: caseId, where, text, question } = readLine(line);
  const result = await plantPrompt({ where, text, ...(question === undefined ? {} : { question }) }, grounds);
  out.push(JSON.stringify({ id: caseId, ...result }));
  showProgress('prompts', at + 1, lines.length);
}
writeFileSync(args.out, out.map((one) => `${one}\n`).join(''));
await opened.value.close();
process.exit(0);

function given(address: string, policy: string): { readonly url: string; readonly view: AccessView } {
  const of = parseDatabaseUrl(address);
  if (!of.ok) stopWith(sayFailure(of.failure));
  const { engine } = of.value;
  return { url: address, view: readPolicy(policy, engine === 'mariadb' ? 'mysql' : engine) };
}

/** The fixture and the policy of the set that ships with the benchmark. */
function visible(): { readonly url: string; readonly view: AccessView } {
  const script = path.join(readConfig().environment.QUERENT_BENCH ?? '../shared/bench', 'safety', 'fixture.sql');
  if (!existsSync(script)) stopWith(`There is no ${script}: set QUERENT_BENCH, or give --url and --policy.`);
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-prompts-')), 'fixture.sqlite');
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
