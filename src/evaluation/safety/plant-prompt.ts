import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { narrowCatalog } from '#src/access/narrow-catalog.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Question } from '#src/domain/question.ts';
import { fail, ok } from '#src/domain/result.ts';
import type { Cell } from '#src/domain/result-table.ts';
import type { NewRun, RunResult } from '#src/domain/run.ts';
import { judge } from '#src/guard/judge.ts';
import { type AccessView, type Scope, scopeOf } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import { EVERY_PIPELINE } from '#src/pipeline/settings.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { CountTokens } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { Example } from '#src/ports/example-bank.ts';
import type { Store } from '#src/ports/store.ts';
import { keptTrace } from '#src/service/keep-trace.ts';
import { plainerForms, postBody } from '#src/slack/outgoing.ts';
import { answerView } from '#src/slack/views/answer-view.ts';
import type { Message } from '#src/slack/views/message.ts';
import {
  catalogView,
  clarificationView,
  courtesyView,
  failureView,
  outcomesView,
} from '#src/slack/views/other-views.ts';
import { openBank, openRetriever, openState } from '../parts.ts';
import { type ObedientModel, obedientModel } from './obedient-model.ts';

export interface PlantedCase {
  readonly where: string;
  readonly text: string;
  readonly question?: string;
}

export interface Planted {
  /** Whether the text stood anywhere that a model or the bot reads. */
  readonly planted: boolean;
  readonly statements: readonly {
    readonly sql: string;
    readonly verdict: 'allow' | 'refuse';
    readonly sent: boolean;
  }[];
  readonly posted: readonly unknown[];
  readonly stored: readonly string[];
  readonly rightsChanged: boolean;
}

export interface Grounds {
  readonly database: Database;
  readonly catalog: DatabaseCatalog;
  readonly view: AccessView;
  readonly embedder: Embedder;
  readonly countTokens: CountTokens;
}

const never = new AbortController().signal;
const TO = { channel: 'C0DATA', thread_ts: '1700000000.000100' };
const RUN = 'run-0001';
const ASKER = { teamId: 'T0TEAM', userId: 'U0ASKER' };
const SETTINGS = { ...EVERY_PIPELINE, takeaway: 'model', deadlineMs: 60_000 } as const;

/** Plants a text where the case says, asks its question with the obedient model in the model's place, and tells what happened. */
export async function plantPrompt(planted: PlantedCase, grounds: Grounds): Promise<Planted> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-planted-'));
  const file = path.join(folder, 'state.sqlite');
  const store = openState(file);
  try {
    const catalog = plantInCatalog(narrowCatalog(grounds.catalog, grounds.view), planted);
    const scope = scopeOf(grounds.catalog, grounds.view);
    const question = questionOf(planted, catalog);
    await prepare(store, question, catalog.databaseId);
    const before = await rightsIn(store);
    const obedient = obedientModel();
    const sent = new Set<string>();
    const given = await askPlanted(planted, question, { catalog, scope, obedient, sent }, grounds);
    await store.saveResult(RUN, 'done', resultOf(given));
    await store.saveTrace(keptTrace(given, true, new Date()), { ofRun: true, since: new Date(0) });
    const verified = await store.verifiedAnswers(ASKER.teamId, ASKER.userId, []);
    return {
      planted: isPlanted(planted, obedient.prompts),
      statements: await judged(new Set([...obedient.written, ...sent]), sent, scope),
      posted: posted(given),
      stored: [...verified.map(({ sql }) => `verified:${sql}`), ...tablesIn(file)],
      rightsChanged: (await rightsIn(store)) !== before,
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function questionOf({ where, text, question = 'How many rows are there?' }: PlantedCase, catalog: DatabaseCatalog) {
  const earlier = { text, databaseId: catalog.databaseId, sql: someQuery(catalog) };
  return {
    text: where === 'question' ? text : question,
    asker: ASKER,
    place: { kind: 'channel', channelId: TO.channel },
    thread: { earlier: where === 'thread' ? [earlier] : [], turnedDown: [] },
    intent: { kind: 'any' },
    calendar: { today: '2026-01-31' },
    runId: RUN,
    ...(where === 'glossary' ? { hint: text } : {}),
  } as const satisfies Question;
}

/** The state as it is when the question comes: its database, what its asker may read, and its run. */
async function prepare(store: Store, { text, intent }: Question, databaseId: string): Promise<void> {
  const run: NewRun = {
    id: RUN,
    team: ASKER.teamId,
    channel: TO.channel,
    thread: TO.thread_ts,
    message: TO.thread_ts,
    cause: { kind: 'message' },
    user: ASKER.userId,
    text,
    intent,
    turnedDown: [],
    direct: false,
    external: false,
  };
  await store.saveDatabase({ id: databaseId, url: 'sqlite:planted' });
  await store.saveAccessRules(databaseId, [{ effect: 'grant', databaseId, to: { kind: 'user', id: ASKER.userId } }]);
  await store.record('delivery-1', run, new Date());
}

interface Prepared {
  readonly catalog: DatabaseCatalog;
  readonly scope: Scope;
  readonly obedient: ObedientModel;
  /** Written to: every statement that is sent to the database. */
  readonly sent: Set<string>;
}

async function askPlanted(
  planted: PlantedCase,
  question: Question,
  { catalog, scope, obedient, sent }: Prepared,
  { embedder, countTokens, ...grounds }: Grounds,
): Promise<Answer> {
  const ports = answerPorts({
    retriever: await openRetriever([catalog], embedder),
    database: async () => ok(plantInResults(grounds.database, planted, sent)),
    readable: [catalog.databaseId],
    scopeOf: () => scope,
    countTokens,
    models: obedient.models,
    bank: await openBank(undefined, embedder, plantedExamples(planted, question, catalog)),
  });
  return answer(question, ports, { neverAsk: true, settings: SETTINGS }, never);
}

/** The text as the question of an example that is as near as can be. */
function plantedExamples({ where, text }: PlantedCase, question: Question, catalog: DatabaseCatalog): Example[] {
  if (where !== 'example') return [];
  const example = makeExample({ question: text, sql: someQuery(catalog), verified: true }, catalog);
  return example ? [{ ...example, masked: question.text, tableCount: 2 }] : [];
}

const resultOf = (given: Answer): RunResult =>
  given.kind === 'answer'
    ? { kind: 'answer', text: given.question.text, databaseId: given.databaseId, sql: given.sql }
    : { kind: 'failure', text: given.question.text };

/** Whether the text was in a place that is read, or in a prompt. */
const isPlanted = ({ where, text }: PlantedCase, prompts: readonly string[]) =>
  ['question', 'cell', 'db-error'].includes(where) || prompts.some((prompt) => prompt.includes(firstWords(text)));

async function judged(statements: ReadonlySet<string>, sent: ReadonlySet<string>, scope: Scope) {
  const verdictOf = async (sql: string) => ({
    sql,
    verdict: (await judge(sql, scope.engine, scope)).ok ? ('allow' as const) : ('refuse' as const),
    sent: sent.has(sql),
  });
  return Promise.all([...statements].map(verdictOf));
}

const firstWords = (text: string) => text.slice(0, 20);

async function rightsIn(store: Store): Promise<string> {
  return JSON.stringify([await store.accessRules(), await store.databases()]);
}

/** `table:key` of every row that is stored. */
function tablesIn(file: string): string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return tables.flatMap(({ name }) =>
      db
        .prepare(`SELECT * FROM "${String(name)}"`)
        .all()
        .map((row) => `${String(name)}:${String(Object.values(row)[0])}`),
    );
  } finally {
    db.close();
  }
}

const someQuery = ({ tables }: DatabaseCatalog) => `SELECT COUNT(*) FROM ${tables[0]?.name}`;

/** The catalog with the text as a name, a comment or a stored value. */
function plantInCatalog(catalog: DatabaseCatalog, { where, text }: PlantedCase): DatabaseCatalog {
  const onTable = (change: (table: Table) => Table) => ({
    ...catalog,
    tables: catalog.tables.map((table, at) => (at === 0 ? change(table) : table)),
  });
  const onColumns = (change: (column: Column, at: number) => Column) => ({
    ...catalog,
    tables: catalog.tables.map((table) => ({ ...table, columns: table.columns.map(change) })),
  });
  switch (where) {
    case 'table-name':
      return onTable((table) => ({ ...table, name: text }));
    case 'column-name':
      return onTable((table) => ({
        ...table,
        columns: [...table.columns, ...table.columns.slice(0, 1).map((column) => ({ ...column, name: text }))],
      }));
    case 'schema-comment':
      return {
        ...onColumns((column) => ({ ...column, comment: text })),
        description: text,
      };
    case 'enum-value':
      return onColumns((column) =>
        column.kind === 'text' ? { ...column, values: [text, ...column.values], indexValues: true } : column,
      );
    case 'glossary':
      return { ...catalog, description: text };
    default:
      return catalog;
  }
}

/** The database whose every text cell is the planted one, or that fails with it; what is sent to it is written down. */
function plantInResults(database: Database, { where, text }: PlantedCase, sent: Set<string>): Database {
  return {
    ...database,
    async run(sql, limits, signal) {
      sent.add(sql.text);
      const ran = await database.run(sql, limits, signal);
      if (where === 'db-error') {
        const failure: Failure = {
          kind: 'query-failed',
          database: database.id,
          reason: 'type',
          cause: new Error(text),
        };
        return fail(failure);
      }
      if (!ran.ok || where !== 'cell') return ran;
      const plant = (cell: Cell): Cell => (typeof cell === 'string' ? text : cell);
      return { ...ran, value: { ...ran.value, rows: ran.value.rows.map((row) => row.map(plant)) } };
    },
  };
}

function posted(given: Answer): unknown[] {
  const message = messageOf(given);
  const bodies = plainerForms(message).map((blocks) => JSON.stringify(postBody(TO, message, blocks)));
  return [...new Set(bodies)].map((body) => JSON.parse(body) as unknown);
}

function messageOf(given: Answer): Message {
  switch (given.kind) {
    case 'answer':
      return answerView(given, { runId: RUN, asker: ASKER.userId, direct: false });
    case 'catalog':
      return catalogView(given, RUN);
    case 'courtesy':
      return courtesyView(given, RUN);
    case 'clarification':
      return clarificationView(given, RUN);
    case 'outcomes':
      return outcomesView(given, RUN);
    case 'failure':
      return failureView(given, RUN);
  }
}
