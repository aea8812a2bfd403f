import { cellText, columnHeading, type ResultTable } from '#src/domain/result-table.ts';

/**
 * Whether a sentence about a result says nothing that the result does not: every number in it is a cell, a rounded cell, the count of the
 * rows, or a sum, mean, smallest, largest, difference or share of a column's cells; every date and every name (a word with a capital inside
 * the sentence, or quoted text) is part of a cell, a heading or the question.
 */
export function isGrounded(sentence: string, table: ResultTable, question: string): boolean {
  const numbers = numbersOf(table);
  const said =
    `${table.rows.flatMap((row) => row.map(cellText)).join('\n')}\n${table.columns.map(({ name }) => `${name} ${columnHeading(name)}`).join('\n')}\n${question}`.toLowerCase();
  const dates = [...sentence.matchAll(/\b\d{4}-\d{2}(?:-\d{2})?\b/g)].map(([date]) => date);
  if (!dates.every((date) => said.includes(date))) return false;
  const withoutDates = dates.reduce((text, date) => text.replace(date, ' '), sentence);
  const figures = [...withoutDates.matchAll(/(?<![\p{L}\d])-?\d[\d,]*(?:\.\d+)?/gu)].map(([text]) =>
    text.replaceAll(',', ''),
  );
  if (!figures.every((text) => isAmong(text, numbers) || said.includes(text))) return false;
  if (NUMBER_WORDS.test(withoutDates)) return false; // "two dozen", "half": cannot be checked, so it is not said
  const names = [
    ...[...withoutDates.matchAll(/(?<=[\p{Ll},]\s)(\p{Lu}[\p{L}\p{N}'’&.-]*)/gu)].map(([, name]) => name!),
    ...[...withoutDates.matchAll(/["“]([^"”]+)["”]/g)].map(([, text]) => text!),
  ];
  return names.every((name) => said.includes(name.toLowerCase().replace(/(?:['’]s|[.,;:])$/, '')));
}

const NUMBER_WORDS =
  /\b(?:dozen|half|twice|thrice|double[ds]?|triple[ds]?|quarter of|third of|hundreds?|thousands?|millions?|billions?|majority|most of)\b/i;

const MOST_ROWS = 1_000;

function numbersOf(table: ResultTable): number[] {
  const found = [table.rows.length];
  for (const [at] of table.columns.entries()) {
    const cells = table.rows
      .slice(0, MOST_ROWS)
      .map((row) => row[at] ?? null)
      .filter(
        (cell) => typeof cell === 'number' || typeof cell === 'bigint' || (typeof cell === 'string' && cell !== ''),
      )
      .map(Number)
      .filter(Number.isFinite);
    if (!cells.length) continue;
    const sum = cells.reduce((total, cell) => total + cell, 0);
    found.push(...cells, sum, sum / cells.length);
    const [low, high] = [Math.min(...cells), Math.max(...cells)];
    found.push(high - low, ...(sum ? cells.map((cell) => (100 * cell) / sum) : []));
    if (cells.length === 2)
      found.push(Math.abs(cells[1]! - cells[0]!), ...(cells[0] ? [(100 * (cells[1]! - cells[0])) / cells[0]] : []));
  }
  return found;
}

/** Equal to one of the numbers at the precision in which it is written. */
function isAmong(text: string, numbers: readonly number[]): boolean {
  const value = Number(text);
  const digits = text.split('.')[1]?.length ?? 0;
  const half = 0.5 * 10 ** -digits + 1e-9;
  return numbers.some((number) => Math.abs(number - value) <= half || Math.abs(Math.abs(number) - value) <= half);
}
