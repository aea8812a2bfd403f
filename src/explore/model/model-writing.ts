import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Acceptance, ExploredPair, Mechanism } from '#src/domain/explored-pair.ts';
import type { Failure } from '#src/domain/failure.ts';
import { maskPersonal } from '#src/domain/personal.ts';
import { resultKey } from '#src/domain/result-key.ts';
import { type Scope, scopeOf } from '#src/guard/scope.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { type QueryIr, visit } from '#src/sql/query-ir.ts';
import { type Candidate, type Fault, type Kept, screenCandidate } from '../candidate.ts';
import { type ColumnGraph, columnKey, tableKey } from '../column-graph.ts';
import type { Exploration } from '../exploration.ts';
import { type Place, runQuery } from '../run-query.ts';
import { saysLiterals } from '../screen.ts';
import { explainQuery } from '../write-pair.ts';
import { judgePair } from './judge-pair.ts';
import { keepsSaid, lackingIn, namesColumn, saysNumbers } from './keeps-said.ts';
import { type ModelBudget, type ModelDesk, openModelDesk } from './model-desk.ts';
import { openNearQuestions } from './near-questions.ts';
import { type ChildDraft, openProgressive } from './progressive.ts';
import { type ModelDraft, openSemantic } from './semantic.ts';
import { readableColumns, shownSchema } from './shown-schema.ts';
import { wordQuestion } from './word-question.ts';

/** A model that explores with the program. */
export interface ExploringModel {
  readonly writer: ChatModel;
  readonly judge: ChatModel;
  readonly embedder: Pick<Embedder, 'embed'>;
  readonly budget: ModelBudget;
  /** Questions that people asked of this database, with what answers them. */
  readonly asked: readonly { readonly question: string; readonly sql: string }[];
  /** Milliseconds that only rise. */
  readonly now: () => number;
}

/** What a model does for one exploration. */
export interface ModelWriting {
  semantic(pairs: readonly ExploredPair[], signal: AbortSignal): Promise<Kept | Fault>;
  progressive(pairs: readonly ExploredPair[], signal: AbortSignal): Promise<Kept | Fault>;
  /** The same in a business user's words; as it was, where those do not hold. */
  reword(kept: Kept, signal: AbortSignal): Promise<Kept>;
  isOpen(): boolean;
  /** Why no model is asked any more, if not for the budget. */
  failure(): Failure | undefined;
  spent(): ReturnType<ModelDesk['spent']>;
  /** Of questions that it worded, those that were taken. */
  worded(): Acceptance;
}

const WORDED_CHECKS = ['values', 'unlike others', 'judged'] as const;

export function openModelWriting(
  model: ExploringModel,
  exploration: Exploration,
  place: Place,
  before: readonly ExploredPair[],
): ModelWriting {
  const { graph, random, questions } = exploration;
  const desk = openModelDesk({ ...model, random });
  const semantic = openSemantic(exploration, tellable(model.asked, graph), desk);
  const progressive = openProgressive(exploration, desk);
  const byModel = before.filter(({ checks }) => checks.includes('judged')).map(({ question }) => question);
  const near = openNearQuestions(model.embedder, byModel);
  const within: Place = { ...place, scope: readableScope(graph) };
  const worded = { kept: 0, of: 0 };
  let failure: Failure | undefined;

  async function isUnlike(question: string, signal: AbortSignal): Promise<boolean> {
    try {
      return await near.isNew(question, signal);
    } catch (cause) {
      if (!(cause instanceof EmbedderUnavailable)) throw cause;
      failure = { kind: 'embedder-unavailable', cause };
      return false;
    }
  }

  /** What a model wrote, looked at as what the program writes, and more closely. */
  async function look(
    draft: ModelDraft,
    mechanism: Mechanism,
    signal: AbortSignal,
    { parent, adds }: Partial<ChildDraft> = {},
  ): Promise<Kept | Fault> {
    const { question, evidence, sql, shown } = draft;
    const about = { question, sql };
    const written = explainQuery(sql, graph.catalog);
    if (typeof written === 'string') return { stage: written, ...about };
    if (!readsOnly(written.query, shown.columns, graph.catalog)) return { stage: 'not of what was shown', ...about };
    if (adds && !has(written.query, adds, graph.catalog)) return { stage: 'not as it was to be', ...about };
    const said = `${question} ${evidence}`;
    if (!saysNumbers(written.query, said)) return { stage: 'literal not asked for', ...about };
    if (parent && !adds && !keepsSaid(parent.question, said)) return { stage: 'literal not asked for', ...about };
    const lacks = lackingIn(written.sql, question, shown.schema);
    if (lacks !== undefined) return { stage: 'not faithful', reason: `the query has no “${lacks}”`, ...about };
    const candidate: Candidate = {
      mechanism,
      question,
      evidence,
      written,
      isList: isPlainList(written.query),
      ...(parent ? { parent } : {}),
    };
    const kept = await screenCandidate(candidate, exploration, { ...within, signal });
    if ('stage' in kept) return { ...kept, ...about };
    if (parent && adds && (await isSameResult(kept, parent, { ...within, signal })))
      return { stage: 'same as its parent', ...about };
    if (!(await isUnlike(question, signal))) return { stage: 'near duplicate', ...about };
    const against = await judgePair({ ...draft, edl: written.edl }, shown.schema, desk, signal);
    if (against) return { ...against, ...about };
    near.add(question);
    return { ...kept, checks: [...kept.checks, ...WORDED_CHECKS] };
  }

  return {
    async semantic(_, signal) {
      const draft = await semantic.next(signal);
      return typeof draft === 'string' ? { stage: draft } : look(draft, 'semantic', signal);
    },
    async progressive(pairs, signal) {
      const draft = await progressive.next(pairs, signal);
      return typeof draft === 'string' ? { stage: draft } : look(draft, 'progressive', signal, draft);
    },
    async reword(kept, signal) {
      const { written, question } = kept.candidate;
      const { query, sql, edl } = written;
      const { schema } = shownSchema(graph, columnsIn(query, graph.catalog));
      const said = await wordQuestion({ question, sql, edl }, schema, desk, signal);
      if (said === undefined) return kept;
      worded.of += 1;
      const holds =
        said !== question &&
        ![...questions].some((one) => one.toLowerCase() === said.toLowerCase()) &&
        keepsSaid(question, said) &&
        saysLiterals(query, said) &&
        !namesColumn(said, graph.catalog) &&
        (await isUnlike(said, signal)) &&
        !(await judgePair({ question: said, evidence: '', sql, edl }, schema, desk, signal));
      if (!holds) return kept;
      worded.kept += 1;
      near.add(said);
      return {
        ...kept,
        candidate: { ...kept.candidate, question: said },
        checks: [...kept.checks, ...WORDED_CHECKS],
      };
    },
    isOpen: () => !failure && desk.isOpen(),
    failure: () => failure ?? desk.failure(),
    spent: desk.spent,
    worded: () => ({ ...worded }),
  };
}

/** Questions whose query reads nothing that is kept from models: they may name a person. */
function tellable(asked: ExploringModel['asked'], graph: ColumnGraph): readonly string[] {
  const may = new Set(graph.columns.map(columnKey));
  return asked.flatMap(({ question, sql }) => {
    const read = explainQuery(sql, graph.catalog);
    return typeof read !== 'string' && readsOnly(read.query, may, graph.catalog) ? [maskPersonal(question)] : [];
  });
}

/** The scope of a model's query: what may be read of every table, and no other column. */
function readableScope(graph: ColumnGraph): Scope {
  const readable = readableColumns(graph);
  const hidden = graph.catalog.tables.map((table) => {
    const names = table.columns.filter((column) => !readable.has(columnKey({ table, column }))).map(({ name }) => name);
    return [tableKey(table), names] as const;
  });
  const open = hidden.filter(([, names], at) => names.length < (graph.catalog.tables[at]?.columns.length ?? 0));
  return scopeOf(graph.catalog, {
    tables: open.map(([name]) => name),
    hiddenColumns: Object.fromEntries(hidden),
    userFunctions: [],
  });
}

/** Whether all that a query reads is known, and was shown. */
function readsOnly(query: QueryIr, shown: ReadonlySet<string>, catalog: DatabaseCatalog): boolean {
  let isKnown = true;
  visit(query, ({ kind, natural, using }) => {
    if (kind === 'star' || kind === 'verbatim' || kind === 'verbatim-query' || natural || using) isKnown = false;
  });
  const read = columnsIn(query, catalog);
  return isKnown && read.length > 0 && read.every((column) => shown.has(columnKey(column)));
}

function has(query: QueryIr, { table, column }: NonNullable<ChildDraft['adds']>, catalog: DatabaseCatalog): boolean {
  return columnsIn(query, catalog).some((one) =>
    table === undefined ? columnKey(one) === column : tableKey(one.table) === table,
  );
}

function isPlainList(query: QueryIr): boolean {
  if (query.kind !== 'select' || query.groupBy.length || query.having) return false;
  return query.items.every(({ expression }) => expression.kind === 'column');
}

async function isSameResult({ ran }: Kept, parent: ExploredPair, place: Place): Promise<boolean> {
  const written = explainQuery(parent.sql, place.catalog);
  const other = typeof written === 'string' ? written : await runQuery(written, place);
  return typeof other !== 'string' && resultKey(other.table, false) === resultKey(ran.table, false);
}
