import type { DatabaseId } from '#src/domain/ids.ts';
import type { Question } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { DatabaseProbe, StageRecord } from '#src/domain/trace.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { AnswerPorts } from '../answer-ports.ts';
import { databasesNaming } from '../support/literal-tables.ts';
import { openPlanFor, type PlanFor } from '../support/plan-for.ts';
import { priorOf } from '../support/prior.ts';
import type { Trace } from '../support/trace.ts';
import { chooseDatabase } from './choose-database.ts';
import { isDoubtful } from './clarify.ts';
import { isProbed, type Probed, probeDatabases } from './probe-databases.ts';
import { type RerankedSlice, rerankDatabases } from './rerank-databases.ts';
import { retrieve } from './retrieve.ts';

export interface FindInput {
  readonly question: Question;
  /** The question, standing alone. */
  readonly text: string;
  /** It was merged from several turns by rule. */
  readonly revised: boolean;
  /** Whether near databases are tried before one is chosen. */
  readonly probes: boolean;
  /** The only database to look in, where one is settled. */
  readonly bound?: DatabaseId;
}

export interface FoundDatabases {
  /** At least one database. */
  readonly slice: SchemaSlice;
  /** A model is sure that the first database can answer, whatever words the question shares with it. */
  readonly sureByModel: boolean;
  /** What near databases came to when they were tried; none, where none was. */
  readonly probes: readonly DatabaseProbe[];
  readonly planFor: PlanFor;
}

/**
 * The tables and databases that a question is about. Where retrieval alone is not sure, the near ones are tried; a model is asked which
 * database where a question back would be asked else.
 */
export async function findDatabases(
  { question, text, revised, probes: isTried, bound }: FindInput,
  ports: AnswerPorts,
  linker: ChatModel | undefined,
  trace: Trace,
  signal: AbortSignal,
): Promise<Result<FoundDatabases>> {
  const { retriever, readable, pastAnswers, askingPrice } = ports;
  const { turnedDown } = question.thread;
  const prior = priorOf(question, pastAnswers, databasesNaming(text, readable, retriever.catalogOf));
  const only = bound === undefined ? {} : { databaseId: bound };
  const found = await trace.stage(
    () => retrieve({ text, readable, ...only, turnedDown, prior }, { retriever }, signal),
    (made) => recordOf(text, made),
  );
  if (!found.ok) return found;
  if (!found.value.databases.length) {
    const gone = readable.filter((id) => turnedDown.includes(id));
    return fail(
      gone.length === readable.length
        ? { kind: 'none-left', turnedDown: gone }
        : { kind: 'no-relevant-tables', searched: found.value.searchedTables, nearest: [] },
    );
  }
  const planFor = openPlanFor({ text, revised, calendar: question.calendar }, found.value, retriever.catalogOf);
  const isDoubt = ({ databases: [first] }: SchemaSlice) =>
    bound === undefined && first !== undefined && isDoubtful(first.probability, askingPrice);
  const { slice: probed, probes } =
    isTried && bound === undefined && isProbed(found.value)
      ? await trace.stage(
          () => probeDatabases({ text, slice: found.value, planFor, prior }, ports, signal),
          recordOfProbes,
        )
      : { slice: found.value, probes: [] };
  const { reranker } = ports;
  const { slice } =
    reranker && isDoubt(probed)
      ? await trace.stage(
          () => rerankDatabases(text, probed, { reranker, catalogOf: retriever.catalogOf }, signal),
          recordOfRerank,
        )
      : { slice: probed };
  if (!linker || !isDoubt(slice)) return ok({ slice, sureByModel: false, probes, planFor });
  const chosen = await trace.stage(
    () => chooseDatabase(text, slice, { model: linker, catalogOf: retriever.catalogOf }, signal),
    ({ how, databaseId, confidence, why }) => ({
      stage: 'choose-database',
      how,
      ...(databaseId === undefined ? {} : { databaseId }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(why === undefined ? {} : { why }),
    }),
  );
  return ok({ slice: chosen.slice, sureByModel: chosen.sure ?? false, probes, planFor });
}

function recordOfProbes({ slice, probes }: Probed): StageRecord {
  const [first] = slice.databases;
  return { stage: 'probe', probes, first: first?.databaseId ?? '', probability: first?.probability ?? 0 };
}

function recordOfRerank({ slice, how, fault }: RerankedSlice): StageRecord {
  const [first] = slice.databases;
  const named = { first: first?.databaseId ?? '', probability: first?.probability ?? 0 };
  return { stage: 'rerank', how, ...named, ...(fault ? { fault } : {}) };
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
