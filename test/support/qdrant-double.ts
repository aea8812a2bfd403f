import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Schemas } from '@qdrant/js-client-rest';
import { z } from 'zod';
import { groupPoints, searchPoints } from '#adapters/vector/embedded/embedded-collection.ts';
import type { Point, VectorFilter, VectorSearch } from '#src/ports/vector-collection.ts';

/**
 * A stand-in for a Qdrant server, which can't be had here: it takes the requests that our adapter sends, over HTTP, refuses a
 * body that the client's own types do not allow, and answers with the documented semantics (sources.md#qdrant). It
 * knows nothing else of Qdrant; a run against a real server needs QDRANT_URL.
 */
const Keyword = z.strictObject({ type: z.literal('keyword'), is_tenant: z.boolean().exactOptional() });
const Conditions = z.strictObject({
  must: z.array(z.strictObject({ key: z.string(), match: z.strictObject({ any: z.array(z.string()) }) })),
}) satisfies z.ZodType<Schemas['Filter']>;
const Sparse = z.strictObject({ indices: z.array(z.int().nonnegative()), values: z.array(z.number()) });
const NewCollection = z.strictObject({
  vectors: z.record(
    z.string(),
    z.strictObject({
      size: z.int().positive(),
      distance: z.literal('Cosine'),
      quantization_config: z.strictObject({
        scalar: z.strictObject({ type: z.literal('int8'), memory: z.literal('pinned') }),
      }),
    }),
  ),
  sparse_vectors: z.record(z.string(), z.strictObject({ modifier: z.literal('idf') })),
  metadata: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<Schemas['CreateCollection']>;
const NewIndex = z.strictObject({ field_name: z.string(), field_schema: Keyword }) satisfies z.ZodType<
  Schemas['CreateFieldIndex']
>;
const NewPoints = z.strictObject({
  points: z.array(
    z.strictObject({
      id: z.uuid(),
      vector: z.record(z.string(), z.union([z.array(z.number()), Sparse])),
      payload: z.record(z.string(), z.unknown()),
    }),
  ),
}) satisfies z.ZodType<Schemas['PointInsertOperations']>;
const Deletion = z.strictObject({ filter: Conditions }) satisfies z.ZodType<Schemas['PointsSelector']>;
const Idf = z.strictObject({ idf: z.strictObject({ corpus: Conditions }) });
const One = {
  query: z.union([z.array(z.number()), Sparse]),
  using: z.enum(['text', 'bm25']),
  filter: Conditions,
  params: Idf.exactOptional(),
};
const Fused = {
  prefetch: z.array(z.strictObject({ ...One, limit: z.int() })).length(2),
  query: z.union([
    z.strictObject({ fusion: z.literal('dbsf') }),
    z.strictObject({
      rrf: z.strictObject({ k: z.int().positive(), weights: z.array(z.number()).length(2).exactOptional() }),
    }),
  ]),
  filter: Conditions,
};
const rest = { limit: z.int().positive(), with_payload: z.literal(true) };
const Query = z.union([z.strictObject({ ...One, ...rest }), z.strictObject({ ...Fused, ...rest })]);
const grouped = { ...rest, group_by: z.string(), group_size: z.int().positive() };
const GroupQuery = z.union([z.strictObject({ ...One, ...grouped }), z.strictObject({ ...Fused, ...grouped })]);
Query satisfies z.ZodType<Schemas['QueryRequest']>;
GroupQuery satisfies z.ZodType<Schemas['QueryGroupsRequest']>;
const Aliases = z.strictObject({
  actions: z.array(
    z.union([
      z.strictObject({ delete_alias: z.strictObject({ alias_name: z.string() }) }),
      z.strictObject({ create_alias: z.strictObject({ collection_name: z.string(), alias_name: z.string() }) }),
    ]),
  ),
}) satisfies z.ZodType<Schemas['ChangeAliasesOperation']>;
const Count = z.strictObject({ exact: z.literal(true) }) satisfies z.ZodType<Schemas['CountRequest']>;

interface Held {
  readonly made: z.infer<typeof NewCollection>;
  readonly indexed: Set<string>;
  readonly points: Map<string, Point>;
}

export async function startQdrantDouble() {
  const collections = new Map<string, Held>();
  const aliases = new Map<string, string>();
  const requests: string[] = [];
  const held = (name: string): Held => {
    const found = collections.get(aliases.get(name) ?? name);
    if (!found) throw new Refusal(404, `Collection ${name} doesn't exist`);
    return found;
  };

  function answer(method: string, path: string, body: unknown): unknown {
    const [, , name = '', ...more] = path.split('/');
    const route = `${method} ${more.join('/')}`;
    if (method === 'GET' && path === '/aliases')
      return { aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })) };
    if (method === 'GET' && path === '/collections')
      return { collections: [...collections.keys()].map((one) => ({ name: one })) };
    if (method === 'POST' && path === '/collections/aliases') return changeAliases(read(Aliases, body).actions);
    switch (route) {
      case 'GET exists':
        return { exists: collections.has(aliases.get(name) ?? name) };
      case 'PUT ':
        if (collections.has(name)) throw new Refusal(409, `Collection ${name} already exists`);
        collections.set(name, { made: read(NewCollection, body), indexed: new Set(), points: new Map() });
        return true;
      case 'DELETE ':
        return collections.delete(name);
      case 'GET ':
        return {
          status: 'green',
          config: { metadata: held(name).made.metadata },
          points_count: held(name).points.size,
        };
      case 'PUT index':
        held(name).indexed.add(read(NewIndex, body).field_name);
        return { operation_id: 1, status: 'completed' };
      case 'PUT points':
        for (const point of read(NewPoints, body).points) held(name).points.set(point.id, toPoint(point, held(name)));
        return { operation_id: 2, status: 'completed' };
      case 'POST points/delete':
        remove(held(name), toFilter(read(Deletion, body).filter, held(name)));
        return { operation_id: 3, status: 'completed' };
      case 'POST points/count':
        read(Count, body);
        return { count: held(name).points.size };
      case 'POST points/query':
        return { points: searchPoints([...held(name).points.values()], toSearch(read(Query, body), held(name))) };
      case 'POST points/query/groups': {
        const asked = read(GroupQuery, body);
        const all = searchPoints([...held(name).points.values()], {
          ...toSearch(asked, held(name)),
          limit: Number.POSITIVE_INFINITY,
        });
        const by = { groupBy: asked.group_by as 'table', groupSize: asked.group_size, limit: asked.limit };
        return { groups: groupPoints(all, by).map(({ group, points }) => ({ id: group, hits: points })) };
      }
      default:
        throw new Refusal(404, `no route ${method} ${path}`);
    }
  }

  function changeAliases(actions: z.infer<typeof Aliases>['actions']): true {
    for (const action of actions) {
      if ('delete_alias' in action) aliases.delete(action.delete_alias.alias_name);
      else {
        held(action.create_alias.collection_name);
        aliases.set(action.create_alias.alias_name, action.create_alias.collection_name);
      }
    }
    return true;
  }

  const server = createServer(async (request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname;
    requests.push(`${request.method} ${path}`);
    try {
      const result = answer(request.method!, path, await bodyOf(request));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ result, status: 'ok', time: 0 }));
    } catch (error) {
      response.writeHead(error instanceof Refusal ? error.status : 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: { error: String(error) }, time: 0 }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    collections,
    aliases,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : undefined;
}

function toPoint({ id, vector, payload }: z.infer<typeof NewPoints>['points'][number], { made }: Held): Point {
  const { text, bm25 } = vector;
  if (!Array.isArray(text) || text.length !== made.vectors.text!.size) throw new Refusal(400, 'Wrong vector dimension');
  const norm = Math.hypot(...text) || 1; // Cosine collections keep unit vectors
  return {
    id,
    dense: Float32Array.from(text, (value) => value / norm),
    ...(bm25 && !Array.isArray(bm25) ? { sparse: bm25 } : {}),
    payload: payload as unknown as Point['payload'],
  };
}

/** Strict mode: a filter may only name an indexed field. */
function toFilter({ must }: z.infer<typeof Conditions>, { indexed }: Held): VectorFilter {
  const unindexed = must.find(({ key }) => !indexed.has(key));
  if (unindexed) throw new Refusal(400, `Index required but not found for "${unindexed.key}"`);
  return Object.fromEntries(must.map(({ key, match }) => [key, match.any]));
}

function remove({ points }: Held, filter: VectorFilter): void {
  const found = searchPoints([...points.values()], { dense: new Float32Array(1), filter, limit: points.size });
  for (const { id } of found) points.delete(id);
}

type Asked = z.infer<typeof Query> | z.infer<typeof GroupQuery>;

function toSearch(asked: Asked, held: Held): VectorSearch {
  const lists = 'prefetch' in asked ? asked.prefetch : [asked];
  const dense = lists.find(({ using }) => using === 'text')?.query as number[] | undefined;
  const sparse = lists.find(({ using }) => using === 'bm25');
  const corpus = sparse?.params?.idf.corpus;
  const fusion = 'prefetch' in asked ? asked.query : undefined;
  return {
    ...(dense ? { dense: Float32Array.from(dense) } : {}),
    ...(sparse ? { sparse: sparse.query as VectorSearch['sparse'] & object } : {}),
    ...(corpus ? { rarityAmong: toFilter(corpus, held) } : {}),
    ...(fusion
      ? { fusion: 'fusion' in fusion ? { kind: 'dbsf' } : { kind: 'rrf', ...(fusion.rrf as { k: number }) } }
      : {}),
    filter: toFilter(asked.filter, held),
    limit: asked.limit,
  } as VectorSearch;
}
