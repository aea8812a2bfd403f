import { mapParts, mapQuery, type QueryIr, type SelectIr } from './query-ir.ts';

/** The queries directly inside a query, in the order of its words. */
export function innerQueries(query: QueryIr): readonly QueryIr[] {
  const found: QueryIr[] = [];
  const keep = (one: QueryIr) => {
    found.push(one);
    return one;
  };
  const map = {
    query: keep,
    expression: (part: Parameters<typeof mapParts<QueryIr, QueryIr>>[0]): typeof part =>
      mapParts(part, { expression: map.expression, query: keep }),
    source: (part: NonNullable<SelectIr['from']>) => {
      if (part.kind === 'derived') keep(part.query);
      return part;
    },
  };
  mapQuery(query, map);
  return found;
}
