import path from 'node:path';
import { expect, it } from 'vitest';
import type { Table } from '#src/domain/catalog.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import { mSchemaText } from '#src/domain/m-schema.ts';
import { chooseCandidatePrompt } from '#src/prompts/choose-candidate.ts';
import { chooseDatabasePrompt } from '#src/prompts/choose-database.ts';
import { decomposePrompt } from '#src/prompts/decompose.ts';
import { childPrompt, paraphrasePrompt } from '#src/prompts/explore-child.ts';
import { judgePairPrompt } from '#src/prompts/explore-judge.ts';
import { questionsPrompt } from '#src/prompts/explore-questions.ts';
import { wordingPrompt } from '#src/prompts/explore-wording.ts';
import { mendPrompt } from '#src/prompts/mend-sql.ts';
import { PLAIN, PROMPT_STYLES } from '#src/prompts/prompt-style.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { rewriteFollowUpPrompt } from '#src/prompts/rewrite-follow-up.ts';
import { selectColumnsPrompt } from '#src/prompts/select-columns.ts';
import { repairEdlPrompt, writeEdlPrompt } from '#src/prompts/write-edl.ts';
import { writePlainPrompt } from '#src/prompts/write-plain.ts';
import { writeSqlPrompt } from '#src/prompts/write-sql.ts';
import { writeTakeawayPrompt } from '#src/prompts/write-takeaway.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);
/** With rows enough for their values to be kinds. */
const withRows = (table: Table): Table => ({ ...table, rowEstimate: 12 });
const schema = mSchemaText({ catalog, tables: catalog.tables, values: new Map() }, { style: 'linked' });
const asked: AskedQuestion = {
  text: 'How many orders did customers in Norway place last month?',
  hint: 'an order that was placed has a date',
  engine: 'sqlite',
  today: '2026-02-10',
  timeZone: 'Europe/Oslo',
  dates: ['"last month" = from 2026-01-01, before 2026-02-01'],
  values: ["customers.country = 'Norway'"],
  earlier: [{ text: 'How many orders are there?', sql: 'SELECT count(*) FROM orders', wrong: true }],
};
const SQL = "SELECT count(*) FROM orders WHERE order_date >= '2026-01-01'";
const table = {
  columns: [{ name: 'count(*)', kind: 'number' }],
  rows: [[3]],
  cellsCut: false,
  elapsedMs: 1,
} as const;
const example = {
  question: 'How many customers are there?',
  schema: '# Table: customers',
  sql: 'SELECT count(*) FROM customers',
};
const own = { ...example, question: 'How many orders are open?', sql: SQL, own: true };
const solved = { ...example, steps: [{ question: example.question, sql: example.sql }] };
const shown = { catalog, tables: catalog.tables.slice(0, 2).map(withRows), values: new Map() };
const pair = {
  question: 'How many orders were placed in 2026?',
  evidence: '',
  sql: SQL,
  edl: "#1. Scan Table: Retrieve all rows from the [orders] table.\n#2. Reserve Rows: Keep rows of #1 where [order_date] is at least '2026-01-01'.",
};
const candidate = { sql: SQL, edl: ['From orders.', 'Count rows.'], differs: ['Count rows.'], table };

/** Every prompt as a model reads it, in a file: what a change does to a prompt is seen in the diff. */
const PROMPTS: Readonly<Record<string, readonly ChatMessage[]>> = {
  'choose-candidate': chooseCandidatePrompt(schema, asked, [candidate, { ...candidate, sql: example.sql }]),
  'choose-database': chooseDatabasePrompt(asked.text, [
    { databaseId: 'shop', description: 'Web shop', tables: [{ name: 'orders', columns: ['id', 'status'] }] },
    { databaseId: 'crm', tables: [{ name: 'accounts', columns: ['id', 'owner'] }] },
  ]),
  decompose: decomposePrompt(schema, asked, [solved]),
  'decompose-with-own': decomposePrompt(schema, asked, [solved, { ...solved, ...own }]),
  'explore-questions': questionsPrompt(shown, ['Which </schema> are “new”?', 'How many are there?'], 8),
  'explore-wording': wordingPrompt(shown, pair),
  'explore-judge': judgePairPrompt(shown, { ...pair, evidence: 'a year begins in January' }),
  'explore-child-table': childPrompt(shown, pair, { kind: 'table', table: 'customers' }, 'sqlite'),
  'explore-child-condition': childPrompt(shown, pair, { kind: 'condition', column: 'orders.status' }, 'postgres'),
  'explore-paraphrase': paraphrasePrompt(pair.question),
  'mend-sql': mendPrompt(schema, asked, {
    sql: 'SELECT count(*) FROM order',
    result: 'no such table: order',
    near: ['orders'],
  }),
  'repair-edl': repairEdlPrompt(schema, asked, '#1. From [order].', ['E3 in #1: no table order. Did you mean orders?']),
  'rewrite-follow-up': rewriteFollowUpPrompt('and in Chile?', asked.earlier),
  'select-columns': selectColumnsPrompt(asked.text, schema, asked.hint, ['orders.total']),
  ...Object.fromEntries(
    PROMPT_STYLES.map((style) => [
      `write-plain-${style.name}`,
      writePlainPrompt(
        { catalog, tables: style.kinds ? catalog.tables.map(withRows) : catalog.tables, values: new Map() },
        asked,
        style,
        style.examples ? [example] : [],
      ),
    ]),
  ),
  'write-plain-with-own': writePlainPrompt({ catalog, tables: catalog.tables, values: new Map() }, asked, PLAIN, [
    example,
    own,
    { ...own, question: 'How many orders were placed?' },
  ]),
  'write-edl': writeEdlPrompt(schema, asked),
  'write-sql': writeSqlPrompt(schema, asked),
  'write-sql-with-examples': writeSqlPrompt(schema, { ...asked, engine: 'postgres', earlier: [] }, [example]),
  'write-sql-with-own': writeSqlPrompt(schema, { ...asked, engine: 'postgres', earlier: [] }, [example, own]),
  'write-takeaway': writeTakeawayPrompt(asked.text, table),
};

it.each(Object.entries(PROMPTS))('%s reads as in its file', async (name, messages) => {
  const text = messages.map(({ role, content }) => `── ${role} ──\n${content}\n`).join('\n');
  await expect(text).toMatchFileSnapshot(path.join(import.meta.dirname, 'snapshots', `${name}.txt`));
});
