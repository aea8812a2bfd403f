import type { ExpressionIr, QueryIr, SortKeyIr } from '../query-ir.ts';
import type { Cursor } from './cursor.ts';

/** Reads a query between parentheses that are consumed too; what it cannot read is quoted. */
export function readNestedQuery(cursor: Cursor): QueryIr {
  const opened = cursor.token;
  const query = cursor.attempt(() => {
    cursor.expect('(');
    const inner = cursor.query();
    cursor.expect(')');
    return inner;
  });
  if (query) return query;
  const closed = cursor.skipParentheses();
  const span = { start: opened.end, end: closed.start };
  return { kind: 'verbatim-query', sql: cursor.sql.slice(span.start, span.end).trim(), span };
}

export const opensQuery = (cursor: Cursor, step = 0): boolean =>
  ['SELECT', 'WITH', 'VALUES'].includes(cursor.ahead(step).upper);

/** A name; PostgreSQL folds a bare one to lower case. */
export function readName(cursor: Cursor): string {
  const token = cursor.token;
  if (token.kind !== 'name' && token.kind !== 'word') throw cursor.unexpected('a name');
  cursor.take();
  return token.kind === 'word' && cursor.engine === 'postgres' ? token.value.toLowerCase() : token.value;
}

export function readList(cursor: Cursor): ExpressionIr[] {
  const list: ExpressionIr[] = [];
  do list.push(cursor.expression());
  while (cursor.accept(','));
  return list;
}

export function readSortKeys(cursor: Cursor): SortKeyIr[] {
  const keys: SortKeyIr[] = [];
  do {
    const first = cursor.position;
    const expression = cursor.expression();
    const descending = cursor.accept('DESC');
    if (!descending) cursor.accept('ASC');
    let nulls: 'first' | 'last' | undefined;
    if (cursor.accept('NULLS')) {
      nulls = cursor.accept('FIRST') ? 'first' : 'last';
      if (nulls === 'last') cursor.expect('LAST');
    }
    keys.push({ expression, descending, ...(nulls ? { nulls } : {}), span: cursor.spanFrom(first) });
  } while (cursor.accept(','));
  return keys;
}

/** The source from `first` to here, in its own words. */
export function verbatim(cursor: Cursor, first: number): ExpressionIr {
  return { kind: 'verbatim', sql: cursor.textFrom(first), span: cursor.spanFrom(first) };
}
