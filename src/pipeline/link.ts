import type { LinkedSchema, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** The chosen database's catalog with its tables in the order of relevance. Columns and values are linked by the planner. */
export function link(databaseId: string, slice: SchemaSlice, retriever: SchemaRetriever): LinkedSchema | undefined {
  const catalog = retriever.catalogOf(databaseId);
  if (!catalog) return undefined;
  const ranked = slice.tables.filter((scored) => scored.databaseId === databaseId).map((scored) => scored.table);
  return { catalog, ranked };
}
