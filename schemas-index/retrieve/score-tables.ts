import type { VectorHit } from '#src/ports/vector-index.ts';
import { clusterSizeOf } from '../cluster/column-clusters.ts';
import { standing } from '../index/cosine-spread.ts';
import type { IndexedTable, IndexOutline } from '../index/schema-index.ts';
import type { IndexHits, WordHits } from './index-search.ts';
import type { Term } from './read-question.ts';

/** Columns of a table whose similarity counts, the most similar ones. */
const BEST_COLUMNS = 3;

/** Which signals are used; the ablation switches them off one by one. */
export interface Signals {
  readonly lexical: boolean;
  readonly dense: boolean;
  /** Whether columns of large clusters count less. */
  readonly clusterWeights?: ClusterWeight;
}

/** What the similarity of a column is multiplied by: 1 / ln(1 + its cluster's size), or 1 / size as in the paper. */
export const CLUSTER_WEIGHTS = ['log', 'size'] as const;
export type ClusterWeight = (typeof CLUSTER_WEIGHTS)[number];

/** A table that holds a value which the question names by some of its words. */
export interface HeldValue {
  readonly table: IndexedTable;
  /** Stems of the words that name it. */
  readonly stems: ReadonlySet<string>;
  /** How well they do, 0–1. */
  readonly score: number;
}
/** How much a named value says of its table: as a one-word column. */
const VALUE_HELD = 0.9;

/** A term with the weight of the best place in each table that mentions it, 0–1.2. */
export interface MentionedTerm {
  readonly term: Term;
  readonly weights: Float32Array;
}

/** What a question has in common with each table. Arrays run over all tables of the index; a table without a value has 0. */
export interface TableSignals {
  readonly mentioned: readonly MentionedTerm[];
  /** How far above the usual the cosine of question and table sentence lies. */
  readonly dense: Float64Array;
  /** BM25, standardised over all tables, and `dense`, in equal parts. */
  readonly hybrid: Float64Array;
  /** How far above the usual the question's cosines with the table's three most similar columns lie, on average. */
  readonly columns: Float64Array;
  /** How much the question's vector says, 0–1; `dense` and `columns` are multiplied by it. */
  readonly focus: number;
}

/** @param among how many tables may appear, and those of them that hold a value which the question names. */
export function scoreTables(
  index: IndexOutline,
  terms: readonly Term[],
  hits: IndexHits,
  signals: Signals,
  among: { readonly tables: number; readonly held: readonly HeldValue[] },
): TableSignals {
  const none = new Float64Array(index.tables.length);
  const focus = signals.lexical ? focusOf(terms) : 1;
  const lexical = signals.lexical
    ? standardise(lexicalScores(index, terms, hits.words), among.tables, BM25_SPREAD)
    : none;
  const dense = signals.dense
    ? similarities(index, hits.tables).map((cosine) => focus * DENSE_SHARE * standing(cosine, index.spreads.tables))
    : none;
  const share = signals.lexical && signals.dense ? 0.5 : 1;
  return {
    mentioned: terms.map((term) => ({
      term,
      weights: signals.lexical
        ? mentionedBy(index, term, hits.words, among.held)
        : new Float32Array(index.tables.length),
    })),
    dense,
    hybrid: lexical.map((value, row) => share * (value + (dense[row] ?? 0))),
    columns: signals.dense
      ? columnSimilarities(index, hits.columns, signals.clusterWeights).map((one) => focus * one)
      : none,
    focus,
  };
}

/** Terms of a question up to which its vector stands for all of it; a vector of a long one is a blur of its clauses. */
const FOCUSED_TERMS = 8;

function focusOf(terms: readonly Term[]): number {
  return Math.min(1, FOCUSED_TERMS / Math.max(terms.length, 1));
}

/** BM25 of every table; a term counts by the best of the stems that say the same. */
export function lexicalScores(index: IndexOutline, terms: readonly Term[], words: WordHits): Float64Array {
  const scores = new Float64Array(index.tables.length);
  for (const { stem, idf, others } of terms) {
    const add = (row: number, weight: number) => {
      scores[row] = (scores[row] ?? 0) + idf * weight;
    };
    if (!others.length) {
      words.bm25(stem)?.forEach(add);
      continue;
    }
    const best = new Map<number, number>();
    for (const [one, share] of [[stem, 1] as const, ...others]) {
      words.bm25(one)?.forEach((row, weight) => {
        best.set(row, Math.max(best.get(row) ?? 0, share * weight));
      });
    }
    for (const [row, weight] of best) add(row, weight);
  }
  return scores;
}

function mentionedBy(index: IndexOutline, term: Term, words: WordHits, held: readonly HeldValue[]): Float32Array {
  const weights = new Float32Array(index.tables.length);
  const raise = (row: number, weight: number) => {
    weights[row] = Math.max(weights[row] ?? 0, weight);
  };
  for (const [one, share] of [[term.stem, 1] as const, ...term.others])
    words.places(one)?.forEach((row, weight) => {
      raise(row, share * weight);
    });
  for (const { table, stems, score } of held) if (stems.has(term.stem)) raise(table.row, VALUE_HELD * score);
  return weights;
}

function similarities(index: IndexOutline, hits: readonly VectorHit[]): Float64Array {
  const scores = new Float64Array(index.tables.length).fill(hits.at(-1)?.score ?? 0);
  for (const { row, score } of hits) scores[row] = score;
  return scores;
}

function columnSimilarities(
  index: IndexOutline,
  hits: readonly VectorHit[],
  clusterWeights: ClusterWeight | undefined,
): Float64Array {
  const above = (score: number) => standing(score, index.spreads.columns);
  const last = hits.at(-1);
  // Weighted, what many columns say counts as nothing; then what was not found may not count as more.
  const floor = last && !clusterWeights ? above(last.score) : 0;
  const sums = new Float64Array(index.tables.length);
  const counts = new Uint8Array(index.tables.length);
  for (const { row, score } of hits) {
    const found = index.columnTexts[row];
    if (!found) continue;
    const size = clusterWeights ? clusterSizeOf(index.clusters, found.text) : 1;
    const weight = clusterWeights === 'log' ? 1 / Math.log(1 + size) : 1 / size;
    for (const { table } of found.columns) {
      const count = counts[table.row] ?? 0;
      if (count >= BEST_COLUMNS) continue;
      sums[table.row] = (sums[table.row] ?? 0) + weight * above(score);
      counts[table.row] = count + 1;
    }
  }
  return sums.map((sum, row) => (sum + floor * (BEST_COLUMNS - (counts[row] ?? 0))) / BEST_COLUMNS);
}

/** What a deviation of cosine counts beside one of BM25: as it was fitted on Spider with the embedded embedder. */
const DENSE_SHARE = 1.27;
/**
 * The spread that BM25 has over a large pool: the median over Spider's training questions on its 166 schemas. In a small pool
 * the spread of a few values says little (two values always lie one deviation off), so it is drawn towards this one.
 */
const BM25_SPREAD = 1.15;
/** How many values the typical spread weighs as. */
const PRIOR_WEIGHT = 30;

/**
 * Zero mean over the tables that may appear (the others have 0), and unit deviation where there are many; `typical` is the
 * deviation expected of a large pool.
 */
function standardise(values: Float64Array, count: number, typical: number): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(count, 1);
  const beyond = (values.length - count) * mean ** 2;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) - beyond;
  const deviation = Math.sqrt((squares + PRIOR_WEIGHT * typical ** 2) / (count + PRIOR_WEIGHT));
  return values.map((value) => (value - mean) / deviation);
}
