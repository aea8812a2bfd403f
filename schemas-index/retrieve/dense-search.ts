import type { VectorHit } from '#src/ports/vector-index.ts';
import type { SchemaIndex } from '../index/schema-index.ts';

/** Neighbours asked of each vector set; what is not among them counts as the least similar of those. */
export const NEIGHBOURS = { tables: 1_000, columns: 1_000, groups: 2_000 } as const;

/** What lies near a question, by rows of the index; best first. */
export type DenseHits = Readonly<Record<keyof typeof NEIGHBOURS, readonly VectorHit[]>>;

/** Finds what lies near a question among some databases, or all. */
export type DenseSearch = (question: Float32Array, databases?: ReadonlySet<string>) => Promise<DenseHits>;

/** The search in the index's own vectors. */
export function embeddedHits(index: SchemaIndex, question: Float32Array, databases?: ReadonlySet<string>): DenseHits {
  return {
    tables: index.tableVectors.search(question, NEIGHBOURS.tables, databases),
    columns: index.columnVectors.search(question, NEIGHBOURS.columns, databases),
    groups: index.groupVectors.search(question, NEIGHBOURS.groups, databases),
  };
}
