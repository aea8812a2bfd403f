import type { SearchNode } from './search-tree.ts';

const EXPLORATION = 1.41;
/** How often one node is asked what follows: what it said twice it will say again. */
const MOST_ASKED = 3;

/**
 * The node to be asked next, from the root down: a child that nobody asked first, else the child of the greatest mean + 1.41 √(ln(visits of its parent + 1) / visits). Only
 * progress is gone on from. Where nothing below a node is left, the node itself is asked once more. Undefined where nothing is left.
 */
export function chooseNode<N extends SearchNode>(nodes: readonly N[], depth: number): N | undefined {
  const childrenOf = Map.groupBy(nodes, ({ parent }) => parent);
  const mayBeAsked = (node: N) => !node.isEnd && node.depth < depth && node.asked < MOST_ASKED;
  const choose = (node: N): N | undefined => {
    if (node.asked === 0) return node.depth < depth && !node.isEnd ? node : undefined;
    const open = (childrenOf.get(node.id) ?? []).filter(({ kind, isEnd }) => kind === 'progress' && !isEnd);
    for (const child of open.toSorted((a, b) => ucb(b, node) - ucb(a, node))) {
      const chosen = choose(child);
      if (chosen) return chosen;
    }
    return mayBeAsked(node) ? node : undefined;
  };
  const [root] = nodes;
  return root && choose(root);
}

const ucb = ({ visits, mean, reward }: SearchNode, parent: SearchNode): number =>
  // Of children that nobody asked yet the one that has reached the most.
  visits === 0 ? 1_000 + reward : mean + EXPLORATION * Math.sqrt(Math.log(parent.visits + 1) / visits);
