import type { Embedder } from '#src/ports/embedder.ts';
import type { IndexVerification } from '#src/ports/schema-indexes.ts';
import type { SchemaIndex } from './schema-index.ts';
import { embedTexts } from './text-vectors.ts';
import { textsOf, vectorOf, vectorRows } from './vector-rows.ts';

/** Texts of each set that are embedded again. */
const SAMPLE = 20;
/** Cosine of a stored vector and a fresh one of the same text; servers round differently. */
const SAME = 0.995;

/** Checks a loaded index against its catalogs: groups and clusters are complete, and stored vectors are those of their texts. */
export async function verifyIndex(
  index: SchemaIndex,
  embedder: Embedder,
  signal: AbortSignal,
): Promise<IndexVerification> {
  const faults: string[] = [];
  const grouped = index.groups.flatMap(({ tables }) => tables);
  if (grouped.length !== index.tables.length || new Set(grouped).size !== grouped.length)
    faults.push(`${grouped.length} tables are in groups, and the catalogs have ${index.tables.length}.`);
  const clustered = [...index.clusters.clusters.values()].reduce((sum, { size }) => sum + size, 0);
  if (clustered !== index.columnCount)
    faults.push(`Clusters count ${clustered} columns, and the catalogs have ${index.columnCount}.`);
  const { tables, columns } = vectorRows(index);
  const sets = [
    { name: 'table', rows: tables, vectors: index.tableVectors },
    { name: 'column', rows: columns, vectors: index.columnVectors },
  ];
  let compared = 0;
  for (const { name, rows, vectors } of sets) {
    const step = Math.max(1, Math.floor(rows.length / SAMPLE));
    const sample = rows.flatMap((source, row) => (row % step === 0 ? [{ source, row }] : [])).slice(0, SAMPLE);
    const fresh = await embedTexts(embedder, textsOf(sample.map(({ source }) => source)), signal);
    for (const { source, row } of sample) {
      const stored = vectors.search(vectorOf(source, fresh), vectors.size).find((hit) => hit.row === row)?.score ?? -1;
      if (stored < SAME)
        faults.push(`The vector stored for the ${name} text “${source.text.slice(0, 60)}” is that of another text.`);
      compared += 1;
    }
  }
  return {
    checked: [
      `${index.groups.length} groups hold all ${index.tables.length} tables`,
      `${index.clusters.clusters.size} clusters hold all ${index.columnCount} columns`,
      `${compared} vectors embedded again`,
    ],
    faults,
  };
}
