import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openDatabase } from '#adapters/database/open-database.ts';
import { loadBank } from '#schemas-index/examples/bank-file.ts';
import { type EmbeddedServer, startEmbeddedPostgres } from '#src/demo/embedded-postgres.ts';
import { EXAMPLE_QUESTIONS } from '#src/demo/example-questions.ts';
import { type DemoDatabase, generateCompany } from '#src/demo/generate.ts';
import { createReader, loadPostgres, loadSqlite, READER } from '#src/demo/load.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { type Scope, wholeCatalog } from '#src/guard/scope.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { Database } from '#src/ports/database.ts';

const never = new AbortController().signal;
const company = generateCompany(7, '2026-06-30');

interface Opened {
  readonly database: Database;
  readonly catalog: DatabaseCatalog;
  readonly scope: Scope;
}

const opened = new Map<string, Opened>();
let server: EmbeddedServer | undefined;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-examples-'));
  server = await startEmbeddedPostgres();
  const password = await createReader(server);
  for (const one of company) opened.set(one.id, await open(await load(one, server, folder), one.id, password));
}, 120_000);
afterAll(async () => {
  for (const { database } of opened.values()) await database.close();
  await server?.stop();
});

/** Loads a database of the company as the demo does. Returns its address. */
async function load(one: DemoDatabase, into: EmbeddedServer, folder: string): Promise<string> {
  if (one.engine === 'sqlite') return `sqlite:${loadSqlite(one, folder)}`;
  await loadPostgres(one, into);
  return `postgres://${READER}@127.0.0.1:${into.port}/${one.id}`;
}

async function open(url: string, id: string, password: string): Promise<Opened> {
  const database = await openDatabase({ id, url, secret: `plain:${password}` }, {});
  assert.ok(database.ok, JSON.stringify(database));
  const catalog = await database.value.catalog({}, never);
  assert.ok(catalog.ok, JSON.stringify(catalog));
  return { database: database.value, catalog: catalog.value, scope: wholeCatalog(catalog.value) };
}

type Asked = (typeof EXAMPLE_QUESTIONS)[number];

async function answer({ database: id, sql }: Asked) {
  const { database, scope } = opened.get(id)!;
  const judged = await judge(sql, database.engine, scope);
  assert.ok(judged.ok, `${sql}: ${JSON.stringify(judged)}`);
  const ran = await database.run(judged.value, ANSWER_LIMITS, never);
  assert.ok(ran.ok, `${sql}: ${JSON.stringify(ran)}`);
  return ran.value.rows;
}

it('the example questions are sixty, over every database of the company, and no two alike', () => {
  assert.equal(EXAMPLE_QUESTIONS.length, 60);
  assert.deepEqual(
    [...new Set(EXAMPLE_QUESTIONS.map(({ database }) => database))],
    company.map(({ id }) => id),
  );
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
  for (const part of ['question', 'sql'] as const)
    assert.equal(new Set(EXAMPLE_QUESTIONS.map((one) => bare(one[part]))).size, 60, part);
});

describe('every one', () => {
  it.each(EXAMPLE_QUESTIONS)('$database: “$question” passes the gate and finds rows', async (asked) => {
    const rows = await answer(asked);
    assert.ok(rows.length > 0 && rows.flat().some((cell) => cell !== null), asked.sql);
  });

  it('becomes an example that names what its query uses, and the shipped bank has it', async () => {
    const shipped = await loadBank(path.resolve(import.meta.dirname, '../../schemas-index/examples/company.jsonl'));
    assert.equal(shipped.length, EXAMPLE_QUESTIONS.length);
    for (const { database, question, sql } of EXAMPLE_QUESTIONS) {
      const { catalog } = opened.get(database)!;
      const example = makeExample({ question, sql, verified: false }, catalog);
      assert.ok(example, sql);
      assert.equal(example.databaseId, database);
      assert.deepEqual(
        shipped.find((one) => one.question === question),
        example,
      );
      assert.equal(example.tableCount, new Set(sql.match(/(?<=\b(?:FROM|JOIN) )\w+/g)).size, sql);
      assert.doesNotMatch(example.sql, /\n| {2}/);
    }
  });
});

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The rows of a table as they were made, before any database held them. */
function made(id: string, name: string): Row[] {
  const table = company.find((one) => one.id === id)!.tables.find((one) => one.name === name)!;
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, at) => [column.name, row[at]!])));
}

const sum = (rows: readonly Row[], column: string) => rows.reduce((total, row) => total + Number(row[column]), 0);
const mean = (rows: readonly Row[], column: string) => sum(rows, column) / rows.length;
const groups = (rows: readonly Row[], column: string) => [...Map.groupBy(rows, (row) => row[column]!)];
const values = (rows: readonly Row[], column: string) => new Set(rows.map((row) => row[column]!));
const byId = (id: string, name: string) => new Map(made(id, name).map((row) => [row.id, row]));
const within = (day: unknown, period: string) => String(day).startsWith(period);

/** What some of the questions mean, told by the rows themselves: the SQL must find the same. */
const MEANT: Readonly<Record<string, () => readonly (readonly unknown[])[]>> = {
  'How many orders came in by phone?': () => [
    [made('sales', 'orders').filter(({ channel }) => channel === 'phone').length],
  ],
  'Names of the customers who have never had a quote from us': () => {
    const quoted = values(made('sales', 'quotes'), 'customer_id');
    return made('sales', 'customers').flatMap(({ id, name }) => (quoted.has(id!) ? [] : [[name]]));
  },
  'For each region, how much did its sales reps quote in total? Show the name of the region and the amount.': () => {
    const [reps, regions] = [byId('sales', 'sales_reps'), byId('sales', 'regions')];
    const quotes = made('sales', 'quotes').map((quote) => ({
      ...quote,
      region: regions.get(reps.get(quote.sales_rep_id!)!.region_id!)!.name!,
    }));
    return groups(quotes, 'region').map(([region, own]) => [region, sum(own, 'amount')]);
  },
  'Which products cost more than the average product of their own category? Just the names.': () =>
    groups(made('sales', 'products'), 'category_id').flatMap(([, own]) =>
      own.filter(({ price }) => Number(price) > mean(own, 'price')).map(({ name }) => [name]),
    ),
  'Give me the numbers of the invoices that were paid both by card and by bank transfer.': () => {
    const by = (way: string) =>
      values(
        made('billing', 'payments').filter(({ method }) => method === way),
        'invoice_id',
      );
    const [card, transfer] = [by('card'), by('bank transfer')];
    return made('billing', 'invoices')
      .filter(({ id }) => card.has(id!) && transfer.has(id!))
      .map((row) => [row.invoice_number]);
  },
  'How many invoices have not had a single payment?': () => [
    [made('billing', 'invoices').length - values(made('billing', 'payments'), 'invoice_id').size],
  ],
  'What percentage of all payments does each payment method have?': () => {
    const payments = made('billing', 'payments');
    return groups(payments, 'method').map(([method, own]) => [method, (100 * own.length) / payments.length]);
  },
  'Show the name and the headcount of every department with more than 30 employees.': () => {
    const departments = byId('hr', 'departments');
    return groups(made('hr', 'employees'), 'department_id')
      .filter(([, own]) => own.length > 30)
      .map(([id, own]) => [departments.get(id)!.name, own.length]);
  },
  'Which departments had somebody start unpaid leave in February 2025? List each name once.': () => {
    const [employees, departments] = [byId('hr', 'employees'), byId('hr', 'departments')];
    const away = made('hr', 'leave_requests').filter(
      ({ kind, starts_on }) => kind === 'unpaid' && within(starts_on, '2025-02'),
    );
    const names = away.map((row) => departments.get(employees.get(row.employee_id!)!.department_id!)!.name);
    return [...new Set(names)].map((name) => [name]);
  },
  'How many employees earn more than the average salary?': () => {
    const employees = made('hr', 'employees');
    return [[employees.filter(({ salary }) => Number(salary) > mean(employees, 'salary')).length]];
  },
  'average first reply time in minutes for high priority tickets': () => {
    const replied = made('support', 'tickets').filter(
      (row) => row.priority === 'high' && row.first_reply_minutes !== null,
    );
    return [[mean(replied, 'first_reply_minutes')]];
  },
  'Ids of the tickets that were escalated but never got a satisfaction score': () => {
    const [escalated, scored] = ['escalations', 'satisfaction_scores'].map((name) =>
      values(made('support', name), 'ticket_id'),
    );
    return [...escalated!].filter((id) => !scored!.has(id)).map((id) => [id]);
  },
  'What is the average satisfaction score for each team of agents?': () => {
    const [tickets, agents] = [byId('support', 'tickets'), byId('support', 'agents')];
    const scores = made('support', 'satisfaction_scores').map((row) => ({
      ...row,
      team: agents.get(tickets.get(row.ticket_id!)!.agent_id!)!.team!,
    }));
    return groups(scores, 'team').map(([team, own]) => [team, mean(own, 'score')]);
  },
  'How many shipments that left in March 2025 have no delivery date?': () => [
    [
      made('warehouse', 'shipments').filter((row) => within(row.shipped_on, '2025-03') && row.delivered_on === null)
        .length,
    ],
  ],
  'List the names of suppliers whose purchase orders failed at least three inspections, and how many failed.': () => {
    const [orders, suppliers] = [byId('warehouse', 'purchase_orders'), byId('warehouse', 'suppliers')];
    const failed = made('warehouse', 'inspections')
      .filter(({ result }) => result === 'fail')
      .map((row) => ({ supplier: orders.get(row.purchase_order_id!)!.supplier_id! }));
    return groups(failed, 'supplier')
      .filter(([, own]) => own.length >= 3)
      .map(([id, own]) => [suppliers.get(id)!.name, own.length]);
  },
  'What did a click cost us on each campaign channel?': () => {
    const campaigns = byId('marketing', 'campaigns');
    const spent = made('marketing', 'ad_spend').map((row) => ({
      ...row,
      channel: campaigns.get(row.campaign_id!)!.channel!,
    }));
    return groups(spent, 'channel').map(([channel, own]) => [channel, sum(own, 'amount') / sum(own, 'clicks')]);
  },
  'number of different users who started a session in January 2025': () => [
    [
      values(
        made('product_analytics', 'sessions').filter(({ started_at }) => within(started_at, '2025-01')),
        'user_id',
      ).size,
    ],
  ],
  'What percentage of the push notifications was opened?': () => {
    const sent = made('product_analytics', 'push_notifications');
    return [[(100 * sent.filter(({ opened: isOpened }) => isOpened).length) / sent.length]];
  },
  'Usernames and countries of the users with a garden that is more than twice as large as the average garden': () => {
    const gardens = made('product_analytics', 'gardens');
    const large = values(
      gardens.filter(({ area_m2 }) => Number(area_m2) > 2 * mean(gardens, 'area_m2')),
      'user_id',
    );
    return made('product_analytics', 'users').flatMap((row) =>
      large.has(row.id!) ? [[row.username, row.country]] : [],
    );
  },
  'How many major accidents did the drivers of each depot have? Show the depot, most accidents first.': () => {
    const [drivers, depots] = [byId('fleet', 'drivers'), byId('fleet', 'depots')];
    const major = made('fleet', 'accidents')
      .filter(({ severity }) => severity === 'major')
      .map((row) => ({ depot: drivers.get(row.driver_id!)!.home_depot_id! }));
    return groups(major, 'depot').map(([id, own]) => [depots.get(id)!.name, own.length]);
  },
  'Which departments requested more than 150000 in total in 2025, and how much was it?': () =>
    groups(
      made('purchasing', 'purchase_requests').filter(({ requested_on }) => within(requested_on, '2025')),
      'department',
    )
      .map(([department, own]) => [department, sum(own, 'amount')])
      .filter(([, amount]) => Number(amount) > 150_000),
};

/** Rows as texts, in one order, numbers to four places: engines give sums and averages in ways of their own. */
const alike = (rows: readonly (readonly unknown[])[]) =>
  rows
    .map((row) => row.map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell).toFixed(4))).join(' | '))
    .sort();

it.each(Object.entries(MEANT))('“%s” is answered with what the rows say', async (question, meant) => {
  const asked = EXAMPLE_QUESTIONS.find((one) => one.question === question);
  assert.ok(asked);
  assert.deepEqual(alike(await answer(asked)), alike(meant()));
});
