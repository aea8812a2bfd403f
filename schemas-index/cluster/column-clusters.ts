import { absoluteHybrid, cosine } from '../clsr/hybrid.ts';
import { Bm25 } from '../index/bm25.ts';

/**
 * Offline semantic clustering of columns (CRED-SQL section 3.2 and A.2, as sources.md#column-clusters settles what the text leaves
 * open). Columns of one text are of one cluster by nature, so texts are clustered and columns counted.
 */

/** Similarity from which two texts are near. */
export const CLUSTER_THRESHOLD = 0.7;
/** Near texts that vote. */
const CANDIDATES = 50;
/** Terms of a text by which candidates are looked up, the rarest first: `id` alone would find everything. */
const TERMS_LOOKED_UP = 3;
/** Texts found after which no further, more common term is looked up. */
const ENOUGH_FOUND = 1_000;

/** A distinct column text: its vector, its terms and how many columns have it. */
export interface ColumnText {
  readonly text: string;
  readonly vector: Float32Array;
  readonly terms: readonly string[];
  readonly columns: number;
}

export interface ColumnCluster {
  readonly id: number;
  /** Columns in it. */
  readonly size: number;
  /** Its most frequent text. */
  readonly label: string;
}

export interface ColumnClusters {
  /** The cluster of each text. */
  readonly clusterOf: ReadonlyMap<string, number>;
  readonly clusters: ReadonlyMap<number, ColumnCluster>;
}

export const NO_CLUSTERS: ColumnClusters = { clusterOf: new Map(), clusters: new Map() };

/** How many columns are of one kind with those of a text; 1 for a text that is in no cluster. */
export function clusterSizeOf({ clusterOf, clusters }: ColumnClusters, text: string): number {
  const id = clusterOf.get(text);
  return (id === undefined ? undefined : clusters.get(id)?.size) ?? 1;
}

/**
 * Clusters the texts in their order: each joins the cluster that most of its near neighbours are in (ties: the one that
 * holds the most similar text, then the lower id), or founds one. Texts clustered `before` keep their clusters, so a changed
 * schema costs only its new texts; after a full pass every text is assigned once more, against all others.
 */
export function clusterColumns(
  texts: readonly ColumnText[],
  before: ColumnClusters = NO_CLUSTERS,
  threshold: number = CLUSTER_THRESHOLD,
): ColumnClusters {
  const near = nearTexts(texts, threshold);
  const clusterOf: ClusterOf = new Map();
  for (const text of texts) {
    const known = before.clusterOf.get(text.text);
    if (known !== undefined) clusterOf.set(text, known);
  }
  const full = clusterOf.size === 0;
  let nextId = Math.max(-1, ...before.clusters.keys()) + 1;
  for (const [row, text] of texts.entries()) {
    if (clusterOf.has(text)) continue;
    clusterOf.set(text, elect(near(text, row), clusterOf) ?? nextId++);
  }
  if (full) {
    for (const [row, text] of texts.entries()) {
      const better = elect(near(text, row), clusterOf);
      if (better !== undefined) clusterOf.set(text, better);
    }
  }
  return describe(texts, clusterOf);
}

/** Whether so much changed that clustering anew is due (more than a fifth of the columns). */
export function rebuildDue(texts: readonly ColumnText[], before: ColumnClusters): boolean {
  const columns = texts.reduce((sum, text) => sum + text.columns, 0);
  const fresh = texts.reduce((sum, text) => sum + (before.clusterOf.has(text.text) ? 0 : text.columns), 0);
  return fresh * 5 > columns;
}

type ClusterOf = Map<ColumnText, number>;
type Near = readonly (readonly [text: ColumnText, similarity: number])[];

function elect(near: Near, clusterOf: ClusterOf): number | undefined {
  const votes = new Map<number, { count: number; best: number }>();
  for (const [other, similarity] of near) {
    const cluster = clusterOf.get(other);
    if (cluster === undefined) continue;
    const vote = votes.get(cluster) ?? { count: 0, best: 0 };
    votes.set(cluster, { count: vote.count + 1, best: Math.max(vote.best, similarity) });
  }
  const [winner] = [...votes].sort(([idA, a], [idB, b]) => b.count - a.count || b.best - a.best || idA - idB);
  return winner?.[0];
}

/** For a text, the others that are near: looked up by BM25, kept by the hybrid similarity. */
function nearTexts(texts: readonly ColumnText[], threshold: number): (text: ColumnText, row: number) => Near {
  const bm25 = new Bm25(texts.map(({ terms }) => [{ terms, weight: 1, b: 0.75 }]));
  return (text, row) => {
    const rarest = [...new Set(text.terms)].sort((a, b) => bm25.idf(b) - bm25.idf(a)).slice(0, TERMS_LOOKED_UP);
    const scores = new Map<number, number>();
    for (const term of rarest) {
      if (scores.size > ENOUGH_FOUND) break;
      const idf = bm25.idf(term);
      bm25.posting(term)?.forEach((other, weight) => {
        scores.set(other, (scores.get(other) ?? 0) + idf * weight);
      });
    }
    const own = scores.get(row) ?? 0;
    return [...scores]
      .filter(([other]) => other !== row)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, CANDIDATES)
      .flatMap(([at, lexical]) => {
        const other = texts[at];
        const similarity = other ? absoluteHybrid(cosine(text.vector, other.vector), lexical, own) : 0;
        return other && similarity >= threshold ? [[other, similarity] as const] : [];
      });
  };
}

function describe(texts: readonly ColumnText[], clusterOf: ClusterOf): ColumnClusters {
  const placed = texts.flatMap((one) => {
    const id = clusterOf.get(one);
    return id === undefined ? [] : [{ id, text: one.text, columns: one.columns }];
  });
  const clusters = [...Map.groupBy(placed, ({ id }) => id)]
    .sort(([a], [b]) => a - b)
    .map(([id, own]): [number, ColumnCluster] => {
      const { text: label } = own.reduce((best, one) => (one.columns > best.columns ? one : best));
      return [id, { id, size: own.reduce((sum, { columns }) => sum + columns, 0), label }];
    });
  return { clusterOf: new Map(placed.map(({ text, id }) => [text, id])), clusters: new Map(clusters) };
}
