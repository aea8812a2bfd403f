import type { Table } from '#src/domain/catalog.ts';
import { mayIndexValues } from '#src/domain/personal.ts';
import { isStopWord, splitIdentifier, stem } from '#src/domain/words.ts';

/** Longer values are prose, not names of things. */
const MAX_LENGTH = 30;

/** Stems of the words in a table's sampled values, those of personal columns left out. */
export function valueStems({ name, columns }: Table): string[] {
  const stems = new Set<string>();
  for (const column of columns) {
    if (!column.values.length || !mayIndexValues(column, { name })) continue;
    for (const value of column.values) {
      if (value.length > MAX_LENGTH) continue;
      for (const word of splitIdentifier(value)) if (/\p{L}{2}/u.test(word) && !isStopWord(word)) stems.add(stem(word));
    }
  }
  return [...stems];
}
