import type { DatabaseCatalog } from './catalog.ts';

/** The columns of a database as numbers, sorted: how much of it changed can be told by them, and no name be read from them. */
export type SchemaFingerprint = readonly string[];

export const schemaFingerprint = (catalog: DatabaseCatalog): SchemaFingerprint =>
  catalog.tables
    .flatMap(({ schema, name, columns }) =>
      columns.map((column) => markOf([schema ?? '', name, column.name, column.type].join('\u0000').toLowerCase())),
    )
    .sort();

/** The share of columns that are in one of the two alone: added, gone, renamed or of another type. */
export function changedShare(before: SchemaFingerprint, catalog: DatabaseCatalog): number {
  const [then, now] = [new Set(before), new Set(schemaFingerprint(catalog))];
  const kept = [...then].filter((mark) => now.has(mark)).length;
  const all = then.size + now.size - kept;
  return all ? (all - kept) / all : 0;
}

/** FNV-1a over 64 bits: two columns of one database do not meet by chance. */
function markOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
