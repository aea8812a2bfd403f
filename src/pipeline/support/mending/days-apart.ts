import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import { familyOf } from '#src/sql/functions.ts';
import { type ExpressionIr, type IrNode, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';

/**
 * Mends a date that is taken from another where the engine would take the numbers that they begin with: SQLite makes years of them,
 * MySQL and MariaDB digits (`20260301 - 20260228` is 73). It becomes the days between them. Undefined where there is none.
 */
export function daysApart(sql: string, engine: Engine, catalog: DatabaseCatalog): string | undefined {
  const family = familyOf(engine);
  const parsed = family === 'postgres' ? undefined : parseSql(sql, engine);
  if (!parsed?.ok) return undefined;
  const edits: Edit[] = [];
  visit(resolve(parsed.value, engine, catalog).query, (node) => {
    const { kind, operator, span } = node;
    const [left, right] = [node.left, node.right] as readonly (ExpressionIr | undefined)[];
    if (kind !== 'arithmetic' || operator !== '-' || !span || !left?.span || !right?.span) return;
    if (!isDate(left, catalog) || !isDate(right, catalog)) return;
    const [later, earlier] = [left.span, right.span].map(({ start, end }) => sql.slice(start, end));
    const text =
      family === 'sqlite' ? `(JULIANDAY(${later}) - JULIANDAY(${earlier}))` : `DATEDIFF(${later}, ${earlier})`;
    edits.push({ ...span, text });
  });
  return edits.length ? edited(sql, edits) : undefined;
}

/** A column of days, a day that is written out, or today. */
function isDate(one: IrNode & ExpressionIr, catalog: DatabaseCatalog): boolean {
  if (one.kind === 'current' || one.kind === 'date' || one.kind === 'date-of') return true;
  if (one.kind === 'text') return /^\d{4}-\d{2}-\d{2}/.test(one.value) || one.value === 'now';
  if (one.kind !== 'column' || one.resolved === undefined) return false;
  const kind = columnNamed(catalog, one.resolved, one.name)?.column.kind;
  return kind === 'date' || kind === 'timestamp';
}
