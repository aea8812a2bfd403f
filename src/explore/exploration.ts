import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { skeletonOf } from '#src/sql/skeleton.ts';
import { type ColumnGraph, columnKey } from './column-graph.ts';
import type { Coverage } from './coverage.ts';
import type { Random } from './random.ts';
import type { Novelty } from './screen.ts';
import { joinsIn } from './used-in.ts';
import { explainQuery, type WrittenQuery } from './write-pair.ts';

/** What is known while a database is explored. */
export interface Exploration {
  readonly graph: ColumnGraph;
  readonly random: Random;
  readonly seen: Coverage;
  readonly novelty: Novelty;
  /** How often a query of each skeleton was written. */
  readonly skeletons: Map<string, number>;
  /** Those that were kept. */
  readonly questions: Set<string>;
}

/** Counts a pair of before among what was written. */
export function takeUp({ sql, question }: ExploredPair, exploration: Exploration): void {
  exploration.questions.add(question);
  const written = explainQuery(sql, exploration.graph.catalog);
  if (typeof written === 'string') return; // the schema is another by now
  const columns = columnsIn(written.query, exploration.graph.catalog).map(columnKey);
  exploration.novelty.isNew(skeletonOf(written.query), columns, question);
  countUse(written, columns, exploration);
}

export function countUse(
  { query }: WrittenQuery,
  columns: readonly string[],
  { graph, seen, skeletons }: Exploration,
): void {
  const skeleton = skeletonOf(query);
  skeletons.set(skeleton, (skeletons.get(skeleton) ?? 0) + 1);
  seen.add(columns, joinsIn(query, graph.joins, graph.catalog));
}
