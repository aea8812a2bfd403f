import type { Table } from './catalog.ts';

/** The latest date that a bounded sample of a table held, and its column: how fresh the rows are at least. */
export function latestSeen(table: Table): { readonly column: string; readonly date: string } | undefined {
  for (const column of table.columns) {
    if (column.kind !== 'date' && column.kind !== 'timestamp') continue;
    const dates = column.values.flatMap((value) => /^\d{4}-\d\d-\d\d/.exec(value)?.[0] ?? []);
    const date = dates.sort().at(-1);
    if (date) return { column: column.name, date };
  }
  return undefined;
}
