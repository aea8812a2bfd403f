import { createHash } from 'node:crypto';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import type { Calibration } from '#schemas-index/retrieve/calibrate.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { scopedRetriever } from '#schemas-index/retrieve/scoped-retriever.ts';
import type { AccessRule, Reader } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { OPERATOR, type Question } from '#src/domain/question.ts';
import { type AccessView, type Scope, scopeOf } from '#src/guard/scope.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { RegisteredDatabase } from '#src/ports/store.ts';
import { accessViewFor, isWhole, labelOf } from './access-view.ts';
import { narrowCatalog } from './narrow-catalog.ts';

/** What one reader may see, decided once: retrieval, prompt, gate and export all take it from here (ACC-1). */
export interface ReaderViews {
  readonly reader: Reader;
  /** Databases of which they may see anything. */
  readonly readable: readonly string[];
  readonly retriever: SchemaRetriever;
  /** Of a database: what the gate checks statements against. */
  readonly scopeOf: (databaseId: string) => Scope | undefined;
  /** A database that they see only in part. */
  readonly isPartial: (databaseId: string) => boolean;
  /** Of all the views together: what anything that is kept for this reader is keyed by (ACC-3). */
  readonly digest: string;
}

export interface ReaderViewsInput {
  readonly index: SchemaIndex;
  readonly whole: SchemaRetriever;
  readonly calibration?: Calibration;
  readonly embedder: Embedder;
  readonly rules: () => readonly AccessRule[];
  readonly databases: () => readonly RegisteredDatabase[];
}

/** Views whose own index is kept; the one used longest ago makes room. */
const PARTIAL_KEPT = 16;
const SCOPES_KEPT = 256;

export const readerOf = ({ asker, channelId }: Pick<Question, 'asker' | 'channelId'>): Reader => ({
  teamId: asker.teamId,
  userId: asker.userId,
  ...(asker.groups ? { groups: asker.groups } : {}),
  ...(channelId === undefined ? {} : { channelId }),
});

/** The operator at the command line of the host sees everything; everybody else what the rules grant. */
const isOperator = ({ teamId, userId }: Reader) => teamId === OPERATOR.teamId && userId === OPERATOR.userId;

/** Works out what readers may see over one index. */
export function openReaderViews({ index, whole, calibration, embedder, rules, databases }: ReaderViewsInput) {
  const catalogs = index.databases.map(({ catalog }) => catalog);
  const byId = new Map(catalogs.map((catalog) => [catalog.databaseId, catalog]));
  const partials = new Map<string, Promise<SchemaRetriever>>();
  const scopes = new Map<string, Scope>();

  function views(reader: Reader): ReadonlyMap<string, AccessView> {
    const found = new Map<string, AccessView>();
    const held = isOperator(reader) ? undefined : rules().filter((rule) => !rule.shared);
    for (const catalog of catalogs) {
      const view = held ? accessViewFor(catalog, held, reader) : everythingIn(catalog);
      if (view) found.set(catalog.databaseId, view);
    }
    return found;
  }

  /** An index of what somebody sees in part; made on first use, from embeddings that are kept. */
  function partialOver(shown: ReadonlyMap<string, AccessView>, signal: AbortSignal): Promise<SchemaRetriever> {
    const key = digestOf(shown);
    const known = partials.get(key);
    if (known) {
      partials.delete(key);
      partials.set(key, known);
      return known;
    }
    const narrowed = [...shown].map(([id, view]) => narrowCatalog(byId.get(id)!, view));
    const made = buildIndex(narrowed, { embedder, vectors: embeddedVectors }, () => undefined, signal).then((built) =>
      indexRetriever(built, embedder, calibration ? { calibration } : {}),
    );
    made.catch(() => partials.delete(key));
    partials.set(key, made);
    if (partials.size > PARTIAL_KEPT) partials.delete(partials.keys().next().value!);
    return made;
  }

  /** One object a view and asker: the gate keeps what it prepares for a scope. */
  function scopeFor(databaseId: string, view: AccessView, asker: string): Scope {
    const userFunctions = databases().find((one) => one.id === databaseId)?.userFunctions ?? [];
    const key = JSON.stringify([databaseId, asker, userFunctions, view]);
    const known = scopes.get(key);
    if (known) return known;
    if (scopes.size >= SCOPES_KEPT) scopes.clear();
    const made = { ...scopeOf(byId.get(databaseId)!, { ...view, userFunctions }), asker };
    scopes.set(key, made);
    return made;
  }

  return async (reader: Reader, signal: AbortSignal): Promise<ReaderViews> => {
    const shown = views(reader);
    const partial = new Map([...shown].filter(([id, view]) => !isWhole(byId.get(id)!, view)));
    const wholeIds = new Set([...shown.keys()].filter((id) => !partial.has(id)));
    const retriever = scopedRetriever({
      whole,
      wholeIds,
      partialIds: new Set(partial.keys()),
      ...(partial.size ? { partial: await partialOver(partial, signal) } : {}),
      ...(calibration ? { calibration } : {}),
    });
    return {
      reader,
      readable: [...shown.keys()],
      retriever,
      scopeOf: (id) => {
        const view = shown.get(id);
        return view && scopeFor(id, view, isOperator(reader) ? '' : (reader.userId ?? ''));
      },
      isPartial: (id) => partial.has(id),
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
): AccessView | undefined {
  // A channel's shared grant lets answers in by its asker's hand alone.
  const own = rules.filter((rule) => how === 'shared' || !rule.shared);
  return accessViewFor(catalog, own, { teamId, channelId });
}

function everythingIn(catalog: DatabaseCatalog): AccessView {
  return { tables: catalog.tables.map(labelOf), hiddenColumns: {}, userFunctions: [] };
}

const digestOf = (shown: ReadonlyMap<string, AccessView>): string =>
  createHash('sha256')
    .update(JSON.stringify([...shown].sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 32);
