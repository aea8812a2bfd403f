import type { TreeNode } from '#src/sql/distance.ts';
import { edgeKey, isPart, shared, sizeOf, type TreeParts, treeParts } from './tree-parts.ts';

/** What is looked for: the tree of the gold query. */
export interface Goal {
  readonly tree: TreeNode;
  readonly parts: TreeParts;
}

export const goalOf = (tree: TreeNode): Goal => ({ tree, parts: treeParts(tree) });

/** `progress`: a part of the goal that the steps so far do not have; `redundant`: one that they have; `invalid`: no part of it. */
export type StepKind = 'progress' | 'redundant' | 'invalid';

export function kindOf(step: TreeParts, soFar: TreeParts, goal: Goal): StepKind {
  if (!isPart(step, goal.parts)) return 'invalid';
  return isPart(step, soFar) ? 'redundant' : 'progress';
}

const ALPHA = 0.7;

/**
 * R of a state, 0–1 (LearNAT section 3.2; sources.md#learnat-reward): 0.7 of the goal's nodes that the steps have together, and 0.3 of
 * 1 − TED(T′, goal) / |goal|, T′ being the part of the goal that they cover with what is above it. T′ is the goal with nodes taken out, and no way is shorter
 * than taking them out, so that the edits between the two are as many as nodes are missing and no matrix is needed.
 */
export function reward(soFar: TreeParts, goal: Goal): number {
  const size = sizeOf(goal.parts);
  return (ALPHA * shared(soFar, goal.parts)) / size + ((1 - ALPHA) * countOf(covered(soFar, goal.tree))) / size;
}

/** T′: the goal without what no step has where it stands and nothing below has; undefined for none. Of equal edges the first are taken, so that it only grows. */
export function covered(soFar: TreeParts, goal: TreeNode): TreeNode | undefined {
  const left = new Map(soFar.edges);
  const keep = (node: TreeNode, edge: string | undefined): TreeNode | undefined => {
    const n = edge === undefined ? (soFar.nodes.get(node.label) ?? 0) : (left.get(edge) ?? 0);
    if (edge !== undefined && n > 0) left.set(edge, n - 1);
    const children = node.children.flatMap((child) => keep(child, edgeKey(node, child)) ?? []);
    return n > 0 || children.length ? { label: node.label, children } : undefined;
  };
  return keep(goal, undefined);
}

const countOf = (node: TreeNode | undefined): number =>
  node ? node.children.reduce((sum, child) => sum + countOf(child), 1) : 0;
