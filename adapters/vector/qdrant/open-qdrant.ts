import { randomBytes } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { z } from 'zod';
import {
  type Conditions,
  type Generation,
  type IndexMetadata,
  type Point,
  type PublishedGeneration,
  type ScoredPoint,
  type VectorCollection,
  type VectorFilter,
  type VectorSearch,
  VectorsUnavailable,
} from '#src/ports/vector-collection.ts';
import { PAYLOAD_FIELDS, PAYLOAD_NUMBERS } from '../payload-fields.ts';

export interface QdrantOptions {
  readonly url: string;
  readonly apiKey?: string;
  /** The alias of the published generation; generations are collections named after it. */
  readonly name: string;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

const DENSE = 'text';
const SPARSE = 'bm25';
const BATCH = 256;
/** Twice as many are found by their int8 copies as are asked for, and scored again by the vectors themselves. */
const RESCORED = { quantization: { rescore: true, oversampling: 2 } };
/** A generation that was begun so long ago and never published belongs to a run that was killed. */
const GIVEN_UP_MS = 24 * 3_600_000;
/** What follows the alias in a generation's name: when it was begun and a draw; one letter in earlier versions. */
const GENERATION = /^(?:(\d+)_[0-9a-f]{8}|[ab])$/;

const StoredWords = z.object({ words: z.record(z.string(), z.tuple([z.number(), z.number()])).optional() });
const StoredMade = z.object({
  embedder: z.string(),
  dimensions: z.number(),
  textVersion: z.number(),
  catalogs: z.string(),
  groups: z.string(),
});

/**
 * A collection on a Qdrant server (written against the client and openapi of 1.19): named dense vectors with int8 copies in
 * memory, sparse BM25 whose rarity the server works out among one workspace's points, indexed payloads. Each generation is a
 * collection of its own name, never used again, and readers search it by that name; the alias only says which one is published.
 * A second alias holds the one before it for readers that have not looked again.
 */
export function openQdrant(options: QdrantOptions): VectorCollection {
  const client = new QdrantClient({
    url: options.url,
    ...(options.apiKey ? { apiKey: options.apiKey } : {}),
    timeout: options.timeoutMs ?? 10_000,
    checkCompatibility: false,
  });
  const now = options.now ?? Date.now;
  const alias = options.name;
  const aliasBefore = `${alias}_before`;

  /** The collections of the published generation and of the one before. */
  async function aliased(): Promise<{ readonly current: string | undefined; readonly before: string | undefined }> {
    const { aliases } = await reach(() => client.getAliases());
    const of = (name: string) => aliases.find((one) => one.alias_name === name)?.collection_name;
    return { current: of(alias), before: of(aliasBefore) };
  }

  async function begin(made: IndexMetadata): Promise<Generation> {
    const collection = `${alias}_${now()}_${randomBytes(4).toString('hex')}`;
    await create(client, collection, made);
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
      publish: (alone) => publish(collection, alone !== undefined),
    };
  }

  /** Moves both aliases in one request, then drops what no alias holds any more. */
  async function publish(collection: string, alone: boolean): Promise<void> {
    const { current, before } = await aliased();
    const leave = (name: string, is: string | undefined) => (is ? [{ delete_alias: { alias_name: name } }] : []);
    const name = (alias_name: string, is: string | undefined) =>
      is ? [{ create_alias: { alias_name, collection_name: is } }] : [];
    const kept = alone ? undefined : current;
    await reach(() =>
      client.updateCollectionAliases({
        actions: [
          ...leave(alias, current),
          ...name(alias, collection),
          ...leave(aliasBefore, before),
          ...name(aliasBefore, kept),
        ],
      }),
    );
    const dropped = drop((name, begun) => {
      if (name === collection || name === kept) return false;
      return alone || name === before || now() - begun > GIVEN_UP_MS;
    });
    // Otherwise it is published all the same, and what stays now is dropped after a later one.
    await (alone ? dropped : dropped.catch(() => undefined));
  }

  /** Drops generations, by name and the time when they were begun. What has a name of another form is none of ours. */
  async function drop(goes: (name: string, begun: number) => boolean): Promise<void> {
    const { collections } = await reach(() => client.getCollections());
    for (const { name } of collections) {
      const ours = name.startsWith(`${alias}_`) && GENERATION.exec(name.slice(alias.length + 1));
      if (ours && goes(name, Number(ours[1] ?? 0))) await reach(() => client.deleteCollection(name));
    }
  }

  async function generation(collection: string | undefined): Promise<PublishedGeneration | undefined> {
    if (!collection) return undefined;
    const info = await reach(() => client.getCollection(collection));
    const made = StoredMade.safeParse(info.config.metadata);
    return made.success ? generationOf(client, collection, made.data) : undefined;
  }

  return {
    begin,
    published: async () => generation((await aliased()).current),
    async generations() {
      const { current, before } = await aliased();
      const found = await Promise.all([generation(current), generation(before).catch(() => undefined)]);
      return found.flatMap((one) => one ?? []);
    },
  };
}

async function create(client: QdrantClient, collection: string, made: IndexMetadata): Promise<void> {
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
  for (const field of PAYLOAD_FIELDS) {
    const keyword = { type: 'keyword' as const, ...(field === 'workspace' ? { is_tenant: true } : {}) };
    await reach(() => client.createPayloadIndex(collection, { field_name: field, field_schema: keyword, wait: true }));
  }
  const integer = { type: 'integer' as const, lookup: true, range: true };
  for (const field of PAYLOAD_NUMBERS)
    await reach(() => client.createPayloadIndex(collection, { field_name: field, field_schema: integer, wait: true }));
}

function generationOf(client: QdrantClient, collection: string, made: IndexMetadata): PublishedGeneration {
  return {
    made,
    async search(requests) {
      const searches = requests.map((request) => ({ ...toQuery(request), ...toRest(request) }));
      const found = await reach(() => client.queryBatch(collection, { searches }));
      return found.map(({ points }) => points.map(toScored));
    },
    async searchGroups(request) {
      const found = await reach(() =>
        client.queryGroups(collection, {
          ...toQuery(request),
          group_by: request.groupBy,
          group_size: request.groupSize,
          ...toRest(request),
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
  payload: { ...payload },
});

const toMust = (conditions: Conditions) => ({
  must: PAYLOAD_FIELDS.flatMap((key) => {
    const values = conditions[key];
    return values ? [{ key, match: { any: [...values] } }] : [];
  }),
});

const toFilter = ({ either, ...all }: VectorFilter) => ({
  ...toMust(all),
  ...(either ? { should: either.map(toMust) } : {}),
});

/** Points come back by their ids alone, and with the words that are asked for. */
const toRest = ({ limit, words }: VectorSearch) => ({
  limit,
  with_payload: words ? words.map((word) => `words.${JSON.stringify(word)}`) : false,
});

/** One list is a plain query; two are prefetched and fused. The filter holds for each. */
function toQuery({ dense, sparse, rarityAmong, fusion, filter, limit }: VectorSearch) {
  const conditions = { filter: toFilter(filter) };
  const params = rarityAmong ? { params: { idf: { corpus: toFilter(rarityAmong) } } } : {};
  const lists = [
    ...(dense ? [{ query: [...dense], using: DENSE, limit, ...conditions, params: RESCORED }] : []),
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
  const [first, second] = lists;
  if (!first) throw new Error('A search needs a vector.');
  if (!second) {
    const { limit: _, ...only } = first;
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
  const { words } = StoredWords.parse(payload ?? {});
  return { id: Number(id), score, ...(words ? { words } : {}) };
}
