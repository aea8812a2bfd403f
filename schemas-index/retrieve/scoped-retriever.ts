import { DEFAULT_RETRIEVAL } from '#src/domain/retrieval.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { CALIBRATIONS, type Calibration, withProbabilities } from './calibrate.ts';

export interface ScopedParts {
  /** Over the index of everything, for databases that the asker sees whole, or whose tables they see whole. */
  readonly whole: SchemaRetriever;
  readonly wholeIds: ReadonlySet<string>;
  /** Over an index of the databases of which the asker sees only some columns, as they see them. */
  readonly partial?: SchemaRetriever;
  readonly partialIds: ReadonlySet<string>;
  readonly calibration?: Calibration;
}

/**
 * The retriever of one asker: what they may not see is filtered out where the index is asked, or in no index that it reads, and what comes back is looked at once
 * more (ACC-3). Scores of the two are of one kind, so they are merged by score.
 */
export function scopedRetriever(parts: ScopedParts): SchemaRetriever {
  const { whole, wholeIds, partial, partialIds, calibration = CALIBRATIONS[DEFAULT_RETRIEVAL] } = parts;
  const of = (id: string) => (partialIds.has(id) ? partial : wholeIds.has(id) ? whole : undefined);
  const all = [...wholeIds, ...partialIds];
  return {
    async retrieve(request, signal) {
      const wanted = (request.databaseIds ?? all).filter((id) => of(id));
      const inWhole = wanted.filter((id) => wholeIds.has(id));
      const inPart = wanted.filter((id) => partialIds.has(id));
      if (!partial || !inPart.length) return whole.retrieve({ ...request, databaseIds: inWhole }, signal);
      const second = await partial.retrieve({ ...request, databaseIds: inPart }, signal);
      if (!inWhole.length) return second;
      const first = await whole.retrieve({ ...request, databaseIds: inWhole }, signal);
      const databases = [...first.databases, ...second.databases].sort((a, b) => b.score - a.score);
      const best = databases[0] && first.databases.includes(databases[0]) ? first : second;
      return {
        tables: [...first.tables, ...second.tables].sort((a, b) => b.score - a.score).slice(0, request.limit),
        databases: withProbabilities(databases, calibration),
        coverage: best.coverage,
        searchedTables: first.searchedTables + second.searchedTables,
        ...(first.clusters && second.clusters ? { clusters: [...first.clusters, ...second.clusters] } : {}),
      };
    },
    catalogOf: (id) => of(id)?.catalogOf(id),
    columnsNear: async (request, signal) => (await of(request.databaseId)?.columnsNear(request, signal)) ?? [],
    valuesNamed: (id, text) => of(id)?.valuesNamed(id, text) ?? [],
  };
}
