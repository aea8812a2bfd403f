import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { ok, type Result } from '#src/domain/result.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import type { Connections } from './connections.ts';
import { findRegistered } from './find-registered.ts';

/** What goes with a database. */
export interface RemovalPreview {
  readonly database: RegisteredDatabase;
  /** Of its catalog; absent where it was not indexed. */
  readonly tables?: number;
  readonly rules: number;
  readonly questions: number;
  /** In the bank of examples. */
  readonly examples: number;
}

export async function previewRemoval(
  id: DatabaseId,
  store: DatabaseStore,
  countExamples: (id: DatabaseId) => Promise<number>,
): Promise<Result<RemovalPreview>> {
  const found = await findRegistered(id, store);
  if (!found.ok) return found;
  const catalog = (await store.catalogs()).find((one) => one.databaseId === id);
  return ok({
    database: found.value,
    ...(catalog ? { tables: catalog.tables.length } : {}),
    rules: (await store.accessRules()).filter((rule) => rule.databaseId === id).length,
    questions: await store.questionsOf(id),
    examples: await countExamples(id),
  });
}

/** What went with a database. */
export interface Removed {
  readonly questions: number;
  readonly examples: number;
  readonly warnings: readonly string[];
}

/**
 * Removes all that is kept of a database, but not the audit; its part of the index last, and what is left of that is told. A bot that
 * runs lets go of it with its next question.
 */
export async function removeDatabase(
  id: DatabaseId,
  {
    store,
    connections,
    removeExamples,
    leaveOutOfIndex,
  }: {
    readonly store: DatabaseStore;
    readonly connections: Connections;
    readonly removeExamples: (id: DatabaseId) => Promise<number>;
    /** Builds the index without it; what an admin should know. */
    readonly leaveOutOfIndex: () => Promise<readonly string[]>;
  },
): Promise<Result<Removed>> {
  const found = await findRegistered(id, store);
  if (!found.ok) return found;
  const questions = await store.removeDatabase(id);
  await connections.letGo(id);
  const examples = await removeExamples(id);
  return ok({ questions, examples, warnings: await leaveOutOfIndex() });
}
