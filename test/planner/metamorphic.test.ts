import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { tablesOf } from '#adapters/database/sqlite/catalog-tables.ts';
import { extractTables } from '#adapters/database/sqlite/extract.ts';
import { generateCompany } from '#src/demo/generate.ts';
import { loadSqlite } from '#src/demo/load.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { compareSpider } from '#src/evaluation/compare.ts';
import { COMPANY_DAY, COMPANY_SEED, readCompanyQuestions } from '#src/evaluation/data/company-questions.ts';
import { type Plan, plan } from '#src/planner/plan.ts';
import { visit } from '#src/sql/query-ir.ts';

const bench = path.resolve(process.env.QUERENT_BENCH ?? '../shared/bench', 'spider');
const present = existsSync(path.join(bench, 'train.jsonl'));
const EVERY = 31;

type Planned = Extract<Plan, { readonly kind: 'planned' }>;

/** A text or number of a query that stands in the question as well, and what may take its place there. */
interface Restriction {
  readonly said: string;
  readonly other: string;
}

/** Texts of the query with another that the same column holds, and numbers with another number. */
function restrictionsOf(question: string, { query, assumptions }: Planned, catalog: DatabaseCatalog): Restriction[] {
  const found: Restriction[] = [];
  visit(query, (node) => {
    if (node.kind === 'text' && typeof node.value === 'string') {
      const { value } = node;
      const columns = catalog.tables.flatMap(({ columns }) => columns).filter(({ values }) => values.includes(value));
      const other = columns.flatMap(({ values }) => values).find((one) => one !== value && /^\p{L}{4,}$/u.test(one));
      if (other !== undefined) found.push({ said: value, other });
    }
    if (node.kind === 'number' && /^\d{1,6}$/.test(node.text ?? ''))
      found.push({ said: node.text ?? '', other: String(Number(node.text) + 1) });
  });
  // "vacancies that have been open" says the same twice
  const isImplied = (said: string) =>
    assumptions.some((one) => one.startsWith('Vacancies are') && one.endsWith(`= ${said}.`));
  return found.filter(({ said }) => wordsAt(question, said) !== undefined && !isImplied(said));
}

function wordsAt(question: string, said: string): RegExpExecArray | undefined {
  const escaped = said.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])["“'‘]?${escaped}["”'’]?(?![\\p{L}\\p{N}])`, 'iu').exec(question) ?? undefined;
}

interface Counts {
  asked: number;
  removed: { changed: number; declined: number; same: string[] };
  exchanged: { changed: number; declined: number; same: string[] };
  unread: { declined: number; answered: string[] };
}

const counts = (): Counts => ({
  asked: 0,
  removed: { changed: 0, declined: 0, same: [] },
  exchanged: { changed: 0, declined: 0, same: [] },
  unread: { declined: 0, answered: [] },
});

/** Takes out and exchanges each word that restricts an answered question, and puts one in that nothing knows. */
function vary(question: string, catalog: DatabaseCatalog, today: string, into: Counts): void {
  const ask = (text: string) => plan({ question: text, catalog, ranked: [], today });
  const first = ask(question);
  if (first.kind === 'declined') return;
  into.asked += 1;
  const note = (kind: 'removed' | 'exchanged', text: string) => {
    const made = ask(text);
    if (made.kind === 'declined') into[kind].declined += 1;
    else if (made.sql !== first.sql) into[kind].changed += 1;
    else into[kind].same.push(text);
  };
  for (const { said, other } of restrictionsOf(question, first, catalog)) {
    const at = wordsAt(question, said);
    if (!at) continue;
    const [before, after] = [question.slice(0, at.index), question.slice(at.index + at[0].length)];
    note('removed', `${before}${after}`.replace(/\s+/g, ' '));
    note(
      'exchanged',
      `${before}${at[0].replace(new RegExp(said.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'), other)}${after}`,
    );
  }
  if (/["”'’]\W*$/.test(question)) return; // within what is quoted it would be text
  const made = ask(question.replace(/ (\S+)$/, ' brindled $1'));
  if (made.kind === 'declined') into.unread.declined += 1;
  else into.unread.answered.push(question);
}

function report(name: string, { asked, removed, exchanged, unread }: Counts): void {
  const shares = ({ changed, declined, same }: Counts['removed']) =>
    `${changed} changed, ${declined} declined, ${same.length} the same`;
  console.log(
    `${name}: ${asked} questions; taken out: ${shares(removed)}; exchanged: ${shares(exchanged)}; an unknown word: ${unread.declined} declined, ${unread.answered.length} answered`,
  );
  assert.ok(asked > 20, `only ${asked} questions were answered`);
  assert.deepEqual(unread.answered, []);
  assert.deepEqual(exchanged.same, []);
  assert.deepEqual(removed.same, []);
}

const catalogOfFile = (database: DatabaseSync, databaseId: string): DatabaseCatalog => ({
  databaseId,
  engine: 'sqlite',
  serverVersion: '3',
  tables: tablesOf([...extractTables(database)].map(({ table }) => table)),
  warnings: [],
});

describe('a word that restricts, taken out or exchanged, changes the query or has it declined', () => {
  it('over the questions of the sample company', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-varied-'));
    const catalogs = new Map(
      generateCompany(COMPANY_SEED, COMPANY_DAY).map((one) => {
        const database = new DatabaseSync(loadSqlite(one, folder), { readOnly: true });
        const catalog = catalogOfFile(database, one.id);
        database.close();
        return [one.id, catalog] as const;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
    const into = counts();
    for (const one of readCompanyQuestions('tuning')) {
      const catalog = 'database' in one ? catalogs.get(one.database) : undefined;
      if (catalog) vary(one.question, catalog, COMPANY_DAY, into);
    }
    report('company, tuning half', into);
  });

  it.skipIf(!present)(
    'over right answers to training questions of Spider (needs QUERENT_BENCH)',
    () => {
      const into = counts();
      const lines = readFileSync(path.join(bench, 'train.jsonl'), 'utf8').trim().split('\n');
      for (const line of lines.filter((_, at) => at % EVERY === 0)) {
        const { db_id: id, question, sql } = JSON.parse(line) as { db_id: string; question: string; sql: string };
        const file = path.join(bench, 'databases', id, `${id}.sqlite`);
        if (!existsSync(file)) continue;
        const database = new DatabaseSync(file, { readOnly: true, enableDoubleQuotedStringLiterals: true });
        const catalog = catalogOfFile(database, id);
        const made = plan({ question, catalog, ranked: [], today: COMPANY_DAY });
        if (made.kind === 'planned' && isRight(database, sql, made.sql)) vary(question, catalog, COMPANY_DAY, into);
        database.close();
      }
      report('Spider, training', into);
    },
    300_000,
  );
});

function isRight(database: DatabaseSync, gold: string, sql: string): boolean {
  const run = (text: string) => {
    const statement = database.prepare(text);
    statement.setReturnArrays(true);
    const rows = statement.all() as unknown as (string | number | null)[][];
    return { columns: [], rows } as unknown as Parameters<typeof compareSpider>[0];
  };
  try {
    const wanted = run(gold);
    return wanted.rows.length > 0 && compareSpider(wanted, run(sql), /order by/i.test(gold)).equal;
  } catch {
    return false;
  }
}
