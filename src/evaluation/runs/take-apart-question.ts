import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { ddlText } from '#src/domain/ddl.ts';
import { ok, type Result } from '#src/domain/result.ts';
import { resultKey } from '#src/domain/result-key.ts';
import { judge } from '#src/guard/judge.ts';
import { goldSteps } from '#src/learnat/gold-steps.ts';
import { modelProposer } from '#src/learnat/model-proposer.ts';
import { oracle } from '#src/learnat/oracle.ts';
import { chain, firstRight, unguided } from '#src/learnat/other-arms.ts';
import { goalOf } from '#src/learnat/reward.ts';
import { type Proposer, type SearchSettings, type SearchTask, search } from '#src/learnat/search.ts';
import { type SearchTree, type StepText, solutionOf } from '#src/learnat/search-tree.ts';
import { type StepPair, stepPairs } from '#src/learnat/step-pairs.ts';
import { syntaxTree } from '#src/learnat/syntax-tree.ts';
import { sizeOf } from '#src/learnat/tree-parts.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { TakenApart } from '#src/prompts/take-apart.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { drawFor } from '#src/training/at-hand.ts';
import type { FilledDatabase } from '../data/places.ts';
import { GOLD_LIMITS, wholeCatalogOf } from '../execution-accuracy.ts';

export const ARMS = ['guided', 'unguided', 'chain'] as const;
export type Arm = (typeof ARMS)[number];

/** A question with its one gold query. */
export interface GoldQuestion {
  readonly id: string;
  readonly databaseId: string;
  readonly question: string;
  readonly sql: string;
}

export interface TakingApart {
  readonly arm: Arm;
  /** Without one the oracle proposes. */
  readonly model?: ChatModel;
  readonly settings: SearchSettings;
  /** Nodes of the smallest tree that is worth taking apart. */
  readonly leastNodes: number;
}

/** What came of a question: `simple` is too small to be taken apart, `unreadable` cannot be read or run. */
export type TookApart =
  | { readonly outcome: 'simple' | 'unreadable' }
  | {
      readonly outcome: 'searched';
      /** What of the database the model was shown. */
      readonly schema: string;
      readonly solution: readonly StepText[] | undefined;
      readonly tree?: SearchTree;
      readonly pairs: readonly StepPair[];
      readonly calls: number;
      readonly tokens: number;
      /** Milliseconds that were neither the model's nor the database's. */
      readonly ownMs: number;
    };

/** Takes one question apart, by one of the arms. A failure of the model ends it. */
export async function takeApart(
  asked: GoldQuestion,
  place: FilledDatabase,
  shown: readonly TakenApart[],
  taking: TakingApart,
  signal: AbortSignal,
): Promise<Result<TookApart>> {
  const { catalog } = place;
  const clock = stopwatch();
  const read = (sql: string) => {
    const tree = syntaxTree(sql, catalog.engine, catalog);
    return tree.ok ? tree.value : undefined;
  };
  const tree = read(asked.sql);
  if (!tree) return ok({ outcome: 'unreadable' });
  const goal = goalOf(tree);
  if (sizeOf(goal.parts) < taking.leastNodes) return ok({ outcome: 'simple' });
  const keyOf = (sql: string) => clock.without(rowsKey(sql, place, signal));
  const goldRows = await keyOf(asked.sql);
  if (goldRows === undefined) return ok({ outcome: 'unreadable' });
  const task: SearchTask = { goal, read, isRight: async (sql) => (await keyOf(sql)) === goldRows };
  const schema = schemaOf(asked.sql, catalog);
  const about = { schema, question: asked.question, sql: asked.sql };
  const { model } = taking;
  const proposer = model
    ? modelProposer(model, about, shown, signal)
    : oracle(goldSteps(asked.sql, catalog.engine, catalog));
  const timed: Proposer = { next: (path, most) => clock.without(proposer.next(path, most)) };
  if (taking.arm === 'guided') {
    const searched = await search(task, timed, taking.settings);
    if (!searched.ok) return searched;
    const { calls, tokens } = searched.value;
    const [solution, ownMs] = [solutionOf(searched.value), clock.ms()];
    const pairs = await stepPairs(searched.value, keyOf);
    return ok({ outcome: 'searched', schema, solution, tree: searched.value, pairs, calls, tokens, ownMs });
  }
  const attempt =
    taking.arm === 'chain' && model
      ? await chain(model, about, shown, signal)
      : await unguided(asked.sql, timed, taking.settings, drawFor({ seed: 1 }, asked.id, 'unguided').next);
  if (!attempt.ok) return attempt;
  const { paths, calls, tokens } = attempt.value;
  const solution = await firstRight(paths, task);
  return ok({ outcome: 'searched', schema, solution, pairs: [], calls, tokens, ownMs: clock.ms() });
}

/** Milliseconds since it began, without those of what others were waited for. */
function stopwatch() {
  const started = performance.now();
  let elsewhere = 0;
  return {
    ms: () => performance.now() - started - elsewhere,
    async without<T>(doing: Promise<T>): Promise<T> {
      const from = performance.now();
      const done = await doing;
      elsewhere += performance.now() - from;
      return done;
    },
  };
}

/** What a statement gives, as a text that equal results share; undefined where it does not run. Gold queries keep the rules that they rely on. */
async function rowsKey(sql: string, { databases, catalog }: FilledDatabase, signal: AbortSignal) {
  const judged = await judge(sql, catalog.engine, wholeCatalogOf(catalog), { doubleQuotedText: true });
  if (!judged.ok) return undefined;
  const ran = await databases.gold.run(judged.value, GOLD_LIMITS, signal);
  return ran.ok ? resultKey(ran.value, false) : undefined;
}

/** The tables and columns of a gold query, with their keys, as CREATE TABLE statements. */
function schemaOf(sql: string, catalog: DatabaseCatalog): string {
  const parsed = parseSql(sql, catalog.engine);
  const used = parsed.ok ? columnsIn(resolve(parsed.value, catalog.engine, catalog).query, catalog) : [];
  const tables = [...Map.groupBy(used, ({ table }) => table)].map(([table, columns]): Table => {
    const names = new Set([
      ...columns.map(({ column }) => column.name),
      ...table.primaryKey,
      ...table.foreignKeys.flatMap((key) => key.columns),
    ]);
    return { ...table, columns: table.columns.filter(({ name }) => names.has(name)) };
  });
  return ddlText({ tables: tables.length ? tables : catalog.tables, values: new Map() });
}
