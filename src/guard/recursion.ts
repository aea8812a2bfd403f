import type { ColumnName, Comparison, Part, QueryNames, SelectNames, SourceNames } from './query-names.ts';
import { unreadable } from './refused.ts';
import { eachQuery, leaves } from './walk-names.ts';

/**
 * A recursive CTE must have an end in sight (GATE-11): in one arm that reads it, a comparison of one of its
 * columns, or an equality that joins it to a table; on SQLite a LIMIT. Throws Refused. The limits of the run are the wall behind it.
 */
export function checkRecursion(query: QueryNames): void {
  eachQuery(query, (one) => {
    for (const cte of one.ctes) {
      if (!cte.recursive || (cte.query.kind === 'combined' && cte.query.limited)) continue;
      const arms = armsOf(cte.query).filter((arm) => arm.sources.some((source) => reads(source, cte.name)));
      if (arms.length && !arms.every((arm) => isBounded(arm, cte.name))) {
        throw unreadable('it repeats itself without an end: add a bound, such as WHERE n < 100');
      }
    }
  });
}

function armsOf(query: QueryNames): SelectNames[] {
  if (query.kind === 'select') return [query];
  return query.kind === 'combined' ? [...armsOf(query.left), ...armsOf(query.right)] : [];
}

const sameName = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

function reads(source: SourceNames, name: string): boolean {
  return leaves(source).some(
    (leaf) =>
      (leaf.kind === 'table' && leaf.schema === undefined && sameName(leaf.name, name)) ||
      (leaf.kind === 'derived' && armsOf(leaf.query).some((arm) => arm.sources.some((one) => reads(one, name)))),
  );
}

function isBounded(arm: SelectNames, name: string): boolean {
  const sources = arm.sources.flatMap(leaves);
  const own = new Set(sources.flatMap((source) => (reads(source, name) ? [(source.alias ?? name).toLowerCase()] : [])));
  const alone = sources.every((source) => reads(source, name));
  const isOwn = ({ path }: ColumnName) => (path.length > 1 ? own.has(path.at(-2)!.toLowerCase()) : alone || 'unsure');
  const mentions = (part: Part) => part.columns.some((column) => isOwn(column) !== false);
  const others = (part: Part) => part.columns.some((column) => isOwn(column) !== true);
  return arm.comparisons.some(({ operator, left, right }: Comparison) =>
    operator === '<'
      ? mentions(left) || mentions(right)
      : (mentions(left) && others(right)) || (mentions(right) && others(left)),
  );
}
