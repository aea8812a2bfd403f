import { type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import { type DescribedName, type EdlStep, type StepDetail, stepText } from '#src/domain/edl.ts';

/** What a step uses, with what the catalog says of it. */
export function stepDetail(step: EdlStep, catalog: DatabaseCatalog | undefined): StepDetail {
  const tableOf = (label: string): Table | undefined => {
    if (!catalog) return undefined;
    const dot = label.indexOf('.');
    return (
      findTable(catalog, label) ?? (dot > 0 ? findTable(catalog, label.slice(dot + 1), label.slice(0, dot)) : undefined)
    );
  };
  const names = [...new Set([...(step.tables ?? []), ...(step.columns ?? []).map(({ table }) => table)])];
  return {
    text: stepText(step),
    tables: names.map((label) => described(label, tableOf(label))),
    columns: (step.columns ?? []).map(({ table, name }) => {
      const owner = tableOf(table);
      const column = owner && findColumn(owner, name);
      const type = column ? ` (${column.type})` : '';
      return described(`${table}.${name}${type}`, column);
    }),
    ...(step.sql ? { sql: step.sql } : {}),
  };
}

function described(
  label: string,
  thing: { readonly comment?: string; readonly title?: string } | undefined,
): DescribedName {
  const description = thing?.comment ?? thing?.title;
  return { label, ...(description ? { description } : {}) };
}
