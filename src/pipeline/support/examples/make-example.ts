import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { findTable } from '#src/domain/catalog.ts';
import { explain } from '#src/edl/explain.ts';
import type { Example } from '#src/ports/example-bank.ts';
import { visit } from '#src/sql/query-ir.ts';
import { maskQuestion, type NamedBy } from './mask-question.ts';

/** A question with its query as an example: masked, with only the tables and columns that the query uses. Undefined where the query cannot be read. */
export function makeExample(
  { question, sql, verified }: { readonly question: string; readonly sql: string; readonly verified: boolean },
  catalog: DatabaseCatalog,
): Example | undefined {
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return undefined;
  const columns = new Map<string, Set<string>>();
  const named: NamedBy[] = [];
  const use = (table: string, column?: string) => {
    const known = findTable(catalog, table);
    if (!known) return;
    const own = columns.get(known.name) ?? new Set();
    columns.set(known.name, column === undefined ? own : own.add(column));
  };
  const compared = (left: unknown, right: unknown) => {
    const [column, text] = [left, right] as [{ kind?: string; name?: string }, { kind?: string; value?: string }];
    if (column?.kind === 'column' && text?.kind === 'text' && text.value)
      named.push({ asked: text.value.replace(/^%|%$/g, ''), column: column.name! });
  };
  visit(explained.value.query, (node) => {
    if (node.kind === 'table') use(String(node.name));
    if (node.kind === 'column' && typeof node.resolved === 'string') use(node.resolved, String(node.name));
    if (node.kind === 'compare') {
      compared(node.left, node.right);
      compared(node.right, node.left);
    }
    if (node.kind === 'like') compared(node.value, node.pattern);
    if (node.kind === 'in') for (const option of node.options as unknown[]) compared(node.value, option);
  });
  if (!columns.size) return undefined;
  return {
    question,
    masked: maskQuestion(question, named),
    sql: sql.trim().replace(/'(?:[^']|'')*'|"[^"]*"|\s+/g, (part) => (/^\s/.test(part) ? ' ' : part)),
    engine: catalog.engine,
    databaseId: catalog.databaseId,
    schema: [...columns].map(([table, own]) => `${table}(${[...own].join(', ')})`).join('\n'),
    tableCount: columns.size,
    verified,
  };
}
