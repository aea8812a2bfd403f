import type { DatabaseId } from '#src/domain/ids.ts';
import type { Question } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { StageRecord } from '#src/domain/trace.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { AnswerPorts } from '../answer-ports.ts';
import { databasesNaming } from '../support/literal-tables.ts';
import { priorOf } from '../support/prior.ts';
import type { Trace } from '../support/trace.ts';
import { chooseDatabase } from './choose-database.ts';
import { isDoubtful } from './clarify.ts';
import { retrieve } from './retrieve.ts';

export interface FindInput {
  readonly question: Question;
  /** The question, standing alone. */
  readonly text: string;
  /** The only database to look in, where one is settled. */
  readonly bound?: DatabaseId;
}

export interface FoundDatabases {
  /** At least one database. */
  readonly slice: SchemaSlice;
  /** A model is sure that the first database can answer, whatever words the question shares with it. */
  readonly sureByModel: boolean;
}

/** The tables and databases that a question is about. A model is asked which database where retrieval alone would ask back. */
export async function findDatabases(
  { question, text, bound }: FindInput,
  { retriever, readable, pastAnswers, askingPrice }: AnswerPorts,
  linker: ChatModel | undefined,
  trace: Trace,
  signal: AbortSignal,
): Promise<Result<FoundDatabases>> {
  const { turnedDown } = question.thread;
  const prior = priorOf(question, pastAnswers, databasesNaming(text, readable, retriever.catalogOf));
  const only = bound === undefined ? {} : { databaseId: bound };
  const found = await trace.stage(
    () => retrieve({ text, readable, ...only, turnedDown, prior }, { retriever }, signal),
    (made) => recordOf(text, made),
  );
  if (!found.ok) return found;
  const [first] = found.value.databases;
  if (!first) {
    const gone = readable.filter((id) => turnedDown.includes(id));
    return fail(
      gone.length === readable.length
        ? { kind: 'none-left', turnedDown: gone }
        : { kind: 'no-relevant-tables', searched: found.value.searchedTables, nearest: [] },
    );
  }
  if (!linker || bound !== undefined || !isDoubtful(first.probability, askingPrice))
    return ok({ slice: found.value, sureByModel: false });
  const chosen = await trace.stage(
    () => chooseDatabase(text, found.value, { model: linker, catalogOf: retriever.catalogOf }, signal),
    ({ how, databaseId, confidence, why }) => ({
      stage: 'choose-database',
      how,
      ...(databaseId === undefined ? {} : { databaseId }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(why === undefined ? {} : { why }),
    }),
  );
  return ok({ slice: chosen.slice, sureByModel: chosen.sure ?? false });
}

/** Databases and tables that a trace names. */
const TRACED = { databases: 8, tables: 15 } as const;

function recordOf(text: string, made: Result<SchemaSlice>): StageRecord {
  const nothing = { databases: [], tables: [], searched: 0, coverage: 0 };
  if (!made.ok) return { stage: 'retrieve', text, ...nothing, failure: made.failure.kind };
  const { databases, tables, searchedTables, coverage } = made.value;
  return {
    stage: 'retrieve',
    text,
    databases: databases.slice(0, TRACED.databases).map(({ databaseId, probability }) => ({ databaseId, probability })),
    tables: tables
      .slice(0, TRACED.tables)
      .map(({ databaseId, table, score }) => ({ databaseId, table: table.name, score })),
    searched: searchedTables,
    coverage,
  };
}
