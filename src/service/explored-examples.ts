import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { openMayShow } from '#src/explore/may-show.ts';
import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { Example } from '#src/ports/example-bank.ts';

/** Pairs that were written over a database as examples, each made once; those that may not be shown (any more), or cannot be read, are left out. */
export function openExploredExamples(catalog: DatabaseCatalog): (pairs: readonly ExploredPair[]) => readonly Example[] {
  const mayShow = openMayShow(catalog);
  const made = new Map<string, Example | undefined>();
  return (pairs) =>
    pairs.flatMap((pair) => {
      const key = JSON.stringify([pair.sql, pair.question]);
      if (!made.has(key)) made.set(key, mayShow(pair) ? exampleOf(pair, catalog) : undefined);
      return made.get(key) ?? [];
    });
}

function exampleOf({ question, sql }: ExploredPair, catalog: DatabaseCatalog): Example | undefined {
  const example = makeExample({ question, sql, verified: false }, catalog);
  return example && { ...example, explored: true };
}
