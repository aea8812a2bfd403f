import { Dialect, parse } from '@polyglot-sql/sdk';
import type { Engine } from '#src/domain/catalog.ts';
import type {
  AggregateFunction,
  ArithmeticOperator,
  Comparison,
  ConditionIr,
  DateFormat,
  ExpressionIr,
  ItemIr,
  JoinIr,
  QueryIr,
  SelectIr,
  SetOperationIr,
  SortKeyIr,
  SourceIr,
} from './query-ir.ts';

type Node = { readonly [key: string]: unknown };

/** Thrown inside and caught at the door: the statement holds something that QueryIR has no node for. */
class Unsupported extends Error {}

const DIALECTS: Readonly<Record<Engine, Dialect>> = {
  sqlite: Dialect.SQLite,
  postgres: Dialect.PostgreSQL,
  mysql: Dialect.MySQL,
  mariadb: Dialect.MySQL,
};

/**
 * Reads SQL text into QueryIR; undefined when it holds what QueryIR has no node for. It is strict: every field of the
 * parser's tree must be known here, so that nothing of the statement can go missing unnoticed.
 */
export function parseSql(sql: string, engine: Engine): QueryIr | undefined {
  try {
    const parsed = parse(sql, DIALECTS[engine]) as unknown as { success: boolean; ast?: Node[] };
    if (!parsed.success || parsed.ast?.length !== 1) return undefined;
    return query(parsed.ast[0]!);
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

/** Fields that say how a thing was written and nothing of what it means. */
const COSMETIC = new Set(
  `span quoted leading_comments trailing_comments left_comments operator_comments pre_alias_comments alias_explicit_as
   alias_keyword join_mark original_name name_case explicit_asc use_inner_keyword use_outer_keyword nesting_group line column_number`.split(
    /\s+/,
  ),
);

const empty = (value: unknown) =>
  value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);

/** The named fields of a node; any other field with content is something we would lose. */
function fields(node: Node, ...known: readonly string[]): Node {
  for (const [key, value] of Object.entries(node)) {
    if (!known.includes(key) && !COSMETIC.has(key) && !empty(value)) throw new Unsupported(key);
  }
  return node;
}

function typed(node: Node): readonly [string, Node] {
  const [type] = Object.keys(node);
  if (type === undefined) return ['null', {}];
  return [type, (node[type] ?? {}) as Node];
}

const list = (value: unknown) => (value ?? []) as Node[];

function query(node: Node): QueryIr {
  const [type, body] = typed(node);
  if (type === 'select') return select(body);
  if (type === 'union' || type === 'intersect' || type === 'except') return setOperation(type, body);
  if (type === 'paren' || type === 'subquery') return query(fields(body, 'this').this as Node);
  throw new Unsupported(type);
}

function setOperation(type: 'union' | 'intersect' | 'except', body: Node): SetOperationIr {
  const known = fields(body, 'left', 'right', 'all', 'distinct', 'order_by', 'limit', 'offset');
  if (known.all && type !== 'union') throw new Unsupported('all');
  const names = { union: known.all ? 'UNION ALL' : 'UNION', intersect: 'INTERSECT', except: 'EXCEPT' } as const;
  return {
    kind: 'set-operation',
    operator: names[type],
    left: query(known.left as Node),
    right: query(known.right as Node),
    orderBy: sortKeys(known.order_by),
    limit: count(known.limit),
    offset: count(known.offset),
  };
}

function select(body: Node): SelectIr {
  const known = fields(
    body,
    'expressions',
    'from',
    'joins',
    'where_clause',
    'group_by',
    'having',
    'order_by',
    'limit',
    'offset',
    'distinct',
  );
  const sources = list((known.from as Node | null)?.expressions);
  if (sources.length > 1) throw new Unsupported('comma join');
  const groups = known.group_by ? list(fields(known.group_by as Node, 'expressions').expressions) : [];
  if (!empty(known.offset) && empty(known.limit)) throw new Unsupported('offset without limit');
  const under = (clause: unknown) => (clause ? condition((clause as Node).this as Node) : undefined);
  return {
    kind: 'select',
    distinct: known.distinct === true,
    items: list(known.expressions).map(item),
    from: sources[0] ? source(sources[0]) : undefined,
    joins: list(known.joins).map(join),
    where: under(known.where_clause),
    groupBy: groups.map(expression),
    having: under(known.having),
    orderBy: sortKeys(known.order_by),
    limit: count((known.limit as Node | null)?.this ?? known.limit),
    offset: count((known.offset as Node | null)?.this ?? known.offset),
  };
}

function count(node: unknown): number | undefined {
  if (empty(node)) return undefined;
  const [type, body] = typed(node as Node);
  const value = Number(body.value);
  if (type !== 'literal' || !Number.isInteger(value)) throw new Unsupported('limit');
  return value;
}

function item(node: Node): ItemIr {
  const [type, body] = typed(node);
  if (type !== 'alias') return { expression: expression(node) };
  const known = fields(body, 'this', 'alias');
  return { expression: expression(known.this as Node), alias: name(known.alias) };
}

const name = (node: unknown) => String((node as Node).name);

function source(node: Node): SourceIr {
  const [type, body] = typed(node);
  if (type === 'table') {
    const known = fields(body, 'name', 'schema', 'alias');
    return {
      kind: 'table',
      name: name(known.name),
      ...(known.schema ? { schema: name(known.schema) } : {}),
      ...(known.alias ? { alias: name(known.alias) } : {}),
    };
  }
  if (type === 'subquery') {
    const known = fields(body, 'this', 'alias');
    if (!known.alias) throw new Unsupported('derived table without a name');
    return { kind: 'query', query: query(known.this as Node), alias: name(known.alias) };
  }
  throw new Unsupported(type);
}

const JOINS: Readonly<Record<string, JoinIr['type']>> = {
  Inner: 'inner',
  Left: 'left',
  Right: 'right',
  Full: 'full',
  Cross: 'cross',
};

function join(node: Node): JoinIr {
  const known = fields(node, 'this', 'on', 'kind');
  const type = JOINS[String(known.kind)];
  if (!type) throw new Unsupported(String(known.kind));
  return { type, source: source(known.this as Node), on: known.on ? condition(known.on as Node) : undefined };
}

function sortKeys(clause: unknown): SortKeyIr[] {
  if (empty(clause)) return [];
  return list(fields(clause as Node, 'expressions').expressions).map((key) => {
    const known = fields(key, 'this', 'desc', 'nulls_first');
    return {
      expression: expression(known.this as Node),
      descending: known.desc === true,
      ...(typeof known.nulls_first === 'boolean'
        ? { nulls: known.nulls_first ? ('first' as const) : ('last' as const) }
        : {}),
    };
  });
}

const AGGREGATES = new Set(['count', 'sum', 'avg', 'min', 'max']);
const ARITHMETIC: Readonly<Record<string, ArithmeticOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  concat: '||',
};

function expression(node: Node): ExpressionIr {
  const [type, body] = typed(node);
  if (AGGREGATES.has(type)) return aggregate(type as AggregateFunction, body);
  const operator = ARITHMETIC[type];
  if (operator) {
    const known = fields(body, 'left', 'right');
    return {
      kind: 'arithmetic',
      operator,
      left: expression(known.left as Node),
      right: expression(known.right as Node),
    };
  }
  switch (type) {
    case 'column': {
      const known = fields(body, 'name', 'table');
      return { kind: 'column', name: name(known.name), ...(known.table ? { table: name(known.table) } : {}) };
    }
    case 'star': {
      const known = fields(body, 'table');
      return { kind: 'star', ...(known.table ? { table: name(known.table) } : {}) };
    }
    case 'literal':
      return literal(fields(body, 'literal_type', 'value'));
    case 'boolean':
      return { kind: 'boolean', value: body.value === true };
    case 'null':
      return { kind: 'null' };
    case 'neg': {
      const inner = expression(fields(body, 'this').this as Node);
      if (inner.kind !== 'number') throw new Unsupported('neg');
      return { kind: 'number', text: `-${inner.text}` };
    }
    case 'paren':
      return expression(fields(body, 'this').this as Node);
    case 'subquery':
      return { kind: 'query', query: query(fields(body, 'this').this as Node) };
    case 'function':
      return dateText(body);
    default:
      throw new Unsupported(type);
  }
}

function literal(body: Node): ExpressionIr {
  const value = String(body.value);
  switch (body.literal_type) {
    case 'number':
      return { kind: 'number', text: value };
    case 'string':
      return { kind: 'text', value };
    case 'date':
      return { kind: 'date', value };
    default:
      throw new Unsupported(String(body.literal_type));
  }
}

function aggregate(type: AggregateFunction, body: Node): ExpressionIr {
  const known = fields(body, 'this', 'star', 'distinct', 'name');
  const argument = known.this ? expression(known.this as Node) : undefined;
  if (type === 'count' ? !argument && !known.star : !argument) throw new Unsupported(type);
  return { kind: 'aggregate', name: type, distinct: known.distinct === true, argument };
}

const FORMATS: Readonly<Record<string, DateFormat>> = {
  '%Y': 'YYYY',
  '%Y-%m': 'YYYY-MM',
  '%Y-%m-%d': 'YYYY-MM-DD',
  '%m': 'MM',
  YYYY: 'YYYY',
  'YYYY-MM': 'YYYY-MM',
  'YYYY-MM-DD': 'YYYY-MM-DD',
  MM: 'MM',
};

function dateText(body: Node): ExpressionIr {
  const known = fields(body, 'name', 'args', 'use_bracket_syntax', 'no_parens');
  const called = String(known.name).toUpperCase();
  const parts = list(known.args).map(expression);
  const [format, argument] = called === 'TO_CHAR' ? [parts[1], parts[0]] : [parts[0], parts[1]];
  const known_ = format?.kind === 'text' ? FORMATS[format.value] : undefined;
  if (!/^(STRFTIME|TO_CHAR)$/.test(called) || parts.length !== 2 || !known_ || !argument) throw new Unsupported(called);
  return { kind: 'date-text', argument, format: known_ };
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

function condition(node: Node): ConditionIr {
  const [type, body] = typed(node);
  const operator = COMPARISONS[type];
  if (operator) {
    const known = fields(body, 'left', 'right');
    return { kind: 'compare', operator, left: expression(known.left as Node), right: expression(known.right as Node) };
  }
  switch (type) {
    case 'and':
    case 'or': {
      const known = fields(body, 'left', 'right');
      const sides = [condition(known.left as Node), condition(known.right as Node)];
      return { kind: type, parts: sides.flatMap((side) => (side.kind === type ? side.parts : [side])) };
    }
    case 'paren':
      return condition(fields(body, 'this').this as Node);
    case 'not':
      return negate(condition(fields(body, 'this').this as Node));
    case 'between': {
      const known = fields(body, 'this', 'low', 'high', 'not');
      const [value, low, high] = [known.this, known.low, known.high].map((part) => expression(part as Node)) as [
        ExpressionIr,
        ExpressionIr,
        ExpressionIr,
      ];
      return { kind: 'between', negated: known.not === true, value, low, high };
    }
    case 'like':
    case 'i_like': {
      const known = fields(body, 'left', 'right', 'not');
      return {
        kind: 'like',
        negated: known.not === true,
        value: expression(known.left as Node),
        pattern: expression(known.right as Node),
        ignoreCase: type === 'i_like',
      };
    }
    case 'is_null': {
      const known = fields(body, 'this', 'not');
      return { kind: 'null-test', negated: known.not === true, value: expression(known.this as Node) };
    }
    case 'in': {
      const known = fields(body, 'this', 'expressions', 'query', 'not');
      const options = known.query ? query(known.query as Node) : list(known.expressions).map(expression);
      return { kind: 'in', negated: known.not === true, value: expression(known.this as Node), options };
    }
    case 'exists': {
      const known = fields(body, 'this', 'not');
      return { kind: 'exists', negated: known.not === true, query: query(known.this as Node) };
    }
    default:
      throw new Unsupported(type);
  }
}

/** `NOT x LIKE y` and the like carry their own negation; NOT over a group stays a node. */
function negate(inner: ConditionIr): ConditionIr {
  return 'negated' in inner ? { ...inner, negated: !inner.negated } : { kind: 'not', part: inner };
}
