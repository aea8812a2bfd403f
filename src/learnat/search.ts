import { ok, type Result } from '#src/domain/result.ts';
import type { TreeNode } from '#src/sql/distance.ts';
import { chooseNode } from './choose-node.ts';
import { type Goal, kindOf, reward } from './reward.ts';
import { plainText, type SearchNode, type SearchTree, type StepText } from './search-tree.ts';
import { isPart, NO_PARTS, type TreeParts, together, treeParts } from './tree-parts.ts';

/** What a search is for: a question, its gold query, and how steps are read and compared. */
export interface SearchTask {
  readonly goal: Goal;
  /** The syntax tree of a step's SQL; undefined where it cannot be read. */
  readonly read: (sql: string) => TreeNode | undefined;
  /** Whether a statement gives what the gold query gives. */
  readonly isRight: (sql: string) => Promise<boolean>;
}

/** What proposes the next step of a path: a model, an oracle, a script. */
export interface Proposer {
  /** So many steps at most that could follow, with what they cost; a failure ends the search. */
  next(path: readonly StepText[], most: number): Promise<Result<Proposed>>;
}

export interface Proposed {
  readonly steps: readonly StepText[];
  /** Replies that were asked for, the unreadable ones included. */
  readonly calls: number;
  readonly tokens: number;
}

export interface SearchSettings {
  /** Children of a node at one time of asking. */
  readonly width: number;
  /** Steps of a path at most. */
  readonly depth: number;
  /** Replies of the model at most. */
  readonly calls: number;
  /** Rounds after the first success, which gather what contrasts with it. */
  readonly after: number;
}

export const SEARCH_SETTINGS: SearchSettings = { width: 3, depth: 6, calls: 20, after: 3 };

/**
 * LearNAT's search for a decomposition (sources.md#learnat-search): from the question alone, steps are asked for one at a time; what is no part of the
 * gold query's tree, or nothing new of it, is never gone on from; which node is asked next is told by UCB over the reward of what was reached
 * so far. It ends by success (and a few rounds more), by its budget, or when nothing is left to ask.
 */
export async function search(
  task: SearchTask,
  proposer: Proposer,
  settings: SearchSettings,
): Promise<Result<SearchTree>> {
  const growing = new GrowingTree(task);
  let after = 0;
  while (growing.calls < settings.calls) {
    if (growing.solved && after >= settings.after) break;
    if (growing.solved) after += 1;
    const node = chooseNode(growing.nodes, settings.depth);
    if (!node) break;
    const most = Math.min(settings.width, settings.calls - growing.calls);
    const proposed = await proposer.next(growing.pathTo(node), most);
    if (!proposed.ok) return proposed;
    await growing.add(node, proposed.value);
  }
  return ok(growing.tree());
}

/** A node while the search goes on. */
type Node = { -readonly [K in keyof SearchNode]: SearchNode[K] } & { soFar: TreeParts };

/** The tree as it grows: what is added is judged, scored and told to what is above it. */
class GrowingTree {
  readonly nodes: Node[];
  calls = 0;
  tokens = 0;
  readonly #task: SearchTask;

  constructor(task: SearchTask) {
    this.#task = task;
    this.nodes = [{ ...ROOT, soFar: NO_PARTS }];
  }

  get solved(): boolean {
    return this.nodes.some(({ isEnd }) => isEnd);
  }

  pathTo(node: SearchNode): readonly StepText[] {
    if (node.parent === undefined) return [];
    return [...this.pathTo(this.nodes[node.parent]!), { question: node.question, sql: node.sql }];
  }

  async add(parent: Node, { steps, calls, tokens }: Proposed): Promise<void> {
    this.calls += calls;
    this.tokens += tokens;
    parent.asked += 1;
    const known = new Set(this.nodes.filter((one) => one.parent === parent.id).map(({ sql }) => plainText(sql)));
    for (const step of steps) {
      if (known.has(plainText(step.sql))) continue;
      known.add(plainText(step.sql));
      this.nodes.push(await this.#judged(parent, step));
    }
    const best = Math.max(0, ...this.nodes.filter((one) => one.parent === parent.id).map((one) => one.reward));
    for (let at: Node | undefined = parent; at; at = at.parent === undefined ? undefined : this.nodes[at.parent]) {
      at.mean = (at.mean * at.visits + best) / (at.visits + 1);
      at.visits += 1;
    }
  }

  async #judged(parent: Node, step: StepText): Promise<Node> {
    const { goal, read, isRight } = this.#task;
    const node = { ...ROOT, ...step, id: this.nodes.length, parent: parent.id, depth: parent.depth + 1 };
    const tree = read(step.sql);
    if (!tree) return { ...node, kind: 'invalid', why: 'cannot be read', soFar: parent.soFar };
    const parts = treeParts(tree);
    const kind = kindOf(parts, parent.soFar, goal);
    if (kind === 'invalid') return { ...node, kind, why: 'no part of the query', tree, soFar: parent.soFar };
    if (kind === 'redundant') return { ...node, kind, reward: parent.reward, tree, soFar: parent.soFar };
    const soFar = together(parent.soFar, parts);
    const isWhole = isPart(goal.parts, parts);
    // The whole query at once takes nothing apart.
    if (isWhole && parent.parent === undefined)
      return { ...node, kind: 'invalid', why: 'the whole at once', tree, soFar };
    if (isWhole && !(await isRight(step.sql)))
      return { ...node, kind: 'invalid', why: 'other rows', tree, soFar: parent.soFar };
    return { ...node, kind, reward: reward(soFar, goal), tree, soFar, isEnd: isWhole };
  }

  tree(): SearchTree {
    return {
      nodes: this.nodes.map(({ soFar: _soFar, ...node }) => node),
      calls: this.calls,
      tokens: this.tokens,
    };
  }
}

const ROOT: SearchNode = {
  id: 0,
  depth: 0,
  question: '',
  sql: '',
  kind: 'root',
  reward: 0,
  visits: 0,
  mean: 0,
  asked: 0,
  isEnd: false,
};
