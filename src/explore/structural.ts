import { skeletonOf } from '#src/sql/skeleton.ts';
import type { ColumnGraph } from './column-graph.ts';
import type { Draft, MakeDraft } from './draft.ts';
import type { Random } from './random.ts';
import type { SubSchema } from './sample-schema.ts';
import { aboveAverage } from './shapes/above-average.ts';
import { aggregateOf } from './shapes/aggregate.ts';
import { group, having } from './shapes/group.ts';
import { list } from './shapes/list.ts';
import { rank } from './shapes/rank.ts';
import { related } from './shapes/related.ts';
import { setOperation } from './shapes/set-operation.ts';
import { top } from './shapes/top.ts';
import { layOut } from './workbench.ts';

/**
 * Weights of shapes: about how often people ask each over Spider's training databases, with more for sets, queries within queries and
 * averages, which come in many forms (docs/figures.md has what it comes to). The shapes draw their parts about as often as people use them.
 */
const MAKERS: readonly (readonly [weight: number, make: MakeDraft | 'related'])[] = [
  [26, list],
  [17, aggregateOf],
  [10, group],
  [8, having],
  [14, top],
  [9, 'related'],
  [7, aboveAverage],
  [8, setOperation],
  [1, rank],
];

/** Shapes that are tried before a sub-schema is given up: one of keys alone takes few. */
const TRIES = 6;

/** Drafts of one shape of which the one is taken whose like was written least, and of those the shortest: it is asked more often. */
const DRAWS = 4;

/**
 * One query over a sub-schema, by program, with its question; none where no shape fits.
 * @param written how often a query of the skeleton was written before.
 */
export function structural(
  sub: SubSchema,
  graph: ColumnGraph,
  random: Random,
  written: (skeleton: string) => number = () => 0,
): Draft | undefined {
  const bench = layOut(sub, graph.catalog, random);
  if (!bench.columns.length) return undefined;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const [, make] = random.weighted(MAKERS, ([weight]) => weight);
    const draw = () => (make === 'related' ? related(sub, graph, random) : make(bench));
    const drafts = Array.from({ length: DRAWS }, draw).flatMap((one) => one ?? []);
    const [first] = drafts
      .map((draft) => ({ draft, skeleton: skeletonOf(draft.query) }))
      .sort((a, b) => written(a.skeleton) - written(b.skeleton) || a.skeleton.length - b.skeleton.length);
    if (first) return first.draft;
  }
  return undefined;
}
