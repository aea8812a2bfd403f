import type { Retrieval } from '#src/domain/retrieval.ts';
import type { VectorHit } from '#src/ports/vector-index.ts';
import { type CosineSpread, standing } from '../index/cosine-spread.ts';
import { type IndexedTable, PLACE_WEIGHTS, type TableGroup } from '../index/schema-index.ts';
import type { Term } from './read-question.ts';
import type { MentionedTerm, TableSignals } from './score-tables.ts';

/** What a group is scored by. */
const FEATURES = [
  'coverage',
  'coverageOfOne',
  'sentence',
  'bestHybrid',
  'bestDense',
  'threeBest',
  'columns',
  'clusters',
] as const;

/**
 * Weights of a group's features in its logit: fitted by `npm run fit:retrieval` as a conditional logit (McFadden 1974) over
 * the 166 databases, on Spider's training questions, so that the softmax over groups is a probability.
 */
const GROUP_WEIGHTS: GroupFeatures = {
  /** Share of the terms, by rarity, that a few of its tables together mention. */
  coverage: 6.22,
  /** The same of its best single table. */
  coverageOfOne: 7.03,
  /** How far above the usual the cosine of the question and the group's sentence lies. */
  sentence: 0.57,
  bestHybrid: 0.246,
  bestDense: 0.41,
  /** Hybrid scores of its three best tables, discounted 1, 1/2, 1/3. */
  threeBest: 0.06,
  /** The same of its best table's three most similar columns. */
  columns: 0.13,
  /** The paper's score of its best table; reckoned where it counts alone. */
  clusters: 0,
};

/** The paper's score alone, with the weight by which it is a logit. */
const CLSR_WEIGHTS: GroupFeatures = {
  coverage: 0,
  coverageOfOne: 0,
  sentence: 0,
  bestHybrid: 0,
  bestDense: 0,
  threeBest: 0,
  columns: 0,
  clusters: 4.54,
};

/** All features, fitted together. */
const FUSED_WEIGHTS: GroupFeatures = {
  coverage: 6.08,
  coverageOfOne: 7.02,
  sentence: 0.57,
  bestHybrid: 0.21,
  bestDense: 0.38,
  threeBest: 0.07,
  columns: 0.024,
  clusters: 0.39,
};

export const WEIGHTS: Readonly<Record<Retrieval, GroupFeatures>> = {
  groups: GROUP_WEIGHTS,
  clsr: CLSR_WEIGHTS,
  fused: FUSED_WEIGHTS,
};
export type GroupFeatures = Readonly<Record<(typeof FEATURES)[number], number>>;

/** Tables whose mentions are added up, and how much each further one counts. */
const TABLES_COVERING = 4;
const FURTHER_TABLE = 0.9;

/** The features of every group that may appear, in their order. */
export function groupFeatures(
  groups: readonly TableGroup[],
  nearGroups: readonly VectorHit[],
  signals: TableSignals,
  options: {
    readonly databases?: ReadonlySet<string>;
    readonly dense: boolean;
    readonly lexical: boolean;
    /** Where the cosines of groups' sentences lie. */
    readonly spread: CosineSpread;
    /** The paper's score of each table, by its row, where it counts. */
    readonly clusters?: ReadonlyMap<number, number>;
  },
): { readonly group: TableGroup; readonly features: GroupFeatures }[] {
  const sentences = new Map(nearGroups.map(({ row, score }) => [row, score]));
  const least = Math.min(...sentences.values());
  const sentenceOf = (row: number) =>
    options.dense && sentences.size ? signals.focus * standing(sentences.get(row) ?? least, options.spread) : 0;
  const total = signals.mentioned.reduce((sum, { term }) => sum + term.idf, 0) || 1;
  return groups.flatMap((group, row) => {
    const { databaseId } = group.database.catalog;
    if (options.databases && !options.databases.has(databaseId)) return [];
    if (!group.tables.length && group.database.tables.length) return []; // of its database other tables are seen
    const covered = options.lexical ? coverageOf(group, signals.mentioned) : { all: 0, one: 0 };
    const [first = 0, second = 0, third = 0] = valuesOf(group, signals.hybrid).sort((a, b) => b - a);
    const features = {
      coverage: covered.all / total,
      coverageOfOne: covered.one / total,
      sentence: sentenceOf(row),
      bestHybrid: first,
      bestDense: most(group, signals.dense),
      threeBest: first + second / 2 + third / 3,
      columns: most(group, signals.columns),
      clusters: Math.max(0, ...group.tables.map(({ row }) => options.clusters?.get(row) ?? 0)),
    };
    return [{ group, features }];
  });
}

export function logitOf(features: GroupFeatures, weights: GroupFeatures): number {
  let sum = 0;
  for (const name of FEATURES) sum += weights[name] * features[name];
  return sum;
}

/**
 * Rarity of the terms that a few tables of the group mention, each by the weight of the best place. Tables are taken
 * greedily: a large group that mentions everything somewhere gains nothing by its size.
 */
function coverageOf(
  { database, tables }: TableGroup,
  mentioned: readonly MentionedTerm[],
): { readonly all: number; readonly one: number } {
  const terms = mentioned.map(({ term, weights }): CoveredTerm => {
    return { idf: term.idf, weights, covered: PLACE_WEIGHTS.database * namedIn(database.words, term) };
  });
  let all = terms.reduce((sum, { idf, covered }) => sum + idf * covered, 0);
  let one = all;
  let discount = 1;
  const left = new Set(tables);
  for (let round = 0; round < TABLES_COVERING; round += 1) {
    const { table, gain } = bestOf(left, terms);
    if (!table) break;
    left.delete(table);
    all += discount * gain;
    if (round === 0) one = all;
    discount *= FURTHER_TABLE;
    for (const term of terms) term.covered = Math.max(term.covered, term.weights[table.row] ?? 0);
  }
  return { all, one };
}

interface CoveredTerm {
  readonly idf: number;
  readonly weights: Float32Array;
  /** The best weight in the database's own words and the tables taken so far. */
  covered: number;
}

/** How far a database's own words say a term, 0–1. */
function namedIn(words: ReadonlySet<string>, { stem, others }: Term): number {
  return words.has(stem) ? 1 : Math.max(0, ...others.map(([other, share]) => (words.has(other) ? share : 0)));
}

/** The first table that adds most to what is covered; none where no table adds anything. */
function bestOf(
  tables: Iterable<IndexedTable>,
  terms: readonly CoveredTerm[],
): { readonly table: IndexedTable | undefined; readonly gain: number } {
  let [best, most]: [IndexedTable | undefined, number] = [undefined, 0];
  for (const table of tables) {
    let gain = 0;
    for (const { idf, weights, covered } of terms) {
      const added = (weights[table.row] ?? 0) - covered;
      if (added > 0) gain += idf * added;
    }
    if (gain > most) [best, most] = [table, gain];
  }
  return { table: best, gain: most };
}

const valuesOf = ({ tables }: TableGroup, values: Float64Array): number[] => tables.map(({ row }) => values[row] ?? 0);

const most = (group: TableGroup, values: Float64Array): number => Math.max(...valuesOf(group, values));
