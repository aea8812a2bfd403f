import type { Engine } from '#src/domain/catalog.ts';
import type { Edl, EdlOperator, EdlStep } from '#src/domain/edl.ts';
import { parseSql } from './parse-sql.ts';
import type {
  Comparison,
  ConditionIr,
  ExpressionIr,
  ItemIr,
  JoinIr,
  QueryIr,
  SelectIr,
  SortKeyIr,
  SourceIr,
} from './query-ir.ts';

/**
 * SQL → EDL (specs/edl.md section 6). The statement that ran is parsed back and told step by step, so the explanation
 * can only say what the statement says. What has no words yet is one step that quotes the whole statement.
 */
export function explain(sql: string, engine: Engine): Edl {
  const query = parseSql(sql, engine);
  if (!query) {
    return { steps: [{ number: 1, operator: 'Run as written', text: `{{ ${sql.trim()} }}.`, verbatim: true }] };
  }
  const writer = new Writer();
  writer.query(query);
  return { steps: writer.steps };
}

const JOIN_WORDS: Readonly<Record<JoinIr['type'], string>> = {
  inner: 'Join',
  left: 'Left join',
  right: 'Right join',
  full: 'Full join',
  cross: 'Cross join',
};
const COMPARISON_WORDS: Readonly<Record<Comparison, string>> = {
  '=': 'equals',
  '<>': 'does not equal',
  '<': 'is less than',
  '<=': 'is less than or equal to',
  '>': 'is greater than',
  '>=': 'is greater than or equal to',
};
const AGGREGATE_WORDS = { count: 'count', sum: 'sum', avg: 'average', min: 'minimum', max: 'maximum' } as const;

class Writer {
  readonly steps: EdlStep[] = [];

  #add(operator: EdlOperator, text: string): number {
    const number = this.steps.length + 1;
    this.steps.push({ number, operator, text: `${text}.`, verbatim: false });
    return number;
  }

  /** Writes the steps of a query and returns the number of its last one. */
  query(query: QueryIr, nested = false): number {
    if (query.kind === 'select') return this.#select(query, nested);
    const left = this.query(query.left, nested);
    const right = this.query(query.right, nested);
    const text =
      query.operator === 'EXCEPT'
        ? `Apply EXCEPT operation: Exclude the results in #${right} from the results in #${left}`
        : `Apply ${query.operator} operation: Include the results in #${left} in the results in #${right}`;
    return this.#ordered(query, this.#add('Set Operation', text));
  }

  #select(query: SelectIr, nested: boolean): number {
    let last = this.#scan(query.from, nested);
    for (const join of query.joins) last = this.#join(join);
    if (query.where) last = this.#add('Reserve Rows', `Reserve rows of #${last} where ${this.#condition(query.where)}`);
    if (query.groupBy.length) last = this.#add('Group', `Group #${last} by ${this.#list(query.groupBy)}`);
    if (query.having) {
      last = this.#add(
        'Apply Having Clause',
        `Reserve the grouped rows of #${last} where ${this.#condition(query.having)}`,
      );
    }
    last = this.#ordered(query, last);
    const distinct = query.distinct ? 'distinct ' : '';
    return this.#add(
      'Select Column',
      `Select ${distinct}${query.items.map((item) => this.#item(item)).join(', ')} in #${last}`,
    );
  }

  #scan(source: SourceIr | undefined, nested: boolean): number {
    if (!source) return this.#add('Scan Table', 'Retrieve one row without a table');
    const text = this.#source(source);
    return this.#add(
      nested ? 'Subquery' : 'Scan Table',
      `Retrieve all rows from ${text}${nested ? ' in a subquery' : ''}`,
    );
  }

  #source(source: SourceIr): string {
    if (source.kind === 'query')
      return `the result of #${this.query(source.query, true)} aliased as ${bracket(source.alias)}`;
    const table = source.schema === undefined ? source.name : `${source.schema}.${source.name}`;
    return `the ${bracket(table)} table${source.alias === undefined ? '' : ` aliased as ${bracket(source.alias)}`}`;
  }

  #join({ type, source, on }: JoinIr): number {
    const text = this.#source(source);
    const condition = on ? ` on the condition that ${this.#condition(on)}` : '';
    return this.#add('Join', `${JOIN_WORDS[type]} ${text}${condition}`);
  }

  #ordered(
    query: { orderBy: readonly SortKeyIr[]; limit: number | undefined; offset: number | undefined },
    from: number,
  ): number {
    let last = from;
    if (query.orderBy.length) {
      last = this.#add('Sort Row', `Order #${last} by ${query.orderBy.map((key) => this.#sortKey(key)).join(', ')}`);
    }
    if (query.limit !== undefined) {
      const skip = query.offset === undefined ? '' : ` after skipping the first ${records(query.offset)}`;
      last = this.#add('Limit', `Limit #${last} to the top ${records(query.limit)}${skip}`);
    }
    return last;
  }

  #sortKey({ expression, descending, nulls }: SortKeyIr): string {
    const direction = descending ? 'descending' : 'ascending';
    return `${this.#expression(expression)} in ${direction} order${nulls ? ` with nulls ${nulls}` : ''}`;
  }

  #item({ expression, alias }: ItemIr): string {
    return `${this.#expression(expression)}${alias === undefined ? '' : ` as ${bracket(alias)}`}`;
  }

  #list(expressions: readonly ExpressionIr[]): string {
    return expressions.map((expression) => this.#expression(expression)).join(', ');
  }

  #expression(expression: ExpressionIr): string {
    switch (expression.kind) {
      case 'column':
        return bracket(expression.table === undefined ? expression.name : `${expression.table}.${expression.name}`);
      case 'star':
        return `all columns${expression.table === undefined ? '' : ` from the ${bracket(expression.table)} table`}`;
      case 'number':
        return expression.text;
      case 'text':
        return quote(expression.value);
      case 'date':
        return `DATE ${quote(expression.value)}`;
      case 'null':
        return 'NULL';
      case 'boolean':
        return expression.value ? 'TRUE' : 'FALSE';
      case 'aggregate':
        if (!expression.argument) return 'the count of rows';
        return `the ${AGGREGATE_WORDS[expression.name]} of ${expression.distinct ? 'distinct ' : ''}${this.#expression(expression.argument)}`;
      case 'arithmetic':
        return `${this.#operand(expression.left)} ${expression.operator} ${this.#operand(expression.right)}`;
      case 'date-text':
        return `the date text of ${this.#expression(expression.argument)} in format ${quote(expression.format)}`;
      case 'query':
        return `the result of #${this.query(expression.query, true)}`;
      case 'verbatim':
        return `the expression {{${expression.sql}}}`;
    }
  }

  #operand(expression: ExpressionIr): string {
    return expression.kind === 'arithmetic' ? `(${this.#expression(expression)})` : this.#expression(expression);
  }

  #condition(condition: ConditionIr): string {
    const not = 'negated' in condition && condition.negated ? 'not ' : '';
    switch (condition.kind) {
      case 'compare':
        return `${this.#expression(condition.left)} ${COMPARISON_WORDS[condition.operator]} ${this.#expression(condition.right)}`;
      case 'between':
        return `${this.#expression(condition.value)} is ${not}between ${this.#expression(condition.low)} and ${this.#expression(condition.high)}`;
      case 'like':
        return `${this.#expression(condition.value)} is ${not}like ${this.#expression(condition.pattern)}${condition.ignoreCase ? ' ignoring case' : ''}`;
      case 'null-test':
        return `${this.#expression(condition.value)} is ${not}null`;
      case 'in': {
        const value = this.#expression(condition.value);
        if (Array.isArray(condition.options)) return `${value} is ${not}in (${this.#list(condition.options)})`;
        return `${value} is ${not}in the result of #${this.query(condition.options as QueryIr, true)}`;
      }
      case 'exists':
        return `there is ${condition.negated ? 'no' : 'a'} row in #${this.query(condition.query, true)}`;
      case 'and':
      case 'or':
        return condition.parts.map((part) => this.#nested(part, condition.kind)).join(` ${condition.kind} `);
      case 'not':
        return `not (${this.#condition(condition.part)})`;
      case 'verbatim':
        return `the expression {{${condition.sql}}}`;
    }
  }

  #nested(part: ConditionIr, outer: 'and' | 'or'): string {
    const grouped = (part.kind === 'and' || part.kind === 'or') && part.kind !== outer;
    return grouped ? `(${this.#condition(part)})` : this.#condition(part);
  }
}

const bracket = (name: string) => `[${name.replaceAll(']', ']]')}]`;
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const records = (count: number) => `${count} ${count === 1 ? 'record' : 'records'}`;
