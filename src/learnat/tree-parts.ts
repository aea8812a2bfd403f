import type { TreeNode } from '#src/sql/distance.ts';

/**
 * Nodes and edges of a syntax tree, N(T) and E(T), each with how often it occurs: what a step is compared by
 * (sources.md#learnat-trees). An edge is the labels of a node and of its child.
 */
export interface TreeParts {
  readonly nodes: ReadonlyMap<string, number>;
  readonly edges: ReadonlyMap<string, number>;
}

export const NO_PARTS: TreeParts = { nodes: new Map(), edges: new Map() };

export function treeParts(tree: TreeNode): TreeParts {
  const nodes = new Map<string, number>();
  const edges = new Map<string, number>();
  const add = (to: Map<string, number>, key: string) => to.set(key, (to.get(key) ?? 0) + 1);
  const walk = ({ label, children }: TreeNode) => {
    add(nodes, label);
    for (const child of children) {
      add(edges, edgeKey({ label }, child));
      walk(child);
    }
  };
  walk(tree);
  return { nodes, edges };
}

/** The labels of a node and of its child, as one text. */
export const edgeKey = ({ label }: Pick<TreeNode, 'label'>, child: Pick<TreeNode, 'label'>): string =>
  JSON.stringify([label, child.label]);

/** isSubtree: every node and every edge of one is in the other, as often. */
export const isPart = (part: TreeParts, whole: TreeParts): boolean =>
  within(part.nodes, whole.nodes) && within(part.edges, whole.edges);

/** AT_sum: what one or the other has, as often as the one that has more of it. */
export const together = (one: TreeParts, other: TreeParts): TreeParts => ({
  nodes: most(one.nodes, other.nodes),
  edges: most(one.edges, other.edges),
});

/** How many nodes there are, repeats counted. */
export const sizeOf = ({ nodes }: TreeParts): number => total(nodes.values());

/** How many nodes two have in common. */
export const shared = (one: TreeParts, other: TreeParts): number =>
  total([...one.nodes].map(([label, n]) => Math.min(n, other.nodes.get(label) ?? 0)));

const total = (counts: Iterable<number>) => [...counts].reduce((sum, n) => sum + n, 0);

const within = (part: ReadonlyMap<string, number>, whole: ReadonlyMap<string, number>) =>
  [...part].every(([key, n]) => n <= (whole.get(key) ?? 0));

function most(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const all = new Map(one);
  for (const [key, n] of other) all.set(key, Math.max(n, all.get(key) ?? 0));
  return all;
}
