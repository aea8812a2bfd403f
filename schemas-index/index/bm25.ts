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

export interface Posting {
  readonly documents: readonly number[];
  /** Saturated weight of the term in each of the documents, without the term's rarity. */
  readonly weights: readonly number[];
}

export class Bm25 {
  readonly size: number;
  readonly #postings = new Map<string, { readonly documents: number[]; readonly weights: number[] }>();

  /** @param documents the fields of each document, the same ones in the same order for all. */
  constructor(documents: readonly (readonly TextField[])[]) {
    this.size = documents.length;
    const averages = (documents[0] ?? []).map(
      (_, field) => documents.reduce((sum, fields) => sum + fields[field]!.terms.length, 0) / documents.length || 1,
    );
    for (const [document, fields] of documents.entries()) {
      const counts = new Map<string, number>();
      for (const [at, { terms, weight, b }] of fields.entries()) {
        const share = weight / (1 - b + (b * terms.length) / averages[at]!);
        for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + share);
      }
      for (const [term, count] of counts) {
        const posting = this.#postings.get(term) ?? { documents: [], weights: [] };
        posting.documents.push(document);
        posting.weights.push((count * (K1 + 1)) / (count + K1));
        this.#postings.set(term, posting);
      }
    }
  }

  /** ln((N − df + 0.5) / (df + 0.5) + 1), with df 0 for a term that no document has. */
  idf(term: string): number {
    const frequency = this.#postings.get(term)?.documents.length ?? 0;
    return Math.log((this.size - frequency + 0.5) / (frequency + 0.5) + 1);
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
      for (const [at, document] of posting.documents.entries()) scores[document]! += idf * posting.weights[at]!;
    }
    return scores;
  }
}
