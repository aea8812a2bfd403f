import { findRegistered } from '#src/databases/find-registered.ts';
import type { AuditedPerson } from '#src/domain/audit-entry.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { DESCRIPTION_LENGTH, type Description, saidOf, sayThing, thingNamed } from '#src/domain/description.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { nearestNames } from '#src/domain/likeness.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { auditChange } from './audited.ts';
import type { IndexService } from './index-service.ts';
import type { ServiceParts } from './parts.ts';

/** What the company says of its tables and columns, as an admin or an owner changes it. Prompts, the index and explanations read it. */
export interface DescriptionService {
  /** Of a database, or of all. */
  list(id?: DatabaseId): Promise<readonly Description[]>;
  /** Says something of a table or a column (`table`, `table.column`), or takes back what was said of it. */
  describe(
    request: DescribeRequest,
    who: AuditedPerson,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<Described>>;
}

export interface DescribeRequest {
  readonly databaseId: DatabaseId;
  /** As somebody wrote it. */
  readonly name: string;
  /** Nothing takes back what was said. */
  readonly text?: string;
}

export interface Described {
  /** The table or column, as it is called. */
  readonly name: string;
  /** What an admin should know of the index. */
  readonly warnings: readonly string[];
}

export function openDescriptionService(
  { store, audit, clock }: Pick<ServiceParts, 'store' | 'audit' | 'clock'>,
  index: Pick<IndexService, 'takeUpWords' | 'catalogOf'>,
): DescriptionService {
  const list: DescriptionService['list'] = async (id) =>
    (await store.descriptions()).filter(({ databaseId }) => id === undefined || databaseId === id);

  return {
    list,
    async describe({ databaseId, name, text }, who, onProgress, signal) {
      const found = await findRegistered(databaseId, store);
      if (!found.ok) return found;
      const catalog = await index.catalogOf(databaseId);
      if (!catalog) return fail({ kind: 'index-missing' });
      const about = thingNamed(name.trim(), catalog);
      if (!about) return fail({ kind: 'no-such-name', database: databaseId, name, near: namesNear(name, catalog) });
      const said = text?.replace(/\s+/g, ' ').trim();
      if (said !== undefined && said.length > DESCRIPTION_LENGTH)
        return fail({ kind: 'description-too-long', length: said.length, limit: DESCRIPTION_LENGTH });
      const before = saidOf(about, catalog) ?? null;
      const what = `description of ${databaseId}.${sayThing(about)}`;
      const failure = await auditChange(audit, { who, what, before, after: said || null }, clock.now());
      if (failure) return fail(failure);
      const isKept = said
        ? await store.saveDescription({ databaseId, about, text: said }, clock.now())
        : await store.removeDescription(databaseId, about).then(() => true);
      if (!isKept)
        return findRegistered(databaseId, store).then((gone) => (gone.ok ? fail({ kind: 'index-missing' }) : gone));
      return ok({ name: sayThing(about), warnings: await index.takeUpWords(onProgress, signal) });
    },
  };
}

/** Tables and columns that a name may have meant. */
function namesNear(name: string, catalog: DatabaseCatalog): readonly string[] {
  const known = catalog.tables.flatMap((table) => [
    table.name,
    ...table.columns.map((one) => `${table.name}.${one.name}`),
  ]);
  return nearestNames(name, known);
}
