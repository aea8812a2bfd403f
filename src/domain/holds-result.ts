import { columnKeys } from './result-key.ts';
import type { ResultTable } from './result-table.ts';

/** Ways of finding columns again that are tried, where several look alike. */
const MOST_TRIED = 200;

/**
 * Whether a result says all that another says: each column of the other is one of its own, row by row, and it has no row more. What it
 * shows besides (the name beside a number) is left over. Rows in any order, or in theirs.
 */
export function holdsResult(given: ResultTable, wanted: ResultTable, ordered: boolean): boolean {
  if (given.rows.length !== wanted.rows.length) return false;
  const [have, want] = [columnKeys(given), columnKeys(wanted)];
  const sorted = (keys: readonly string[]) => [...keys].sort().join('\u0001');
  const contents = have.map(sorted);
  const fits = want.map((keys) => contents.flatMap((content, at) => (content === sorted(keys) ? [at] : [])));
  const rows = (columns: readonly (readonly string[])[]) => {
    const all = given.rows.map((_, row) => columns.map((keys) => keys[row]).join('\u0001'));
    return (ordered ? all : all.sort()).join('\u0002');
  };
  const target = rows(want);
  let tried = 0;
  const assign = (at: number, used: readonly number[]): boolean => {
    if (at === fits.length) {
      tried += 1;
      return rows(used.map((column) => have[column]!)) === target;
    }
    return fits[at]!.some(
      (column) => tried < MOST_TRIED && !used.includes(column) && assign(at + 1, [...used, column]),
    );
  };
  return assign(0, []);
}
