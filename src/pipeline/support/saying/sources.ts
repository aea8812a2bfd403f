import { type Column, type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import { columnWords, singularOf, type Things, thingsOf } from '#src/domain/plain-names.ts';
import { roleOf as columnRoleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { conjunctsOf, grainAmong } from '#src/sql/outline.ts';
import {
  type ColumnIr,
  type ConditionIr,
  EMPTY_SELECT,
  type ExpressionIr,
  type JoinIr,
  type QueryIr,
  type SelectIr,
  type SourceIr,
} from '#src/sql/query-ir.ts';

/** One source of a SELECT: a table of the catalog. */
export interface TableSource {
  /** The name that qualifies its columns, in lower case. */
  readonly key: string;
  readonly table: Table;
  readonly things: Things;
  /** What it stands for beside others: the table's name in the singular, or the key's where a table stands twice. */
  readonly role: string;
}

/** A column of a source. */
export interface SourceColumn {
  readonly source: TableSource;
  readonly column: Column;
}

/** A SELECT over tables of the catalog, with what one of its rows is before anything is grouped. */
export interface ReadSelect {
  readonly select: SelectIr;
  readonly catalog: DatabaseCatalog;
  readonly sources: readonly TableSource[];
  /** The source of whose rows each is one; undefined where joins leave that open. */
  readonly finest: TableSource | undefined;
  /** The same where outer joins also count: of whose rows there is at most one in each. */
  readonly widest: TableSource | undefined;
  /** Conditions under which outer joins find rows. */
  readonly optional: readonly ConditionIr[];
  /** Conditions on rows, those of inner joins too, without the keys that join. */
  readonly conditions: readonly ConditionIr[];
}

/** Reads a SELECT whose sources are all tables of the catalog; undefined for any other. */
export function readSelect(query: QueryIr, catalog: DatabaseCatalog): ReadSelect | undefined {
  const select = flatten(query);
  if (!select) return undefined;
  const joined = [...(select.from ? [select.from] : []), ...select.joins.map(({ source }) => source)];
  const named = new Set(select.ctes.map(({ name }) => name.toLowerCase()));
  const tables = joined.map((source) => tableOf(source, catalog, named));
  if (!tables.every((table) => table !== undefined)) return undefined;
  const plain = joined.map((source, at): TableSource => {
    const table = tables[at]!;
    const things = thingsOf(table, catalog);
    return { key: keyOf(source), table, things, role: things.one.replace(/^row of /, '') };
  });
  const keys = select.joins.flatMap((join) => joinKeys(join.on, join.using, keyOf(join.source), plain));
  const sources = plain.map((source) => ({ ...source, role: roleOf(source, plain, keys) }));
  const where = [
    ...conjunctsOf(select.where),
    ...select.joins.flatMap(({ type, on }) => (type === 'inner' ? conjunctsOf(on) : [])),
  ];
  return {
    select,
    catalog,
    sources,
    finest: select.joins.every(leavesRows) ? finestOf(sources, keys, optionalOf(select)) : undefined,
    widest: select.joins.every(({ type, natural }) => !natural && (type === 'inner' || type === 'left'))
      ? finestOf(sources, keys, new Set())
      : undefined,
    optional: select.joins
      .flatMap(({ type, on }) => (type === 'left' ? conjunctsOf(on) : []))
      .filter((one) => !isJoinKey(one)),
    conditions: where.filter((one) => !isJoinKey(one)),
  };
}

/** Joins after which a row is still one of a table's, as its keys say. */
const leavesRows = ({ type, natural, on }: JoinIr): boolean =>
  !natural && (type === 'inner' || (type === 'left' && conjunctsOf(on).every(isJoinKey)));

/** The column of an expression that is one; undefined where its source is not known. */
export function columnIn(expression: ExpressionIr, { sources }: Pick<ReadSelect, 'sources'>): SourceColumn | undefined {
  if (expression.kind !== 'column') return undefined;
  const source = sourceOf(expression, sources);
  const column = source && findColumn(source.table, expression.name);
  return column && { source, column };
}

function sourceOf({ table, name }: ColumnIr, sources: readonly TableSource[]): TableSource | undefined {
  if (table !== undefined) return sources.find(({ key }) => key === table.toLowerCase());
  const having = sources.filter((one) => findColumn(one.table, name));
  return having.length === 1 ? having[0] : undefined;
}

/** A query that only passes on what one CTE or derived table gives becomes that, with its own order and limit. */
function flatten(query: QueryIr): SelectIr | undefined {
  if (query.kind !== 'select') return undefined;
  const { from, ctes } = query;
  const inner =
    from?.kind === 'derived'
      ? from.query
      : from?.kind === 'table'
        ? ctes.find(({ name }) => name.toLowerCase() === from.name.toLowerCase())?.query
        : undefined;
  if (!inner) return query;
  const below = ctes.length > 1 ? undefined : flatten(inner);
  const passes = !query.joins.length && !query.where && !query.groupBy.length && !query.having && !query.distinct;
  if (!below || !passes || query.offset !== undefined || below.limit !== undefined) return query;
  const given = (expression: ExpressionIr): ExpressionIr | undefined => {
    if (expression.kind !== 'column') return undefined;
    const wanted = expression.name.toLowerCase();
    return below.items.find((item) => nameOfItem(item.expression, item.alias)?.toLowerCase() === wanted)?.expression;
  };
  const items = query.items.map(({ expression, alias }) => {
    const from = given(expression);
    return from && { expression: from, ...(alias === undefined ? {} : { alias }) };
  });
  const star = query.items.length === 1 && query.items[0]!.expression.kind === 'star';
  const orderBy = query.orderBy.map((key) => {
    const from = given(key.expression);
    return from && { ...key, expression: from };
  });
  if (!star && !items.every((item) => item !== undefined)) return query;
  if (!orderBy.every((key) => key !== undefined)) return query;
  return {
    ...EMPTY_SELECT,
    ...below,
    items: star ? below.items : items.filter((item) => item !== undefined),
    orderBy: orderBy.length ? orderBy.filter((key) => key !== undefined) : below.orderBy,
    limit: query.limit,
  };
}

export const nameOfItem = (expression: ExpressionIr, alias: string | undefined): string | undefined =>
  alias ?? (expression.kind === 'column' ? expression.name : undefined);

function tableOf(source: SourceIr, catalog: DatabaseCatalog, ctes: ReadonlySet<string>): Table | undefined {
  if (source.kind !== 'table' || (source.schema === undefined && ctes.has(source.name.toLowerCase()))) return undefined;
  return findTable(catalog, source.name, source.schema);
}

const keyOf = (source: SourceIr): string =>
  source.kind === 'table'
    ? (source.alias ?? source.name).toLowerCase()
    : (source.kind === 'derived' ? (source.alias ?? '') : '').toLowerCase();

/** Two columns that a join holds to be the same. */
interface JoinKey {
  readonly left: SourceColumn;
  readonly right: SourceColumn;
}

const isJoinKey = (condition: ConditionIr): boolean =>
  condition.kind === 'compare' &&
  condition.operator === '=' &&
  condition.left.kind === 'column' &&
  condition.right.kind === 'column';

function joinKeys(
  on: ConditionIr | undefined,
  using: readonly string[] | undefined,
  joined: string,
  sources: readonly TableSource[],
): JoinKey[] {
  const written = conjunctsOf(on).flatMap((one) => {
    if (one.kind !== 'compare' || !isJoinKey(one)) return [];
    const [left, right] = [columnIn(one.left, { sources }), columnIn(one.right, { sources })];
    return left && right ? [{ left, right }] : [];
  });
  const shared = (using ?? []).flatMap((name) => {
    const right = sources.find(({ key }) => key === joined);
    const left = sources.find((one) => one !== right && findColumn(one.table, name));
    const [a, b] = [left && findColumn(left.table, name), right && findColumn(right.table, name)];
    return left && right && a && b ? [{ left: { source: left, column: a }, right: { source: right, column: b } }] : [];
  });
  return [...written, ...shared];
}

/** Whether a column alone tells the rows of its table apart: others refer to it, or it is the key. */
function isUnique({ source: { table }, column }: SourceColumn): boolean {
  return table.primaryKey.length === 1 && table.primaryKey[0]!.toLowerCase() === column.name.toLowerCase();
}

function refersTo(from: SourceColumn, to: SourceColumn): boolean {
  return from.source.table.foreignKeys.some(
    ({ columns, targetTable, targetColumns }) =>
      columns.length === 1 &&
      columns[0]!.toLowerCase() === from.column.name.toLowerCase() &&
      targetTable.toLowerCase() === to.source.table.name.toLowerCase() &&
      (targetColumns[0] ?? to.column.name).toLowerCase() === to.column.name.toLowerCase(),
  );
}

const optionalOf = ({ joins }: SelectIr): ReadonlySet<string> =>
  new Set(joins.flatMap(({ type, source }) => (type === 'left' ? [keyOf(source)] : [])));

/** The source from which all others are reached by keys that belong to one row: each row of the join is one of its. */
function finestOf(
  sources: readonly TableSource[],
  keys: readonly JoinKey[],
  optional: ReadonlySet<string>,
): TableSource | undefined {
  const edges = keys.flatMap(({ left, right }) => [
    ...(isUnique(right) || refersTo(left, right) ? [[left.source.key, right.source.key] as const] : []),
    ...(isUnique(left) || refersTo(right, left) ? [[right.source.key, left.source.key] as const] : []),
  ]);
  const leads = (from: TableSource, to: TableSource) => edges.some(([a, b]) => a === from.key && b === to.key);
  return grainAmong(
    sources,
    leads,
    sources.filter(({ key }) => !optional.has(key)),
  );
}

/** A table that stands twice is told by the key that leads to it: `manager_id` makes "manager" of an employee. */
function roleOf(source: TableSource, sources: readonly TableSource[], keys: readonly JoinKey[]): string {
  if (sources.filter(({ table }) => table === source.table).length < 2) return source.role;
  for (const { left, right } of keys)
    for (const [from, to] of [[left, right] as const, [right, left] as const])
      if (to.source.key === source.key && !isUnique(from) && (refersTo(from, to) || isUnique(to)))
        return referenceWords(from.column.name);
  return source.role;
}

/** `sales_rep_id` refers to a "sales rep". */
export function referenceWords(name: string): string {
  const words = splitIdentifier(name);
  const last = words.at(-1) ?? '';
  const kept = words.length > 1 && /^(?:ids?|key|no|nr|fk|code|number)$/.test(last) ? words.slice(0, -1) : words;
  return kept.join(' ');
}

/** Columns that say what a row is called. */
const CALLED = /^(?:name|title|label)$/;

/** What a column is called in a sentence about `subject`: columns of others with what they belong to. */
export function wordsOf({ source, column }: SourceColumn, subject: TableSource | undefined): string {
  if (source.key === subject?.key) return columnWords(column);
  const own = splitIdentifier(column.name);
  const role = splitIdentifier(source.role);
  const repeats = own[0] === role.at(-1) || own[0] === singularOf(role.at(-1) ?? '');
  if (CALLED.test(own.join(' ')) || (repeats && CALLED.test(own.slice(1).join(' ')))) return source.role;
  return repeats ? columnWords(column) : `${source.role} ${columnWords(column)}`;
}

/** Whether a column says what a row of its table is called. */
export const isLabel = (
  { source: { table }, column }: SourceColumn,
  { catalog }: Pick<ReadSelect, 'catalog'>,
): boolean => column.kind === 'text' && columnRoleOf({ table, column }, catalog) === 'label';
