/** A table of numbers for dynamic programming; a cell that nothing was written to holds 0. */
export class Grid {
  readonly #columns: number;
  readonly #cells: Float64Array;

  constructor(rows: number, columns: number) {
    this.#columns = columns;
    this.#cells = new Float64Array(rows * columns);
  }

  at(row: number, column: number): number {
    return this.#cells[row * this.#columns + column] ?? 0;
  }

  set(row: number, column: number, value: number): void {
    this.#cells[row * this.#columns + column] = value;
  }
}

/** A grid whose first row and first column count up from 0: what turns nothing into the first n of a sequence costs. */
export function editGrid(rows: number, columns: number): Grid {
  const grid = new Grid(rows, columns);
  for (let row = 1; row < rows; row += 1) grid.set(row, 0, row);
  for (let column = 1; column < columns; column += 1) grid.set(0, column, column);
  return grid;
}
