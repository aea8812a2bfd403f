import { type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import { type EdlStep, stepText } from '#src/domain/edl.ts';

export interface Described {
  /** `table`, or `table.column`. */
  readonly label: string;
  /** Its comment, or its plain-English name; absent where the database says nothing. */
  readonly description?: string;
}

/** One step with what it stands on, for a reader who asks about it. */
export interface StepDetail {
  readonly text: string;
  readonly tables: readonly Described[];
  readonly columns: readonly Described[];
  /** The part of the statement that the step stands for. */
  readonly sql?: string;
}

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
): Described {
  const description = thing?.comment ?? thing?.title;
  return { label, ...(description ? { description } : {}) };
}
