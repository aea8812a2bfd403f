import { WeightedRows } from './weighted-rows.ts';

/**
 * Okapi BM25 over an inverted index, with fields (BM25F, Robertson and Zaragoza 2009, equations 3.15 and 3.18): the counts of
 * a term in the fields are normalised by each field's length, weighted, added and saturated once. k1 1.2.
 */
const K1 = 1.2;

/** A part of a document: its terms, how much they count, and how far its length is normalised away (`b`, 0–1). */
export interface TextField {
  readonly terms: readonly string[];
  readonly weight: number;
  readonly b: number;
}

/** The documents that have a term, with its saturated weight in each, without the term's rarity. */
export type Posting = Pick<WeightedRows, 'size' | 'forEach'>;

/** ln((N − df + 0.5) / (df + 0.5) + 1) of a term that so many of all documents have. */
export const rarityOf = (frequency: number, documents: number): number =>
  Math.log((documents - frequency + 0.5) / (frequency + 0.5) + 1);

export class Bm25 {
  readonly size: number;
  readonly #postings = new Map<string, WeightedRows>();

  /** @param documents the fields of each document, the same ones in the same order for all. */
  constructor(documents: readonly (readonly TextField[])[]) {
    this.size = documents.length;
    const lengths: number[] = [];
    for (const fields of documents)
      for (const [at, { terms }] of fields.entries()) lengths[at] = (lengths[at] ?? 0) + terms.length;
    const averageOf = (field: number) => (lengths[field] ?? 0) / documents.length || 1;
    for (const [document, fields] of documents.entries()) {
      const counts = new Map<string, number>();
      for (const [at, { terms, weight, b }] of fields.entries()) {
        const share = weight / (1 - b + (b * terms.length) / averageOf(at));
        for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + share);
      }
      for (const [term, count] of counts) {
        const posting = this.#postings.get(term) ?? new WeightedRows();
        posting.add(document, (count * (K1 + 1)) / (count + K1));
        this.#postings.set(term, posting);
      }
    }
  }

  /** How rare a term is (`rarityOf`); one that no document has is rarest. */
  idf(term: string): number {
    return rarityOf(this.#postings.get(term)?.size ?? 0, this.size);
  }

  /** Every term with the documents that have it. */
  postings(): Iterable<readonly [term: string, posting: Posting]> {
    return this.#postings;
  }

  posting(term: string): Posting | undefined {
    return this.#postings.get(term);
  }

  /** The score of every document, by document number; 0 where no term matches. */
  scores(terms: Iterable<string>): Float64Array {
    const scores = new Float64Array(this.size);
    for (const term of terms) {
      const posting = this.#postings.get(term);
      if (!posting) continue;
      const idf = this.idf(term);
      posting.forEach((document, weight) => {
        scores[document] = (scores[document] ?? 0) + idf * weight;
      });
    }
    return scores;
  }
}
