import { type ColumnGraph, columnKey, type GraphJoin, joinKey } from './column-graph.ts';
import type { Random } from './random.ts';

/** What of a graph was used so far. */
export interface Coverage {
  /** How often each column was used. */
  readonly times: ReadonlyMap<string, number>;
  add(columns: readonly string[], joins: readonly string[]): void;
  /** A join that nothing has walked yet. */
  unusedJoin(random: Random): GraphJoin | undefined;
  /** Of columns that may be shown, and of joins, those that were used, 0–1. */
  shares(): { readonly columnsCovered: number; readonly joinsCovered: number };
}

export function openCoverage({ columns, joins }: ColumnGraph): Coverage {
  const times = new Map<string, number>();
  const walked = new Set<string>();
  const share = (part: number, whole: number) => (whole ? part / whole : 1);
  return {
    times,
    add(used, walks) {
      for (const one of used) times.set(one, (times.get(one) ?? 0) + 1);
      for (const one of walks) walked.add(one);
    },
    unusedJoin(random) {
      const left = joins.filter((join) => !walked.has(joinKey(join)));
      return left.length ? random.pick(left) : undefined;
    },
    shares: () => ({
      columnsCovered: share(columns.filter((one) => times.has(columnKey(one))).length, columns.length),
      joinsCovered: share(joins.filter((join) => walked.has(joinKey(join))).length, joins.length),
    }),
  };
}
