import type { DatabaseCatalog } from '#src/domain/catalog.ts';

/** Schemas of databases that are asked at their address without being registered, kept for the next question of them. */
export interface KeptSchemas {
  /** What is kept of an address, which holds no password, for one stamp of its schema. */
  at(address: string, stamp: string): KeptSchema;
  /** Nothing is kept of an address any more. */
  forget(address: string): Promise<void>;
}

export interface KeptSchema {
  /** Nothing where none is kept, or that of another stamp, an older day or another version. */
  read(): Promise<DatabaseCatalog | undefined>;
  /** Keeps it in place of what was there; gives it as it will be read. What was used longest ago makes room. */
  keep(catalog: DatabaseCatalog): Promise<DatabaseCatalog>;
  /** Where its index is kept. */
  readonly indexFolder: string;
}
