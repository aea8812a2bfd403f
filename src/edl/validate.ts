import { type DatabaseCatalog, type Engine, findColumn, findTable, keysTo, type Table } from '#src/domain/catalog.ts';
import { familyOf, isKnownFunction, knownFunctions, WINDOW_FUNCTIONS } from '#src/sql/functions.ts';
import { nearest } from '#src/sql/nearest.ts';
import type { EdlErrorCode, EdlProblem } from '#src/sql/problem.ts';
import {
  type ColumnIr,
  canonical,
  type ExpressionIr,
  type IrNode,
  partsOf,
  type QueryIr,
  type SelectIr,
  visit,
} from '#src/sql/query-ir.ts';
import { resolve } from '#src/sql/resolve.ts';
import type { EdlText } from './edl-ast.ts';
import { RANKS } from './phrases.ts';

export interface Validated {
  readonly query: QueryIr;
  readonly problems: readonly EdlProblem[];
  /** Those of the problems that the engine tolerates: warnings. */
  readonly lenient: ReadonlySet<EdlProblem>;
}

const CODES: Readonly<Partial<Record<EdlErrorCode, EdlErrorCode>>> = {
  S_TABLE_UNKNOWN: 'E_TABLE_UNKNOWN',
  S_COLUMN_UNKNOWN: 'E_COLUMN_UNKNOWN',
  S_COLUMN_AMBIGUOUS: 'E_COLUMN_AMBIGUOUS',
};

/** Checks a query that was read from EDL: names against the catalog, widths, functions, grouping (docs/edl.md). */
export function validate(query: QueryIr, text: EdlText, engine: Engine, catalog?: DatabaseCatalog): Validated {
  const resolved = resolve(query, engine, catalog);
  const problems: EdlProblem[] = [];
  const lenient = new Set<EdlProblem>();
  const stepAt = (at: number | undefined) =>
    at === undefined ? undefined : text.steps.find(({ span }) => span && span.start <= at && at < span.end)?.number;
  const report = (problem: EdlProblem): EdlProblem => {
    const step = problem.step ?? stepAt(problem.at);
    const placed = step === undefined ? problem : { ...problem, step };
    problems.push(placed);
    return placed;
  };
  for (const problem of resolved.problems) {
    const suggestion = (catalog && joinSuggestion(problem, resolved.query, catalog)) ?? problem.suggestion;
    report({
      ...problem,
      code: CODES[problem.code] ?? problem.code,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  visit(resolved.query, (node) => {
    const problem = widthProblem(node) ?? functionProblem(node);
    const at = node.span ? { at: node.span.start } : {};
    if (problem) report({ ...problem, ...at });
    const grouping = node.kind === 'select' ? groupingProblem(node, engine, catalog) : undefined;
    if (!grouping) return;
    const placed = report({ ...grouping, ...at });
    if (grouping.code === 'E_NOT_GROUPED' && familyOf(engine) !== 'postgres') lenient.add(placed);
  });
  return { query: resolved.query, problems, lenient };
}

/** The number of columns of a query's result, if no star hides it. */
function width(query: QueryIr): number | undefined {
  if (query.kind === 'verbatim-query') return undefined;
  if (query.kind === 'set-operation') return width(query.left) ?? width(query.right);
  return query.items.some(({ expression }) => expression.kind === 'star') ? undefined : query.items.length;
}

function widthProblem(node: IrNode): EdlProblem | undefined {
  if (node.kind === 'query' || node.kind === 'in-query') {
    const columns = width(node.query);
    if (columns === undefined || columns === 1) return undefined;
    // A quoted row of values may be compared with a result as wide.
    if (node.kind === 'in-query' && node.value.kind === 'verbatim') return undefined;
    return {
      code: 'E_SCALAR_WIDTH',
      message: `A result that is compared with a value must have one column; this one has ${columns}.`,
      suggestion: 'Select one column in it.',
    };
  }
  if (node.kind === 'set-operation') {
    const [left, right] = [width(node.left), width(node.right)];
    if (left === undefined || right === undefined || left === right) return undefined;
    return {
      code: 'E_SET_WIDTH',
      message: `${node.operator} needs as many columns on both sides; they have ${left} and ${right}.`,
    };
  }
  return undefined;
}

function functionProblem(node: IrNode): EdlProblem | undefined {
  if (node.kind === 'function' && !isKnownFunction(node.name)) {
    const near = nearest(node.name, knownFunctions());
    return {
      code: 'E_FUNC_UNKNOWN',
      message: `EDL has no function ${node.name}.`,
      suggestion: near ? `Did you mean ${near}?` : 'Quote the SQL: "the expression {{ … }}".',
    };
  }
  if (node.kind === 'window' && !WINDOW_FUNCTIONS.has(node.name)) {
    return {
      code: 'E_FUNC_UNKNOWN',
      message: `EDL has no window function ${node.name}.`,
      expected: [...WINDOW_FUNCTIONS],
    };
  }
  if (node.kind === 'window' && RANKS.has(node.name) && node.args.length) {
    return {
      code: 'E_FUNC_UNKNOWN',
      message: `${node.name} ranks rows and takes no value.`,
      suggestion: 'Leave out what it is of.',
    };
  }
  return undefined;
}

function groupingProblem(
  select: SelectIr,
  engine: Engine,
  catalog: DatabaseCatalog | undefined,
): EdlProblem | undefined {
  const expressions = [...select.items, ...select.orderBy].map(({ expression }) => expression);
  const aggregates = [...expressions, ...(select.having ? [select.having] : [])].some(hasAggregate);
  if (select.having && !select.groupBy.length && !aggregates) {
    return {
      code: 'E_HAVING_WITHOUT_GROUP',
      message: 'Grouped rows are reserved, but nothing was grouped.',
      suggestion: 'Add a Group step before it, or write "Reserve rows of".',
    };
  }
  if (!select.groupBy.length && !aggregates) return undefined;
  const keys = new Set(select.groupBy.map(columnKey));
  const whole = select.groupBy.map(canonical);
  const determined = catalog ? tablesWithKey(select, catalog) : undefined;
  for (const { expression } of select.items) {
    for (const column of plainColumns(expression, new Set(whole))) {
      if (keys.has(columnKey(column))) continue;
      if (familyOf(engine) === 'postgres' && (!determined || determined.has(column.resolved ?? ''))) continue;
      return {
        code: 'E_NOT_GROUPED',
        message: `[${column.name}] is neither grouped by nor aggregated.`,
        suggestion: 'Add it to the Group step, or take its minimum, maximum or count.',
      };
    }
  }
  return undefined;
}

const columnKey = (expression: ExpressionIr): string =>
  expression.kind === 'column' ? expression.name.toLowerCase() : canonical(expression);

/** Whether an expression reckons over rows, queries within it left out. */
export function hasAggregate(expression: ExpressionIr): boolean {
  let found = false;
  shallow(expression, (node) => {
    if (node.kind === 'aggregate' || node.kind === 'list') found = true;
    return !found;
  });
  return found;
}

/** Columns outside aggregates, windows, subqueries and grouped expressions. */
function plainColumns(expression: ExpressionIr, grouped: ReadonlySet<string>): ColumnIr[] {
  const columns: ColumnIr[] = [];
  shallow(expression, (node) => {
    if (node.kind === 'column') columns.push(node);
    return (
      !(node.kind === 'aggregate' || node.kind === 'list' || node.kind === 'window' || node.kind === 'verbatim') &&
      !grouped.has(canonical(node))
    );
  });
  return columns;
}

/** Visits an expression's nodes, subqueries left out; stops below a node for which `enter` is false. */
function shallow(node: ExpressionIr, enter: (node: ExpressionIr) => boolean): void {
  const isQuery = node.kind === 'query' || node.kind === 'in-query' || node.kind === 'exists';
  if (!isQuery && !enter(node)) return;
  for (const part of partsOf(node)) shallow(part, enter);
}

/** Tables whose whole primary key is grouped by: PostgreSQL lets their other columns stand. */
function tablesWithKey(select: SelectIr, catalog: DatabaseCatalog): ReadonlySet<string> {
  const tables = new Set<string>();
  for (const key of select.groupBy) {
    if (key.kind !== 'column' || key.resolved === undefined) continue;
    const table = findLabelled(catalog, key.resolved);
    const covers = table?.primaryKey.every((name) =>
      select.groupBy.some(
        (one) =>
          one.kind === 'column' && one.resolved === key.resolved && one.name.toLowerCase() === name.toLowerCase(),
      ),
    );
    if (table?.primaryKey.length && covers) tables.add(key.resolved);
  }
  return tables;
}

function findLabelled(catalog: DatabaseCatalog, label: string): Table | undefined {
  const dot = label.indexOf('.');
  return (
    findTable(catalog, label) ?? (dot > 0 ? findTable(catalog, label.slice(dot + 1), label.slice(0, dot)) : undefined)
  );
}

/** An unknown column that a neighbouring table has: name the table and how to join it. */
function joinSuggestion(problem: EdlProblem, query: QueryIr, catalog: DatabaseCatalog): string | undefined {
  const name =
    problem.code === 'S_COLUMN_UNKNOWN'
      ? /no column (.+?)(?: in this part of the query)?\.$/.exec(problem.message)?.[1]
      : undefined;
  if (name === undefined) return undefined;
  const here: Table[] = [];
  visit(query, (node) => {
    const table = node.kind === 'table' ? findTable(catalog, node.name) : undefined;
    if (table) here.push(table);
  });
  for (const table of catalog.tables) {
    if (here.includes(table) || !findColumn(table, name)) continue;
    for (const other of here) {
      const path = keyBetween(table, other) ?? keyBetween(other, table);
      if (path) return `[${table.name}] has it: "Join the [${table.name}] table on the condition that ${path}."`;
    }
  }
  return undefined;
}

function keyBetween(from: Table, to: Table): string | undefined {
  const [key] = keysTo(from, to);
  return key?.columns
    .map((column, at) => `[${from.name}.${column}] equals [${to.name}.${key.targetColumns[at] ?? column}]`)
    .join(' and ');
}
