import type { DatabaseCatalog } from './catalog.ts';
import type { DatabaseId } from './ids.ts';
import { changedShare, type SchemaFingerprint } from './schema-fingerprint.ts';

/** What a fine-tuned model is asked for, in the place of the untrained one. */
export const ADAPTER_ROLES = ['generator', 'linker', 'refiner', 'selector', 'merger'] as const;
export type AdapterRole = (typeof ADAPTER_ROLES)[number];

/** The role that each task trains for; what a model learned otherwise (questions from queries, evidence) is asked by no stage. */
const ROLE_OF_TASK: Readonly<Record<string, AdapterRole>> = {
  sql: 'generator',
  'sql-standard': 'generator',
  'sql-chunked': 'generator',
  'linked-sql': 'generator',
  edl: 'generator',
  learnat: 'generator',
  linking: 'linker',
  refine: 'refiner',
  selection: 'selector',
  merge: 'merger',
};

export const roleOfTask = (task: string): AdapterRole | undefined =>
  Object.hasOwn(ROLE_OF_TASK, task) ? ROLE_OF_TASK[task] : undefined;

/** The untrained model that an adapter changes, by what a server tells of it. */
export interface AdapterBase {
  readonly name: string;
  readonly sha256: string;
  readonly parameters: number;
  readonly width: number;
}

/** How many of the same questions were right before and with an adapter, and the paired interval of the difference, in points. */
export interface MeasuredGain {
  readonly questions: number;
  readonly before: number;
  readonly after: number;
  readonly low: number;
  readonly high: number;
}

/** What stands beside an adapter (deploy/training writes it). */
export interface AdapterManifest {
  readonly task: string;
  readonly style: string;
  readonly base: AdapterBase;
  /** The databases that it was trained for, as they were (no columns where that is not known); absent where it is for any. */
  readonly databases?: Readonly<Record<DatabaseId, SchemaFingerprint>>;
  readonly measured?: MeasuredGain;
}

/** From here on training again is suggested; from there on what it learned is of another database. */
export const CHANGED_MUCH = 0.15;
const CHANGED_BEYOND = 0.5;

/** How much of a database changed since an adapter was trained for it; undefined where it was trained for others, 0 where it is for any. */
export function changedSince({ databases }: Pick<AdapterManifest, 'databases'>, catalog: DatabaseCatalog) {
  if (!databases) return 0;
  const before = databases[catalog.databaseId];
  return before?.length ? changedShare(before, catalog) : before && 0;
}

/** Whether an adapter is asked over a database: over those alone that it was trained for, as long as they are the same. */
export function fitsDatabase(trained: Pick<AdapterManifest, 'databases'>, catalog: DatabaseCatalog): boolean {
  const changed = changedSince(trained, catalog);
  return changed !== undefined && changed <= CHANGED_BEYOND;
}
