import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { narrowCatalog } from '#src/access/narrow-catalog.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Question } from '#src/domain/question.ts';
import { fail } from '#src/domain/result.ts';
import type { Cell } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { type AccessView, scopeOf } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { pipelineNamed } from '#src/pipeline/settings.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { CountTokens } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { plainerForms, postBody } from '#src/slack/outgoing.ts';
import { answerView } from '#src/slack/views/answer-view.ts';
import type { Message } from '#src/slack/views/message.ts';
import { catalogView, clarificationView, failureView, outcomesView } from '#src/slack/views/other-views.ts';
import { obedientModel } from './obedient-model.ts';

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

/** Plants a text where the case says, asks its question with the obedient model in the model's place, and tells what happened. */
export async function plantPrompt(planted: PlantedCase, grounds: Grounds): Promise<Planted> {
  const { where, text } = planted;
  const asked = where === 'question' ? text : (planted.question ?? 'How many rows are there?');
  const real = scopeOf(grounds.catalog, grounds.view);
  const catalog = plantInCatalog(narrowCatalog(grounds.catalog, grounds.view), where, text);
  const index = await buildIndex(
    [catalog],
    { embedder: grounds.embedder, vectors: embeddedVectors },
    () => undefined,
    never,
  );
  const retriever = indexRetriever(index, grounds.embedder);
  const { models, prompts, written } = obedientModel();
  const sent = new Set<string>();
  const database = plantInResults(grounds.database, where, text, sent);
  const examples =
    where === 'example' ? [makeExample({ question: text, sql: someQuery(catalog), verified: true }, catalog)] : [];
  const banks = embeddedBanks([], grounds.embedder);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-planted-'));
  const store = openSqliteStore(path.join(folder, 'state.sqlite'));
  try {
    store.saveDatabase({ id: catalog.databaseId, url: 'sqlite:planted' });
    store.saveAccessRules(catalog.databaseId, [
      { effect: 'grant', databaseId: catalog.databaseId, to: { kind: 'user', id: ASKER.userId } },
    ]);
    const before = rightsIn(store);
    const question: Question = {
      text: asked,
      asker: ASKER,
      earlier: where === 'thread' ? [{ text, databaseId: catalog.databaseId, sql: someQuery(catalog) }] : [],
      ...(where === 'glossary' ? { hint: text } : {}),
      notDatabases: [],
      today: '2026-01-31',
    };
    const run = {
      id: RUN,
      team: ASKER.teamId,
      channel: TO.channel,
      thread: TO.thread_ts,
      message: TO.thread_ts,
      user: ASKER.userId,
      text: asked,
      notDatabases: [],
      direct: false,
      external: false,
    };
    store.record('delivery-1', run, new Date());
    const given = await answer(
      question,
      {
        retriever,
        database: () => database,
        readable: () => [catalog.databaseId],
        scopeOf: () => real,
        pastAnswers: () => [],
        factsOf: () => ({}),
        askingPrice: () => 1,
        countTokens: grounds.countTokens,
        models,
        bankFor: () =>
          banks(examples.flatMap((example) => (example ? { ...example, masked: asked, tableCount: 2 } : []))),
      },
      { neverAsk: true, settings: { ...pipelineNamed('full-with-takeaway')!, deadlineMs: 60_000 } },
      never,
    );
    store.saveResult(RUN, 'done', { kind: given.kind === 'answer' ? 'answer' : 'failure', text: asked });
    const statements = await Promise.all(
      [...new Set([...written, ...sent])].map(async (sql) => ({
        sql,
        verdict: (await judge(sql, grounds.database.engine, real)).ok ? ('allow' as const) : ('refuse' as const),
        sent: sent.has(sql),
      })),
    );
    return {
      planted:
        where === 'question' ||
        where === 'cell' ||
        where === 'db-error' ||
        prompts.some((prompt) => prompt.includes(firstWords(text))),
      statements,
      posted: posted(given),
      stored: store
        .verifiedAnswers(ASKER.teamId, ASKER.userId, [])
        .map(({ sql }) => `verified:${sql}`)
        .concat(tablesIn(path.join(folder, 'state.sqlite'))),
      rightsChanged: rightsIn(store) !== before,
    };
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const firstWords = (text: string) => text.slice(0, 20);

function rightsIn(store: ReturnType<typeof openSqliteStore>): string {
  return JSON.stringify([store.accessRules(), store.databases()]);
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

const someQuery = (catalog: DatabaseCatalog) => `SELECT COUNT(*) FROM ${catalog.tables[0]!.name}`;

/** The catalog with the text as a name, a comment or a stored value. */
function plantInCatalog(catalog: DatabaseCatalog, where: string, text: string): DatabaseCatalog {
  const [first, ...rest] = catalog.tables;
  const onTable = (change: (table: Table) => Table) => ({ ...catalog, tables: [change(first!), ...rest] });
  const onColumns = (change: (column: Column, at: number) => Column) => ({
    ...catalog,
    tables: catalog.tables.map((table) => ({ ...table, columns: table.columns.map(change) })),
  });
  switch (where) {
    case 'table-name':
      return onTable((table) => ({ ...table, name: text }));
    case 'column-name':
      return onTable((table) => ({ ...table, columns: [...table.columns, { ...table.columns[0]!, name: text }] }));
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
function plantInResults(database: Database, where: string, text: string, sent: Set<string>): Database {
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
    case 'clarification':
      return clarificationView(given, RUN);
    case 'outcomes':
      return outcomesView(given, RUN);
    case 'failure':
      return failureView(given, RUN);
  }
}
