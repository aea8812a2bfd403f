import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type ColumnOf, columnNamed, flagOf } from '#src/domain/column-meaning.ts';
import { currencyOf } from '#src/domain/roles/currency-of.ts';
import { identifies, isDateRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { explain } from '#src/edl/explain.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { canonical, type ExpressionIr, type QueryIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { joinedByNothing } from './mending/keys.ts';

/** What a statement computes that runs and means nothing; a trace holds its kind alone (`MeaninglessKind`). */
export type Meaningless =
  | { readonly kind: 'key-added' | 'year-added'; readonly column: string }
  /** `column` is the table that is joined. */
  | { readonly kind: 'joined-by-nothing'; readonly column: string }
  | {
      readonly kind: 'currencies-added';
      readonly column: string;
      readonly currency: string;
      readonly held: readonly string[];
    }
  | { readonly kind: 'flag-counted'; readonly column: string; readonly yes: string };

/**
 * Whether a figure means nothing whatever was asked: such a candidate is mended or left out, and never posted. A count of a
 * flag's values does mean something, only hardly what was asked: it ranks below all others and is told.
 */
export const isGrave = ({ kind }: Meaningless): boolean => kind !== 'flag-counted';

/** The sentence without its subject: "adds up orders.sales_rep_id, which …". */
export function sayMeaningless(one: Meaningless): string {
  switch (one.kind) {
    case 'key-added':
      return `adds up ${one.column}, which tells rows apart and is no amount`;
    case 'joined-by-nothing':
      return `joins ${one.column} by nothing, so that every row of it meets every other`;
    case 'year-added':
      return `adds up the dates of ${one.column}`;
    case 'currencies-added': {
      const held = one.held.length ? ` (${one.held.join(', ')})` : '';
      return `adds up ${one.column} over the several currencies of ${one.currency}${held}`;
    }
    case 'flag-counted':
      return `counts how many different values ${one.column} has, not the rows where it is ${one.yes}`;
  }
}

/** The question is about a column's values themselves: "how many different approval statuses are there". */
const ABOUT_VALUES = /\b(?:different|distinct|unique|kinds?|types?|status(?:es)?|values?|states?|options?)\b/i;

/** Everything in a statement that means nothing, told by the roles of its columns; nothing where it cannot be read. */
export function meaningless(sql: string, catalog: DatabaseCatalog, question: string): readonly Meaningless[] {
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return [];
  const { query } = explained.value;
  const found = new Map<string, Meaningless>();
  for (const column of joinedByNothing(query, catalog))
    found.set(`joined ${column}`, { kind: 'joined-by-nothing', column });
  visit(query, (node) => {
    if (node.kind !== 'select') return;
    const select = node as unknown as SelectIr;
    for (const measure of measuresOf(select)) {
      for (const one of faultsOf(measure, select, query, catalog, question))
        found.set(`${one.kind} ${one.column}`, one);
    }
  });
  return [...found.values()];
}

interface MeasureFound {
  readonly name: 'sum' | 'avg' | 'count distinct';
  readonly argument: ExpressionIr;
  /** All of it, a filter included. */
  readonly whole: ExpressionIr;
}

/** Sums, means and counts of values that a query itself takes, those of queries within it left out. */
function measuresOf({ items, having, orderBy }: SelectIr): MeasureFound[] {
  const measures: MeasureFound[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (node === null || typeof node !== 'object') return;
    const one = node as ExpressionIr;
    if (/^(?:select|set-operation|verbatim-query)$/.test(String(one.kind))) return;
    if (one.kind === 'aggregate' && one.argument) {
      const { name, distinct, argument } = one;
      if (name === 'sum' || name === 'avg') measures.push({ name, argument, whole: one });
      else if (name === 'count' && distinct) measures.push({ name: 'count distinct', argument, whole: one });
    }
    if ((one.kind === 'window' || one.kind === 'function') && /^(?:SUM|AVG|TOTAL)$/.test(one.name) && one.args[0])
      measures.push({ name: one.name === 'AVG' ? 'avg' : 'sum', argument: one.args[0], whole: one });
    Object.values(node).forEach(walk);
  };
  walk([items, having, orderBy]);
  return measures;
}

function faultsOf(
  { name, argument, whole }: MeasureFound,
  select: SelectIr,
  query: QueryIr,
  catalog: DatabaseCatalog,
  question: string,
): Meaningless[] {
  if (name === 'count distinct') {
    const [only] = argument.kind === 'column' ? carried(argument, query, catalog) : [];
    const flag = only && flagOf(only.of.column, catalog.engine);
    if (!flag || ABOUT_VALUES.test(question)) return [];
    return [{ kind: 'flag-counted', column: label(only.of), yes: String(flag.yes.value) }];
  }
  return carried(argument, query, catalog).flatMap(({ of, through }): Meaningless[] => {
    const column = label(of);
    const role = roleOf(of, catalog);
    if (identifies(role)) return [{ kind: 'key-added', column }];
    if (name === 'sum' && isDateRole(role)) return [{ kind: 'year-added', column }];
    const currency = currencyOf(of, catalog);
    if (!currency || [select, ...through].some((one) => keepsApart(one, whole, of, currency, catalog))) return [];
    return [
      {
        kind: 'currencies-added',
        column,
        currency: label(currency),
        held: [...currency.column.values].sort().slice(0, 4),
      },
    ];
  });
}

const label = ({ table, column }: ColumnOf) => `${table.name}.${column.name}`;

interface Carried {
  readonly of: ColumnOf;
  /** The queries through which its values came. */
  readonly through: readonly SelectIr[];
}

/** By these an amount is brought to another currency. */
const CONVERTS = /rate|exchange|(?:^|_)fx|conver|factor/i;
const PASSES = new Set(['COALESCE', 'ROUND', 'ABS', 'FLOOR', 'CEIL', 'NULLIF', 'GREATEST', 'LEAST']);
const DEEPEST = 8;

/** The stored columns whose values an expression passes on, through arithmetic and through queries within the query. */
function carried(one: ExpressionIr, query: QueryIr, catalog: DatabaseCatalog, depth = 0): Carried[] {
  if (depth > DEEPEST) return [];
  const more = (part: ExpressionIr) => carried(part, query, catalog, depth + 1);
  switch (one.kind) {
    case 'column': {
      if (one.resolved === undefined) return [];
      const of = columnNamed(catalog, one.resolved, one.name);
      if (of) return [{ of, through: [] }];
      return itemsNamed(query, one.resolved, one.name).flatMap(({ expression, select }) =>
        more(expression).map(({ of: inner, through }) => ({ of: inner, through: [select, ...through] })),
      );
    }
    case 'arithmetic':
      return one.operator === '||' || mentions([one.left, one.right], CONVERTS)
        ? []
        : [...more(one.left), ...more(one.right)];
    case 'negative':
    case 'cast':
      return more(one.argument);
    case 'function':
      return PASSES.has(one.name) ? one.args.flatMap(more) : [];
    case 'case':
      return [...one.whens.map(({ result }) => result), ...(one.otherwise ? [one.otherwise] : [])].flatMap(more);
    default:
      return [];
  }
}

function mentions(parts: unknown, name: RegExp): boolean {
  let found = false;
  visit(parts, (node) => {
    if (node.kind === 'column' && name.test(String(node.name))) found = true;
  });
  return found;
}

/** What a query within the query, or a common table, gives under a name. */
function itemsNamed(query: QueryIr, source: string, name: string) {
  const found: { readonly expression: ExpressionIr; readonly select: SelectIr }[] = [];
  const same = (a: unknown, b: string) => typeof a === 'string' && a.toLowerCase() === b.toLowerCase();
  visit(query, (node) => {
    const called =
      node.kind === 'derived' ? node.alias : node.kind === undefined && 'query' in node ? node.name : undefined;
    if (!same(called, source)) return;
    const inner = node.query as QueryIr;
    if (inner.kind !== 'select') return;
    const item = inner.items.find(({ alias, expression }) =>
      same(alias ?? (expression.kind === 'column' ? expression.name : undefined), name),
    );
    if (item) found.push({ expression: item.expression, select: inner });
  });
  return found;
}

/** Whether a query adds up one currency at a time: it groups by it or by whose amount it is, keeps one, or picks by it. */
export function keepsApart(
  { groupBy, where, joins }: SelectIr,
  whole: ExpressionIr,
  amount: ColumnOf,
  currency: ColumnOf,
  catalog: DatabaseCatalog,
): boolean {
  const isIts = (one: ExpressionIr, of: ColumnOf) =>
    one.kind === 'column' &&
    one.resolved !== undefined &&
    columnNamed(catalog, one.resolved, one.name)?.column === of.column;
  const isCurrency = (one: ExpressionIr) => isIts(one, currency);
  /** Rows with one key of the amount's table, or of the one that says the currency, are all in one. */
  const keys = [amount.table, currency.table].flatMap((table) => {
    const key = table.primaryKey.length === 1 && table.columns.find((one) => one.name === table.primaryKey[0]);
    return key ? [{ table, column: key }] : [];
  });
  const determines = (one: ExpressionIr) => {
    const of = one.kind === 'column' && one.resolved ? columnNamed(catalog, one.resolved, one.name) : undefined;
    if (!of) return false;
    const refers = of.table.foreignKeys.some(
      ({ columns, targetTable }) =>
        columns.length === 1 &&
        columns[0] === of.column.name &&
        targetTable.toLowerCase() === currency.table.name.toLowerCase(),
    );
    return (
      isCurrency(one) || refers || keys.some((key) => isIts(one, key)) || (of.table === currency.table && isUnique(of))
    );
  };
  const conditions = [where, ...joins.map(({ on }) => on)].flatMap(conjunctsOf);
  const keeps = (one: ExpressionIr) =>
    (one.kind === 'compare' && one.operator === '=' && isFixed(one.left, one.right, determines)) ||
    (one.kind === 'in' && !one.negated && one.options.length === 1 && isCurrency(one.value)) ||
    (one.kind === 'like' && !one.negated && isCurrency(one.value));
  let picks = false;
  visit(whole, (node) => {
    if (isCurrency(node as unknown as ExpressionIr)) picks = true;
  });
  return picks || groupBy.some(determines) || conditions.some(keeps);
}

/** Each row has a value of its own, as far as is known: a name of accounts does for their key. */
const isUnique = ({ table: { rowEstimate }, column: { distinct } }: ColumnOf): boolean =>
  rowEstimate !== undefined && rowEstimate > 0 && distinct !== undefined && distinct >= rowEstimate;

/** A column on one side, a value that does not change from row to row on the other. */
function isFixed(left: ExpressionIr, right: ExpressionIr, column: (one: ExpressionIr) => boolean): boolean {
  const isValue = (one: ExpressionIr) => !/"kind":"column"/.test(canonical(one)) || one.kind === 'query';
  return (column(left) && isValue(right)) || (column(right) && isValue(left));
}
