import { editGrid } from './grid.ts';

/** The candidate whose spelling is nearest, ignoring case and underscores; undefined when none is near (half its length). */
export function nearest(wanted: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[_\s]+/g, '');
  const target = plain(wanted);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of candidates) {
    const distance = editDistance(target, plain(name));
    if (!best || distance < best.distance) best = { name, distance };
  }
  const limit = Math.max(1, Math.floor(target.length / 2));
  return best && best.distance <= limit ? best.name : undefined;
}

/** Levenshtein's distance, with neighbours swapped counting one (optimal string alignment). */
function editDistance(from: string, to: string): number {
  const costs = editGrid(from.length + 1, to.length + 1);
  for (let row = 1; row <= from.length; row += 1) {
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const edits = Math.min(costs.at(row - 1, column), costs.at(row, column - 1)) + 1;
      let cost = Math.min(edits, costs.at(row - 1, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, costs.at(row - 2, column - 2) + 1);
      costs.set(row, column, cost);
    }
  }
  return costs.at(from.length, to.length);
}
