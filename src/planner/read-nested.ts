import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { isKey, mayMeasure } from './column-roles.ts';
import { IS, LEAD, OPERATORS, scalar } from './comparisons.ts';
import { dbGraph, joinTables } from './db-graph.ts';
import type { RowFilter } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { heldBy } from './read-values.ts';
import { COLUMN, TABLE, type Taken } from './sentence.ts';

type Figure = NonNullable<Extract<RowFilter, { readonly kind: 'figure' }>['name']>;

const column = capture('column', COLUMN);
const operator = meaning('operator', OPERATORS);
const THE = '(?:(?:the|that|those|their|its|an?) )*';

/** Which of several values something is to be beyond: all of them, or one at least. */
function figureOf(quantity: string | undefined, operator: ComparisonOperator): Figure | undefined {
  const over = operator === '>' || operator === '>=';
  const under = operator === '<' || operator === '<=';
  if (quantity === undefined || !(over || under)) return undefined;
  return /^(?:some|at least one)/.test(quantity) === over ? 'min' : 'max';
}

/** Compares a column with a figure over the rows that a condition is said of, or with the one value of such a row. */
function compareWith(
  reading: Reading,
  ref: ColumnRef,
  operator: ComparisonOperator,
  name: Figure | undefined,
  of: ColumnRef,
  where: readonly RowFilter[],
): Taken {
  if (isKey(ref, reading.resolver.catalog) || isKey(of, reading.resolver.catalog)) return false;
  const tables = [of.table, ...where.map((filter) => filter.ref.table)];
  const edges = joinTables(dbGraph(reading.resolver.catalog), tables);
  if (!edges || edges.length > 1) return false;
  return addFilter(reading, { kind: 'figure', ref, operator, ...(name ? { name } : {}), of, where, edges });
}

const equals = (ref: ColumnRef & { readonly value: string }): RowFilter => ({
  kind: 'compare',
  ref,
  operator: '=',
  value: { kind: 'text', value: ref.value },
});

// not "any", by which some mean all and others at least one
const quantity = optional(capture('quantity', '(?:all|every|each|some|at least one)(?: one)?(?: of)?(?: the)?'));
const IN = part`(?:(?:in|of|from|at|with|by|on|that|which|who|whose|is|are|has|have|belong|belongs|to|the|an?|named|called) )*`;

/** "higher than all instructors in Biology", "more than the salary of the employee with id 163". */
const readThan = inOrder(
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${operator} ${THE}(?:${quantity} )?(?:${optional(capture('other', COLUMN))} (?:of|for|from) ${THE})?
      (?:${quantityAgain()} )?${capture('table', TABLE)} ${IN}(?:${optional(capture('by', COLUMN))} ${IS})?${capture('value', 'V\\d+')}(?: [TC]\d+)?`,
    ({ column, operator, quantity, other, again, table, by, value }, reading) =>
      compareWithRows(reading, { column, operator, quantity: quantity ?? again, other, table, by, value }),
  ),
  // "a higher salary than any of the instructors in Biology"
  rule(
    pattern`${LEAD}(?:an? |the |their )?${capture('degree', 'higher|greater|larger|bigger|longer|more|lower|smaller|less|shorter|fewer')} ${column} than ${THE}
      (?:${quantity} )?${capture('table', TABLE)} ${IN}(?:${optional(capture('by', COLUMN))} ${IS})?${capture('value', 'V\\d+')}(?: [TC]\d+)?`,
    ({ degree, column, quantity, table, by, value }, reading) =>
      compareWithRows(reading, {
        column,
        operator: OVER.test(degree) ? '>' : '<',
        quantity,
        other: undefined,
        table,
        by,
        value,
      }),
  ),
  // "more salary than the employee with id 163"
  rule(
    pattern`${LEAD}(?:an? |the |their )?(?:${column} ${IS}${operator} ${THE}(?:${optional(capture('other', COLUMN))} of ${THE})?)
      ${capture('table', TABLE)} (?:with|whose|who|that|has|have|having) ${THE}${capture('by', COLUMN)} ${IS}${capture('value', '[NVQ]\\d+')}`,
    ({ column, operator, other, table, by, value }, reading) => {
      const { resolver, sentence } = reading;
      const ref = resolver.column(column, subjectOf(reading));
      const beside = resolver.table(table);
      const key = resolver.column(by, beside);
      const of = other === undefined ? ref : resolver.column(other, beside);
      if (!ref || !of || !key || of.table !== beside || key.table !== beside) return false;
      const where: RowFilter = { kind: 'compare', ref: key, operator: '=', value: scalar(sentence, value, key) };
      return compareWith(reading, ref, operator, undefined, of, [where]);
    },
  ),
);

const OVER = /^(?:higher|greater|larger|bigger|longer|more)$/;

function quantityAgain() {
  return optional(capture('again', '(?:all|every|each|some|at least one)(?: of)?(?: the)?'));
}

interface Rows {
  readonly column: string;
  readonly operator: ComparisonOperator;
  readonly quantity: string | undefined;
  readonly other: string | undefined;
  readonly table: string;
  readonly by: string | undefined;
  readonly value: string;
}

function compareWithRows(reading: Reading, { column, operator, quantity, other, table, by, value }: Rows): Taken {
  const { resolver } = reading;
  const ref = resolver.column(column, subjectOf(reading));
  const beside = resolver.table(table);
  const of = other === undefined ? ref : resolver.column(other, beside);
  const held = heldBy(reading, by, value) ?? (by === undefined ? resolver.value(value, beside) : undefined);
  const name = figureOf(quantity, operator);
  // without "all" or "some" the value must be of one row: a thing's own name
  const own = held && resolver.label(held.table)?.column === held.column && held.table === of?.table;
  if (!ref || !of || !held || of.column.kind !== 'number' || (name === undefined && !own)) return false;
  return compareWith(reading, ref, operator, name, of, [equals(held)]);
}

const FIGURES: ReadonlyMap<string, Figure> = new Map([
  ['average', 'avg'],
  ['mean', 'avg'],
  ['maximum', 'max'],
  ['highest', 'max'],
  ['largest', 'max'],
  ['minimum', 'min'],
  ['lowest', 'min'],
  ['smallest', 'min'],
] as const);

/** "below the average salary of Biology", "higher than the maximum price of toys": a figure over some rows. */
const readThanFigure = rule(
  pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${operator} ${THE}${meaning('figure', FIGURES)} ${capture('other', COLUMN)} (?:of|for|in|among) ${THE}(?:all )?
    (?:${optional(capture('table', TABLE))} ${IN})?${capture('value', 'V\\d+')}(?: [TC]\d+)?`,
  ({ column, operator, figure, other, table, value }, reading) => {
    const { resolver } = reading;
    const ref = resolver.column(column, subjectOf(reading));
    const beside = resolver.table(table) ?? ref?.table;
    const of = resolver.column(other, beside);
    const held = resolver.value(value, beside);
    if (!ref || !of || !held || !mayMeasure(of, figure, resolver.catalog)) return false;
    return compareWith(reading, ref, operator, figure, of, [equals(held)]);
  },
);

/** "support rate lower than oppose rate": one column with another of the same row. */
const readColumnsCompared = inOrder(
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${operator} (?:(?:the|their|its|corresponding) )*${capture('other', COLUMN)}(?= ·| $| ,| and)`,
    ({ column, operator, other }, reading) => columnsCompared(reading, column, operator, other),
  ),
  rule(
    pattern`${LEAD}(?:an? |the |their )?${capture('degree', 'higher|greater|larger|bigger|more|lower|smaller|less|fewer')} ${column} than (?:(?:the|their|its) )*
      ${capture('other', COLUMN)}(?= ·| $| ,| and)`,
    ({ degree, column, other }, reading) => columnsCompared(reading, column, OVER.test(degree) ? '>' : '<', other),
  ),
);

function columnsCompared(reading: Reading, code: string, operator: ComparisonOperator, otherCode: string): Taken {
  const ref = reading.resolver.column(code, subjectOf(reading));
  const other = ref && reading.resolver.column(otherCode, ref.table);
  const numbers = ref?.column.kind === 'number' && other?.column.kind === 'number';
  if (!ref || !other || !numbers || other.table !== ref.table || other.column === ref.column) return false;
  return addFilter(reading, { kind: 'columns', ref, operator, other });
}

/** Reads comparisons with what other rows or columns hold. */
export const readNested = inOrder(readThan, readThanFigure, readColumnsCompared);
