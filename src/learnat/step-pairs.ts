import type { TreeNode } from '#src/sql/distance.ts';
import { pathTo, type SearchNode, type SearchTree, type StepText, solutionOf } from './search-tree.ts';

/** One side of a pair, with all that its reward was reckoned from. */
export interface PairSide extends StepText {
  readonly text: string;
  readonly kind: SearchNode['kind'];
  readonly reward: number;
  readonly tree: TreeNode | null;
}

/** Of two steps after the same ones the better and the worse, with how much better (sources.md#learnat-pairs). */
export interface StepPair {
  readonly before: readonly StepText[];
  readonly chosen: PairSide;
  readonly rejected: PairSide;
  /** R(chosen) − R(rejected), 0.05–1. */
  readonly margin: number;
}

const LEAST_MARGIN = 0.05;
const MOST_OF_A_STATE = 2;

/**
 * Pairs of siblings: at every state with progress below it the step that the solution took (else the best) against others that are worth at least
 * 0.05 less, two at most, those that run first. Two that give the same rows are no pair.
 * @param rowsOf what a statement gives, as a text that equal results share; undefined where it does not run.
 */
export async function stepPairs(
  tree: SearchTree,
  rowsOf: (sql: string) => Promise<string | undefined>,
): Promise<readonly StepPair[]> {
  const taken = new Set((solutionOf(tree) ?? []).map(({ id }) => id));
  const pairs: StepPair[] = [];
  for (const state of tree.nodes) {
    const below = tree.nodes.filter(({ parent }) => parent === state.id);
    const progress = below.filter(({ kind }) => kind === 'progress').toSorted((a, b) => b.reward - a.reward);
    const chosen = progress.find(({ id }) => taken.has(id)) ?? progress[0];
    if (!chosen) continue;
    const rows = await rowsOf(chosen.sql);
    const before = pathTo(tree.nodes, state).map(({ question, sql }) => ({ question, sql }));
    const worse = below.filter((one) => one !== chosen && chosen.reward - one.reward >= LEAST_MARGIN);
    const ran = await Promise.all(worse.map(async (node) => ({ node, rows: await rowsOf(node.sql) })));
    const different = ran.filter((one) => one.rows === undefined || one.rows !== rows);
    const harder = different.toSorted((a, b) => Number(b.rows !== undefined) - Number(a.rows !== undefined));
    for (const { node } of harder.slice(0, MOST_OF_A_STATE))
      pairs.push({ before, chosen: side(chosen), rejected: side(node), margin: chosen.reward - node.reward });
  }
  return pairs;
}

const side = (node: SearchNode): PairSide => ({
  text: stepBlock(node, node.depth),
  question: node.question,
  sql: node.sql,
  kind: node.kind,
  reward: node.reward,
  tree: node.tree ?? null,
});

/** A step as a model writes it. */
export const stepBlock = ({ question, sql }: StepText, at: number): string =>
  `Sub-question ${at}: ${question}\n\`\`\`sql\n${sql}\n\`\`\``;
