import {
  type CteIr,
  type ExpressionIr,
  type JoinIr,
  mapParts,
  mapQuery,
  type QueryIr,
  type SelectIr,
  type SourceIr,
  visit,
} from '#src/sql/query-ir.ts';

/** What a table without a name of its own is called: an inner query in FROM. */
const DERIVED = 'derived';

/** A resolved query with every table by its own name, in lower case, without aliases; a WITH that is used once stands where it is used. */
export function plainNames(query: QueryIr): QueryIr {
  const inlined = inlineOnce(query, new Map());
  return renamed(inlined, new Map());
}

/** How often each name stands as a table. */
function uses(query: QueryIr): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  visit(query, (node) => {
    if (node.kind !== 'table') return;
    const name = String(node.name).toLowerCase();
    found.set(name, (found.get(name) ?? 0) + 1);
  });
  return found;
}

function inlineOnce(query: QueryIr, known: ReadonlyMap<string, QueryIr>): QueryIr {
  if (query.kind === 'verbatim-query') return query;
  const counts = uses(query);
  const inner = new Map(known);
  const kept: CteIr[] = [];
  for (const cte of query.ctes) {
    const made = inlineOnce(cte.query, inner);
    if (counts.get(cte.name.toLowerCase()) === 1) inner.set(cte.name.toLowerCase(), made);
    else kept.push({ ...cte, query: made });
  }
  const source = (part: SourceIr): SourceIr => {
    if (part.kind === 'derived') return { ...part, query: inlineOnce(part.query, inner) };
    const stands = part.kind === 'table' && !part.schema ? inner.get(part.name.toLowerCase()) : undefined;
    return stands && part.kind === 'table' ? { kind: 'derived', query: stands, alias: part.alias ?? part.name } : part;
  };
  const expression = (part: ExpressionIr): ExpressionIr =>
    mapParts(part, { expression, query: (one) => inlineOnce(one, inner) });
  return mapQuery({ ...query, ctes: kept }, { source, expression, query: (part) => inlineOnce(part, inner) });
}

/** The table that each alias of a query stands for, those of the queries around it included. */
type Aliases = ReadonlyMap<string, string>;

function renamed(query: QueryIr, around: Aliases): QueryIr {
  if (query.kind === 'verbatim-query') return query;
  const aliases = query.kind === 'select' ? new Map([...around, ...ownAliases(query)]) : around;
  const within = (part: QueryIr) => renamed(part, aliases);
  const expression = (part: ExpressionIr): ExpressionIr => {
    const mapped = mapParts(part, { expression, query: within });
    return mapped.kind === 'column'
      ? plainColumn(mapped, aliases)
      : mapped.kind === 'star'
        ? plainStar(mapped, aliases)
        : mapped;
  };
  const source = (part: SourceIr): SourceIr => {
    if (part.kind === 'derived') return { kind: 'derived', query: within(part.query) };
    return part.kind === 'table' ? { kind: 'table', name: part.name.toLowerCase() } : part;
  };
  const plain = mapQuery(query, { expression, source, query: within });
  return plain.kind === 'select' ? { ...plain, joins: plain.joins.map((join) => usingAsOn(join, plain.from)) } : plain;
}

function ownAliases({ from, joins }: SelectIr): readonly (readonly [string, string])[] {
  return [...(from ? [from] : []), ...joins.map(({ source }) => source)].flatMap((source) => {
    if (source.kind === 'verbatim') return [];
    const own = source.kind === 'table' ? source.name.toLowerCase() : DERIVED;
    const called = source.alias ?? (source.kind === 'table' ? source.name : undefined);
    return called === undefined ? [] : [[called.toLowerCase(), own] as const];
  });
}

function plainColumn(
  { name, table, resolved }: Extract<ExpressionIr, { kind: 'column' }>,
  aliases: Aliases,
): ExpressionIr {
  const qualifier = (table ?? resolved)?.toLowerCase();
  const own = qualifier && (aliases.get(qualifier) ?? qualifier);
  return { kind: 'column', name: name.toLowerCase(), ...(own ? { table: own } : {}) };
}

const plainStar = ({ table }: Extract<ExpressionIr, { kind: 'star' }>, aliases: Aliases): ExpressionIr => ({
  kind: 'star',
  ...(table === undefined ? {} : { table: aliases.get(table.toLowerCase()) ?? table.toLowerCase() }),
});

/** USING between two tables as the equality that it is. */
function usingAsOn(join: JoinIr, from: SourceIr | undefined): JoinIr {
  const { using, source } = join;
  if (!using?.length || from?.kind !== 'table' || source.kind !== 'table') return join;
  const parts = using.map((name): ExpressionIr => {
    const column = (table: string): ExpressionIr => ({ kind: 'column', table, name: name.toLowerCase() });
    return { kind: 'compare', operator: '=', left: column(from.name), right: column(source.name) };
  });
  return { type: join.type, source, on: parts.length === 1 ? parts[0] : { kind: 'and', parts } };
}
