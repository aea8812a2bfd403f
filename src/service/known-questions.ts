import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { MayRead } from '#src/access/may-read.ts';
import type { ReaderViews } from '#src/access/reader-views.ts';
import { type DatabaseCatalog, findTable } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import type { KnownQuestion } from '#src/domain/known-question.ts';
import type { VerifiedAnswer } from '#src/domain/past-answers.ts';
import type { QuestionIndex } from '#src/ports/question-index.ts';
import type { LoadedIndex } from '#src/ports/schema-indexes.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import type { ServiceParts } from './parts.ts';

/** Retrieval that looks at known questions too, at those alone that its reader may see. */
export type RetrieverFor = (index: LoadedIndex, views: ReaderViews) => Promise<SchemaRetriever>;

type Parts = Pick<ServiceParts, 'store' | 'questionIndex' | 'settings'>;

/** A known question with its query, which tells who may see it. */
interface Written {
  readonly known: KnownQuestion;
  readonly sql: string;
}

/** Indexes that are kept: one for all who see the same. */
const INDEXES_KEPT = 16;

/**
 * A question of a database that the reader may not see, or whose query reads what they may not see, is not in the index that theirs are
 * held against (ACC-3).
 */
export function openKnownQuestions({ store, questionIndex, settings }: Parts, mayRead: MayRead): RetrieverFor {
  const kinds = new Set(settings.questionKinds);
  const indexes = new LRUCache<string, { readonly index: QuestionIndex | undefined }>({ max: INDEXES_KEPT });

  async function shownTo(views: ReaderViews, { catalogs }: LoadedIndex, verified: readonly VerifiedAnswer[]) {
    const shown: KnownQuestion[] = [];
    for (const catalog of catalogs.filter(({ databaseId }) => views.readable.includes(databaseId))) {
      const { databaseId } = catalog;
      const pairs = kinds.has('explored') ? await store.exploredPairs(databaseId) : [];
      const answers = verified.filter((one) => one.databaseId === databaseId);
      const written = [...pairs.map(exploredAs), ...answers.flatMap((one) => verifiedAs(one, catalog))];
      for (const { known, sql } of written)
        if (isThere(known, catalog) && (await mayRead(views, databaseId, sql))) shown.push(known);
    }
    return shown;
  }

  return async (index, views) => {
    if (!kinds.size) return views.retriever;
    const { teamId, userId = '' } = views.reader;
    const verified = kinds.has('verified') ? await store.verifiedAnswers(teamId, userId, settings.approvers) : [];
    const stamps: string[] = [];
    if (kinds.has('explored')) for (const id of views.readable) stamps.push(await store.exploredStamp(id));
    const key = digestOf([index.stamp, views.digest, stamps, verified]);
    let held = indexes.get(key);
    if (!held) {
      const shown = await shownTo(views, index, verified);
      held = { index: shown.length ? questionIndex(shown) : undefined };
      indexes.set(key, held);
    }
    return held.index ? withQuestions(views.retriever, held.index) : views.retriever;
  };
}

const digestOf = (of: unknown) => createHash('sha256').update(JSON.stringify(of)).digest('hex');

function exploredAs({ db_id: databaseId, question: text, tables, columns, sql }: ExploredPair): Written {
  return { known: { kind: 'explored', databaseId, text, tables, columns }, sql };
}

function verifiedAs({ text, databaseId, sql }: VerifiedAnswer, catalog: DatabaseCatalog): readonly Written[] {
  const parsed = parseSql(sql, catalog.engine);
  if (!parsed.ok) return [];
  const { query } = resolve(parsed.value, catalog.engine, catalog);
  const tables = new Set<string>();
  visit(query, (node) => {
    const table = node.kind === 'table' ? findTable(catalog, String(node.name)) : undefined;
    if (table) tables.add(table.name);
  });
  const columns = columnsIn(query, catalog).map(({ table, column }) => `${table.name}.${column.name}`);
  return tables.size ? [{ known: { kind: 'verified', databaseId, text, tables: [...tables], columns }, sql }] : [];
}

/** Whether all that its query reads is there still. */
const isThere = ({ columns }: KnownQuestion, catalog: DatabaseCatalog) =>
  columns.every((name) => {
    const at = name.lastIndexOf('.');
    return columnNamed(catalog, name.slice(0, at), name.slice(at + 1)) !== undefined;
  });

/** The retriever with the known questions that are near to each one. */
const withQuestions = (retriever: SchemaRetriever, questions: QuestionIndex): SchemaRetriever => ({
  ...retriever,
  retrieve: async (request, signal) => {
    const { text, databaseIds } = request;
    const near = await questions.near({ text, ...(databaseIds ? { databaseIds } : {}) }, signal);
    return retriever.retrieve({ ...request, near }, signal);
  },
});
