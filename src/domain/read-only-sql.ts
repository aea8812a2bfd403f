import type { Engine } from './catalog.ts';

declare const minted: unique symbol;

/** A table that a statement reads, by the names of the catalog. */
export interface TableUse {
  readonly schema?: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * A statement that the guard allowed: the checked original text, byte for byte, and the tables it reads.
 * Only src/guard makes one (test/architecture.unit.test.ts holds it to that); adapters execute nothing else.
 */
export interface ReadOnlySql {
  readonly text: string;
  readonly engine: Engine;
  /** Who asks, for the engine's own row policies; empty for nobody. */
  readonly asker: string;
  /** Who that is to the company, for the same policies; empty where nothing is configured. */
  readonly identity: string;
  /** Schemas that unqualified names are looked up in, in order. Empty where the engine has none. */
  readonly searchPath: readonly string[];
  /** Every table and column the asker may read here: what an engine-level check is given. */
  readonly readable: readonly TableUse[];
  /** Functions that an engine-level check lets through; empty where the engine has no such check. */
  readonly callable: readonly string[];
  /** The tables that this statement reads, and the columns of them. */
  readonly tables: readonly TableUse[];
  /** The functions that it calls. */
  readonly functions: readonly string[];
  readonly [minted]: true;
}
