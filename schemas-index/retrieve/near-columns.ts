import { sequenceRatio } from '#src/domain/likeness.ts';
import type { ColumnHit } from '#src/domain/schema-slice.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { NearColumnsRequest } from '#src/ports/schema-retriever.ts';
import type { SchemaIndex } from '../index/schema-index.ts';

/** Likeness of a phrase and a column's name from which the name itself counts as named (sources.md#column-retrieval). */
const NAMED = 0.9;

/**
 * XiYan's column retriever (V2, equation 1): for each phrase k the columns c of greatest
 * ⟨V(question), V(table of c)⟩ · ⟨V(k), V(c)⟩, and those whose name the phrase spells. Cosines below 0 count as 0.
 */
export async function nearColumns(
  index: SchemaIndex,
  { databaseId, question, phrases, limit }: NearColumnsRequest,
  embedder: Embedder,
  signal: AbortSignal,
): Promise<ColumnHit[]> {
  const at = index.databases.findIndex(({ catalog }) => catalog.databaseId === databaseId);
  const database = index.databases[at];
  if (!database || !phrases.length) return [];
  const only = new Set([databaseId]);
  const [asked, ...vectors] = await embedder.embed([question, ...phrases], signal);
  const ofTable = new Map(
    index.tableVectors.search(asked!, database.tableCount, only).map(({ row, score }) => [row, Math.max(0, score)]),
  );
  const columnCount = index.tables
    .slice(database.firstTable, database.firstTable + database.tableCount)
    .reduce((sum, { table }) => sum + table.columns.length, 0);
  return phrases.flatMap((phrase, number) => {
    const scored: ColumnHit[] = [];
    const wanted = spelt(phrase);
    const push = (row: number, score: number) => {
      const tableRow = index.tableOfColumn[row]!;
      const { table, firstColumn, database: owner } = index.tables[tableRow]!;
      if (owner !== at) return;
      const column = table.columns[row - firstColumn]!;
      const named = isSpelt(spelt(column.name), wanted);
      scored.push({ table, column, phrase, score: named ? 1 : Math.max(0, score) * (ofTable.get(tableRow) ?? 0) });
    };
    for (const { row, score } of index.columnVectors.search(vectors[number]!, columnCount, only))
      for (const column of index.columnsOfText[row]!) push(column, score);
    return scored.sort((a, b) => b.score - a.score).slice(0, limit);
  });
}

/** Letters and digits in lower case, without a plural's s: `order_dates` and "Order date" are spelt alike. */
const spelt = (name: string) =>
  name
    .toLowerCase()
    .replace(/[\s_]+/g, '')
    .replace(/s$/, '');

/** Whether two spellings are alike enough; their lengths alone say so of most that are not. */
function isSpelt(name: string, phrase: string): boolean {
  const most = (2 * Math.min(name.length, phrase.length)) / Math.max(1, name.length + phrase.length);
  return name === phrase || (most >= NAMED && sequenceRatio(name, phrase) >= NAMED);
}
