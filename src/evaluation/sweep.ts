// Measures the clusters of the index, so it makes them by the index's own functions.
import { clusterColumns, NO_CLUSTERS } from '#schemas-index/cluster/column-clusters.ts';
import { clusteredTexts } from '#schemas-index/index/build-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { embedTexts } from '#schemas-index/index/text-vectors.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { BenchQuestion } from './data/questions.ts';
import { type RetrievalReport, scoreRetrieval } from './retrieval.ts';
import { productRank, type RetrievalPool, runRetrieval, type Variation } from './retrieval-run.ts';

/** Similarities from which two columns are of one cluster, as in the paper's table 8, and from which something counts as found. */
const CLUSTERED = [0.8, 0.7, 0.6, 0.5, 0.4] as const;
const FOUND = [0.3, 0.5, 0.7] as const;

export interface SweepLine {
  readonly clustered: number;
  /** How many clusters that makes. */
  readonly clusters: number;
  readonly found: number;
  readonly report: RetrievalReport;
}

/** The ranking with its columns clustered by each threshold, and with each threshold of being found. */
export async function* sweepClusters(
  {
    index,
    pool,
    asked,
  }: { readonly index: SchemaIndex; readonly pool: RetrievalPool; readonly asked: readonly BenchQuestion[] },
  embedder: Embedder,
  variation: Variation,
): AsyncGenerator<SweepLine> {
  const texts = index.columnTexts.map(({ text }) => text);
  const clustered = clusteredTexts(index.columnTexts, await embedTexts(embedder, texts));
  for (const threshold of CLUSTERED) {
    const clusters = clusterColumns(clustered, NO_CLUSTERS, threshold);
    for (const found of FOUND) {
      const rank = productRank({ ...index, clusters }, { ...variation, extras: { found } });
      const report = scoreRetrieval(await runRetrieval(pool, asked, embedder, rank));
      yield { clustered: threshold, clusters: clusters.clusters.size, found, report };
    }
  }
}
