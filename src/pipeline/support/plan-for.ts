import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RankedSchema, SchemaSlice } from '#src/domain/schema-slice.ts';
import { type Plan, plan } from '#src/planner/plan.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { withSpokenTables } from './literal-tables.ts';

/** The built-in planner's reading of a question over one database. */
export interface PlannedOver {
  readonly schema: RankedSchema;
  readonly plan: Plan;
}

/** Undefined for a database that is not in the index. */
export type PlanFor = (databaseId: DatabaseId) => PlannedOver | undefined;

/** Plans one question over each database at most once: what clarify, linking and generation ask for is the same plan. */
export function openPlanFor(
  question: { readonly text: string; readonly revised: boolean; readonly calendar: Calendar },
  slice: SchemaSlice,
  catalogOf: SchemaRetriever['catalogOf'],
): PlanFor {
  const plans = new Map<DatabaseId, PlannedOver | undefined>();
  return (databaseId) => {
    if (!plans.has(databaseId)) plans.set(databaseId, planned(databaseId));
    return plans.get(databaseId);
  };

  function planned(databaseId: DatabaseId): PlannedOver | undefined {
    const schema = rank(databaseId, slice, catalogOf);
    if (!schema) return undefined;
    const { text, revised, calendar } = question;
    return {
      schema,
      plan: plan({ question: withSpokenTables(text, schema.catalog), ...schema, ...calendar, revised }),
    };
  }
}

/** The database's catalog with its tables in the order of relevance. */
export function rank(
  databaseId: DatabaseId,
  slice: Pick<SchemaSlice, 'tables'>,
  catalogOf: SchemaRetriever['catalogOf'],
): RankedSchema | undefined {
  const catalog = catalogOf(databaseId);
  if (!catalog) return undefined;
  const ranked = slice.tables.filter((scored) => scored.databaseId === databaseId).map((scored) => scored.table);
  return { catalog, ranked };
}
