import type { Part, QueryNames, SourceNames } from './query-names.ts';

/** The sources of a join, and of joins in it. */
export function leaves(source: SourceNames): readonly SourceNames[] {
  return source.kind === 'join' ? [...leaves(source.left), ...leaves(source.right)] : [source];
}

function onsWithin(source: SourceNames): readonly Part[] {
  if (source.kind !== 'join') return [];
  return [...(source.on ? [source.on] : []), ...onsWithin(source.left), ...onsWithin(source.right)];
}

/** Calls `seen` for a query and all below it. */
export function eachQuery(query: QueryNames, seen: (query: QueryNames) => void): void {
  seen(query);
  for (const cte of query.ctes) eachQuery(cte.query, seen);
  if (query.kind === 'combined') {
    eachQuery(query.left, seen);
    eachQuery(query.right, seen);
  }
  if (query.kind === 'select') {
    for (const source of query.sources.flatMap(leaves)) if (source.kind === 'derived') eachQuery(source.query, seen);
  }
  for (const part of eachPart(query)) for (const inner of part.queries) eachQuery(inner, seen);
}

/** The expressions of a query itself. */
export function eachPart(query: QueryNames): readonly Part[] {
  const parts: Part[] = [...query.order, query.rest];
  if (query.kind === 'values') parts.push(query.values);
  if (query.kind !== 'select') return parts;
  parts.push(query.where, query.having, ...query.group, ...query.items.map((item) => item.part));
  parts.push(...query.sources.flatMap(onsWithin));
  for (const source of query.sources.flatMap(leaves)) if (source.kind === 'function') parts.push(source.part);
  return parts;
}
