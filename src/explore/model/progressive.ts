import type { Table } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { asData } from '#src/domain/m-schema.ts';
import {
  type Addition,
  CHILD_REPLY_SCHEMA,
  ChildPair,
  childPrompt,
  paraphrasePrompt,
} from '#src/prompts/explore-child.ts';
import { WORDING_REPLY_SCHEMA, Wording } from '#src/prompts/explore-wording.ts';
import { columnKey, neighboursOf, tableKey } from '../column-graph.ts';
import type { Exploration } from '../exploration.ts';
import { isQuestion } from './keeps-said.ts';
import type { ModelDesk } from './model-desk.ts';
import { type ModelDraft, type NoDraft, SQL_TOKENS } from './semantic.ts';
import { readableColumns, shownSchema } from './shown-schema.ts';

/** A pair that was made of another. */
export interface ChildDraft extends ModelDraft {
  readonly parent: ExploredPair;
  /** What its query must have that the parent's has not: a table, a column. Absent where its words alone are others. */
  readonly adds?: { readonly table?: string; readonly column?: string };
}

/** Of what is made of others, so much is one, two, three steps from what was not (sources.md#db-explore). */
const DEPTHS = [0.6, 0.3, 0.1] as const;

const WAYS = [
  ['table', 4],
  ['condition', 4],
  ['paraphrase', 2],
] as const;

/** Columns of a table that a query is to take in. */
const COLUMNS_OF_TABLE = 5;
const PARAPHRASE_TOKENS = 120;

/** Those of the generation whose children lack most of their share of all that was made of others. */
function nextParents(pairs: readonly ExploredPair[], made: readonly ExploredPair[]): readonly ExploredPair[] {
  const [first] = DEPTHS.map((share, at) => ({
    parents: pairs.filter(({ generation }) => generation === at),
    lacks: share * (made.length + 1) - made.filter(({ generation }) => generation === at + 1).length,
  }))
    .filter(({ parents }) => parents.length)
    .sort((a, b) => b.lacks - a.lacks);
  return first?.parents ?? [];
}

/** Harder queries than those that were kept, or other words for their questions, by a model. */
export interface ProgressiveWriter {
  /** One more; else that there is none to begin with, or that the model gave nothing that can be read. */
  next(pairs: readonly ExploredPair[], signal: AbortSignal): Promise<ChildDraft | NoDraft>;
}

/** Times that a pair is taken as a parent, whatever came of them. */
const TRIES_A_PARENT = 3;

export function openProgressive(exploration: Exploration, desk: ModelDesk): ProgressiveWriter {
  const { graph, random } = exploration;
  const tries = new Map<string, number>();
  const readable = readableColumns(graph);
  const mayBeShown = ({ id, columns }: ExploredPair) =>
    (tries.get(id) ?? 0) < TRIES_A_PARENT && columns.length > 0 && columns.every((key) => readable.has(key));
  return {
    async next(pairs, signal) {
      const made = pairs.filter(({ mechanism }) => mechanism === 'progressive');
      const parents = nextParents(pairs.filter(mayBeShown), made);
      if (!parents.length) return 'no query';
      const parent = random.pick(parents);
      tries.set(parent.id, (tries.get(parent.id) ?? 0) + 1);
      const own = parent.columns.flatMap((key) => readable.get(key) ?? []);
      const [way] = random.weighted(WAYS, ([, weight]) => weight);
      const added = way === 'paraphrase' ? undefined : addition(way, own, exploration);
      return added
        ? child(parent, added, shownSchema(graph, [...own, ...added.columns]), desk, signal)
        : paraphrase(parent, shownSchema(graph, own), desk, signal);
    },
  };
}

async function child(
  parent: ExploredPair,
  { addition: asked, adds }: Added,
  shown: ModelDraft['shown'],
  desk: ModelDesk,
  signal: AbortSignal,
): Promise<ChildDraft | NoDraft> {
  const written = await desk.json(
    {
      of: 'writer',
      messages: childPrompt(shown.schema, parent, asked, parent.dialect),
      temperature: 0.7,
      maxTokens: SQL_TOKENS,
      replySchema: CHILD_REPLY_SCHEMA,
      schema: ChildPair,
    },
    signal,
  );
  if (!written || !isQuestion(written.question)) return 'no reply';
  const { sql, question, evidence } = written;
  const said = { question: asData(question), evidence: asData(evidence) };
  return { ...said, sql: sql.trim().replace(/;\s*$/, ''), shown, parent, adds };
}

async function paraphrase(
  parent: ExploredPair,
  shown: ModelDraft['shown'],
  desk: ModelDesk,
  signal: AbortSignal,
): Promise<ChildDraft | NoDraft> {
  const worded = await desk.json(
    {
      of: 'writer',
      messages: paraphrasePrompt(parent.question),
      temperature: 0.7,
      maxTokens: PARAPHRASE_TOKENS,
      replySchema: WORDING_REPLY_SCHEMA,
      schema: Wording,
    },
    signal,
  );
  const { evidence, sql } = parent;
  if (!worded || !isQuestion(worded.question)) return 'no reply';
  return { question: asData(worded.question), evidence, sql, shown, parent };
}

interface Added {
  readonly addition: Addition;
  readonly adds: NonNullable<ChildDraft['adds']>;
  /** What is shown beside the parent's columns. */
  readonly columns: readonly ColumnOf[];
}

/** What is near the parent's columns in the graph: a table that a join leads to, or a column of its tables; nothing where there is none. */
function addition(
  way: 'table' | 'condition',
  own: readonly ColumnOf[],
  exploration: Pick<Exploration, 'graph' | 'random'>,
): Added | undefined {
  return way === 'table' ? addTable(own, exploration) : addColumn(own, exploration);
}

function addTable(
  own: readonly ColumnOf[],
  { graph, random }: Pick<Exploration, 'graph' | 'random'>,
): Added | undefined {
  const tables = [...new Set(own.map(({ table }) => table))];
  const isOther = (table: Table) => !tables.includes(table);
  const near = tables
    .flatMap((table) => graph.joinsOf.get(table) ?? [])
    .flatMap(({ from, to }) => [from, to].filter(isOther));
  if (!near.length) return undefined;
  const table = random.pick(near);
  const columns = random.some(graph.columnsOf.get(table) ?? [], COLUMNS_OF_TABLE);
  const name = tableKey(table);
  return columns.length ? { addition: { kind: 'table', table: name }, adds: { table: name }, columns } : undefined;
}

function addColumn(
  own: readonly ColumnOf[],
  { graph, random }: Pick<Exploration, 'graph' | 'random'>,
): Added | undefined {
  const keys = new Set(own.map(columnKey));
  const near = own
    .flatMap((column) => neighboursOf(graph, column))
    .filter(({ to, join }) => !join && !keys.has(columnKey(to)) && to.column.values.length > 0);
  if (!near.length) return undefined;
  const { to } = random.weighted(near, ({ weight }) => weight);
  const name = columnKey(to);
  return { addition: { kind: 'condition', column: name }, adds: { column: name }, columns: [to] };
}
