import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AccessRule, Reader } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { areNearCopies, type NearCopies, nearCopiesAmong } from '#src/domain/near-copies.ts';
import { channelOf, OPERATOR, type Question } from '#src/domain/question.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { type AccessView, type Scope, scopeOf } from '#src/guard/scope.ts';
import type { LoadedIndex } from '#src/ports/schema-indexes.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { accessViewFor, isWhole, labelOf } from './access-view.ts';
import { narrowCatalog } from './narrow-catalog.ts';

/** What one reader may see of every database, decided once: retrieval, prompt, gate and export all take it from here (ACC-1). */
export interface ReaderViews {
  readonly reader: Reader;
  /** Databases of which they may see anything. */
  readonly readable: readonly DatabaseId[];
  readonly retriever: SchemaRetriever;
  /** Of a database: what the gate checks statements against. */
  readonly scopeOf: (id: DatabaseId) => Scope | undefined;
  /** The near copies of a database, as far as they see them. */
  readonly copiesOf: (id: DatabaseId) => readonly DatabaseId[];
  /** A database that they see only in part. */
  readonly isPartial: (id: DatabaseId) => boolean;
  /** Of all the views together: what anything that is kept for this reader is keyed by (ACC-3). */
  readonly digest: string;
}

/** Scopes that are kept. */
const SCOPES_KEPT = 256;

export const readerOf = ({ asker, place }: Pick<Question, 'asker' | 'place'>): Reader => {
  const channelId = channelOf(place);
  return {
    teamId: asker.teamId,
    userId: asker.userId,
    ...(asker.groups ? { groups: asker.groups } : {}),
    ...(asker.unknownGroups ? { unknownGroups: asker.unknownGroups } : {}),
    ...(asker.identity === undefined ? {} : { identity: asker.identity }),
    ...(channelId === undefined ? {} : { channelId }),
  };
};

/** The operator at the command line of the host sees everything; everybody else what the rules grant. */
const isOperator = ({ teamId, userId }: Reader) => teamId === OPERATOR.teamId && userId === OPERATOR.userId;

export type ViewsOf = (
  reader: Reader,
  rules: readonly AccessRule[],
  databases: readonly RegisteredDatabase[],
  now: Date,
  signal: AbortSignal,
) => Promise<ReaderViews>;

/** Works out what readers may see over one index. */
export function openReaderViews(index: LoadedIndex): ViewsOf {
  const byId = new Map(index.catalogs.map((catalog) => [catalog.databaseId, catalog]));
  const scopes = new LRUCache<string, Scope>({ max: SCOPES_KEPT });
  let copies: NearCopies | undefined;

  /** One object a view and asker: the gate keeps what it prepares for a scope. */
  function scopeFor(catalog: DatabaseCatalog, view: AccessView, { userId = '', identity }: Reader): Scope {
    const key = JSON.stringify([catalog.databaseId, userId, identity, view]);
    const known = scopes.get(key);
    if (known) return known;
    const made = { ...scopeOf(catalog, view), asker: userId, ...(identity === undefined ? {} : { identity }) };
    scopes.set(key, made);
    return made;
  }

  return async (reader, rules, databases, now, signal) => {
    const shown = new Map<DatabaseId, AccessView>();
    const held = isOperator(reader) ? undefined : rules.filter((rule) => !rule.shared);
    for (const catalog of index.catalogs) {
      const view = held ? accessViewFor(catalog, held, reader, now) : everythingIn(catalog);
      const functions = databases.find((one) => one.id === catalog.databaseId)?.userFunctions ?? [];
      if (view) shown.set(catalog.databaseId, { ...view, userFunctions: functions });
    }
    const inPart = (catalog: DatabaseCatalog) => {
      const view = shown.get(catalog.databaseId);
      return view && !isWhole(catalog, view) ? [narrowCatalog(catalog, view)] : [];
    };
    const partial = index.catalogs.flatMap(inPart);
    const partialIds = new Set(partial.map(({ databaseId }) => databaseId));
    const wholeIds = new Set([...shown.keys()].filter((id) => !partialIds.has(id)));
    const retriever = await index.retrieverFor(
      { wholeIds, partial, key: digestOf(new Map([...shown].filter(([id]) => partialIds.has(id)))) },
      signal,
    );
    return {
      reader,
      readable: [...shown.keys()],
      retriever,
      scopeOf: (id) => {
        const [catalog, view] = [byId.get(id), shown.get(id)];
        return catalog && view && scopeFor(catalog, view, isOperator(reader) ? { teamId: reader.teamId } : reader);
      },
      copiesOf(id) {
        copies ??= nearCopiesAmong(index.catalogs);
        const seen = retriever.catalogOf(id);
        // Of what is seen in part, what is not seen says nothing.
        return copies.of(id).filter((other) => {
          const shownOther = shown.has(other) ? retriever.catalogOf(other) : undefined;
          return seen !== undefined && shownOther !== undefined && areNearCopies(seen, shownOther);
        });
      },
      isPartial: (id) => partialIds.has(id),
      digest: digestOf(shown),
    };
  };
}

/** What a channel's audience may see of a database, by the rules alone. */
export function audienceAccessView(
  catalog: DatabaseCatalog,
  rules: readonly AccessRule[],
  { teamId, channelId }: { readonly teamId: string; readonly channelId: string },
  how: 'posted' | 'shared',
  now: Date,
): AccessView | undefined {
  // A channel's shared grant lets answers in by its asker's hand alone.
  const own = rules.filter((rule) => how === 'shared' || !rule.shared);
  return accessViewFor(catalog, own, { teamId, channelId }, now);
}

function everythingIn(catalog: DatabaseCatalog): AccessView {
  return { tables: catalog.tables.map(labelOf), hiddenColumns: {}, userFunctions: [] };
}

const digestOf = (shown: ReadonlyMap<string, AccessView>): string =>
  createHash('sha256')
    .update(JSON.stringify([...shown].sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 32);
