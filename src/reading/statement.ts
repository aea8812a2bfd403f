import {
  type Column,
  type DatabaseCatalog,
  findColumn,
  findTable,
  type Table,
  tableLabel,
} from '#src/domain/catalog.ts';
import { conjunctsOf, grainAmong } from '#src/sql/outline.ts';
import {
  type ColumnIr,
  type ConditionIr,
  type ExpressionIr,
  mapParts,
  mapQuery,
  type QueryIr,
  type SelectIr,
  type SourceIr,
  visit,
} from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';

/** A table that a statement reads, by the name that qualifies its columns there. */
export interface Source {
  readonly table: Table;
  readonly alias: string;
  /** Rows of what it is joined to that have none of it are kept. */
  readonly optional: boolean;
  /** The source that it is joined to, and by which columns; nothing for the first. */
  readonly joined?: { readonly to: Source; readonly pairs: readonly (readonly [theirs: string, own: string])[] };
}

/** A column of a statement. */
export interface SourceColumn {
  readonly source: Source;
  readonly column: Column;
}

/** One SELECT over tables that are joined by their columns: each column bears the name of its source, each table is there once. */
export interface Statement {
  readonly catalog: DatabaseCatalog;
  readonly query: SelectIr;
  readonly sources: readonly Source[];
  /** The source of which each row of the joined tables is one; nothing where joins make several of it. */
  readonly grain: Source | undefined;
}

/** A statement's text as one that can be read in words; nothing where it is not so simple. */
export function readStatement(sql: string, catalog: DatabaseCatalog): Statement | undefined {
  const parsed = parseSql(sql, catalog.engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, catalog.engine, catalog);
  return problems.length ? undefined : statementOf(query, catalog);
}

/** @param query with its names resolved. */
export function statementOf(query: QueryIr, catalog: DatabaseCatalog): Statement | undefined {
  if (query.kind !== 'select' || query.ctes.length || query.offset !== undefined) return undefined;
  const sources = sourcesOf(query, catalog);
  if (!sources) return undefined;
  const qualified = qualifiedBy(query, sources, catalog);
  return qualified && { catalog, query: qualified, sources, grain: grainOf(sources, catalog) };
}

function sourcesOf({ from, joins }: SelectIr, catalog: DatabaseCatalog): readonly Source[] | undefined {
  const tableOf = (source: SourceIr) =>
    source.kind === 'table' ? findTable(catalog, source.name, source.schema) : undefined;
  const first = from && tableOf(from);
  if (from?.kind !== 'table' || !first) return undefined;
  const sources: Source[] = [{ table: first, alias: from.alias ?? from.name, optional: false }];
  for (const { type, natural, source, on, using } of joins) {
    const table = tableOf(source);
    if (source.kind !== 'table' || !table || natural || (type !== 'inner' && type !== 'left')) return undefined;
    const alias = source.alias ?? source.name;
    const taken = sources.some((one) => one.table === table || one.alias.toLowerCase() === alias.toLowerCase());
    const joined = taken ? undefined : joinedBy(on, using, { table, alias }, sources);
    if (!joined) return undefined;
    sources.push({ table, alias, optional: type === 'left', joined });
  }
  return sources;
}

/** What a table is joined to: equal columns of one earlier source, and nothing else. */
function joinedBy(
  on: ConditionIr | undefined,
  using: readonly string[] | undefined,
  { table, alias }: Pick<Source, 'table' | 'alias'>,
  before: readonly Source[],
): Source['joined'] {
  if (using?.length) {
    const to = before.findLast((one) => using.every((name) => findColumn(one.table, name)));
    return to && { to, pairs: using.map((name) => [spelled(to.table, name), spelled(table, name)] as const) };
  }
  const columns = conjunctsOf(on).map((one) => {
    if (one.kind !== 'compare' || one.operator !== '=' || one.quantifier) return undefined;
    const sides = [one.left, one.right].map((side) => (side.kind === 'column' ? side : undefined));
    const own = sides.find((side) => side && isOf(side, { alias, table }));
    const theirs = sides.find((side) => side !== own);
    const to = theirs && before.find((source) => isOf(theirs, source));
    return own && to ? { to, pair: [spelled(to.table, theirs.name), spelled(table, own.name)] as const } : undefined;
  });
  const [first] = columns;
  if (!first || !columns.every((one) => one?.to === first.to)) return undefined;
  return { to: first.to, pairs: columns.flatMap((one) => (one ? [one.pair] : [])) };
}

/** A column's name as its table has it. */
const spelled = (table: Table, name: string) => findColumn(table, name)?.name ?? name;

function isOf(column: ColumnIr, { alias, table }: Pick<Source, 'alias' | 'table'>): boolean {
  if (column.table !== undefined) return column.table.toLowerCase() === alias.toLowerCase();
  return column.resolved !== undefined && column.resolved.split('.').at(-1) === table.name;
}

/** Every column written with the name of its source; nothing where one is of no source. Queries within it stay as they are. */
function qualifiedBy(query: SelectIr, sources: readonly Source[], catalog: DatabaseCatalog): SelectIr | undefined {
  let isWhole = true;
  const column = (one: ColumnIr): ExpressionIr => {
    const labelled = sources.filter(({ table }) => tableLabel(table, catalog.engine) === one.resolved);
    const source =
      one.table === undefined
        ? labelled[0]
        : sources.find(({ alias }) => alias.toLowerCase() === one.table?.toLowerCase());
    const found = source && findColumn(source.table, one.name);
    if (!source || !found) {
      isWhole = false;
      return one;
    }
    return { kind: 'column', table: source.alias, name: found.name };
  };
  const expression = (one: ExpressionIr): ExpressionIr => {
    if (one.kind === 'column') return column(one);
    if (one.kind === 'verbatim' || one.kind === 'window') isWhole = false;
    const { span: _, ...bare } = mapParts(one, { expression, query: (inner) => inner });
    return bare;
  };
  const made = mapQuery(query, { expression, source: (one) => one, query: (one) => one });
  return isWhole && made.kind === 'select' ? made : undefined;
}

/** The column that an expression is, if it is one. */
export function columnAt(one: ExpressionIr, { sources }: Statement): SourceColumn | undefined {
  if (one.kind !== 'column') return undefined;
  const source = sources.find(({ alias }) => alias === one.table);
  const column = source && findColumn(source.table, one.name);
  return column && { source, column };
}

export const columnIr = ({ source, column }: SourceColumn): ExpressionIr => ({
  kind: 'column',
  table: source.alias,
  name: column.name,
});

/** The sources whose columns stand in a part of a statement. */
export function sourcesIn(part: unknown, { sources }: Statement): ReadonlySet<Source> {
  const found = new Set<Source>();
  visit(part, (node) => {
    if (node.kind !== 'column' && node.kind !== 'star') return;
    const source = sources.find(({ alias }) => alias === node.table);
    if (source) found.add(source);
  });
  return found;
}

/** Whether no two rows of a table have the same values of these columns: its key, or what a foreign key refers to. */
export function isUnique(table: Table, columns: readonly string[], { tables }: DatabaseCatalog): boolean {
  const has = (keys: readonly string[]) =>
    keys.length > 0 && keys.every((key) => columns.some((one) => one.toLowerCase() === key.toLowerCase()));
  if (has(table.primaryKey)) return true;
  return tables.some(({ foreignKeys }) =>
    foreignKeys.some(
      ({ targetTable, targetSchema, targetColumns }) =>
        targetTable.toLowerCase() === table.name.toLowerCase() &&
        (targetSchema ?? table.schema) === table.schema &&
        has(targetColumns),
    ),
  );
}

/** The source from which every other is reached by joins that find one row at most. */
function grainOf(sources: readonly Source[], catalog: DatabaseCatalog): Source | undefined {
  const finds = (from: Source, to: Source): boolean => {
    if (to.joined?.to === from)
      return isUnique(
        to.table,
        to.joined.pairs.map(([, own]) => own),
        catalog,
      );
    if (from.joined?.to === to)
      return isUnique(
        to.table,
        from.joined.pairs.map(([theirs]) => theirs),
        catalog,
      );
    return false;
  };
  return grainAmong(sources, finds);
}

/** Whether rows of one table name rows of another: no key says so the other way round alone. */
export function refersTo(from: Table, to: Table): boolean {
  const names = (one: Table, other: Table) =>
    one.foreignKeys.some(
      ({ targetTable, targetSchema }) =>
        targetTable.toLowerCase() === other.name.toLowerCase() && (targetSchema ?? other.schema) === other.schema,
    );
  return names(from, to) || !names(to, from);
}

/** Whether the join of a source adds no row: it finds one at most. */
export const isToOne = ({ table, joined }: Source, catalog: DatabaseCatalog): boolean =>
  joined !== undefined &&
  isUnique(
    table,
    joined.pairs.map(([, own]) => own),
    catalog,
  );
