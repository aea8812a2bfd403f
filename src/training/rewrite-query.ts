import { type DatabaseCatalog, findColumn, findTable } from '#src/domain/catalog.ts';
import { printSql } from '#src/sql/print-sql.ts';
import {
  type CteIr,
  canonical,
  EMPTY_SELECT,
  type ExpressionIr,
  type QueryIr,
  rewrite,
  type SourceIr,
  visit,
} from '#src/sql/query-ir.ts';
import { Unprintable } from '#src/sql/unprintable.ts';

/** How the same query is written anew (sources.md#training-tasks): in one way always, or with each query within it by itself, above. */
export const WRITINGS = ['standard', 'chunked'] as const;
export type Writing = (typeof WRITINGS)[number];

/** Undefined where it cannot be written so, or there is nothing to take out. Whether it gives the same rows is for whoever runs it to see. */
export function rewriteQuery(query: QueryIr, catalog: DatabaseCatalog, writing: Writing): string | undefined {
  const written = writing === 'standard' ? query : chunked(query);
  try {
    return written && printSql(spelt(written, catalog), catalog.engine);
  } catch (error) {
    if (error instanceof Unprintable) return undefined;
    throw error;
  }
}

/** Names as the catalog spells them. */
const spelt = (query: QueryIr, catalog: DatabaseCatalog): QueryIr =>
  rewrite(query, {
    expression(one): ExpressionIr {
      if (one.kind !== 'column' || one.resolved === undefined) return one;
      const table = findTable(catalog, one.resolved);
      return { ...one, name: (table && findColumn(table, one.name)?.name) ?? one.name };
    },
    source(one): SourceIr {
      if (one.kind !== 'table') return one;
      return { ...one, name: findTable(catalog, one.name, one.schema)?.name ?? one.name };
    },
  });

/** Every query within it that looks at nothing around it, as a named one above; undefined where there is none, or some stand there already. */
function chunked(query: QueryIr): QueryIr | undefined {
  if (query.kind === 'verbatim-query' || query.ctes.length) return undefined;
  const above: CteIr[] = [];
  const takeOut = (part: QueryIr): string => {
    const text = canonical(part);
    const known = above.find((one) => canonical(one.query) === text);
    if (known) return known.name;
    const name = `step_${above.length + 1}`;
    above.push({ name, query: part });
    return name;
  };
  const asNamed = (part: QueryIr): QueryIr => allOf(takeOut(part));
  const opened = rewrite(query, {
    expression(one): ExpressionIr {
      const isQuery = one.kind === 'query' || one.kind === 'in-query' || one.kind === 'exists';
      return isQuery && looksAtItself(one.query) ? { ...one, query: asNamed(one.query) } : one;
    },
    source(one): SourceIr {
      if (one.kind !== 'derived' || !looksAtItself(one.query)) return one;
      const name = takeOut(one.query);
      return { kind: 'table', name, ...(one.alias === undefined ? {} : { alias: one.alias }) };
    },
  });
  if (opened.kind === 'verbatim-query') return undefined;
  const whole =
    opened.kind === 'set-operation' ? { ...opened, left: asNamed(opened.left), right: asNamed(opened.right) } : opened;
  return above.length ? { ...whole, ctes: above } : undefined;
}

const allOf = (name: string): QueryIr => ({
  ...EMPTY_SELECT,
  items: [{ expression: { kind: 'star' } }],
  from: { kind: 'table', name },
});

/** Whether all columns of a query are of tables that it reads itself. */
function looksAtItself(query: QueryIr): boolean {
  const names = new Set<string>();
  const columns: { readonly table?: string | undefined; readonly resolved?: string | undefined }[] = [];
  visit(query, (node) => {
    if (node.kind === 'table' || node.kind === 'derived')
      for (const name of [node.alias, node.name]) if (name !== undefined) names.add(name.toLowerCase());
    if (node.kind === 'column') columns.push(node);
  });
  return columns.every(({ table, resolved }) => {
    const source = table ?? resolved;
    return source === undefined || names.has(source.slice(source.lastIndexOf('.') + 1).toLowerCase());
  });
}
