import { ok } from '#src/domain/result.ts';
import type { Proposer } from './search.ts';
import type { StepText } from './search-tree.ts';

/**
 * A proposer without a model, which knows the answer: the next step of a query that was taken apart by program, and beside it a step that
 * adds nothing (the one before) and one that is no part of the query (its words say which is which). For trying the chain, never a measure of a model.
 */
export function oracle(steps: readonly string[]): Proposer {
  return {
    next(path, most) {
      const next = steps[path.length];
      const before = path.at(-1);
      const proposed: StepText[] = [
        ...(next === undefined ? [] : [{ question: `oracle: step ${path.length + 1} of ${steps.length}`, sql: next }]),
        ...(before ? [{ question: 'oracle: redundant, the step before', sql: `${before.sql} /* again */` }] : []),
        { question: 'oracle: invalid, no part of the query', sql: `SELECT ${path.length + 1} AS nothing_of_it` },
      ];
      const some = proposed.slice(0, most);
      return Promise.resolve(ok({ steps: some, calls: some.length, tokens: 0 }));
    },
  };
}
