import { type ExpressionIr, type IrNode, type QueryIr, visit } from '#src/sql/query-ir.ts';

export type Planted = string | number;

/** A column of the catalog, as maps are keyed by it. */
export const keyOf = (table: string, column: string) => `${table}.${column}`.toLowerCase();

/**
 * Values by the column that a literal of the statement is compared with: the literal itself, most often, and what nearly is it, on
 * which a statement with another bound, another spelling or another operator shows.
 */
export function plantedLiterals(query: QueryIr): ReadonlyMap<string, readonly Planted[]> {
  const planted = new Map<string, Planted[]>();
  const plant = (column: ExpressionIr, literals: readonly ExpressionIr[]) => {
    const key = columnIn(column);
    if (!key) return;
    planted.set(key, [...(planted.get(key) ?? []), ...literals.flatMap(valuesOf)]);
  };
  visit(query, (one) => {
    if (one.kind === 'compare') {
      plant(one.left, [one.right]);
      plant(one.right, [one.left]);
    } else if (one.kind === 'between') plant(one.value, [one.low, one.high]);
    else if (one.kind === 'in') plant(one.value, one.options);
    else if (one.kind === 'like') plant(one.value, [one.pattern]);
  });
  return planted;
}

function valuesOf(literal: ExpressionIr): Planted[] {
  if (literal.kind === 'number') {
    const value = Number(literal.text);
    return [value, value - 1, value + 1, value * 2 + 7];
  }
  if (literal.kind === 'date' || literal.kind === 'timestamp') return [literal.value, `${literal.value} 10:00:00`];
  // A name that no column has is a text in SQLite.
  if (literal.kind === 'column' && literal.quoted && literal.resolved === undefined) return textsOf(literal.name);
  return literal.kind === 'text' ? textsOf(literal.value) : [];
}

function textsOf(text: string): Planted[] {
  const plain = text.replaceAll('%', 'ab').replaceAll('_', 'c');
  // A year or a month compared with a part of a date: whole dates of it.
  const dated = /^\d{4}$/.test(text) ? [`${text}-05-17`] : /^\d{4}-\d{2}$/.test(text) ? [`${text}-17`] : [];
  const number = /^-?\d+(\.\d+)?$/.test(text) ? [Number(text)] : [];
  return [plain, plain, text, otherCase(plain), ...dated, ...number];
}

const otherCase = (text: string) => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase());

export const columnOf = (expression: IrNode): string | undefined =>
  expression.kind === 'column' && expression.resolved !== undefined
    ? keyOf(expression.resolved, expression.name)
    : undefined;

/** The one column of an expression: of the bare column, or of what is computed from it. */
function columnIn(expression: ExpressionIr): string | undefined {
  const found = new Set<string>();
  visit(expression, (node) => {
    const key = columnOf(node);
    if (key) found.add(key);
  });
  return found.size === 1 ? [...found][0] : undefined;
}
