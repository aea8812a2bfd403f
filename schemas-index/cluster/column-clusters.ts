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

/**
 * Clusters the texts in their order: each joins the cluster that most of its near neighbours are in (ties: the one that
 * holds the most similar text, then the lower id), or founds one. Texts clustered `before` keep their clusters, so a changed
 * schema costs only its new texts; after a full pass every text is assigned once more, against all others.
 */
export function clusterColumns(texts: readonly ColumnText[], before: ColumnClusters = NO_CLUSTERS): ColumnClusters {
  const near = nearTexts(texts);
  const clusterOf = new Map<number, number>();
  for (const [at, { text }] of texts.entries()) {
    const known = before.clusterOf.get(text);
    if (known !== undefined) clusterOf.set(at, known);
  }
  const full = clusterOf.size === 0;
  let nextId = Math.max(-1, ...before.clusters.keys()) + 1;
  for (let at = 0; at < texts.length; at += 1) {
    if (clusterOf.has(at)) continue;
    clusterOf.set(at, elect(near(at), clusterOf) ?? nextId++);
  }
  if (full) {
    for (let at = 0; at < texts.length; at += 1) {
      const better = elect(near(at), clusterOf);
      if (better !== undefined) clusterOf.set(at, better);
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

type Near = readonly (readonly [text: number, similarity: number])[];

function elect(near: Near, clusterOf: ReadonlyMap<number, number>): number | undefined {
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
function nearTexts(texts: readonly ColumnText[]): (at: number) => Near {
  const bm25 = new Bm25(texts.map(({ terms }) => [{ terms, weight: 1, b: 0.75 }]));
  return (at) => {
    const { terms, vector } = texts[at]!;
    const rarest = [...new Set(terms)].sort((a, b) => bm25.idf(b) - bm25.idf(a)).slice(0, TERMS_LOOKED_UP);
    const scores = new Map<number, number>();
    for (const term of rarest) {
      if (scores.size > ENOUGH_FOUND) break;
      const posting = bm25.posting(term);
      const idf = bm25.idf(term);
      for (const [place, other] of (posting?.documents ?? []).entries())
        scores.set(other, (scores.get(other) ?? 0) + idf * posting!.weights[place]!);
    }
    const own = scores.get(at) ?? 0;
    return [...scores]
      .filter(([other]) => other !== at)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, CANDIDATES)
      .map(([other, lexical]) => [other, absoluteHybrid(cosine(vector, texts[other]!.vector), lexical, own)] as const)
      .filter(([, similarity]) => similarity >= CLUSTER_THRESHOLD);
  };
}

function describe(texts: readonly ColumnText[], clusterOf: ReadonlyMap<number, number>): ColumnClusters {
  const members = Map.groupBy(texts.keys(), (at) => clusterOf.get(at)!);
  const clusters = [...members]
    .sort(([a], [b]) => a - b)
    .map(([id, own]): [number, ColumnCluster] => {
      const label = own.reduce((best, at) => (texts[at]!.columns > texts[best]!.columns ? at : best));
      return [id, { id, size: own.reduce((sum, at) => sum + texts[at]!.columns, 0), label: texts[label]!.text }];
    });
  return {
    clusterOf: new Map(texts.map(({ text }, at) => [text, clusterOf.get(at)!])),
    clusters: new Map(clusters),
  };
}
