/** Okapi BM25 over an inverted index (Robertson and Zaragoza 2009, equation 3.15): k1 1.2, b 0.75. */
const K1 = 1.2;
const B = 0.75;

export class Bm25 {
  readonly size: number;
  readonly #postings = new Map<string, { readonly documents: number[]; readonly weights: number[] }>();

  /** @param documents the terms of each document; repeat a term to weight it. */
  constructor(documents: readonly (readonly string[])[]) {
    this.size = documents.length;
    const average = documents.reduce((sum, terms) => sum + terms.length, 0) / Math.max(documents.length, 1);
    for (const [document, terms] of documents.entries()) {
      const counts = new Map<string, number>();
      for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
      const norm = K1 * (1 - B + (B * terms.length) / average);
      for (const [term, count] of counts) {
        const posting = this.#postings.get(term) ?? { documents: [], weights: [] };
        posting.documents.push(document);
        posting.weights.push((count * (K1 + 1)) / (count + norm));
        this.#postings.set(term, posting);
      }
    }
  }

  /** ln((N − df + 0.5) / (df + 0.5) + 1), with df 0 for a term that no document has. */
  idf(term: string): number {
    const frequency = this.#postings.get(term)?.documents.length ?? 0;
    return Math.log((this.size - frequency + 0.5) / (frequency + 0.5) + 1);
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
