import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import { familyOf } from '#src/sql/functions.ts';
import { type ExpressionIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';

/**
 * Mends a whole number that is divided by another, of which SQLite and PostgreSQL drop what is left over (`COUNT(x) * 100 / COUNT(*)`):
 * nobody who asks for a share wants that. A number that is written out divides as it says (`year / 10` are decades). Undefined where
 * there is none.
 */
export function wholeQuotients(sql: string, engine: Engine, catalog: DatabaseCatalog): string | undefined {
  const parsed = familyOf(engine) === 'mysql' ? undefined : parseSql(sql, engine);
  if (!parsed?.ok) return undefined;
  const edits: Edit[] = [];
  visit(resolve(parsed.value, engine, catalog).query, (node) => {
    const [left, right] = [node.left, node.right] as readonly (ExpressionIr | undefined)[];
    if (node.kind !== 'arithmetic' || node.operator !== '/' || !left?.span || !right || right.kind === 'number') return;
    if (!isWhole(left, catalog) || !isWhole(right, catalog)) return;
    edits.push({ start: left.span.start, end: left.span.start, text: '1.0 * ' });
  });
  return edits.length ? edited(sql, edits) : undefined;
}

function isWhole(one: ExpressionIr, catalog: DatabaseCatalog): boolean {
  switch (one.kind) {
    case 'number':
      return /^\d+$/.test(one.text);
    case 'column':
      return one.resolved !== undefined && holdsWhole(columnNamed(catalog, one.resolved, one.name)?.column.type);
    case 'aggregate':
      return (
        one.name === 'count' || (one.name !== 'avg' && one.argument !== undefined && isWhole(one.argument, catalog))
      );
    case 'arithmetic':
      return isWhole(one.left, catalog) && isWhole(one.right, catalog);
    case 'case':
      return [...one.whens.map(({ result }) => result), ...(one.otherwise ? [one.otherwise] : [])].every(
        (result) => result.kind === 'null' || isWhole(result, catalog),
      );
    case 'cast':
      return one.type.name === 'INTEGER' || one.type.name === 'BIGINT';
    case 'query':
      return one.query.kind === 'select' && one.query.items.every(({ expression }) => isWhole(expression, catalog));
    case 'compare':
      return true; // SQLite's truth is 1 or 0
    default:
      return false;
  }
}

const holdsWhole = (type = '') => /^(?:(?:tiny|small|medium|big)?int|int\d|integer|boolean)/i.test(type);
