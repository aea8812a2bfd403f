import type { Engine } from '#src/domain/catalog.ts';
import type {
  ConditionIr,
  DateFormat,
  ExpressionIr,
  ItemIr,
  JoinIr,
  QueryIr,
  SelectIr,
  SortKeyIr,
  SourceIr,
} from './query-ir.ts';

/** Writes a QueryIR as SQL of one engine. Names are quoted and literals escaped here and nowhere else. */
export function printSql(query: QueryIr, engine: Engine): string {
  return new Printer(engine).query(query);
}

const STRFTIME: Readonly<Record<DateFormat, string>> = {
  YYYY: '%Y',
  'YYYY-MM': '%Y-%m',
  'YYYY-MM-DD': '%Y-%m-%d',
  MM: '%m',
};

/** Words that need quotes as names on some engine we write for. */
const RESERVED = new Set(
  `all analyze and any array as asc between both by case cast check collate column constraint create cross current_date
   current_time current_timestamp default desc distinct do else end except exists false fetch for foreign from full grant group
   having in index inner intersect into is isnull join key leading left like limit match natural not notnull null offset on only or
   order outer over primary references returning right row rows select set some table then to trailing transaction true
   union unique update user using values when where window with`.split(/\s+/),
);

class Printer {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  query(query: QueryIr): string {
    if (query.kind === 'select') return this.#select(query);
    const tail = this.#tail(query);
    return `${this.#operand(query.left)} ${query.operator} ${this.#operand(query.right)}${tail}`;
  }

  /** An operand with its own order or limit becomes a derived table: no engine takes it bare. */
  #operand(query: QueryIr): string {
    const bare = query.orderBy.length === 0 && query.limit === undefined && query.kind === 'select';
    return bare ? this.query(query) : `SELECT * FROM (${this.query(query)}) AS operand`;
  }

  #select(query: SelectIr): string {
    const parts = [
      `SELECT ${query.distinct ? 'DISTINCT ' : ''}${query.items.map((item) => this.#item(item)).join(', ')}`,
    ];
    if (query.from) parts.push(`FROM ${this.#source(query.from)}`);
    for (const join of query.joins) parts.push(this.#join(join));
    if (query.where) parts.push(`WHERE ${this.condition(query.where)}`);
    if (query.groupBy.length) parts.push(`GROUP BY ${query.groupBy.map((key) => this.expression(key)).join(', ')}`);
    if (query.having) parts.push(`HAVING ${this.condition(query.having)}`);
    return parts.join(' ') + this.#tail(query);
  }

  #tail(query: { orderBy: readonly SortKeyIr[]; limit: number | undefined; offset: number | undefined }): string {
    const order = query.orderBy.map((key) => this.#sortKey(key)).join(', ');
    const limit = query.limit === undefined ? '' : ` LIMIT ${Math.trunc(query.limit)}`;
    const offset = query.offset === undefined ? '' : ` OFFSET ${Math.trunc(query.offset)}`;
    return `${order ? ` ORDER BY ${order}` : ''}${limit}${offset}`;
  }

  #item({ expression, alias }: ItemIr): string {
    return alias === undefined ? this.expression(expression) : `${this.expression(expression)} AS ${this.name(alias)}`;
  }

  #source(source: SourceIr): string {
    if (source.kind === 'query') return `(${this.query(source.query)}) AS ${this.name(source.alias)}`;
    const name =
      source.schema === undefined ? this.name(source.name) : `${this.name(source.schema)}.${this.name(source.name)}`;
    return source.alias === undefined ? name : `${name} AS ${this.name(source.alias)}`;
  }

  #join({ type, source, on }: JoinIr): string {
    const words = { inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN', cross: 'CROSS JOIN' }[
      type
    ];
    return `${words} ${this.#source(source)}${on ? ` ON ${this.condition(on)}` : ''}`;
  }

  #sortKey({ expression, descending, nulls }: SortKeyIr): string {
    return `${this.expression(expression)}${descending ? ' DESC' : ''}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ''}`;
  }

  expression(expression: ExpressionIr): string {
    switch (expression.kind) {
      case 'column':
        return expression.table === undefined
          ? this.name(expression.name)
          : `${this.name(expression.table)}.${this.name(expression.name)}`;
      case 'star':
        return expression.table === undefined ? '*' : `${this.name(expression.table)}.*`;
      case 'number':
        return expression.text;
      case 'text':
        return literal(expression.value);
      case 'date':
        return this.#engine === 'sqlite' ? literal(expression.value) : `DATE ${literal(expression.value)}`;
      case 'null':
        return 'NULL';
      case 'boolean':
        return expression.value ? 'TRUE' : 'FALSE';
      case 'aggregate': {
        const argument = expression.argument ? this.expression(expression.argument) : '*';
        return `${expression.name.toUpperCase()}(${expression.distinct ? 'DISTINCT ' : ''}${argument})`;
      }
      case 'arithmetic':
        return `${this.#operandOf(expression.left)} ${expression.operator} ${this.#operandOf(expression.right)}`;
      case 'date-text':
        return this.#engine === 'sqlite'
          ? `STRFTIME('${STRFTIME[expression.format]}', ${this.expression(expression.argument)})`
          : `TO_CHAR(${this.expression(expression.argument)}, '${expression.format}')`;
      case 'query':
        return `(${this.query(expression.query)})`;
      case 'verbatim':
        return expression.sql;
    }
  }

  #operandOf(expression: ExpressionIr): string {
    return expression.kind === 'arithmetic' ? `(${this.expression(expression)})` : this.expression(expression);
  }

  condition(condition: ConditionIr): string {
    const not = 'negated' in condition && condition.negated ? 'NOT ' : '';
    switch (condition.kind) {
      case 'compare':
        return `${this.expression(condition.left)} ${condition.operator} ${this.expression(condition.right)}`;
      case 'between':
        return `${this.expression(condition.value)} ${not}BETWEEN ${this.expression(condition.low)} AND ${this.expression(condition.high)}`;
      case 'like': {
        const like = condition.ignoreCase && this.#engine === 'postgres' ? 'ILIKE' : 'LIKE';
        return `${this.expression(condition.value)} ${not}${like} ${this.expression(condition.pattern)}`;
      }
      case 'null-test':
        return `${this.expression(condition.value)} IS ${not}NULL`;
      case 'in': {
        const options = Array.isArray(condition.options)
          ? condition.options.map((option) => this.expression(option)).join(', ')
          : this.query(condition.options as QueryIr);
        return `${this.expression(condition.value)} ${not}IN (${options})`;
      }
      case 'exists':
        return `${not}EXISTS (${this.query(condition.query)})`;
      case 'and':
      case 'or':
        return condition.parts
          .map((part) => this.#nested(part, condition.kind))
          .join(` ${condition.kind.toUpperCase()} `);
      case 'not':
        return `NOT (${this.condition(condition.part)})`;
      case 'verbatim':
        return condition.sql;
    }
  }

  #nested(part: ConditionIr, outer: 'and' | 'or'): string {
    const needs = (part.kind === 'and' || part.kind === 'or') && part.kind !== outer;
    return needs ? `(${this.condition(part)})` : this.condition(part);
  }

  /** Plain lower-case names stay bare (SQLite: any case, it folds none); all others are quoted. */
  name(name: string): string {
    const plain = this.#engine === 'sqlite' ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[a-z_][a-z0-9_]*$/;
    if (plain.test(name) && !RESERVED.has(name.toLowerCase())) return name;
    return `"${name.replaceAll('"', '""')}"`;
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
