import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RankedSchema, SchemaSlice } from '#src/domain/schema-slice.ts';
import { tableCopiesIn } from '#src/domain/table-copies.ts';
import { type Plan, plan } from '#src/planner/plan.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { withSpokenTables } from './literal-tables.ts';
import { type OpenCopies, planAmongCopies } from './table-copies.ts';

/** The built-in planner's reading of a question over one database. */
export interface PlannedOver {
  readonly schema: RankedSchema;
  readonly plan: Plan;
  /** Tables that hold nearly the same, of which the question names none: what the plan reads is one of them. */
  readonly copies?: OpenCopies;
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
    const families = tableCopiesIn(readWhole(schema, text).catalog);
    return planAmongCopies(schema, families, text, (over) => {
      const spoken = withSpokenTables(text, over.catalog);
      return plan({ question: spoken, ...readWhole(over, text), ...calendar, revised });
    });
  }
}

/** Tables of a database that the planner reads all of; reading takes time for each, whatever the question is about. */
const MOST_READ = 1_500;

/**
 * What the planner reads of a schema: all of it, or of a very large one the tables that retrieval found, those that the question names to the
 * letter, and those that keys of theirs lead to.
 */
export function readWhole(schema: RankedSchema, text: string): RankedSchema {
  const { catalog, ranked } = schema;
  if (catalog.tables.length <= MOST_READ) return schema;
  const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}_$#]+/u));
  const kept = new Set([...ranked, ...catalog.tables.filter(({ name }) => words.has(name.toLowerCase()))]);
  const targets = new Set(
    [...kept].flatMap(({ foreignKeys }) => foreignKeys.map(({ targetTable }) => targetTable.toLowerCase())),
  );
  const tables = catalog.tables.filter((table) => kept.has(table) || targets.has(table.name.toLowerCase()));
  return { ...schema, catalog: { ...catalog, tables } };
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
