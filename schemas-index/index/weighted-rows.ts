/** Rows with a weight each. Two plain arrays and no objects: a large index holds millions of pairs. */
export class WeightedRows {
  readonly #rows: number[] = [];
  readonly #weights: number[] = [];

  get size(): number {
    return this.#rows.length;
  }

  add(row: number, weight: number): void {
    this.#rows.push(row);
    this.#weights.push(weight);
  }

  /** In the order in which they were added. */
  forEach(use: (row: number, weight: number) => void): void {
    this.#rows.forEach((row, at) => {
      use(row, this.#weights[at] ?? 0);
    });
  }
}
