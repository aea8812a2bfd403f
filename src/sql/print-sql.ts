import type { Engine } from '#src/domain/catalog.ts';
import { formatForEngine } from './dates.ts';
import { type EngineFamily, familyOf, functionOn, isKnownFunction } from './functions.ts';
import { type DatePrinter, printDate, printShifted } from './print-dates.ts';
import { nameOn, textOn } from './print-names.ts';
import {
  type CastType,
  type CteIr,
  canonical,
  type ExpressionIr,
  type ItemIr,
  type JoinIr,
  type QueryIr,
  type SelectIr,
  type SetOperationIr,
  type SortKeyIr,
  type SourceIr,
} from './query-ir.ts';
import { Unprintable } from './unprintable.ts';

/** Writes a QueryIR as SQL of one engine; throws NoForm for what the engine cannot say. Names and texts are quoted here. */
export function printSql(query: QueryIr, engine: Engine): string {
  return new Printer(engine).query(query);
}

/** How tightly a printed expression holds together; an operand that holds less is put in parentheses. */
const HOLDS = { or: 1, and: 2, not: 3, test: 4, sum: 5, product: 6, atom: 9 } as const;

const TYPES: Readonly<Record<EngineFamily, Readonly<Record<Exclude<CastType['name'], 'verbatim'>, string>>>> = {
  sqlite: {
    INTEGER: 'INTEGER',
    BIGINT: 'BIGINT',
    REAL: 'REAL',
    DECIMAL: 'DECIMAL',
    TEXT: 'TEXT',
    DATE: 'DATE',
    TIMESTAMP: 'TIMESTAMP',
    BOOLEAN: 'BOOLEAN',
  },
  postgres: {
    INTEGER: 'INTEGER',
    BIGINT: 'BIGINT',
    REAL: 'DOUBLE PRECISION',
    DECIMAL: 'NUMERIC',
    TEXT: 'TEXT',
    DATE: 'DATE',
    TIMESTAMP: 'TIMESTAMP',
    BOOLEAN: 'BOOLEAN',
  },
  mysql: {
    INTEGER: 'SIGNED',
    BIGINT: 'SIGNED',
    REAL: 'DOUBLE',
    DECIMAL: 'DECIMAL',
    TEXT: 'CHAR',
    DATE: 'DATE',
    TIMESTAMP: 'DATETIME',
    BOOLEAN: 'SIGNED',
  },
};

class Printer implements DatePrinter {
  readonly engine: Engine;
  readonly family: EngineFamily;

  constructor(engine: Engine) {
    this.engine = engine;
    this.family = familyOf(engine);
  }

  query(query: QueryIr): string {
    if (query.kind === 'verbatim-query') return query.sql;
    const body = query.kind === 'select' ? this.#select(query) : this.#setOperation(query);
    return this.#ctes(query.ctes) + body;
  }

  #ctes(ctes: readonly CteIr[]): string {
    if (ctes.length === 0) return '';
    return `WITH ${ctes.map((cte) => `${this.name(cte.name)} AS (${this.query(cte.query)})`).join(', ')} `;
  }

  #setOperation(query: SetOperationIr): string {
    const left = this.#isBareLeft(query) ? this.query(query.left) : this.#operand(query.left);
    return `${left} ${query.operator} ${this.#operand(query.right)}${this.#tail(query)}`;
  }

  /** Set operations chain from the left; INTERSECT goes first everywhere but in SQLite. */
  #isBareLeft({ operator, left }: SetOperationIr): boolean {
    if (left.kind !== 'set-operation' || hasTail(left) || left.ctes.length) return false;
    return this.family === 'sqlite' || operator !== 'INTERSECT' || left.operator === 'INTERSECT';
  }

  /** An operand with its own order, limit or operation becomes a derived table: no engine takes it bare. */
  #operand(query: QueryIr): string {
    const bare = query.kind === 'select' && !hasTail(query) && query.ctes.length === 0;
    return bare ? this.query(query) : `SELECT * FROM (${this.query(query)}) AS operand`;
  }

  #select(query: SelectIr): string {
    const items = query.items.map((item) => this.#item(item)).join(', ');
    const parts = [`SELECT ${query.distinct ? 'DISTINCT ' : ''}${items}`];
    if (query.from) parts.push(`FROM ${this.#source(query.from)}`);
    const joins = query.joins.map((join) => this.#join(join)).join('');
    if (query.where) parts.push(`WHERE ${this.expression(query.where)}`);
    if (query.groupBy.length) parts.push(`GROUP BY ${this.list(query.groupBy.map(unpositioned))}`);
    if (query.having) parts.push(`HAVING ${this.expression(query.having)}`);
    if (joins) parts[1] += joins;
    return parts.join(' ') + this.#tail(query);
  }

  #tail(query: SelectIr | SetOperationIr): string {
    const order = this.sortKeys(
      query.kind === 'select' ? query.orderBy.map((key) => byAlias(key, query)) : query.orderBy,
    );
    const { limit, offset } = query;
    const bounded = limit ?? (offset === undefined ? undefined : NO_LIMIT[this.family]);
    return [
      order && ` ORDER BY ${order}`,
      bounded === undefined ? '' : ` LIMIT ${bounded}`,
      offset === undefined ? '' : ` OFFSET ${Math.trunc(offset)}`,
    ].join('');
  }

  #item({ expression, alias }: ItemIr): string {
    return alias === undefined ? this.expression(expression) : `${this.expression(expression)} AS ${this.name(alias)}`;
  }

  #source(source: SourceIr): string {
    if (source.kind === 'verbatim') return source.sql;
    const named = source.alias ?? (source.kind === 'derived' ? this.#ownAlias() : undefined);
    const alias = named === undefined ? '' : ` AS ${this.name(named)}`;
    if (source.kind === 'derived') return `(${this.query(source.query)})${alias}`;
    const schema = source.schema === undefined ? '' : `${this.name(source.schema)}.`;
    return `${schema}${this.name(source.name)}${alias}`;
  }

  #derived = 0;

  /** A name for a derived table that has none: all engines but SQLite want one. */
  #ownAlias(): string | undefined {
    if (this.family === 'sqlite') return undefined;
    this.#derived += 1;
    return `derived_${this.#derived}`;
  }

  #join({ type, natural, source, on, using }: JoinIr): string {
    const bare = !on && !using && !natural;
    // SQLite keeps the order of tables that CROSS JOIN joins; elsewhere a comma binds looser than the joins after it.
    if (type === 'inner' && bare) return `${this.family === 'sqlite' ? ',' : ' CROSS JOIN'} ${this.#source(source)}`;
    if (type === 'full' && this.family === 'mysql') throw new Unprintable('MySQL and MariaDB have no full join.');
    const kind = type === 'inner' ? '' : `${type.toUpperCase()} `;
    const condition = on
      ? ` ON ${this.expression(on)}`
      : using
        ? ` USING (${using.map((name) => this.name(name)).join(', ')})`
        : '';
    return ` ${natural ? 'NATURAL ' : ''}${kind}JOIN ${this.#source(source)}${condition}`;
  }

  sortKeys(keys: readonly SortKeyIr[]): string {
    return keys.map((key) => this.#sortKey(key)).join(', ');
  }

  #sortKey({ expression, descending, nulls }: SortKeyIr): string {
    const text = this.expression(expression);
    const key = `${text}${descending ? ' DESC' : ''}`;
    if (!nulls) return key;
    if (this.family !== 'mysql') return `${key} NULLS ${nulls.toUpperCase()}`;
    // MySQL puts nulls first going up and last going down; another order needs a key of its own.
    const natural = descending ? 'last' : 'first';
    if (nulls === natural) return key;
    return `${this.operand(expression, HOLDS.sum)} IS NULL${nulls === 'first' ? ' DESC' : ''}, ${key}`;
  }

  list(expressions: readonly ExpressionIr[]): string {
    return expressions.map((expression) => this.expression(expression)).join(', ');
  }

  /** The expression as an operand that must hold together at least so much. */
  operand(expression: ExpressionIr, least: number): string {
    const text = this.expression(expression);
    return holds(expression) >= least ? text : `(${text})`;
  }

  expression(expression: ExpressionIr): string {
    switch (expression.kind) {
      case 'column':
        return expression.table === undefined
          ? this.name(expression.name)
          : `${this.name(expression.table)}.${this.name(expression.name)}`;
      case 'star':
        return expression.table === undefined ? '*' : `${this.name(expression.table)}.*`;
      case 'position':
        return String(expression.index);
      case 'number':
        return expression.text;
      case 'text':
        return this.text(expression.value);
      case 'null':
        return 'NULL';
      case 'boolean':
        return expression.value ? 'TRUE' : 'FALSE';
      case 'negative':
        return `-(${this.expression(expression.argument)})`;
      case 'aggregate':
        return this.#aggregate(expression);
      case 'list':
        return this.#list(expression);
      case 'arithmetic':
        return this.#arithmetic(expression);
      case 'case':
        return this.#case(expression);
      case 'cast':
        return `CAST(${this.expression(expression.argument)} AS ${this.#type(expression.type)})`;
      case 'substring':
        return this.#substring(expression);
      case 'date':
      case 'timestamp':
      case 'instant':
      case 'interval':
      case 'date-part':
      case 'date-text':
      case 'date-start':
      case 'date-of':
      case 'date-difference':
      case 'at-zone':
      case 'date-read':
      case 'current':
        return printDate(expression, this);
      case 'function':
        return this.#function(expression.name, expression.args);
      case 'window':
        return this.#window(expression);
      case 'query':
        return `(${this.query(expression.query)})`;
      case 'verbatim':
        return expression.sql;
      default:
        return this.#condition(expression);
    }
  }

  #condition(condition: Extract<ExpressionIr, { kind: ConditionKind }>): string {
    const not = 'negated' in condition && condition.negated ? 'NOT ' : '';
    switch (condition.kind) {
      case 'compare':
        return this.#compare(condition);
      case 'between':
        return `${this.operand(condition.value, HOLDS.sum)} ${not}BETWEEN ${this.operand(condition.low, HOLDS.sum)} AND ${this.operand(condition.high, HOLDS.sum)}`;
      case 'like': {
        const like = condition.ignoreCase && this.engine === 'postgres' ? 'ILIKE' : 'LIKE';
        return `${this.operand(condition.value, HOLDS.sum)} ${not}${like} ${this.operand(condition.pattern, HOLDS.sum)}`;
      }
      case 'null-test':
        return `${this.operand(condition.value, HOLDS.sum)} IS ${not}NULL`;
      case 'truth-test':
        return `${this.operand(condition.value, HOLDS.sum)} IS ${not}${condition.is ? 'TRUE' : 'FALSE'}`;
      case 'in':
        return `${this.operand(condition.value, HOLDS.sum)} ${not}IN (${this.list(condition.options)})`;
      case 'in-query':
        return `${this.operand(condition.value, HOLDS.sum)} ${not}IN (${this.query(condition.query)})`;
      case 'exists':
        return `${not}EXISTS (${this.query(condition.query)})`;
      case 'and':
      case 'or':
        return condition.parts
          .map((part) => this.operand(part, HOLDS[condition.kind] + 1))
          .join(` ${condition.kind.toUpperCase()} `);
      case 'not':
        return `NOT (${this.expression(condition.part)})`;
    }
  }

  #compare(condition: Extract<ExpressionIr, { kind: 'compare' }>): string {
    const { operator, quantifier } = condition;
    const left = this.operand(condition.left, HOLDS.sum);
    if (quantifier) {
      if (this.family === 'sqlite') throw new Unprintable('SQLite cannot compare with any or all of a result.');
      return `${left} ${operator} ${quantifier.toUpperCase()} ${this.expression(condition.right)}`;
    }
    const right = this.operand(condition.right, HOLDS.sum);
    if (!operator.startsWith('is ')) return `${left} ${operator} ${right}`;
    const distinct = operator === 'is distinct from';
    if (this.family === 'sqlite') return `${left} IS ${distinct ? 'NOT ' : ''}${right}`;
    if (this.family === 'postgres') return `${left} ${operator.toUpperCase()} ${right}`;
    return distinct ? `NOT (${left} <=> ${right})` : `${left} <=> ${right}`;
  }

  #aggregate({ name, distinct, argument, filter }: Extract<ExpressionIr, { kind: 'aggregate' }>): string {
    const called = `${name.toUpperCase()}(${distinct ? 'DISTINCT ' : ''}`;
    const plain = argument ? this.expression(argument) : undefined;
    if (!filter) return `${called}${plain ?? '*'})`;
    return `${called}CASE WHEN ${this.expression(filter)} THEN ${plain ?? '1'} END)`;
  }

  #list({ distinct, argument, separator }: Extract<ExpressionIr, { kind: 'list' }>): string {
    const each = this.expression(argument);
    const mark = distinct ? 'DISTINCT ' : '';
    switch (this.family) {
      case 'sqlite':
        if (distinct && separator && !(separator.kind === 'text' && separator.value === ',')) {
          throw new Unprintable('SQLite separates distinct values by a comma only.');
        }
        return `GROUP_CONCAT(${mark}${each}${separator && !distinct ? `, ${this.expression(separator)}` : ''})`;
      case 'postgres':
        return `STRING_AGG(${mark}CAST(${each} AS TEXT), ${separator ? this.expression(separator) : "','"})`;
      case 'mysql': {
        if (separator && separator.kind !== 'text')
          throw new Unprintable('MySQL takes only a fixed text as a separator.');
        return `GROUP_CONCAT(${mark}${each}${separator ? ` SEPARATOR ${this.expression(separator)}` : ''})`;
      }
    }
  }

  #arithmetic(expression: Extract<ExpressionIr, { kind: 'arithmetic' }>): string {
    const { operator, left, right } = expression;
    if (right.kind === 'interval' && this.family === 'sqlite') return printShifted(operator, left, right, this);
    if (operator === '||' && this.family === 'mysql') {
      return `CONCAT(${this.expression(left)}, ${this.expression(right)})`;
    }
    const own = holds(expression);
    // The left side may be of the same level: a - b + c is (a - b) + c. Texts are joined apart: engines differ on it.
    const least = operator === '||' ? HOLDS.atom : own;
    const chained = operator === '||' && left.kind === 'arithmetic' && left.operator === '||';
    return `${chained ? this.expression(left) : this.operand(left, least)} ${operator} ${this.operand(right, HOLDS.atom)}`;
  }

  #case({ operand, whens, otherwise }: Extract<ExpressionIr, { kind: 'case' }>): string {
    const branches = whens.map(
      ({ condition, result }) => ` WHEN ${this.expression(condition)} THEN ${this.expression(result)}`,
    );
    return `CASE${operand ? ` ${this.expression(operand)}` : ''}${branches.join('')}${otherwise ? ` ELSE ${this.expression(otherwise)}` : ''} END`;
  }

  #type(type: CastType): string {
    if (type.name === 'verbatim') return type.sql;
    const { precision, scale } = type;
    const size = precision === undefined ? '' : `(${precision}${scale === undefined ? '' : `, ${scale}`})`;
    return `${TYPES[this.family][type.name]}${size}`;
  }

  #substring({ argument, start, length }: Extract<ExpressionIr, { kind: 'substring' }>): string {
    const parts = [argument, start, ...(length ? [length] : [])].map((part) => this.expression(part));
    if (this.family !== 'postgres') return `SUBSTR(${parts.join(', ')})`;
    return `SUBSTRING(${parts[0]} FROM ${parts[1]}${length ? ` FOR ${parts[2]}` : ''})`;
  }

  #function(name: string, args: readonly ExpressionIr[]): string {
    const own = functionOn(name, this.family);
    if (own !== undefined) return `${own}(${this.list(args)})`;
    if (name === 'CONCAT' && args.length > 0) return args.map((arg) => this.operand(arg, HOLDS.atom)).join(' || ');
    throw isKnownFunction(name)
      ? new Unprintable(`${this.engine} has no function ${name}.`)
      : new Unprintable(`There is no function ${name} in EDL.`, 'E_FUNC_UNKNOWN');
  }

  #window({ name, args, partitionBy, orderBy }: Extract<ExpressionIr, { kind: 'window' }>): string {
    const partition = partitionBy.length ? `PARTITION BY ${this.list(partitionBy)}` : '';
    const order = orderBy.length ? `ORDER BY ${this.sortKeys(orderBy)}` : '';
    const counted = name === 'COUNT' && args.length === 0 ? '*' : this.list(args);
    return `${name}(${counted}) OVER (${[partition, order].filter(Boolean).join(' ')})`;
  }

  atom(expression: ExpressionIr): string {
    return this.operand(expression, HOLDS.atom);
  }

  /** The engine's format of a date as text, quoted. */
  format(format: string): string {
    const own = formatForEngine(format, this.engine);
    if (own === undefined) throw new Unprintable(`${this.engine} has no date format ${format}.`);
    return this.text(own);
  }

  name(name: string): string {
    return nameOn(name, this.family);
  }

  text(value: string): string {
    return textOn(value, this.family);
  }
}

type ConditionKind =
  | 'compare'
  | 'between'
  | 'like'
  | 'null-test'
  | 'truth-test'
  | 'in'
  | 'in-query'
  | 'exists'
  | 'and'
  | 'or'
  | 'not';

/** What stands for "all rows" where OFFSET needs a LIMIT. */
const NO_LIMIT: Readonly<Record<EngineFamily, string | undefined>> = {
  sqlite: '-1',
  postgres: undefined,
  mysql: '18446744073709551615',
};

const hasTail = (query: SelectIr | SetOperationIr) =>
  query.orderBy.length > 0 || query.limit !== undefined || query.offset !== undefined;

/** A key that is an item with an alias is sorted by that alias: the engine computes it once. */
function byAlias(key: SortKeyIr, { items }: SelectIr): SortKeyIr {
  if (key.expression.kind === 'column') return key;
  const text = canonical(key.expression);
  for (const { alias, expression } of items) {
    if (alias !== undefined && canonical(expression) === text)
      return { ...key, expression: { kind: 'column', name: alias } };
  }
  return key;
}

/** GROUP BY a number would be read as a position. */
function unpositioned(key: ExpressionIr): ExpressionIr {
  return key.kind === 'number'
    ? { kind: 'arithmetic', operator: '+', left: key, right: { kind: 'number', text: '0' } }
    : key;
}

function holds(expression: ExpressionIr): number {
  switch (expression.kind) {
    case 'or':
      return HOLDS.or;
    case 'and':
      return HOLDS.and;
    case 'not':
      return HOLDS.not;
    case 'compare':
    case 'between':
    case 'like':
    case 'null-test':
    case 'truth-test':
    case 'in':
    case 'in-query':
      return HOLDS.test;
    case 'arithmetic':
      return /[*/%]/.test(expression.operator) ? HOLDS.product : HOLDS.sum;
    case 'verbatim':
      return isAtom(expression.sql) ? HOLDS.atom : 0;
    case 'function':
      return expression.name === 'CONCAT' ? HOLDS.sum : HOLDS.atom;
    default:
      return HOLDS.atom;
  }
}

/** Quoted SQL that holds together by itself: a literal, one call, an interval. */
const isAtom = (sql: string) => /^(?:[\w.]+|'[^']*'|\w+\s*\([^()]*\))$/.test(sql) || /^INTERVAL\b/i.test(sql);
