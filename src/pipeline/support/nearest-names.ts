import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { findColumn, findTable } from '#src/domain/catalog.ts';
import { sequenceRatio } from '#src/domain/likeness.ts';
import { mayShowExamples } from '#src/domain/personal.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { explain } from '#src/edl/explain.ts';
import { visit } from '#src/sql/query-ir.ts';

const NEAR = 0.5;
const NAMES_SHOWN = 4;
const VALUES_SHOWN = 5;

/** Names of the catalog that are spelt like a name that an error complains of: `orders.totl`: total, total_cents. */
export function nearestNames(error: string, sql: string, catalog: DatabaseCatalog): string[] {
  const complained = [...error.matchAll(/[\p{L}_][\p{L}\p{N}_$.]*/gu)]
    .map(([word]) => word.split('.').at(-1)!)
    .filter((word) => word.length > 1 && new RegExp(`\\b${word.replace(/\$/g, '\\$')}\\b`, 'i').test(sql));
  const known = catalog.tables.flatMap((table) => [
    { label: table.name, name: table.name },
    ...table.columns.map((column) => ({ label: `${table.name}.${column.name}`, name: column.name })),
  ]);
  const wrong = [...new Set(complained)].filter(
    (word) => !known.some(({ label }) => label.toLowerCase() === word.toLowerCase()),
  );
  return wrong.flatMap((word) => {
    const near = known
      .map(({ label, name }) => ({ label, score: sequenceRatio(word, name) }))
      .filter(({ score }) => score >= NEAR)
      .sort((a, b) => b.score - a.score)
      .slice(0, NAMES_SHOWN);
    return near.length ? [`${word}: ${near.map(({ label }) => label).join(', ')}`] : [];
  });
}

/** Texts that a query compares a column with although no such value was seen there, each with the nearest that were. */
export function unmatchedValues(sql: string, engine: Engine, { catalog, values }: LinkedSchema): string[] {
  const explained = explain(sql, engine, catalog);
  if (!explained.ok) return [];
  const found: string[] = [];
  const check = (left: unknown, right: unknown) => {
    const column = left as { kind?: string; resolved?: string; name?: string };
    const text = right as { kind?: string; value?: string };
    if (column?.kind !== 'column' || text?.kind !== 'text' || !column.resolved || !text.value) return;
    const table = findTable(catalog, column.resolved);
    const stored = table && findColumn(table, column.name!);
    if (!table || !stored || stored.values.includes(text.value) || !mayShowExamples(stored, table)) return;
    const named = values.filter((one) => one.column.name === stored.name && one.table.name === table.name);
    const near = stored.values
      .map((value) => ({ value, score: sequenceRatio(value, text.value!) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, VALUES_SHOWN);
    const shown = [...new Set([...named.map(({ value }) => value), ...near.map(({ value }) => value)])];
    const elsewhere = values
      .filter((one) => one.value.toLowerCase() === text.value!.toLowerCase())
      .map((one) => `${one.table.name}.${one.column.name}`);
    const place = `'${text.value}' was not seen in ${table.name}.${stored.name}`;
    found.push(
      `${place}${elsewhere.length ? `, but in ${[...new Set(elsewhere)].join(', ')}` : ''}${shown.length ? `, which holds ${shown.map((value) => `'${value}'`).join(', ')}` : ''}`,
    );
  };
  visit(explained.value.query, (node) => {
    if (node.kind === 'compare' && node.operator === '=') {
      check(node.left, node.right);
      check(node.right, node.left);
    }
    if (node.kind === 'in') for (const option of node.options as unknown[]) check(node.value, option);
  });
  return [...new Set(found)];
}
