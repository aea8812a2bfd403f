import type { EdlOperator } from '#src/domain/edl.ts';
import type { CastType } from '#src/sql/query-ir.ts';
import type { EdlExpression, EdlItem, EdlSortKey, EdlSource, StepBody } from './edl-ast.ts';
import {
  AGGREGATE_WORDS,
  ARITHMETIC_WORDS,
  COMPARISON_WORDS,
  CURRENT_WORDS,
  JOIN_WORDS,
  LIKE_WORDS,
  windowWords,
} from './phrases.ts';

/** Canonical text of a step's body, without number and label, ending in a full stop. parse(print(e)) = e. */
export function printBody(body: StepBody): string {
  return `${bodyText(body)}.`;
}

/** The operator's label (sources.md#edl-operators). */
export function operatorOf(body: StepBody): EdlOperator {
  switch (body.kind) {
    case 'scan':
      return body.nested ? 'Subquery' : 'Scan Table';
    case 'subquery':
      return 'Subquery';
    case 'join':
      return 'Join';
    case 'reserve':
      return 'Reserve Rows';
    case 'group':
      return 'Group';
    case 'having':
      return 'Apply Having Clause';
    case 'sort':
      return 'Sort Row';
    case 'limit':
      return 'Limit';
    case 'select':
      return 'Select Column';
    case 'set':
      return 'Set Operation';
    case 'verbatim':
      return 'Run as written';
    case 'compute':
      return computeOperator(body.expression);
  }
}

function computeOperator(expression: EdlExpression): EdlOperator {
  if (expression.kind === 'case') return 'Case Statement';
  if (expression.kind === 'cast') return 'Cast';
  if (expression.kind === 'substring') return 'Substring';
  if (expression.kind === 'window') return 'Window Function';
  if (expression.kind === 'current' || expression.kind === 'at-zone' || expression.kind.startsWith('date-'))
    return 'Date Operation';
  return 'Arithmetic Calculation';
}

function bodyText(body: StepBody): string {
  switch (body.kind) {
    case 'scan': {
      const from = body.source
        ? `Retrieve all rows from ${sourceText(body.source)}`
        : 'Retrieve one row without a table';
      return body.nested ? `${from} in a subquery` : from;
    }
    case 'subquery':
      return `Retrieve all rows from ${sourceText(body.source)} in a subquery and select ${body.distinct ? 'distinct ' : ''}${itemsText(body.items)}`;
    case 'join': {
      const words = `${body.natural ? 'Natural ' : ''}${JOIN_WORDS[body.type]}`;
      const using = body.using.length ? ` using the same ${body.using.map(bracket).join(', ')}` : '';
      const on = body.on ? ` on the condition that ${expressionText(body.on, 'condition')}` : '';
      return `${capital(words)} ${sourceText(body.source)}${using}${on}`;
    }
    case 'reserve':
      return `Reserve rows of #${body.input} where ${expressionText(body.condition, 'condition')}`;
    case 'having':
      return `Reserve the grouped rows of #${body.input} where ${expressionText(body.condition, 'condition')}`;
    case 'group':
      return `Group #${body.input} by ${listText(body.keys)}`;
    case 'sort': {
      const alone = body.keys.length === 1;
      return `Order #${body.input} by ${body.keys.map((key) => sortKeyText(key, alone)).join(', ')}`;
    }
    case 'limit':
      return `Limit #${body.input} to ${limitText(body.count, body.offset)}`;
    case 'select':
      return `Select ${body.distinct ? 'distinct ' : ''}${itemsText(body.items)} in #${body.input}${resultName(body.name)}`;
    case 'set':
      return `Apply ${body.operator} operation: ${
        body.operator === 'EXCEPT'
          ? `Exclude the results in #${body.right} from the results in #${body.left}`
          : `Include the results in #${body.left} in the results in #${body.right}`
      }${resultName(body.name)}`;
    case 'verbatim':
      return `${fence(body.sql)}${resultName(body.name)}`;
    case 'compute':
      return computeText(body.name, body.expression);
  }
}

const resultName = (name: string | undefined) => (name === undefined ? '' : ` as the ${bracket(name)} query result`);

function limitText(count: number | undefined, offset: number | undefined): string {
  const skip = offset === undefined ? '' : ` after skipping the first ${records(offset)}`;
  return count === undefined ? `all records${skip}` : `the top ${records(count)}${skip}`;
}

function sourceText(source: EdlSource): string {
  if (source.kind === 'verbatim') return `the expression ${fence(source.sql)}`;
  const alias = source.alias === undefined ? '' : ` aliased as ${bracket(source.alias)}`;
  if (source.kind === 'step') return `the result of #${source.step}${alias}`;
  const schema = source.schema === undefined ? '' : ` of the ${bracket(source.schema)} schema`;
  return `the ${bracket(source.name)} table${schema}${alias}`;
}

function itemsText(items: readonly EdlItem[]): string {
  const [first, ...more] = items;
  if (first && !more.length && isBareColumn(first.expression) && first.alias === undefined) {
    return `the ${expressionText(first.expression)} column`;
  }
  return items
    .map(
      ({ expression, alias }) =>
        `${expressionText(expression, 'item')}${alias === undefined ? '' : ` as ${bracket(alias)}`}`,
    )
    .join(', ');
}

const isBareColumn = (expression: EdlExpression) =>
  expression.kind === 'column' && expression.table === undefined && !expression.whole;

function listText(expressions: readonly EdlExpression[]): string {
  const [first, ...more] = expressions;
  if (first && !more.length && isBareColumn(first)) return `the ${expressionText(first)} column`;
  return expressions.map((expression) => expressionText(expression, 'item')).join(', ');
}

function sortKeyText({ expression, descending, nulls }: EdlSortKey, alone = false): string {
  const text = expressionText(expression, 'item');
  const key = alone && isBareColumn(expression) ? `the ${text} column` : text;
  return `${key} in ${descending ? 'descending' : 'ascending'} order${nulls ? ` with nulls ${nulls}` : ''}`;
}

function computeText(name: string, expression: EdlExpression): string {
  switch (expression.kind) {
    case 'cast':
      return `Cast ${expressionText(expression.argument)} as ${typeText(expression.type)} as ${bracket(name)}`;
    case 'substring': {
      const { argument, start, length } = expression;
      const extent = length ? `for ${expressionText(length)} characters` : 'to the end';
      return `Extract substring from ${expressionText(argument)} starting at position ${expressionText(start)} ${extent} as ${bracket(name)}`;
    }
    case 'case': {
      const operand = expression.operand ? ` comparing ${expressionText(expression.operand, 'item')}` : '';
      const whens = expression.whens.map(
        ({ condition, result }) =>
          ` where ${expressionText(condition, expression.operand ? 'item' : 'condition')}, then ${expressionText(result, 'item')}`,
      );
      const otherwise = expression.otherwise ? `, else ${expressionText(expression.otherwise, 'item')}` : '';
      return `Compute ${bracket(name)} as a case statement${operand}${whens.join(',')}${otherwise}`;
    }
    case 'window': {
      const { args, partitionBy, orderBy } = expression;
      const of = args.length ? ` of ${args.map((arg) => expressionText(arg, 'item')).join(', ')}` : '';
      const partition = partitionBy.length
        ? ` partitioned by ${partitionBy.map((one) => expressionText(one, 'item')).join(', ')}`
        : '';
      const order = orderBy.length ? ` ordered by ${orderBy.map((key) => sortKeyText(key)).join(', ')}` : '';
      return `Compute ${bracket(name)} as the ${windowWords(expression.name)}${of}${partition}${order} using the ${expression.name}() window function`;
    }
    default:
      return `Compute ${bracket(name)} as ${expressionText(expression, 'item')}`;
  }
}

function typeText(type: CastType): string {
  if (type.name === 'verbatim') return fence(type.sql);
  const { precision, scale } = type;
  return precision === undefined ? type.name : `${type.name}(${precision}${scale === undefined ? '' : `, ${scale}`})`;
}

/**
 * The words of an expression. `place`: 'condition' where a condition stands, 'item' where nothing follows that could be
 * taken for its own (an item, a key, an argument in a list), 'operand' beside an operator.
 */
export function expressionText(expression: EdlExpression, place: 'condition' | 'item' | 'operand' = 'operand'): string {
  if (place === 'condition') return conditionText(expression);
  if (CONDITION_KINDS.has(expression.kind)) return `whether (${conditionText(expression)})`;
  const text = plainText(expression);
  return place === 'operand' && isOpen(expression) ? `(${text})` : text;
}

const CONDITION_KINDS: ReadonlySet<string> = new Set(
  'compare between like null-test truth-test in in-query exists and or not'.split(' '),
);

/** Would a following operator be taken for a part of it? */
function isOpen(expression: EdlExpression): boolean {
  switch (expression.kind) {
    case 'arithmetic':
    case 'list':
    case 'date-part':
    case 'date-text':
    case 'date-start':
    case 'date-of':
    case 'date-difference':
    case 'date-read':
    case 'at-zone':
    case 'star':
      return true;
    case 'aggregate':
      return expression.argument !== undefined && expression.filter === undefined;
    default:
      return false;
  }
}

function plainText(expression: EdlExpression): string {
  switch (expression.kind) {
    case 'column':
      return expression.whole
        ? `the column ${bracket(expression.name)}`
        : columnText(expression.name, expression.table);
    case 'star':
      return expression.table === undefined ? 'all columns' : `all columns from the ${bracket(expression.table)} table`;
    case 'position':
      return `the result column ${expression.index}`;
    case 'number':
      return expression.text;
    case 'text':
      return quote(expression.value);
    case 'date':
      return `DATE ${quote(expression.value)}`;
    case 'timestamp':
      return `TIMESTAMP ${quote(expression.value)}`;
    case 'instant':
      return `INSTANT ${quote(expression.value)}`;
    case 'interval':
      return `a span of ${expressionText(expression.amount)} ${expression.unit}${isOne(expression.amount) ? '' : 's'}`;
    case 'null':
      return 'NULL';
    case 'boolean':
      return expression.value ? 'TRUE' : 'FALSE';
    case 'negative':
      return `-(${expressionText(expression.argument, 'item')})`;
    case 'aggregate': {
      const { name, distinct, argument, filter } = expression;
      const rows = filter ? ` for rows where (${conditionText(filter)})` : '';
      if (!argument) return `the count of rows${rows}`;
      return `the ${AGGREGATE_WORDS[name]} of ${distinct ? 'distinct ' : ''}${expressionText(argument)}${rows}`;
    }
    case 'list': {
      const each = `the list of ${expression.distinct ? 'distinct ' : ''}${expressionText(expression.argument)}`;
      return expression.separator ? `${each} separated by ${expressionText(expression.separator)}` : each;
    }
    case 'arithmetic':
      return arithmeticText(expression);
    case 'date-part':
      return `the ${expression.part} of ${expressionText(expression.argument)}`;
    case 'date-text':
      return `the date text of ${expressionText(expression.argument)}${adjustedText(expression.adjusted)} in format ${quote(expression.format)}`;
    case 'date-start':
      return `the start of the ${expression.unit} of ${expressionText(expression.argument)}`;
    case 'date-of':
      return `the ${expression.form === 'date' ? 'date' : 'date and time'} of ${expressionText(expression.argument)}${adjustedText(expression.adjusted)}`;
    case 'date-difference':
      return `the difference in ${expression.unit}s of ${expressionText(expression.left)} and ${expressionText(expression.right)}`;
    case 'date-read':
      return `the date read from ${expressionText(expression.argument)} in format ${quote(expression.format)}`;
    case 'at-zone':
      return `the time of ${expressionText(expression.argument)} at time zone ${quote(expression.zone)}`;
    case 'current':
      return CURRENT_WORDS[expression.what];
    case 'function':
      return `${expression.name}(${expression.args.map((arg) => expressionText(arg, 'item')).join(', ')})`;
    case 'query':
      return `the result of #${expression.query}`;
    case 'verbatim':
      return `the expression ${fence(expression.sql)}`;
    default:
      throw new Error(`${expression.kind} has no words inside another step`);
  }
}

const isOne = (amount: EdlExpression) => amount.kind === 'number' && amount.text === '1';

function adjustedText(adjusted: readonly EdlExpression[] | undefined): string {
  return adjusted?.length ? ` adjusted by ${adjusted.map((one) => expressionText(one)).join(', then ')}` : '';
}

/** Left-leaning chains of one level need no parentheses; `||` stands apart from `+` and `-`. */
function arithmeticText({ operator, left, right }: Extract<EdlExpression, { kind: 'arithmetic' }>): string {
  const level = ARITHMETIC_WORDS[operator];
  const chained = left.kind === 'arithmetic' && ARITHMETIC_WORDS[left.operator] === level;
  return `${expressionText(left, chained ? 'item' : 'operand')} ${operator} ${expressionText(right)}`;
}

/** `[T1.c]`, or in words where a dot in a name would mislead. */
function columnText(name: string, table: string | undefined): string {
  if (table === undefined) return bracket(name);
  return name.includes('.') || table.includes('.')
    ? `${bracket(name)} from the ${bracket(table)} table`
    : bracket(`${table}.${name}`);
}

function conditionText(condition: EdlExpression): string {
  const not = 'negated' in condition && condition.negated ? 'not ' : '';
  switch (condition.kind) {
    case 'compare': {
      const any = condition.quantifier ? `${condition.quantifier} of ` : '';
      return `${expressionText(condition.left, 'item')} ${COMPARISON_WORDS[condition.operator]} ${any}${expressionText(condition.right, 'item')}`;
    }
    case 'between':
      return `${expressionText(condition.value, 'item')} is ${not}between ${expressionText(condition.low, 'item')} and ${expressionText(condition.high, 'item')}`;
    case 'like':
      return likeText(condition);
    case 'null-test':
      return `${expressionText(condition.value, 'item')} is ${not}null`;
    case 'truth-test':
      return `${expressionText(condition.value, 'item')} is ${not}${condition.is ? 'true' : 'false'}`;
    case 'in':
      return `${expressionText(condition.value, 'item')} is ${not}in (${condition.options.map((one) => expressionText(one, 'item')).join(', ')})`;
    case 'in-query':
      return `${expressionText(condition.value, 'item')} is ${not}in the result of #${condition.query}`;
    case 'exists':
      return `there is ${condition.negated ? 'no' : 'a'} row in #${condition.query}`;
    case 'and':
    case 'or':
      return condition.parts
        .map((part) => (part.kind === 'and' || part.kind === 'or' ? `(${conditionText(part)})` : conditionText(part)))
        .join(` ${condition.kind} `);
    case 'not':
      return `not (${conditionText(condition.part)})`;
    case 'verbatim':
      return plainText(condition);
    default:
      return `${expressionText(condition)} holds`;
  }
}

/** '%x%' without other wildcards: contains 'x'. */
function likeText({ value, pattern, negated, ignoreCase }: Extract<EdlExpression, { kind: 'like' }>): string {
  const subject = expressionText(value, 'item');
  const mood = negated ? 'negated' : 'plain';
  const ending = ignoreCase ? ' ignoring case' : '';
  const text = pattern.kind === 'text' ? pattern.value : '';
  const [, before, inner = '', after] = /^(%?)([^%_\\]+)(%?)$/s.exec(text) ?? [];
  if (before && after) return `${subject} ${LIKE_WORDS.contains[mood]} ${quote(inner)}${ending}`;
  if (after) return `${subject} ${LIKE_WORDS.starts[mood]} ${quote(inner)}${ending}`;
  if (before) return `${subject} ${LIKE_WORDS.ends[mood]} ${quote(inner)}${ending}`;
  return `${subject} ${LIKE_WORDS.like[mood]} ${expressionText(pattern, 'item')}${ending}`;
}

export const bracket = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const records = (count: number) => `${count} ${count === 1 ? 'record' : 'records'}`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

/** SQL in braces, more of them than the SQL itself has in a row. */
export function fence(sql: string): string {
  const longest = Math.max(1, ...[...sql.matchAll(/[{}]+/g)].map(([run]) => run.length));
  return `${'{'.repeat(longest + 1)} ${sql} ${'}'.repeat(longest + 1)}`;
}
