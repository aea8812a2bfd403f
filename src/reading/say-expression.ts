import { flagOf } from '#src/domain/column-meaning.ts';
import { sayWords, type Words } from '#src/domain/reading.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { type ComparisonOperator, canonical, type ExpressionIr, type QueryIr } from '#src/sql/query-ir.ts';
import { partOfDate } from './date-part.ts';
import { type Period, periodsOf } from './periods.ts';
import { between, columnWords, dateWords, listed, name, overWords, text } from './say-names.ts';
import { saySpan } from './spans.ts';
import { columnAt, isToOne, type Source, type Statement, statementOf } from './statement.ts';

type Aggregate = Extract<ExpressionIr, { readonly kind: 'aggregate' }>;

/** An expression in words; nothing where there are none for it, and then nothing is said of its statement at all. */
export function expressionWords(one: ExpressionIr, statement: Statement): Words | undefined {
  const bare = withoutDress(one);
  switch (bare.kind) {
    case 'column': {
      const at = columnAt(bare, statement);
      return at && columnWords(at, statement);
    }
    case 'number':
      return [name(bare.text)];
    case 'text':
    case 'date':
    case 'timestamp':
    case 'instant':
      return [name(bare.value === '' ? '“”' : bare.value)];
    case 'boolean':
      return [name(bare.value ? 'true' : 'false')];
    case 'interval': {
      const said = expressionWords(bare.amount, statement);
      return said && [...said, text(` ${bare.unit}s`)];
    }
    case 'current':
      return [text(bare.what === 'date' ? 'today' : 'now')];
    case 'negative': {
      const said = expressionWords(bare.argument, statement);
      return said && [text('−'), ...said];
    }
    case 'aggregate':
      return aggregateWords(bare, statement);
    case 'arithmetic':
      return shareWords(bare, statement) ?? arithmeticWords(bare, statement);
    case 'query':
      return queryWords(bare.query, statement);
    default:
      return partOfDateWords(bare, statement) ?? movedWords(bare, statement);
  }
}

/** "today, -30 days" */
function movedWords(one: ExpressionIr, statement: Statement): Words | undefined {
  if (one.kind !== 'date-of' || !one.adjusted.every((part) => part.kind === 'text')) return undefined;
  const isNow = one.argument.kind === 'text' && one.argument.value === 'now';
  const said = isNow ? [text('today')] : expressionWords(one.argument, statement);
  return said && [...said, ...one.adjusted.flatMap((part) => (part.kind === 'text' ? [text(`, ${part.value}`)] : []))];
}

/** Without what changes how a value looks and not which it is: rounding, a cast, a default for nothing. */
export function withoutDress(one: ExpressionIr): ExpressionIr {
  if (one.kind === 'cast' && one.type.name !== 'DATE' && one.type.name !== 'INTEGER') return withoutDress(one.argument);
  if (one.kind !== 'function') return one;
  const [first, second] = one.args;
  const dresses =
    one.name === 'ROUND' ||
    (/^(?:COALESCE|NULLIF|IFNULL)$/.test(one.name) && second?.kind === 'number' && Number(second.text) === 0);
  return first && dresses ? withoutDress(first) : one;
}

const OPERATORS = { '+': ' + ', '-': ' − ', '*': ' × ', '/': ' ÷ ' } as const;

function arithmeticWords(
  { operator, left, right }: Extract<ExpressionIr, { readonly kind: 'arithmetic' }>,
  statement: Statement,
): Words | undefined {
  if (operator === '%' || operator === '||') return undefined;
  const sides = [left, right].map((side) => {
    const said = expressionWords(side, statement);
    const nests = withoutDress(side).kind === 'arithmetic' && !shareWords(withoutDress(side), statement);
    return said && nests ? [text('('), ...said, text(')')] : said;
  });
  const [before, after] = sides;
  return before && after && [...before, text(OPERATORS[operator]), ...after];
}

/** The part of all rows for which a condition holds, `100.0 * SUM(CASE WHEN … THEN 1 ELSE 0 END) / COUNT(*)`. */
function shareWords(one: ExpressionIr, statement: Statement): Words | undefined {
  if (one.kind !== 'arithmetic' || one.operator !== '/') return undefined;
  const whole = withoutDress(one.right);
  if (whole.kind !== 'aggregate' || whole.name !== 'count' || whole.argument || whole.filter) return undefined;
  let part = withoutDress(one.left);
  let factor = 1;
  if (part.kind === 'arithmetic' && part.operator === '*') {
    const sides = [withoutDress(part.left), withoutDress(part.right)] as const;
    const number = sides.find((side) => side.kind === 'number');
    const other = sides.find((side) => side !== number);
    if (number?.kind !== 'number' || !other) return undefined;
    factor = Number(number.text);
    part = other;
  }
  if (part.kind !== 'aggregate' || (factor !== 1 && factor !== 100)) return undefined;
  const counted = countedWhere(part);
  const where = counted && conditionWords(counted, statement);
  return (
    where && [text(factor === 1 ? 'share of ' : 'percentage of '), ...overWords(statement), text(' where '), ...where]
  );
}

/** The condition of which an aggregate counts the rows: COUNT with a filter, SUM or COUNT of a CASE that gives 1. */
function countedWhere({ name: aggregate, distinct, argument, filter }: Aggregate): ExpressionIr | undefined {
  if (distinct) return undefined;
  if (filter) return aggregate === 'count' && !argument ? filter : undefined;
  if (aggregate !== 'sum' && aggregate !== 'count') return undefined;
  const given = argument && givenWhere(argument, aggregate === 'sum');
  return given && isNumber(given.result, 1) ? given.condition : undefined;
}

const isNumber = (one: ExpressionIr | undefined, value: number) => one?.kind === 'number' && Number(one.text) === value;

/** CASE WHEN condition THEN result [ELSE 0 or nothing] END */
function givenWhere(argument: ExpressionIr, orZero: boolean) {
  const one = withoutDress(argument);
  if (one.kind !== 'case' || one.operand || one.whens.length !== 1) return undefined;
  const { otherwise } = one;
  const isNothing = !otherwise || otherwise.kind === 'null' || (orZero && isNumber(otherwise, 0));
  return isNothing ? one.whens[0] : undefined;
}

const SAYS = { sum: 'total', avg: 'average', min: 'lowest', max: 'highest', count: 'number' } as const;

function aggregateWords(one: Aggregate, statement: Statement): Words | undefined {
  const counted = countedWhere(one);
  if (counted) {
    const where = conditionWords(counted, statement);
    return where && [text('number of '), ...overWords(statement), text(' where '), ...where];
  }
  if (one.filter) {
    const whole = aggregateWords({ ...one, filter: undefined } as unknown as Aggregate, statement);
    const where = conditionWords(one.filter, statement);
    return whole && where && [...whole, text(' where '), ...where];
  }
  if (!one.argument)
    return [
      text('number of '),
      ...(statement.sources.some((source) => isExtra(source, statement)) ? [text('rows')] : overWords(statement)),
    ];
  if (one.name === 'count') return countWords(one.argument, one.distinct, statement);
  if (one.distinct) return undefined;
  const given = givenWhere(one.argument, one.name === 'sum');
  const of = expressionWords(given ? given.result : one.argument, statement);
  const where = given && conditionWords(given.condition, statement);
  if (!of || (given && !where)) return undefined;
  return [
    text(`${isDate(one.argument, statement) ? DATED[one.name] : SAYS[one.name]} `),
    ...ofWords(one, of),
    ...(where ? [text(' where '), ...where] : []),
  ];
}

/** A join that keeps rows without another of what may be many: then not each joined row is one of these. */
const isExtra = (source: Source, { catalog }: Statement) => source.optional && !isToOne(source, catalog);

/** "total of amount", but "highest amount". */
const ofWords = ({ name: aggregate }: Aggregate, of: Words): Words =>
  aggregate === 'sum' || aggregate === 'avg' ? [text('of '), ...of] : of;

const DATED = { sum: 'total', avg: 'average', min: 'earliest', max: 'latest', count: 'number' } as const;

function isDate(one: ExpressionIr, statement: Statement): boolean {
  const kind = columnAt(one, statement)?.column.kind;
  return kind === 'date' || kind === 'timestamp';
}

function countWords(argument: ExpressionIr, distinct: boolean, statement: Statement): Words | undefined {
  const at = columnAt(argument, statement);
  if (!at) return undefined;
  const { source, column } = at;
  const isKey = source.table.primaryKey.length === 1 && source.table.primaryKey[0] === column.name;
  if (distinct)
    return [text('number of different '), ...(isKey ? [name(source.table.name)] : columnWords(at, statement))];
  if (isKey && source === statement.grain) return [text('number of '), name(source.table.name)];
  return [text('number of '), ...overWords(statement), text(' that have '), ...columnWords(at, statement)];
}

/** One figure of another query: "average of price over products". */
function queryWords(query: QueryIr, { catalog }: Statement): Words | undefined {
  const inner = statementOf(query, catalog);
  const [item, ...more] = inner?.query.items ?? [];
  if (!inner || !item || more.length || item.expression.kind !== 'aggregate') return undefined;
  const { groupBy, having, orderBy, limit, distinct } = inner.query;
  if (groupBy.length || having || orderBy.length || limit !== undefined || distinct) return undefined;
  const measure = expressionWords(item.expression, inner);
  const where = conditionsWords(inner);
  if (!measure || !where) return undefined;
  const counts = item.expression.name === 'count';
  return [text('the '), ...measure, ...(counts ? [] : [text(' over '), ...overWords(inner)]), ...where];
}

/** Days of no zone but that of the database: nested conditions are said as they are compared. */
const AS_STORED = { today: '' };

/** " (status is open, country is Norway)", nothing of a statement without conditions. */
function conditionsWords(inner: Statement, goesWithoutSaying?: ExpressionIr): Words | undefined {
  const isSaid = (one: ExpressionIr) =>
    one.kind !== 'null-test' || !one.negated || canonical(one.value) !== canonical(goesWithoutSaying);
  const { periods, others } = periodsOf(conjunctsOf(inner.query.where).filter(isSaid), inner, AS_STORED);
  const said = [...periods.map((one) => periodWords(one, inner)), ...others.map((one) => conditionWords(one, inner))];
  if (!said.every((one) => one !== undefined)) return undefined;
  return said.length ? [text(' ('), ...between(said, ', '), text(')')] : [];
}

/** "placed in 2025" */
export function periodWords(period: Period, statement: Statement): Words | undefined {
  if (!period.asWritten) {
    const [before, said] = saySpan(period);
    return [...dateWords(period.at, statement), text(` ${before} `), name(said)];
  }
  const said = period.conditions.map((one) => conditionWords(one, statement));
  return said.every((one) => one !== undefined) ? between(said, ' and ') : undefined;
}

function partOfDateWords(one: ExpressionIr, statement: Statement): Words | undefined {
  const taken = partOfDate(one);
  const at = taken && columnAt(taken.date, statement);
  if (!at || (one.kind === 'substring' && at.column.kind === 'text')) return undefined;
  return [text(`${taken.part} of `), ...columnWords(at, statement)];
}

const COMPARES: Readonly<Record<ComparisonOperator, string>> = {
  '=': 'is',
  '<>': 'is not',
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  'is distinct from': 'is not',
  'is not distinct from': 'is',
};
const DATES_COMPARE: Partial<Record<ComparisonOperator, string>> = {
  '<': 'before',
  '<=': 'up to',
  '>': 'after',
  '>=': 'from',
};

/** So many options of a list are said one by one. */
const MOST_OPTIONS = 6;

/** A condition in words; nothing where there are none for it. */
export function conditionWords(one: ExpressionIr, statement: Statement): Words | undefined {
  switch (one.kind) {
    case 'compare': {
      if (one.quantifier) return undefined;
      const [left, right] = [expressionWords(one.left, statement), expressionWords(one.right, statement)];
      const dated = isDate(one.left, statement) ? DATES_COMPARE[one.operator] : undefined;
      return (
        left &&
        right && [...left, text(` ${dated ?? COMPARES[one.operator]} `), ...flagValue(one.left, right, statement)]
      );
    }
    case 'between': {
      const said = [one.value, one.low, one.high].map((part) => expressionWords(part, statement));
      const [value, low, high] = said;
      return (
        value &&
        low &&
        high && [...value, text(one.negated ? ' not between ' : ' between '), ...low, text(' and '), ...high]
      );
    }
    case 'in': {
      const value = expressionWords(one.value, statement);
      const options = one.options.map((option) => expressionWords(option, statement));
      if (!value || !options.every((option) => option !== undefined)) return undefined;
      const rest = options.length - MOST_OPTIONS;
      const said = rest > 1 ? [...options.slice(0, MOST_OPTIONS), [text(`${rest} more`)]] : options;
      return [...value, text(one.negated ? ' is not ' : ' is '), ...listed(said, 'or')];
    }
    case 'like':
      return likeWords(one, statement);
    case 'null-test': {
      const value = expressionWords(one.value, statement);
      return value && [...value, text(one.negated ? ' is not empty' : ' is empty')];
    }
    case 'truth-test': {
      const value = conditionWords(one.value, statement);
      return value && !one.negated ? [...value, text(one.is ? '' : ' is not so')] : undefined;
    }
    case 'column': {
      const value = expressionWords(one, statement);
      return value && [...value, text(' is '), name('true')];
    }
    case 'not': {
      const part = conditionWords(one.part, statement);
      return part && [text('not ('), ...part, text(')')];
    }
    case 'and':
    case 'or':
      return joinedWords(one.kind, one.parts, statement);
    case 'in-query':
      return rowsWords(one.value, one.query, one.negated, statement);
    default:
      return undefined;
  }
}

/** What a flag is compared with, as yes or no. */
function flagValue(left: ExpressionIr, right: Words, statement: Statement): Words {
  const at = columnAt(left, statement);
  const flag = at && flagOf(at.column, statement.catalog.engine);
  if (!flag || flag.yes.kind === 'text') return right;
  const said = sayWords(right).toLowerCase();
  if (said === '1' || said === 'true') return [name('true')];
  return said === '0' || said === 'false' ? [name('false')] : right;
}

function joinedWords(kind: 'and' | 'or', parts: readonly ExpressionIr[], statement: Statement): Words | undefined {
  const said = parts.map((part) => {
    const words = conditionWords(part, statement);
    return words && (part.kind === 'and' || part.kind === 'or') ? [text('('), ...words, text(')')] : words;
  });
  return said.every((words) => words !== undefined)
    ? said.flatMap((words, at) => (at ? [text(` ${kind} `), ...words] : words))
    : undefined;
}

function likeWords(
  { value, pattern, negated }: Extract<ExpressionIr, { readonly kind: 'like' }>,
  statement: Statement,
): Words | undefined {
  const said = expressionWords(
    value.kind === 'function' && /^(?:LOWER|UPPER)$/.test(value.name) ? (value.args[0] ?? value) : value,
    statement,
  );
  if (!said || pattern.kind !== 'text') return undefined;
  const [, before = '', middle = '', after = ''] = /^(%?)(.*?)(%?)$/s.exec(pattern.value) ?? [];
  const plainly = !/[%_\\]/.test(middle);
  const how = !plainly ? 'is like' : before && after ? 'contains' : before ? 'ends with' : after ? 'starts with' : 'is';
  return [...said, text(` ${negated ? NOT_LIKE[how] : how} `), name(plainly ? middle : pattern.value)];
}

const NOT_LIKE: Readonly<Record<string, string>> = {
  'is like': 'is not like',
  contains: 'does not contain',
  'ends with': 'does not end with',
  'starts with': 'does not start with',
  is: 'is not',
};

/** Whether there are rows of another table that belong to these: "no orders (order_date in 2026)". */
function rowsWords(value: ExpressionIr, query: QueryIr, negated: boolean, statement: Statement): Words | undefined {
  const at = columnAt(value, statement);
  const inner = statementOf(query, statement.catalog);
  const [item, ...more] = inner?.query.items ?? [];
  const theirs = inner && item && !more.length ? columnAt(item.expression, inner) : undefined;
  if (!at || !inner || !theirs || inner.query.limit !== undefined || inner.query.having) return undefined;
  const where = conditionsWords(inner, item?.expression);
  if (!where) return undefined;
  const isKey = at.source.table.primaryKey.length === 1 && at.source.table.primaryKey[0] === at.column.name;
  const refers = theirs.source.table.foreignKeys.some(
    ({ columns, targetTable }) =>
      columns.includes(theirs.column.name) && targetTable.toLowerCase() === at.source.table.name.toLowerCase(),
  );
  if (isKey && refers && at.source === statement.grain)
    return [text(negated ? 'without ' : 'with '), ...overWords(inner), ...where];
  return [
    ...columnWords(at, statement),
    text(negated ? ' is not among the ' : ' is among the '),
    name(theirs.column.name),
    text(' of '),
    ...overWords(inner),
    ...where,
  ];
}
