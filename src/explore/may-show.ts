import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { columnGraph, columnKey } from './column-graph.ts';

/**
 * Whether a pair may be shown over a catalog as it is now: each column that it uses is there and may still be in what is written down, and
 * no table is read of which everybody sees other rows, for its question names what one row has.
 */
export function openMayShow(catalog: DatabaseCatalog): (pair: Pick<ExploredPair, 'columns'>) => boolean {
  const shown = new Set(
    columnGraph(catalog)
      .columns.filter(({ table }) => !table.rowSecurity)
      .map(columnKey),
  );
  return ({ columns }) => columns.every((column) => shown.has(column));
}
