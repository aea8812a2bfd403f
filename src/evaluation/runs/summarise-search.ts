import { z } from 'zod';
import type { SearchTree } from '#src/learnat/search-tree.ts';
import type { StepPair } from '#src/learnat/step-pairs.ts';
import { rounded } from '../statistics.ts';
import { ARMS } from './take-apart-question.ts';

const Step = z.object({ question: z.string(), sql: z.string() });

/** One question of a search, as its file holds it. */
export const LearnatRun = z.object({
  id: z.string(),
  databaseId: z.string(),
  question: z.string(),
  sql: z.string(),
  arm: z.enum(ARMS),
  oracle: z.boolean(),
  /** The round in which it was tried last, from 1. */
  round: z.number(),
  outcome: z.enum(['searched', 'simple', 'unreadable']),
  /** What of the database the model was shown. */
  schema: z.string().optional(),
  solution: z.array(Step).readonly().optional(),
  tree: z.custom<SearchTree>((tree) => typeof tree === 'object' && tree !== null && 'nodes' in tree).optional(),
  pairs: z.custom<readonly StepPair[]>(Array.isArray).optional(),
  /** Replies and tokens, of all rounds. */
  calls: z.number().optional(),
  tokens: z.number().optional(),
  ownMs: z.number().optional(),
});
export type LearnatRun = z.infer<typeof LearnatRun>;

/** The figures of a search over the questions that were worth taking apart. */
export function summariseSearch(all: readonly LearnatRun[], rounds: number) {
  const searched = all.filter(({ outcome }) => outcome === 'searched');
  const solved = searched.filter(({ solution }) => solution);
  const nodes = searched.flatMap(({ tree }) => tree?.nodes ?? []).filter(({ kind }) => kind !== 'root');
  const pairs = searched.flatMap((one) => one.pairs ?? []);
  const sum = (of: (one: LearnatRun) => number | undefined) =>
    searched.reduce((total, one) => total + (of(one) ?? 0), 0);
  const [calls, tokens] = [sum((one) => one.calls), sum((one) => one.tokens)];
  const of = (kind: string) => nodes.filter((node) => node.kind === kind).length;
  return {
    questions: searched.length,
    solved: solved.length,
    byRound: Array.from({ length: rounds }, (_, at) => solved.filter(({ round }) => round === at + 1).length),
    calls,
    tokens,
    nodes: { progress: of('progress'), redundant: of('redundant'), invalid: of('invalid') },
    trajectories: solved.length + all.filter(({ outcome }) => outcome === 'simple').length,
    pairs: pairs.length,
    meanMargin: rounded(pairs.reduce((total, { margin }) => total + margin, 0) / Math.max(1, pairs.length)),
    stepsMean: rounded(
      solved.reduce((total, one) => total + (one.solution?.length ?? 0), 0) / Math.max(1, solved.length),
    ),
    solvedPerThousandTokens: tokens ? rounded((1_000 * solved.length) / tokens) : null,
    msPerNode: rounded(sum((one) => one.ownMs) / Math.max(1, nodes.length), 2),
    simple: all.filter(({ outcome }) => outcome === 'simple').length,
    unreadable: all.filter(({ outcome }) => outcome === 'unreadable').length,
  };
}
