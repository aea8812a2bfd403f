import {
  type Column,
  type DatabaseCatalog,
  type Engine,
  findColumn,
  findTable,
  type Table,
} from '#src/domain/catalog.ts';
import { sequenceRatio } from '#src/domain/likeness.ts';
import type { NameReading } from '#src/domain/name-reading.ts';
import { mayShowExamples } from '#src/domain/personal.ts';
import type { LinkedSchema, NamedValue } from '#src/domain/schema-slice.ts';
import { familyOf } from '#src/sql/functions.ts';
import { textOn } from '#src/sql/print-names.ts';
import { type ExpressionIr, type IrNode, type Span, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { edited, type MendedStatement } from './edited.ts';

/** Likeness from which a text is taken for a stored value that it is spelt almost like. */
const ALIKE = 0.8;

/**
 * Mends texts that a statement compares a column with although no such value is stored there: each is read as the stored value that is
 * the same but for case and signs, as the one that the question names, or as one that is spelt almost alike. Undefined where there is
 * nothing to mend.
 *
 * @param isEmpty the statement ran and gave no rows: then a sample of the column's values is enough to doubt a text, else only all of them.
 */
export function mendValues(
  sql: string,
  engine: Engine,
  { catalog, values }: Pick<LinkedSchema, 'catalog' | 'values'>,
  isEmpty: boolean,
): MendedStatement | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  if (problems.length) return undefined;
  const found: (NameReading & { readonly edit: Span & { readonly text: string } })[] = [];
  const compare = (column: ExpressionIr, text: ExpressionIr) => {
    if (text.kind !== 'text' || !text.span) return;
    const stored = storedColumn(column, catalog);
    if (!stored || stored.column.values.includes(text.value) || !(isEmpty || stored.column.valuesComplete)) return;
    const read = meantValue(text.value, stored, values);
    if (read === undefined) return;
    const written = textOn(read, familyOf(engine));
    found.push({
      written: text.value,
      read: `${stored.table.name}.${stored.column.name} ${read}`,
      edit: { ...text.span, text: written },
    });
  };
  visit(query, (node: IrNode) => {
    const { left, right, value, options } = node;
    if (node.kind === 'compare' && node.operator === '=' && isExpression(left) && isExpression(right)) {
      compare(left, right);
      compare(right, left);
    }
    if (node.kind === 'in' && isExpression(value)) for (const option of options ?? []) compare(value, option);
  });
  if (!found.length) return undefined;
  const edits = found.map(({ edit }) => edit);
  return { sql: edited(sql, edits), readAs: found.map(({ written, read }) => ({ written, read })) };
}

const isExpression = (part: unknown): part is ExpressionIr =>
  typeof part === 'object' && part !== null && 'kind' in part;

interface StoredColumn {
  readonly table: Table;
  readonly column: Column;
}

function storedColumn(expression: ExpressionIr, catalog: DatabaseCatalog): StoredColumn | undefined {
  if (expression.kind !== 'column' || expression.resolved === undefined) return undefined;
  const table = findTable(catalog, expression.resolved);
  const column = table && findColumn(table, expression.name);
  return table && column && column.kind === 'text' && column.values.length && mayShowExamples(column, table)
    ? { table, column }
    : undefined;
}

function meantValue(text: string, { table, column }: StoredColumn, named: readonly NamedValue[]): string | undefined {
  const same = column.values.find((value) => plain(value) === plain(text));
  if (same !== undefined) return same;
  const [own, ...others] = named.filter((one) => one.table.name === table.name && one.column.name === column.name);
  if (own && !others.length) return own.value;
  const scored = column.values.map((value) => ({ value, score: sequenceRatio(plain(value), plain(text)) }));
  const [best, second] = scored.sort((a, b) => b.score - a.score);
  return best && best.score >= ALIKE && best.score > (second?.score ?? 0) ? best.value : undefined;
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '');
