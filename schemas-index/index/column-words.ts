import { splitIdentifier, stem } from '#src/domain/words.ts';
import { Bm25 } from './bm25.ts';
import type { IndexedText, SchemaIndex } from './schema-index.ts';

const made = new WeakMap<readonly IndexedText[], Bm25>();

/** BM25 over the texts of columns, one document a text; made on first use, since only ranking by clusters reads it. */
export function columnBm25({ columnTexts }: Pick<SchemaIndex, 'columnTexts'>): Bm25 {
  const known = made.get(columnTexts);
  if (known) return known;
  const bm25 = new Bm25(
    columnTexts.map(({ text }) => [{ terms: splitIdentifier(text).map(stem), weight: 1, b: 0.75 }]),
  );
  made.set(columnTexts, bm25);
  return bm25;
}
