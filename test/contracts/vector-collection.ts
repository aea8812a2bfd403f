import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type {
  IndexMetadata,
  Point,
  PublishedGeneration,
  VectorCollection,
  VectorSearch,
} from '#src/ports/vector-collection.ts';

const made: IndexMetadata = { embedder: 'by hand', dimensions: 2, textVersion: 1, catalogs: 'abc', groups: 'g' };
const NAMES = ['a', 'b', 'c', 'd', 'other', 'new', 'only in one', 'only in the other'];
/** Beyond 32 bits, as ids of ours are. */
const idOf = (name: string) => 2 ** 33 + NAMES.indexOf(name);
const at = (cos: number) => Float32Array.of(cos, Math.sqrt(1 - cos * cos));
const point = (
  name: string,
  cos: number,
  terms: Readonly<Record<number, number>>,
  more: Partial<Point['payload']> = {},
): Point => ({
  id: idOf(name),
  dense: at(cos),
  sparse: { indices: Object.keys(terms).map(Number), values: Object.values(terms) },
  payload: { workspace: 'T1', kind: 'table', database: ['shop'], schema: ['shop.main'], table: [name], ...more },
});

const points = [
  point('a', 0.9, { 1: 2 }, { words: { größe: [1.5, 0.25], total: [2, 1], 客户: [1, 1] } }),
  point('b', 0.6, { 1: 1, 2: 1 }),
  point('c', 0.3, { 3: 1 }, { database: ['crm'] }),
  point('d', 0.8, { 2: 1 }, { kind: 'column', database: ['shop', 'crm'], table: ['a'], cluster: 3, clusterSize: 7 }),
  point('other', 1, { 1: 1 }, { workspace: 'T2' }),
];
const here = { workspace: ['T1'] };
const idf = (population: number, frequency: number) => Math.log((population - frequency + 0.5) / (frequency + 0.5) + 1);

/** What every collection of vectors promises. Numbers are the documented formulas worked out by hand. */
export function vectorCollectionContract(backend: {
  readonly name: string;
  readonly open: () => Promise<{ readonly collection: VectorCollection; readonly close: () => Promise<void> }>;
}): void {
  describe(`${backend.name} as a collection of vectors`, () => {
    let opened: Awaited<ReturnType<typeof backend.open>>;
    let collection: VectorCollection;
    let published: PublishedGeneration;
    const ids = async (request: VectorSearch) => (await published.search([request]))[0]!.map(({ id }) => id);
    const scores = async (request: VectorSearch) =>
      new Map((await published.search([request]))[0]!.map(({ id, score }) => [id, score]));
    const near = (given: number | undefined, wanted: number) =>
      assert.ok(given !== undefined && Math.abs(given - wanted) < 1e-3, `${given}, not ${wanted}`);

    beforeAll(async () => {
      opened = await backend.open();
      collection = opened.collection;
      const generation = await collection.begin(made);
      assert.equal(await collection.published(), undefined);
      await generation.upsert(points);
      await generation.publish();
      published = (await collection.published())!;
    });
    afterAll(() => opened.close());

    it('finds by cosine, best first, with the words asked for that a point has', async () => {
      const words = ['größe', '客户', 'nowhere'];
      const [found] = await published.search([{ dense: at(1), filter: here, limit: 3, words }]);
      assert.deepEqual(
        found!.map(({ id, words: own }) => [id, own]),
        [
          [idOf('a'), { größe: [1.5, 0.25], 客户: [1, 1] }],
          [idOf('d'), undefined],
          [idOf('b'), undefined],
        ],
      );
      near(found![0]!.score, 0.9);
    });

    it('answers several searches at once, each in its place', async () => {
      const dense = { dense: at(1), filter: { ...here, kind: ['column'] }, limit: 9 };
      const sparse = { sparse: { indices: [3], values: [1] }, rarityAmong: here, filter: here, limit: 9 };
      const found = await published.search([sparse, dense, sparse]);
      assert.deepEqual(
        found.map((list) => list.map(({ id }) => id)),
        [[idOf('c')], [idOf('d')], [idOf('c')]],
      );
    });

    it('finds what one of several conditions allows', async () => {
      const either = [{ database: ['crm'] }, { schema: ['nobody'] }, { table: ['b'] }];
      assert.deepEqual(await ids({ dense: at(1), filter: { ...here, either }, limit: 9 }), [
        idOf('d'),
        idOf('b'),
        idOf('c'),
      ]);
      const tables = { ...here, kind: ['table'], either };
      assert.deepEqual(await ids({ dense: at(1), filter: tables, limit: 9 }), [idOf('b'), idOf('c')]);
    });

    it('finds only what all conditions allow, and nothing of another workspace', async () => {
      const all = await ids({ dense: at(1), filter: here, limit: 9 });
      assert.ok(!all.includes(idOf('other')) && all.length === 4);
      assert.deepEqual(await ids({ dense: at(1), filter: { ...here, database: ['crm'] }, limit: 9 }), [
        idOf('d'),
        idOf('c'),
      ]);
      assert.deepEqual(await ids({ dense: at(1), filter: { ...here, database: ['crm'], kind: ['table'] }, limit: 9 }), [
        idOf('c'),
      ]);
      assert.deepEqual(await ids({ dense: at(1), filter: { ...here, database: ['nobody'] }, limit: 9 }), []);
    });

    it('weighs words by their rarity in the workspace alone', async () => {
      const sparse = { indices: [1, 3], values: [1, 1] };
      const found = await scores({ sparse, rarityAmong: here, filter: here, limit: 9 });
      near(found.get(idOf('a')), 2 * idf(4, 2));
      near(found.get(idOf('b')), idf(4, 2));
      near(found.get(idOf('c')), idf(4, 1));
      assert.ok(!found.has(idOf('d')));
    });

    it('fuses two lists by reciprocal ranks', async () => {
      const both = { dense: at(1), sparse: { indices: [1], values: [1] }, rarityAmong: here, filter: here, limit: 9 };
      const plain = await scores({ ...both, fusion: { kind: 'rrf', k: 2 } });
      near(plain.get(idOf('a')), 1 / 2 + 1 / 2);
      near(plain.get(idOf('b')), 1 / 4 + 1 / 3);
      near(plain.get(idOf('d')), 1 / 3);
      const weighted = await scores({ ...both, fusion: { kind: 'rrf', k: 2, weights: [3, 1] } });
      near(weighted.get(idOf('d')), 1 / (2 / 3 + 1));
      near(weighted.get(idOf('a')), 1 / (1 / 3 + 1) + 1 / 2);
    });

    it('fuses two lists by the spread of their scores', async () => {
      const both = { dense: at(1), sparse: { indices: [3], values: [1] }, rarityAmong: here, filter: here, limit: 9 };
      const found = await scores({ ...both, fusion: { kind: 'dbsf' } });
      const dense = [0.9, 0.8, 0.6, 0.3];
      const mean = 0.65;
      const deviation = Math.sqrt(dense.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
      const scaled = (score: number) => (score - (mean - 3 * deviation)) / (6 * deviation);
      near(found.get(idOf('a')), scaled(0.9));
      near(found.get(idOf('c')), scaled(0.3) + 0.5);
    });

    it('gives the best of each group, as many groups and points as asked', async () => {
      const groups = await published.searchGroups({
        dense: at(1),
        filter: here,
        groupBy: 'table',
        groupSize: 2,
        limit: 2,
      });
      assert.deepEqual(
        groups.map(({ group, points: own }) => [group, own.map(({ id }) => id)]),
        [
          ['a', [idOf('a'), idOf('d')]],
          ['b', [idOf('b')]],
        ],
      );
    });

    it('takes the same point twice without harm, and deletes by a condition', async () => {
      const generation = await collection.begin(made);
      await generation.upsert(points);
      await generation.upsert(points.slice(0, 2));
      assert.equal(await generation.count(), points.length);
      await generation.delete({ database: ['crm'] });
      assert.equal(await generation.count(), 3);
    });

    it('shows a new generation only when it is published, and what it was made with', async () => {
      assert.deepEqual((await collection.published())?.made, made);
      const generation = await collection.begin({ ...made, catalogs: 'next' });
      await generation.upsert([point('new', 0.7, {})]);
      assert.deepEqual((await collection.published())?.made, made);
      await generation.publish();
      const next = (await collection.published())!;
      assert.equal(next.made.catalogs, 'next');
      const [found] = await next.search([{ dense: at(1), filter: here, limit: 9 }]);
      assert.deepEqual(
        found!.map(({ id }) => id),
        [idOf('new')],
      );
    });

    it('answers from the generation that is held, while and after another is published', async () => {
      const held = (await collection.published())!;
      const request = [{ dense: at(1), filter: here, limit: 9 }];
      const before = await held.search(request);
      const generation = await collection.begin({ ...made, catalogs: 'after that' });
      await generation.upsert(points);
      const reading = Array.from({ length: 20 }, () => held.search(request));
      await generation.publish();
      for (const found of [...(await Promise.all(reading)), await held.search(request)])
        assert.deepEqual(found, before);
    });

    it('keeps two generations apart that are built at the same time', async () => {
      const [one, other] = [
        await collection.begin({ ...made, catalogs: 'one' }),
        await collection.begin({ ...made, catalogs: 'other' }),
      ];
      await one.upsert([point('only in one', 0.7, {})]);
      await other.upsert([point('only in the other', 0.7, {})]);
      await one.publish();
      const first = (await collection.published())!;
      await other.publish();
      const second = (await collection.published())!;
      for (const [generation, catalogs, table] of [
        [first, 'one', 'only in one'],
        [second, 'other', 'only in the other'],
      ] as const) {
        assert.equal(generation.made.catalogs, catalogs);
        const [found] = await generation.search([{ dense: at(1), filter: here, limit: 9 }]);
        assert.deepEqual(
          found!.map(({ id }) => id),
          [idOf(table)],
        );
      }
    });
  });
}
