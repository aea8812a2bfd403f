import { sequenceRatio } from '#src/domain/likeness.ts';
import type { ColumnHit } from '#src/domain/schema-slice.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { NearColumnsRequest } from '#src/ports/schema-retriever.ts';
import type { IndexedColumn, IndexOutline } from '../index/schema-index.ts';
import { embedTexts } from '../index/text-vectors.ts';
import type { IndexStore } from './index-search.ts';

/** Likeness of a phrase and a column's name from which the name itself counts as named (sources.md#column-retrieval). */
const NAMED = 0.9;

/**
 * XiYan's column retriever (V2, equation 1): for each phrase k the columns c of greatest
 * ⟨V(question), V(table of c)⟩ · ⟨V(k), V(c)⟩, and those whose name the phrase spells. Cosines below 0 count as 0.
 */
export async function nearColumns(
  index: IndexOutline,
  { databaseId, question, phrases, limit }: NearColumnsRequest,
  { embedder, store }: { readonly embedder: Embedder; readonly store: Pick<IndexStore, 'near'> },
  signal: AbortSignal,
): Promise<ColumnHit[]> {
  const database = index.databases.find(({ catalog }) => catalog.databaseId === databaseId);
  if (!database || !phrases.length) return [];
  const shown = new Map(database.tables.map((table) => [table.row, table]));
  const vectors = await embedTexts(embedder, [question, ...phrases], signal, 'question');
  const near = await store.near({
    databaseId,
    tables: vectors.of(question),
    columns: phrases.map((phrase) => vectors.of(phrase)),
  });
  const ofTable = new Map(near.tables.map(({ row, score }) => [row, Math.max(0, score)]));
  return phrases.flatMap((phrase, at) => {
    const wanted = spelt(phrase);
    const scoreOf = ({ table, column }: IndexedColumn, similarity: number) =>
      isSpelt(spelt(column.name), wanted) ? 1 : Math.max(0, similarity) * (ofTable.get(table.row) ?? 0);
    return (near.columns[at] ?? [])
      .flatMap(({ row, score: similarity }) =>
        (index.columnTexts[row]?.columns ?? []).flatMap((one): ColumnHit[] => {
          const table = shown.get(one.table.row)?.table;
          return table ? [{ table, column: one.column, phrase, score: scoreOf(one, similarity) }] : [];
        }),
      )
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);
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
