import type { TreeNode } from '#src/sql/distance.ts';
import type { StepKind } from './reward.ts';

/** One step: what it asks, in words, and the SQL that answers it. */
export interface StepText {
  readonly question: string;
  readonly sql: string;
}

/** A state of a search: the steps from the root to it. */
export interface SearchNode extends StepText {
  /** Its place among the nodes; the root is 0. */
  readonly id: number;
  /** Absent for the root. */
  readonly parent?: number;
  /** Steps from the root. */
  readonly depth: number;
  readonly kind: StepKind | 'root';
  /** Why it is invalid. */
  readonly why?: string;
  /** R, 0–1: of a redundant step its parent's, of an invalid one 0. */
  readonly reward: number;
  /** How often something below it was asked for, and the mean of the best reward that came of it. */
  readonly visits: number;
  readonly mean: number;
  /** How often it was itself asked what follows. */
  readonly asked: number;
  /** Its step is the whole query, right, and not the first. */
  readonly isEnd: boolean;
  /** The syntax tree of its SQL, where it could be read. */
  readonly tree?: TreeNode;
}

/** A search when it is over. */
export interface SearchTree {
  readonly nodes: readonly SearchNode[];
  /** Replies that were asked for. */
  readonly calls: number;
  /** Of prompts and replies. */
  readonly tokens: number;
}

/** Equal for steps whose SQL is written alike but for white space and case. */
export const plainText = (sql: string): string => sql.replace(/\s+/g, ' ').replace(/;\s*$/, '').trim().toLowerCase();

/** The path to a node, without the root. */
export function pathTo(nodes: readonly SearchNode[], node: SearchNode): readonly SearchNode[] {
  const parent = node.parent === undefined ? undefined : nodes[node.parent];
  return parent ? [...pathTo(nodes, parent), node] : [];
}

/** The decomposition that was found: the successful path of the fewest steps, of these the one of the highest mean reward. */
export function solutionOf({ nodes }: SearchTree): readonly SearchNode[] | undefined {
  const paths = nodes.filter(({ isEnd }) => isEnd).map((node) => pathTo(nodes, node));
  const mean = (path: readonly SearchNode[]) => path.reduce((sum, one) => sum + one.reward, 0) / path.length;
  return paths.toSorted((a, b) => a.length - b.length || mean(b) - mean(a))[0];
}

/** The tree for a reader, a node a line. */
export function treeText(tree: SearchTree): string {
  const solution = new Set((solutionOf(tree) ?? []).map(({ id }) => id));
  const lines = (node: SearchNode, indent: string): readonly string[] => {
    const children = tree.nodes.filter(({ parent }) => parent === node.id);
    const below = children.flatMap((child) => lines(child, `${indent}  `));
    if (node.kind === 'root')
      return [`root  asked ${node.asked}, visits ${node.visits}, mean ${node.mean.toFixed(3)}`, ...below];
    const mark = solution.has(node.id) ? '*' : ' ';
    const kind = node.why ? `${node.kind} (${node.why})` : node.isEnd ? 'the whole query' : node.kind;
    const numbers = `R ${node.reward.toFixed(3)}${node.visits ? `, visits ${node.visits}, mean ${node.mean.toFixed(3)}` : ''}`;
    const said = [
      `${indent}${mark} ${kind}  ${numbers}`,
      `${indent}    ${node.question}`,
      `${indent}    ${node.sql.replace(/\s+/g, ' ')}`,
    ];
    return [...said, ...below];
  };
  const [root] = tree.nodes;
  return root ? lines(root, '').join('\n') : '';
}
