import type { VectorHit } from '#src/ports/vector-index.ts';
import { PLACE_WEIGHTS, type SchemaIndex, type TableGroup } from '../index/schema-index.ts';
import type { Term } from './read-question.ts';
import type { TableSignals } from './score-tables.ts';

/**
 * Weights of a group's features in its logit: fitted by `npm run fit:retrieval` as a conditional logit (McFadden 1974) over
 * the 166 databases, on Spider's training questions, so that the softmax over groups is a probability.
 */
export const GROUP_WEIGHTS = {
  /** Share of the terms, by rarity, that a few of its tables together mention. */
  coverage: 5.99,
  /** The same of its best single table. */
  coverageOfOne: 6.2,
  /** Cosine of the question and the group's sentence. */
  sentence: 2.7,
  bestHybrid: 0.22,
  bestDense: 0.74,
  /** Hybrid scores of its three best tables, discounted 1, 1/2, 1/3. */
  threeBest: 0.09,
  /** Cosine of its best table's three most similar columns. */
  columns: 1.39,
};
export type GroupFeatures = { readonly [name in keyof typeof GROUP_WEIGHTS]: number };

/** Tables whose mentions are added up, and how much each further one counts. */
const TABLES_COVERING = 4;
const FURTHER_TABLE = 0.9;

/** The features of every group that may appear; groups left out are undefined. */
export function groupFeatures(
  index: SchemaIndex,
  terms: readonly Term[],
  nearGroups: readonly VectorHit[],
  tables: TableSignals,
  options: { readonly databases?: ReadonlySet<string>; readonly dense: boolean; readonly lexical: boolean },
): (GroupFeatures | undefined)[] {
  const sentences = new Float64Array(index.groups.length);
  if (options.dense) for (const { row, score } of nearGroups) sentences[row] = score;
  const total = terms.reduce((sum, { idf }) => sum + idf, 0) || 1;
  return index.groups.map((group, at) => {
    const { catalog } = index.databases[group.database]!;
    if (options.databases && !options.databases.has(catalog.databaseId)) return undefined;
    const covered = options.lexical ? coverageOf(index, group, terms, tables.mentioned) : { all: 0, one: 0 };
    const [first, second, third] = threeBest(group, tables.hybrid);
    return {
      coverage: covered.all / total,
      coverageOfOne: covered.one / total,
      sentence: tables.focus * sentences[at]!,
      bestHybrid: first,
      bestDense: most(group, tables.dense),
      threeBest: first + second / 2 + third / 3,
      columns: most(group, tables.columns),
    };
  });
}

export function logitOf(features: GroupFeatures, weights: GroupFeatures = GROUP_WEIGHTS): number {
  let sum = 0;
  for (const name of Object.keys(weights) as (keyof GroupFeatures)[]) sum += weights[name] * features[name];
  return sum;
}

/**
 * Rarity of the terms that a few tables of the group mention, each by the weight of the best place. Tables are taken
 * greedily: a large group that mentions everything somewhere gains nothing by its size.
 */
function coverageOf(
  index: SchemaIndex,
  { database, tables }: TableGroup,
  terms: readonly Term[],
  mentioned: readonly Float32Array[],
): { readonly all: number; readonly one: number } {
  const words = index.databaseWords[database]!;
  const named = ({ stem, others }: Term) =>
    words.has(stem) ? 1 : Math.max(0, ...others.map(([other, share]) => (words.has(other) ? share : 0)));
  const current = terms.map((term) => PLACE_WEIGHTS.database * named(term));
  let all = terms.reduce((sum, { idf }, at) => sum + idf * current[at]!, 0);
  let one = all;
  let discount = 1;
  const taken = new Set<number>();
  for (let round = 0; round < TABLES_COVERING; round += 1) {
    let [best, most] = [-1, 0];
    for (const row of tables) {
      if (taken.has(row)) continue;
      let gain = 0;
      for (let at = 0; at < terms.length; at += 1) {
        const added = mentioned[at]![row]! - current[at]!;
        if (added > 0) gain += terms[at]!.idf * added;
      }
      if (gain > most) [best, most] = [row, gain];
    }
    if (best === -1) break;
    taken.add(best);
    all += discount * most;
    if (round === 0) one = all;
    discount *= FURTHER_TABLE;
    for (let at = 0; at < terms.length; at += 1) current[at] = Math.max(current[at]!, mentioned[at]![best]!);
  }
  return { all, one };
}

const most = ({ tables }: TableGroup, values: Float64Array) =>
  tables.reduce((best, row) => Math.max(best, values[row]!), Number.NEGATIVE_INFINITY);

function threeBest({ tables }: TableGroup, values: Float64Array): [number, number, number] {
  const best = tables
    .map((row) => values[row]!)
    .sort((a, b) => b - a)
    .slice(0, 3);
  return [best[0] ?? 0, best[1] ?? 0, best[2] ?? 0];
}
