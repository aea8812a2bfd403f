import type { Engine } from '#src/domain/catalog.ts';
import { columnNamed } from '#src/domain/column-meaning.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { type ExpressionIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import type { MendedStatement } from './names.ts';

/**
 * Mends a text that a column is compared with and that is stored there in another spelling alone: other capitals, accents, or marks between
 * its words (`result = 'Failed'` where `failed` is stored). Undefined where there is none.
 */
export function spellAsStored(
  sql: string,
  engine: Engine,
  { catalog, values }: Pick<LinkedSchema, 'catalog' | 'values'>,
): MendedStatement | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const edits: (Edit & { readonly written: string })[] = [];
  const check = (column: ExpressionIr, text: ExpressionIr) => {
    if (column.kind !== 'column' || column.resolved === undefined || text.kind !== 'text' || !text.span) return;
    const found = columnNamed(catalog, column.resolved, column.name);
    if (!found) return;
    const named = values.filter((one) => one.table.name === found.table.name && one.column.name === found.column.name);
    const stored = new Set([...found.column.values, ...named.map(({ value }) => value)]);
    if (stored.has(text.value)) return;
    const alike = [...stored].filter((value) => folded(value) === folded(text.value));
    const [only] = alike;
    if (only === undefined || alike.length > 1) return;
    edits.push({ ...text.span, text: `'${only.replaceAll("'", "''")}'`, written: text.value });
  };
  visit(resolve(parsed.value, engine, catalog).query, (node) => {
    for (const [column, text] of comparedIn(node as unknown as ExpressionIr)) check(column, text);
  });
  if (!edits.length) return undefined;
  return { sql: edited(sql, edits), readAs: edits.map(({ written, text }) => ({ written, read: text })) };
}

/** Both sides of what is compared for being the same, each way round. */
function comparedIn(one: ExpressionIr): readonly (readonly [ExpressionIr, ExpressionIr])[] {
  if (one.kind === 'compare' && (one.operator === '=' || one.operator === '<>'))
    return [
      [one.left, one.right],
      [one.right, one.left],
    ];
  if (one.kind === 'like') return [[one.value, one.pattern]];
  return one.kind === 'in' ? one.options.map((option) => [one.value, option] as const) : [];
}

/** A text without capitals, accents and what stands between its words. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
