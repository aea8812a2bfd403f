import type { Engine } from '#src/domain/catalog.ts';
import { syntaxTree } from '#src/learnat/syntax-tree.ts';
import { likenessOf, type TreeNode } from '#src/sql/distance.ts';
import type { LearnatRun } from './summarise-search.ts';
import type { GoldQuestion } from './take-apart-question.ts';

const SHOWN = 3;

/** The successes whose queries are built most like a question's (sources.md#learnat-search), the nearest last. Names count: trees are compared as they are. */
export function nearestTakenApart(
  asked: GoldQuestion,
  pool: readonly LearnatRun[],
  engine: Engine,
): readonly LearnatRun[] {
  const own = treeIn(asked.sql, engine);
  if (!own) return [];
  return pool
    .flatMap((run) => {
      const tree = treeIn(run.sql, engine);
      return tree ? [{ run, likeness: likenessOf(own, tree) }] : [];
    })
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, SHOWN)
    .map(({ run }) => run)
    .reverse();
}

function treeIn(sql: string, engine: Engine): TreeNode | undefined {
  const read = syntaxTree(sql, engine);
  return read.ok ? read.value : undefined;
}
