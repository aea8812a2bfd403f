import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type ExpressionIr, type IrNode, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { type Edit, edited } from './edit.ts';
import type { MendedStatement } from './names.ts';

/**
 * Mends a text that stands in double quotes, as many models write it: what is compared, is no column of the database and no name that
 * the statement gives is read as a text. Undefined where there is none.
 */
export function quoteTexts(sql: string, engine: Engine, catalog: DatabaseCatalog): MendedStatement | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const names = new Set(catalog.tables.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase())));
  const compared: ExpressionIr[] = [];
  visit(parsed.value, (node) => {
    if (node.alias !== undefined) names.add(node.alias.toLowerCase());
    compared.push(...comparedIn(node));
  });
  const edits = compared.flatMap((one): (Edit & { readonly written: string })[] =>
    one.kind === 'column' && one.quoted && one.table === undefined && one.span && !names.has(one.name.toLowerCase())
      ? [{ ...one.span, text: `'${one.name.replaceAll("'", "''")}'`, written: one.name }]
      : [],
  );
  if (!edits.length) return undefined;
  return { sql: edited(sql, edits), readAs: edits.map(({ written, text }) => ({ written, read: text })) };
}

/** What a comparison holds a value against. */
function comparedIn(node: IrNode): readonly ExpressionIr[] {
  const one = node as ExpressionIr;
  if (one.kind === 'compare') return [one.left, one.right];
  if (one.kind === 'like') return [one.pattern];
  if (one.kind === 'in') return one.options;
  return one.kind === 'between' ? [one.low, one.high] : [];
}
