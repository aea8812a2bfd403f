import {
  type CteIr,
  EMPTY_SELECT,
  type ItemIr,
  type JoinIr,
  type JoinType,
  type QueryIr,
  type SelectIr,
  type SetOperator,
  type SortKeyIr,
  type SourceIr,
  type Span,
} from '../query-ir.ts';
import type { Cursor } from './cursor.ts';
import { opensQuery, readList, readName, readNestedQuery, readSortKeys } from './read-parts.ts';

/** A query as it may stand in parentheses: WITH, SELECT, set operations, ORDER BY, LIMIT. */
export function readQuery(cursor: Cursor): QueryIr {
  const first = cursor.position;
  return cursor.deeper(() => {
    const ctes = cursor.accept('WITH') ? readCtes(cursor) : [];
    const query = readSetOperation(cursor, 0);
    const tail = readTail(cursor);
    return withTail(cursor, query, ctes, tail, first);
  });
}

interface Tail {
  readonly orderBy: readonly SortKeyIr[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  readonly limitSpan?: Span;
}

const isEmpty = (tail: Tail) => tail.orderBy.length === 0 && tail.limit === undefined && tail.offset === undefined;

function withTail(cursor: Cursor, query: QueryIr, ctes: readonly CteIr[], tail: Tail, first: number): QueryIr {
  const span = cursor.spanFrom(first);
  if (isEmpty(tail) && ctes.length === 0) return query;
  if (query.kind === 'verbatim-query') throw cursor.unexpected();
  const taken = !isEmpty(query) || query.ctes.length > 0;
  // (SELECT … LIMIT 3) ORDER BY …: the inner tail stays with its own query.
  if (taken) {
    return {
      ...EMPTY_SELECT,
      ctes,
      items: [{ expression: { kind: 'star' } }],
      from: { kind: 'derived', query, alias: 'inner_query' },
      ...tail,
      span,
    };
  }
  return { ...query, ctes, ...tail, span };
}

function readCtes(cursor: Cursor): CteIr[] {
  if (cursor.is('RECURSIVE')) {
    // The word alone does not make it recursive, but telling needs the names: the statement is quoted.
    throw cursor.unexpected('a query that is not recursive');
  }
  const ctes: CteIr[] = [];
  do {
    const first = cursor.position;
    const name = readName(cursor);
    cursor.expect('AS');
    ctes.push({ name, query: readNestedQuery(cursor), span: cursor.spanFrom(first) });
  } while (cursor.accept(','));
  return ctes;
}

const SET_OPERATORS: ReadonlyMap<string, SetOperator> = new Map([
  ['UNION', 'UNION'],
  ['INTERSECT', 'INTERSECT'],
  ['EXCEPT', 'EXCEPT'],
  ['MINUS', 'EXCEPT'],
]);

/** UNION and EXCEPT bind alike from left to right, INTERSECT before them (SQLite: all alike). */
function readSetOperation(cursor: Cursor, level: 0 | 1): QueryIr {
  const first = cursor.position;
  const deeper = cursor.engine === 'sqlite' ? false : level === 0;
  let left = deeper ? readSetOperation(cursor, 1) : readOperand(cursor);
  for (;;) {
    const distinct = SET_OPERATORS.get(cursor.token.upper);
    const binds = cursor.engine === 'sqlite' || (distinct === 'INTERSECT') === (level === 1);
    if (!distinct || !binds) return left;
    cursor.take();
    const all = cursor.accept('ALL');
    if (!all) cursor.accept('DISTINCT');
    if (all && distinct !== 'UNION') throw cursor.unexpected('a set operation without ALL');
    const operator = all ? 'UNION ALL' : distinct;
    const right = deeper ? readSetOperation(cursor, 1) : readOperand(cursor);
    left = {
      kind: 'set-operation',
      ctes: [],
      operator,
      left,
      right,
      orderBy: [],
      limit: undefined,
      offset: undefined,
      span: cursor.spanFrom(first),
    };
  }
}

function readOperand(cursor: Cursor): QueryIr {
  return cursor.is('(') ? readNestedQuery(cursor) : readSelect(cursor);
}

/** What may follow SELECT … and is no alias. */
const CLAUSES = new Set(
  `FROM WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS WINDOW FOR INTO ON USING JOIN INNER LEFT RIGHT
   FULL CROSS NATURAL AS AND OR NOT THEN WHEN ELSE END ASC DESC NULLS COLLATE QUALIFY LATERAL TABLESAMPLE IS IN LIKE ILIKE
   BETWEEN STRAIGHT_JOIN PARTITION RANGE ROWS GROUPS SELECT WITH RETURNING SET VALUES REGEXP RLIKE GLOB MATCH ESCAPE ISNULL
   NOTNULL DIV MOD XOR USE FORCE IGNORE INDEXED SEPARATOR PROCEDURE LOCK`.split(/\s+/),
);

const DUAL_GOES_ON = new Set(['WHERE', ',', 'JOIN', 'AS', '.']);

function readSelect(cursor: Cursor): SelectIr {
  const first = cursor.position;
  cursor.expect('SELECT');
  const distinct = cursor.accept('DISTINCT');
  if (!distinct) cursor.accept('ALL');
  if (cursor.is('ON') || cursor.is('STRAIGHT_JOIN') || cursor.is('SQL_CALC_FOUND_ROWS'))
    throw cursor.unexpected('a column');
  const items: ItemIr[] = [];
  do items.push(readItem(cursor));
  while (cursor.accept(','));
  let from: SourceIr | undefined;
  const joins: JoinIr[] = [];
  // DUAL is MySQL's word for no table.
  const noTable = cursor.mysql && cursor.is('FROM', 'DUAL') && !DUAL_GOES_ON.has(cursor.ahead(2).upper);
  if (noTable) cursor.position += 2;
  if (cursor.accept('FROM')) {
    from = readSource(cursor);
    for (let join = readJoin(cursor, joins); join; join = readJoin(cursor, joins)) joins.push(join);
  }
  const where = cursor.accept('WHERE') ? cursor.expression() : undefined;
  const groupBy = cursor.accept('GROUP', 'BY') ? readList(cursor) : [];
  if (cursor.is('WITH', 'ROLLUP')) throw cursor.unexpected('HAVING or ORDER');
  const having = cursor.accept('HAVING') ? cursor.expression() : undefined;
  if (cursor.is('WINDOW') || cursor.is('QUALIFY') || cursor.is('INTO')) throw cursor.unexpected('ORDER BY');
  return {
    ...EMPTY_SELECT,
    distinct,
    items,
    from,
    joins,
    where,
    groupBy,
    having,
    span: cursor.spanFrom(first),
  };
}

function readItem(cursor: Cursor): ItemIr {
  const first = cursor.position;
  if (cursor.accept('*')) return { expression: { kind: 'star', span: cursor.spanFrom(first) } };
  const expression = cursor.expression();
  const alias = readAlias(cursor, true);
  return { expression, ...(alias === undefined ? {} : { alias }), span: cursor.spanFrom(first) };
}

/** `AS name`, or a bare name that opens no clause. An item's name may also be a text (SQLite, MySQL). */
function readAlias(cursor: Cursor, item = false): string | undefined {
  const explicit = cursor.accept('AS');
  const { kind, upper } = cursor.token;
  if (kind === 'string' && item && cursor.engine !== 'postgres') return cursor.take().value;
  if (kind === 'name' || (kind === 'word' && (explicit || !CLAUSES.has(upper)))) return readName(cursor);
  if (explicit) throw cursor.unexpected('a name');
  return undefined;
}

const DERIVED_WORDS = new Set(['LATERAL', 'UNNEST', 'ROWS', 'TABLE', 'JSON_TABLE', 'XMLTABLE', 'ONLY']);

function readSource(cursor: Cursor): SourceIr {
  const first = cursor.position;
  if (cursor.is('(')) {
    if (!opensQuery(cursor, 1) && cursor.ahead(1).upper !== '(') return quotedSource(cursor, first);
    const query = readNestedQuery(cursor);
    const isJoin = query.kind === 'verbatim-query' && !/^[\s(]*(?:select|with|values)\b/i.test(query.sql);
    if (isJoin) return quotedSource(cursor, first);
    const alias = readAlias(cursor);
    if (cursor.is('(')) return quotedSource(cursor, first);
    return { kind: 'derived', query, ...(alias === undefined ? {} : { alias }), span: cursor.spanFrom(first) };
  }
  if (cursor.isOneOf(DERIVED_WORDS) && cursor.token.kind === 'word') {
    cursor.take();
    return quotedSource(cursor, first);
  }
  let name = readName(cursor);
  let schema: string | undefined;
  let parts = 1;
  for (; cursor.accept('.'); parts += 1) [schema, name] = [name, readName(cursor)];
  if (cursor.is('(')) return quotedSource(cursor, first);
  if (parts > 2) throw cursor.unexpected('a table of this database');
  const alias = readAlias(cursor);
  if (cursor.is('(') || cursor.is('TABLESAMPLE') || cursor.is('INDEXED') || cursor.is('PARTITION')) {
    throw cursor.unexpected('JOIN or WHERE');
  }
  return {
    kind: 'table',
    name,
    ...(schema === undefined ? {} : { schema }),
    ...(alias === undefined ? {} : { alias }),
    span: cursor.spanFrom(first),
  };
}

/** A source without words of its own, quoted with its alias and column names. */
function quotedSource(cursor: Cursor, first: number): SourceIr {
  if (cursor.position === first || !cursor.is('(')) skipName(cursor);
  if (cursor.is('(')) cursor.skipParentheses();
  cursor.accept('WITH', 'ORDINALITY');
  readAlias(cursor);
  if (cursor.is('(')) cursor.skipParentheses();
  return { kind: 'verbatim', sql: cursor.textFrom(first), span: cursor.spanFrom(first) };
}

function skipName(cursor: Cursor): void {
  const isName = () =>
    cursor.token.kind === 'name' || (cursor.token.kind === 'word' && !CLAUSES.has(cursor.token.upper));
  while (isName() || cursor.is('.')) {
    cursor.take();
    if (!cursor.is('.')) return;
  }
}

const KINDS: Readonly<Record<string, JoinType>> = {
  INNER: 'inner',
  LEFT: 'left',
  RIGHT: 'right',
  FULL: 'full',
  CROSS: 'cross',
};

function readJoin(cursor: Cursor, before: readonly JoinIr[]): JoinIr | undefined {
  const first = cursor.position;
  if (cursor.accept(',')) {
    return { type: 'inner', source: readSource(cursor), on: undefined, span: cursor.spanFrom(first) };
  }
  const natural = cursor.accept('NATURAL');
  let type: JoinType = 'inner';
  const kind = KINDS[cursor.token.upper];
  if (kind && (cursor.ahead(1).upper === 'JOIN' || cursor.ahead(1).upper === 'OUTER')) {
    cursor.take();
    cursor.accept('OUTER');
    type = kind;
  } else if (!cursor.is('JOIN')) {
    if (natural) throw cursor.unexpected('JOIN');
    return undefined;
  }
  cursor.expect('JOIN');
  // A comma binds looser than JOIN; the chain says the same only where no side is made up with NULLs on the left.
  if (
    (type === 'right' || type === 'full') &&
    before.some((join) => join.type === 'inner' && !join.on && !join.using)
  ) {
    throw cursor.unexpected('a join that a chain can say');
  }
  const source = readSource(cursor);
  const on = cursor.accept('ON') ? cursor.expression() : undefined;
  const using = !on && cursor.accept('USING') ? readNames(cursor) : undefined;
  if (cursor.is('ON')) throw cursor.unexpected('a join that a chain can say');
  return {
    type,
    ...(natural ? { natural: true as const } : {}),
    source,
    on,
    ...(using ? { using } : {}),
    span: cursor.spanFrom(first),
  };
}

function readNames(cursor: Cursor): string[] {
  cursor.expect('(');
  const names: string[] = [];
  do names.push(readName(cursor));
  while (cursor.accept(','));
  cursor.expect(')');
  return names;
}

function readTail(cursor: Cursor): Tail {
  const orderBy = cursor.accept('ORDER', 'BY') ? readSortKeys(cursor) : [];
  let limit: number | undefined;
  let offset: number | undefined;
  const first = cursor.position;
  for (;;) {
    if (limit === undefined && cursor.accept('LIMIT')) {
      if (cursor.accept('ALL')) continue;
      // SQLite's way to skip rows without a limit.
      if (cursor.engine === 'sqlite' && cursor.is('-') && cursor.ahead(1).kind === 'number') {
        cursor.position += 2;
        continue;
      }
      limit = readCount(cursor);
      if (cursor.accept(',')) {
        offset = limit;
        limit = readCount(cursor);
      }
    } else if (offset === undefined && cursor.accept('OFFSET')) {
      offset = readCount(cursor);
      if (!cursor.accept('ROWS')) cursor.accept('ROW');
    } else if (limit === undefined && cursor.accept('FETCH')) {
      if (!cursor.accept('FIRST')) cursor.expect('NEXT');
      limit = cursor.is('ROW') || cursor.is('ROWS') ? 1 : readCount(cursor);
      if (!cursor.accept('ROWS')) cursor.expect('ROW');
      cursor.expect('ONLY');
    } else {
      return { orderBy, limit, offset, ...(cursor.position > first ? { limitSpan: cursor.spanFrom(first) } : {}) };
    }
  }
}

function readCount(cursor: Cursor): number {
  const { kind, value } = cursor.token;
  if (kind !== 'number' || !/^\d{1,15}$/.test(value)) throw cursor.unexpected('a whole number');
  cursor.take();
  return Number(value);
}
