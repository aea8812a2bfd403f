import type {
  Conditions,
  IndexMetadata,
  Payload,
  PayloadField,
  Point,
  PointGroup,
  PublishedGeneration,
  ScoredPoint,
  SparseVector,
  VectorCollection,
  VectorFilter,
  VectorSearch,
} from '#src/ports/vector-collection.ts';
import type { VectorIndex } from '#src/ports/vector-index.ts';
import { PAYLOAD_FIELDS } from '../payload-fields.ts';
import { embeddedVectors } from './exact-index.ts';

/** The collection in this process, over the embedded exact index: what the port and Qdrant's documentation say, without a server. */
export function embeddedCollection(): VectorCollection {
  let published: readonly PublishedGeneration[] = [];
  return {
    async begin(made) {
      const points = new Map<number, Point>();
      return {
        async upsert(fresh) {
          for (const point of fresh) points.set(point.id, point);
        },
        async delete(filter) {
          for (const [id, { payload }] of points) if (fits(payload, filter)) points.delete(id);
        },
        count: async () => points.size,
        async publish(alone) {
          published = [generationOf(made, [...points.values()]), ...(alone ? [] : published.slice(0, 1))];
        },
      };
    },
    published: async () => published[0],
    generations: async () => published,
  };
}

function generationOf(made: IndexMetadata, points: readonly Point[]): PublishedGeneration {
  const vectors = points.map(({ dense }) => dense);
  const owners = points.map(({ payload }) => payload.database);
  const index: VectorIndex = embeddedVectors.build(vectors, made.dimensions, owners);

  /** All points by cosine, from the exact index; only those of the filter's databases are scored. */
  const nearest: Nearest = (query, { database }) =>
    index.search(query, index.size, database && new Set(database)).flatMap(({ row, score }) => {
      const point = points[row];
      return point ? [{ point, score }] : [];
    });
  const search = (request: VectorSearch): Scored[] => searchPoints(points, request, nearest);
  return {
    made,
    search: async (requests) => requests.map((request) => search(request).map((one) => shown(one, request.words))),
    searchGroups: async (request) => groupPoints(search({ ...request, limit: Number.POSITIVE_INFINITY }), request),
  };
}

/** A point as it is ranked here. */
interface Scored {
  readonly point: Point;
  readonly score: number;
}

/** All points by cosine, best first, at least those that the filter allows. */
type Nearest = (query: Float32Array, filter: VectorFilter) => readonly Scored[];

/** A point as it is given out, with what it has of the words asked for. */
function shown({ point: { id, payload }, score }: Scored, asked: readonly string[] = []): ScoredPoint {
  const own = Object.entries(payload.words ?? {}).filter(([word]) => asked.includes(word));
  return { id, score, ...(own.length ? { words: Object.fromEntries(own) } : {}) };
}

/** Points by the value of a field, in the order of their best; a point with several values is in the group of each. */
function groupPoints(
  scored: readonly Scored[],
  {
    groupBy,
    groupSize,
    limit,
    words,
  }: Pick<VectorSearch, 'limit' | 'words'> & { readonly groupBy: PayloadField; readonly groupSize: number },
): PointGroup[] {
  const groups = new Map<string, ScoredPoint[]>();
  for (const one of scored)
    for (const value of [one.point.payload[groupBy]].flat())
      groups.set(value, [...(groups.get(value) ?? []), shown(one, words)]);
  return [...groups].slice(0, limit).map(([group, points]) => ({ group, points: points.slice(0, groupSize) }));
}

function searchPoints(points: readonly Point[], request: VectorSearch, nearest: Nearest): Scored[] {
  const among = points.filter(({ payload }) => fits(payload, request.filter));
  const near = (query: Float32Array) =>
    nearest(query, request.filter).filter(({ point }) => fits(point.payload, request.filter));
  const lists = [
    ...(request.dense ? [near(request.dense)] : []),
    ...(request.sparse ? [bySparse(points, among, request.sparse, request.rarityAmong ?? {})] : []),
  ].map((list) => list.slice(0, request.limit));
  const [first, second] = lists;
  if (!first) return [];
  if (!second) return first;
  if (!request.fusion) throw new Error('Two vectors need a fusion.');
  const fused =
    request.fusion.kind === 'rrf' ? reciprocalRanks(first, second, request.fusion) : spreadScores(first, second);
  return sorted([...fused.values()]).slice(0, request.limit);
}

const sorted = (scored: readonly Scored[]) => [...scored].sort((a, b) => b.score - a.score || a.point.id - b.point.id);

const fits = (payload: Payload, { either, ...all }: VectorFilter): boolean =>
  fitsAll(payload, all) && (!either || either.some((one) => fitsAll(payload, one)));

function fitsAll(payload: Payload, conditions: Conditions): boolean {
  return PAYLOAD_FIELDS.every((field) => {
    const wanted = conditions[field];
    return !wanted || [payload[field]].flat().some((own) => wanted.includes(own));
  });
}

/** Dot product of the sparse vectors, the query's weights times ln((N − df + 0.5) / (df + 0.5) + 1); points without a term are not found. */
function bySparse(all: readonly Point[], among: readonly Point[], query: SparseVector, corpus: VectorFilter): Scored[] {
  const population = all.flatMap(({ payload, sparse }) => (sparse && fits(payload, corpus) ? [sparse] : []));
  const terms = query.indices.map((term, at) => {
    const frequency = population.filter(({ indices }) => indices.includes(term)).length;
    const idf = Math.log((population.length - frequency + 0.5) / (frequency + 0.5) + 1);
    return { term, weight: query.values[at] ?? 0, idf };
  });
  return sorted(
    among.flatMap((point) => {
      const { sparse } = point;
      if (!sparse?.indices.some((term) => query.indices.includes(term))) return [];
      const score = terms.reduce((sum, { term, weight, idf }) => sum + weight * idf * weightIn(sparse, term), 0);
      return [{ point, score }];
    }),
  );
}

/** The weight of a term in a sparse vector; 0 where it has no such term. */
const weightIn = ({ indices, values }: SparseVector, term: number): number => values[indices.indexOf(term)] ?? 0;

/** Σ 1 / ((place + 1) / weight + k − 1), places from 0 (Cormack et al. 2009 in Qdrant's form). */
function reciprocalRanks(
  first: readonly Scored[],
  second: readonly Scored[],
  { k, weights: [ofFirst, ofSecond] = [1, 1] }: { readonly k: number; readonly weights?: readonly [number, number] },
): Map<number, Scored> {
  const byRank =
    (weight: number): Scoring =>
    (_, place) =>
      1 / ((place + 1) / weight + k - 1);
  return fuse([first, byRank(ofFirst)], [second, byRank(ofSecond)]);
}

/** Distribution-based: each list scaled to mean ± 3 sample deviations, and added; 0.5 where a list has no spread. */
const spreadScores = (first: readonly Scored[], second: readonly Scored[]): Map<number, Scored> =>
  fuse([first, bySpread(first)], [second, bySpread(second)]);

function bySpread(list: readonly Scored[]): Scoring {
  const mean = list.reduce((sum, { score }) => sum + score, 0) / list.length;
  const deviation = Math.sqrt(list.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / (list.length - 1));
  const [low, span] = [mean - 3 * deviation, list.length > 1 ? 6 * deviation : 0];
  return ({ score }) => (span > 0 ? (score - low) / span : 0.5);
}

type Scoring = (point: Scored, place: number) => number;

/** The points of some lists, each with the sum of what the lists give it. */
function fuse(...lists: readonly (readonly [points: readonly Scored[], scoreOf: Scoring])[]): Map<number, Scored> {
  const fused = new Map<number, Scored>();
  for (const [points, scoreOf] of lists)
    for (const [place, one] of points.entries())
      fused.set(one.point.id, { ...one, score: (fused.get(one.point.id)?.score ?? 0) + scoreOf(one, place) });
  return fused;
}
