import { findTable, type Table } from '#src/domain/catalog.ts';
import type { CellForm } from '#src/domain/display.ts';
import { columnWords, pluralPhrase, type Things, thingsOf } from '#src/domain/plain-names.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { PRICE, QUANTITY } from '#src/planner/line-amounts.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import type { ConditionIr, ExpressionIr } from '#src/sql/query-ir.ts';
import { dateNoun, type Restriction, restrictionOf, sayRestriction } from './conditions.ts';
import { formOf } from './forms.ts';
import { portionPart, shareConditions, someOf, unwrapped, wholeOf } from './shares.ts';
import { columnIn, type ReadSelect, referenceWords, type SourceColumn, type TableSource, wordsOf } from './sources.ts';

/** What a figure of a query is. */
export type Measure =
  /** How many things there are. */
  | {
      readonly kind: 'count';
      readonly things: Things;
      /** What the query's conditions are about: "users with sessions in 2026". */
      readonly of: TableSource | undefined;
      readonly different: boolean;
      /** The things' own source, where it is another than that of the rows. */
      readonly own?: TableSource;
      /** Only of some of the rows: COUNT(CASE WHEN …). */
      readonly only?: Restriction;
    }
  /** The total, average, lowest or highest of a column: "total amount". */
  | { readonly kind: 'figure'; readonly words: string; readonly form: CellForm; readonly of: TableSource | undefined }
  /** What part of the things is so. */
  | {
      readonly kind: 'share';
      readonly only: Restriction;
      readonly of: TableSource | undefined;
      readonly form: CellForm;
    }
  /** A calculation that has no words but the name it was given. */
  | { readonly kind: 'other'; readonly words: string | undefined; readonly form: CellForm };

/** Reads a figure; undefined where an expression is none: a column, a text, a date. */
export function measureOf(expression: ExpressionIr, alias: string | undefined, read: ReadSelect): Measure | undefined {
  const of = unwrapped(expression);
  const form = formOf(expression, read);
  if (!holdsAggregate(of)) return undefined;
  const share = shareOf(of, form, read);
  if (share) return share;
  const part = portionPart(of);
  if (part && alias === undefined) return portionOf(part, form, read);
  const counted = of.kind === 'aggregate' ? countOf(of, read) : undefined;
  if (counted) return counted;
  const figure = of.kind === 'aggregate' && of.name !== 'count' ? figureOf(of, form, read) : undefined;
  if (figure && !(alias !== undefined && figure.vague)) return figure.measure;
  const each = alias === undefined ? perEach(of, form, read) : undefined;
  return each ?? { kind: 'other', words: alias === undefined ? undefined : columnWords({ name: alias }), form };
}

/** What there is for each of what it belongs to: "total amount per order", "order lines per order". */
function perEach(of: ExpressionIr, form: CellForm, read: ReadSelect): Measure | undefined {
  if (of.kind !== 'arithmetic' || of.operator !== '/') return undefined;
  const left = unwrapped(of.left);
  const isWhole = left.kind === 'arithmetic' && left.operator === '*' && isOne(left.left);
  const right = unwrapped(of.right);
  const [first] = right.kind === 'function' && right.name === 'NULLIF' ? right.args : [];
  const figure = isWhole ? unwrapped(left.right) : left;
  const over = first ? unwrapped(first) : right;
  if (figure.kind !== 'aggregate' || over.kind !== 'aggregate' || over.name !== 'count' || !over.distinct)
    return undefined;
  const some = figure.argument && onlySome(unwrapped(figure.argument), figure.name);
  const conditions = figure.filter ? conjunctsOf(figure.filter) : some?.conditions;
  const things = measureOf(ofAllRows(over), undefined, read);
  const measure = measureOf(ofAllRows(figure), undefined, read);
  if (things?.kind !== 'count' || !(measure?.kind === 'figure' || measure?.kind === 'count')) return undefined;
  const only = conditions ? sayRestriction(restrictionOf(conditions, read, read.finest)) : '';
  const said = measure.kind === 'count' ? measure.things.many : measure.words;
  return {
    kind: 'figure',
    words: `${said} per ${things.things.one.replace(/ id$/, '')}${only}`,
    form,
    of: read.finest,
  };
}

const isOne = (one: ExpressionIr): boolean => one.kind === 'number' && Number(one.text) === 1;

/** The same of all rows: SUM(CASE WHEN … THEN amount END) → SUM(amount). */
function ofAllRows(of: Aggregate): Aggregate {
  const { filter, ...all } = of;
  const some = of.argument && onlySome(unwrapped(of.argument), of.name);
  return some ? { ...all, argument: some.value } : all;
}

export function holdsAggregate(expression: ExpressionIr): boolean {
  switch (expression.kind) {
    case 'aggregate':
      return true;
    case 'arithmetic':
      return holdsAggregate(expression.left) || holdsAggregate(expression.right);
    case 'negative':
    case 'cast':
      return holdsAggregate(expression.argument);
    case 'function':
      return expression.args.some(holdsAggregate);
    case 'case':
      return [
        ...expression.whens.map(({ result }) => result),
        ...(expression.otherwise ? [expression.otherwise] : []),
      ].some(holdsAggregate);
    default:
      return false;
  }
}

type Aggregate = Extract<ExpressionIr, { kind: 'aggregate' }>;

function countOf(of: Aggregate, read: ReadSelect): Measure | undefined {
  const { finest } = read;
  const some = someOf(of);
  if (some) return finest && countedRows(finest, restrictionOf(some, read, finest));
  if (of.name !== 'count') return undefined;
  if (!of.argument || of.argument.kind === 'number') return finest && countedRows(finest);
  const column = columnIn(of.argument, read);
  if (!column) return undefined;
  if (of.distinct) return ofSome(differentOf(column, read), column.source, of, read);
  if (!finest && column.source === read.widest && column.source.table.primaryKey.includes(column.column.name))
    return countedRows(
      column.source,
      read.optional.length ? restrictionOf(read.optional, read, column.source) : undefined,
    );
  if (column.source !== finest) return undefined;
  if (column.source.table.primaryKey.includes(column.column.name) || !column.column.nullable)
    return countedRows(finest);
  const having: ConditionIr = { kind: 'null-test', negated: true, value: of.argument };
  return countedRows(finest, restrictionOf([having], read, finest));
}

/** Different ones of some rows alone: COUNT(DISTINCT CASE WHEN … THEN id END). */
function ofSome(different: Measure, source: TableSource, { filter }: Aggregate, read: ReadSelect): Measure {
  if (!filter || different.kind !== 'count') return different;
  return { ...different, only: restrictionOf(conjunctsOf(filter), read, source) };
}

const countedRows = (of: TableSource, only?: Restriction): Measure => ({
  kind: 'count',
  things: of.things,
  of,
  different: false,
  ...(only ? { only } : {}),
});

/** Different values: of a key its things, of a reference those that are referred to. */
function differentOf({ source, column }: SourceColumn, read: ReadSelect): Measure {
  const { finest, catalog } = read;
  const { primaryKey, foreignKeys } = source.table;
  const of = finest;
  if (primaryKey.length === 1 && primaryKey[0] === column.name)
    return { kind: 'count', things: source.things, of, different: false, ...(source === of ? {} : { own: source }) };
  const key = foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column.name);
  const target: Table | undefined = key && findTable(catalog, key.targetTable, key.targetSchema);
  if (target && referenceWords(column.name) === thingsOf(target, catalog).one)
    return { kind: 'count', things: thingsOf(target, catalog), of, different: false };
  const words = wordsOf({ source, column }, of);
  return {
    kind: 'count',
    things: { one: words, many: pluralPhrase(words), all: pluralPhrase(words) },
    of,
    different: true,
  };
}

const CALLS = { sum: 'total', avg: 'average', min: 'lowest', max: 'highest' } as const;
const DATED = { min: 'earliest', max: 'latest' } as const;

function figureOf(of: Aggregate, form: CellForm, read: ReadSelect) {
  const { name, argument } = of;
  if (name === 'count' || !argument) return undefined;
  // of some rows: SUM(CASE WHEN … THEN amount END), SUM(amount) FILTER (WHERE …)
  const chosen = of.filter
    ? { value: unwrapped(argument), conditions: conjunctsOf(of.filter) }
    : onlySome(unwrapped(argument), name);
  const value = chosen?.value ?? unwrapped(argument);
  const column = columnIn(value, read);
  if (!column) return isAmountOf(value) ? amountOf(name, chosen?.conditions, form, read) : undefined;
  const words =
    column.source === read.finest || read.sources.length === 1
      ? columnWords(column.column)
      : wordsOf(column, read.finest);
  const dated = column.column.kind === 'date' || column.column.kind === 'timestamp';
  const call = dated && (name === 'min' || name === 'max') ? DATED[name] : CALLS[name];
  const said = name === 'sum' && /^(?:total|sum)\b/.test(words) ? words : `${call} ${dated ? dateNoun(words) : words}`;
  const only = chosen ? sayRestriction(restrictionOf(chosen.conditions, read, read.finest)) : '';
  const measure: Measure = { kind: 'figure', words: `${said}${only}`, form, of: read.finest };
  return { measure, vague: column.source !== read.finest && read.sources.length > 1 && name === 'sum' };
}

/** How many times at what price, whatever is taken off: `quantity * unit_price`. */
function isAmountOf(value: ExpressionIr): boolean {
  if (value.kind !== 'arithmetic' || value.operator !== '*') return false;
  const words = factorsOf(value).flatMap((one) => (one.kind === 'column' ? splitIdentifier(one.name) : []));
  return words.some((word) => QUANTITY.test(word)) && words.some((word) => PRICE.test(word));
}

const factorsOf = (value: ExpressionIr): readonly ExpressionIr[] =>
  value.kind === 'arithmetic' && value.operator === '*'
    ? [value.left, value.right].flatMap((one) => factorsOf(unwrapped(one)))
    : [value];

function amountOf(
  name: Exclude<Aggregate['name'], 'count'>,
  conditions: readonly ConditionIr[] | undefined,
  form: CellForm,
  read: ReadSelect,
) {
  const only = conditions ? sayRestriction(restrictionOf(conditions, read, read.finest)) : '';
  const measure: Measure = { kind: 'figure', words: `${CALLS[name]} amount${only}`, form, of: read.finest };
  return { measure, vague: false };
}

/** A part of the whole: some rows over all, or the mean of a yes or no. */
function shareOf(of: ExpressionIr, form: CellForm, read: ReadSelect): Measure | undefined {
  const { finest } = read;
  const conditions = finest && shareConditions(of, read);
  if (!conditions) return undefined;
  const only = restrictionOf(conditions, read, finest);
  return {
    kind: 'share',
    only,
    of: finest,
    form: form.kind === 'share' ? form : { kind: 'share', whole: wholeOf(of) },
  };
}

/** A group's part of all: "share of orders", "share of total amount". */
function portionOf(part: Aggregate, form: CellForm, read: ReadSelect): Measure {
  const measure = measureOf(part, undefined, read);
  const of = measure?.kind === 'count' ? measure.things.many : measure?.kind === 'figure' ? measure.words : undefined;
  return { kind: 'other', words: of === undefined ? 'share' : `share of ${of}`, form };
}

/** The value and the condition of SUM(CASE WHEN c THEN x ELSE 0 END), AVG(CASE WHEN c THEN x END). */
function onlySome(of: ExpressionIr, name: Aggregate['name']) {
  if (of.kind !== 'case' || of.operand || of.whens.length !== 1) return undefined;
  const { condition, result } = of.whens[0]!;
  const rest = of.otherwise;
  const none =
    rest === undefined || rest.kind === 'null' || (name === 'sum' && rest.kind === 'number' && Number(rest.text) === 0);
  return none ? { value: unwrapped(result), conditions: conjunctsOf(condition) } : undefined;
}
