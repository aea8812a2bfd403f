import type { DatabaseCatalog, ForeignKey } from '#src/domain/catalog.ts';
import { type AccessView, isNamed } from '#src/guard/scope.ts';
import { labelOf } from './access-view.ts';

/**
 * The catalog as a view shows it: what is hidden is not there, so neither retrieval nor a prompt nor a question back can name
 * it. Keys over hidden columns go with them.
 */
export function narrowCatalog(catalog: DatabaseCatalog, view: AccessView): DatabaseCatalog {
  const shown = new Set(view.tables);
  const hiddenIn = (label: string) => new Set(view.hiddenColumns[label] ?? []);
  const tables = catalog.tables
    .filter((table) => shown.has(labelOf(table)))
    .map((table) => {
      const hidden = hiddenIn(labelOf(table));
      if (!hidden.size) return { ...table, foreignKeys: table.foreignKeys.filter((key) => isShown(key)) };
      return {
        ...table,
        columns: table.columns.filter((column) => !hidden.has(column.name)),
        primaryKey: table.primaryKey.some((column) => hidden.has(column)) ? [] : table.primaryKey,
        foreignKeys: table.foreignKeys.filter(
          (key) => !key.columns.some((column) => hidden.has(column)) && isShown(key),
        ),
      };
    });
  function isShown(key: ForeignKey): boolean {
    const { targetSchema: schema, targetTable: name } = key;
    const target = catalog.tables.find((table) =>
      isNamed(table, schema === undefined ? name : `${schema}.${name}`, catalog),
    );
    if (!target || !shown.has(labelOf(target))) return false;
    const hidden = hiddenIn(labelOf(target));
    return !key.targetColumns.some((column) => hidden.has(column));
  }
  return { ...catalog, tables, warnings: [] };
}
