import { QdrantClient } from '@qdrant/js-client-rest';
import { z } from 'zod';
import {
  type Field,
  type Filter,
  type Generation,
  type Made,
  type Point,
  type ScoredPoint,
  type VectorCollection,
  type VectorSearch,
  VectorsUnavailable,
} from '#src/ports/vector-collection.ts';

export interface QdrantOptions {
  readonly url: string;
  readonly apiKey?: string;
  /** The alias that readers use; generations are collections named after it. */
  readonly name: string;
  readonly timeoutMs?: number;
}

const DENSE = 'text';
const SPARSE = 'bm25';
const BATCH = 256;
/** Points looked at for one returned, in each of two lists that are fused. */
const FIELDS: readonly Field[] = ['workspace', 'database', 'kind', 'table'];

const StoredPayload = z.object({
  workspace: z.string(),
  database: z.array(z.string()),
  kind: z.enum(['table', 'column', 'group']),
  table: z.string(),
  row: z.number(),
});
const StoredMade = z.object({
  embedder: z.string(),
  dimensions: z.number(),
  textVersion: z.number(),
  catalogs: z.string(),
});

/**
 * A collection on a Qdrant server (written against the client and openapi of 1.19): named dense vectors with int8 copies in
 * memory, sparse BM25 whose rarity the server works out among one workspace's points, indexed payloads, and an alias that
 * moves to a new generation in one request.
 */
export function openQdrant(options: QdrantOptions): VectorCollection {
  const client = new QdrantClient({
    url: options.url,
    ...(options.apiKey ? { apiKey: options.apiKey } : {}),
    timeout: options.timeoutMs ?? 10_000,
    checkCompatibility: false,
  });
  const alias = options.name;

  async function aliased(): Promise<string | undefined> {
    const { aliases } = await reach(() => client.getAliases());
    return aliases.find((one) => one.alias_name === alias)?.collection_name;
  }

  async function begin(made: Made): Promise<Generation> {
    const before = await aliased();
    const collection = `${alias}_${before?.endsWith('_a') ? 'b' : 'a'}`;
    if ((await reach(() => client.collectionExists(collection))).exists)
      await reach(() => client.deleteCollection(collection));
    await reach(() =>
      client.createCollection(collection, {
        vectors: {
          [DENSE]: {
            size: made.dimensions,
            distance: 'Cosine',
            quantization_config: { scalar: { type: 'int8', memory: 'pinned' } },
          },
        },
        sparse_vectors: { [SPARSE]: { modifier: 'idf' } },
        metadata: { ...made },
      }),
    );
    for (const field of FIELDS) {
      const keyword = { type: 'keyword' as const, ...(field === 'workspace' ? { is_tenant: true } : {}) };
      await reach(() =>
        client.createPayloadIndex(collection, { field_name: field, field_schema: keyword, wait: true }),
      );
    }
    return {
      async upsert(points) {
        for (let at = 0; at < points.length; at += BATCH) {
          const batch = points.slice(at, at + BATCH).map(toPoint);
          await reach(() => client.upsert(collection, { wait: true, points: batch }));
        }
      },
      async delete(filter) {
        await reach(() => client.delete(collection, { wait: true, filter: toFilter(filter) }));
      },
      count: async () => (await reach(() => client.count(collection, { exact: true }))).count,
      async publish() {
        await reach(() =>
          client.updateCollectionAliases({
            actions: [
              ...(before ? [{ delete_alias: { alias_name: alias } }] : []),
              { create_alias: { collection_name: collection, alias_name: alias } },
            ],
          }),
        );
        if (before) await reach(() => client.deleteCollection(before));
      },
    };
  }

  return {
    begin,
    async made() {
      const collection = await aliased();
      if (!collection) return undefined;
      const info = await reach(() => client.getCollection(collection));
      const made = StoredMade.safeParse(info.config.metadata);
      return made.success ? made.data : undefined;
    },
    async search(request) {
      const found = await reach(() =>
        client.query(alias, { ...toQuery(request), limit: request.limit, with_payload: true }),
      );
      return found.points.map(toScored);
    },
    async searchGroups(request) {
      const found = await reach(() =>
        client.queryGroups(alias, {
          ...toQuery(request),
          group_by: request.groupBy,
          group_size: request.groupSize,
          limit: request.limit,
          with_payload: true,
        }),
      );
      return found.groups.map(({ id, hits }) => ({ group: String(id), points: hits.map(toScored) }));
    },
  };
}

/** A server that cannot be reached, or answers with an error of its own, is one failure for the callers: they go on without it. */
async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new VectorsUnavailable('the vector server is not answering as expected', { cause: error });
  }
}

const toPoint = ({ id, dense, sparse, payload }: Point) => ({
  id,
  vector: {
    [DENSE]: [...dense],
    ...(sparse ? { [SPARSE]: { indices: [...sparse.indices], values: [...sparse.values] } } : {}),
  },
  payload: { ...payload, database: [...payload.database] },
});

const toFilter = (filter: Filter) => ({
  must: Object.entries(filter).map(([key, values]) => ({ key, match: { any: [...values] } })),
});

/** One list is a plain query; two are prefetched and fused. The filter holds for each. */
function toQuery({ dense, sparse, rarityAmong, fusion, filter, limit }: VectorSearch) {
  const conditions = { filter: toFilter(filter) };
  const params = rarityAmong ? { params: { idf: { corpus: toFilter(rarityAmong) } } } : {};
  const lists = [
    ...(dense ? [{ query: [...dense], using: DENSE, limit, ...conditions }] : []),
    ...(sparse
      ? [
          {
            query: { indices: [...sparse.indices], values: [...sparse.values] },
            using: SPARSE,
            limit,
            ...conditions,
            ...params,
          },
        ]
      : []),
  ];
  if (lists.length < 2) {
    const { limit: _, ...only } = lists[0]!;
    return only;
  }
  if (!fusion) throw new Error('Two vectors need a fusion.');
  const query =
    fusion.kind === 'dbsf'
      ? { fusion: 'dbsf' as const }
      : { rrf: { k: fusion.k, ...(fusion.weights ? { weights: [...fusion.weights] } : {}) } };
  return { prefetch: lists, query, ...conditions };
}

function toScored({
  id,
  score,
  payload,
}: {
  readonly id: string | number;
  readonly score: number;
  readonly payload?: unknown;
}): ScoredPoint {
  return { id: String(id), score, payload: StoredPayload.parse(payload) };
}
