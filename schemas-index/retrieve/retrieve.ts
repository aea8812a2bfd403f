import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import { DEFAULT_RETRIEVAL, type Retrieval } from '#src/domain/retrieval.ts';
import type { ClusterHit, DatabaseScore, Evidence, SchemaSlice } from '#src/domain/schema-slice.ts';
import { contentWords, splitIdentifier } from '#src/domain/words.ts';
import type { NearQuestions } from '#src/ports/question-index.ts';
import type { IndexedColumn, IndexedDatabase, IndexedTable, IndexOutline, TableGroup } from '../index/schema-index.ts';
import type { ValueHit } from '../values/find-values.ts';
import { CALIBRATIONS, type Calibration, withProbabilities } from './calibrate.ts';
import type { IndexHits } from './index-search.ts';
import { orderTables } from './order-tables.ts';
import type { ReadQuestion, Synonyms, Term } from './read-question.ts';
import { type ClusterScores, clusterHits, scoreByClusters } from './score-clusters.ts';
import { type GroupFeatures, groupFeatures, logitOf, WEIGHTS } from './score-groups.ts';
import { nearnessLogits, nearnessOf, questionEvidence } from './score-questions.ts';
import { type ClusterWeight, type HeldValue, lexicalScores, scoreTables, type TableSignals } from './score-tables.ts';

/** What is switched off, for measuring what each part is worth. */
export interface Ablation {
  readonly lexical?: false;
  readonly dense?: false;
  /** Rank tables by their own hybrid score alone, whatever database they are in. */
  readonly groups?: false;
  /** Order the tables of a group without looking at keys. */
  readonly keys?: false;
}

/** What is tried besides; measured as no gain (docs/figures.md), so nothing is on by default. */
export interface UntakenSignals {
  /** Columns of large clusters count less. */
  readonly clusterWeights?: ClusterWeight;
  /** Similarity from which a table or a column counts as found by clusters. */
  readonly found?: number;
  /** Weights of the features in place of those of the ranking. */
  readonly weights?: GroupFeatures;
  /** What is read for the question's words besides (read-question.ts). */
  readonly synonyms?: Synonyms;
}

export interface RetrieveOptions {
  readonly limit: number;
  /** How tables are ranked; by groups, if absent. Otherwise the store's column words are wanted. */
  readonly retrieval?: Retrieval;
  /** Tell the clusters of columns that were found. */
  readonly explain?: boolean;
  /** Databases that may appear; all, if absent. */
  readonly allowed?: ReadonlySet<string>;
  readonly without?: Ablation;
  readonly extras?: UntakenSignals;
  readonly calibration?: Calibration;
  /** Stored values that the question names; found by find-values.ts. */
  readonly values?: readonly ValueHit[];
  /** What is known of a database before the question is read, as a logit to be added; 0 for those left out. */
  readonly prior?: ReadonlyMap<string, number>;
  /** Known questions near to this one. */
  readonly near?: readonly NearQuestions[];
}

/** Groups whose tables are ordered; those further down never reach a list of 15 tables. */
const GROUPS_ORDERED = 15;
/** A table's score is GROUP_SHARE·(its group's logit) − log2(2 + its place in the group). */
const GROUP_SHARE = 0.7;
/** Added to the logit of a database that the question names in full. */
const NAMED = 3;
/** Databases that are returned with evidence. */
const DATABASES_KEPT = 15;

export interface ScoredGroup {
  readonly group: TableGroup;
  readonly features: GroupFeatures;
  /** What its features say, and what is known of it besides. */
  readonly logit: number;
  readonly added: number;
}

export interface ScoredGroups {
  readonly signals: TableSignals;
  readonly groups: readonly ScoredGroup[];
  readonly clusters?: ClusterScores;
  readonly clusterHits?: readonly ClusterHit[];
}

/** Whether a question says a database's whole name, of two words or more: "tenant 17". One word may mean anything. */
function isNamed({ databaseId, title }: DatabaseCatalog, spoken: string): boolean {
  return [databaseId, title ?? ''].some((name) => {
    const words = splitIdentifier(name);
    return words.length > 1 && spoken.includes(` ${words.join(' ')} `);
  });
}

/** The groups that may appear, best first, with all that their scores were made of. */
export function scoreGroups(
  index: IndexOutline,
  { text, terms }: ReadQuestion,
  hits: IndexHits,
  { retrieval = DEFAULT_RETRIEVAL, explain, ...options }: Omit<RetrieveOptions, 'limit'>,
): ScoredGroups {
  const { allowed, without = {}, extras = {}, prior, near = [], values = [] } = options;
  const used = {
    lexical: without.lexical ?? true,
    dense: without.dense ?? true,
    ...(extras.clusterWeights ? { clusterWeights: extras.clusterWeights } : {}),
  };
  const sizes = index.groups.flatMap(({ database, tables }) =>
    allowed && !allowed.has(database.catalog.databaseId) ? [] : tables.length,
  );
  const among = {
    tables: sizes.reduce((sum, count) => sum + count, 0),
    held: heldValues(index, values),
  };
  const signals = scoreTables(index, terms, hits, used, among);
  const shown = retrieval === 'groups' && !explain ? undefined : shownTables(index, allowed);
  const clusters = shown && scoreByClusters(index, hits, lexicalScores(index, terms, hits.words), shown, extras.found);
  const spoken = ` ${splitIdentifier(text).join(' ')} `;
  const priorOf = ({ database: { catalog } }: TableGroup) =>
    (prior?.get(catalog.databaseId) ?? 0) + (isNamed(catalog, spoken) ? NAMED : 0);
  // The sort is stable: of equal groups the first of the index comes first.
  const scored = groupFeatures(index.groups, hits.groups, signals, {
    ...used,
    spread: index.spreads.groups,
    ...(allowed ? { databases: allowed } : {}),
    ...(clusters ? { clusters: clusters.sums } : {}),
  }).map(({ group, features }) => {
    const added = priorOf(group);
    return { group, features, added, logit: logitOf(features, extras.weights ?? WEIGHTS[retrieval]) + added };
  });
  const nearness = near.length ? nearnessLogits(scored, nearnessOf(near)) : [];
  const groups = scored
    .map((one, at) => ({ ...one, logit: one.logit + (nearness[at] ?? 0), added: one.added + (nearness[at] ?? 0) }))
    .sort((a, b) => b.logit - a.logit);
  return {
    signals,
    groups,
    ...(clusters && { clusters }),
    ...(explain && clusters && shown && { clusterHits: clusterHits(index, clusters, shown) }),
  };
}

/** The tables that may appear, by row. */
const shownTables = ({ groups }: IndexOutline, allowed: ReadonlySet<string> | undefined) =>
  new Map(
    groups.flatMap(({ database, tables }) =>
      allowed && !allowed.has(database.catalog.databaseId) ? [] : tables.map((table) => [table.row, table] as const),
    ),
  );

/** Ranks the tables of all allowed databases for a question, and says how probable each database is. */
export function rankTables(
  index: IndexOutline,
  question: ReadQuestion,
  hits: IndexHits,
  {
    limit,
    without = {},
    retrieval = DEFAULT_RETRIEVAL,
    calibration = CALIBRATIONS[retrieval],
    ...options
  }: RetrieveOptions,
): SchemaSlice {
  const scored = scoreGroups(index, question, hits, { without, retrieval, ...options });
  const { signals, groups, clusters } = scored;
  const ranked = () => {
    if (retrieval === 'clsr' && clusters) return scoreByColumns(groups, clusters);
    return (without.groups ?? true)
      ? scoreInGroups(groups, signals, without.keys ?? true)
      : scoreAlone(groups, signals);
  };
  const tables = ranked().sort((a, b) => b.score - a.score || a.table.row - b.table.row);
  return {
    tables: tables.slice(0, limit).map(({ table: { table, database }, score }) => {
      return { databaseId: database.catalog.databaseId, table, score };
    }),
    databases: scoreDatabases(groups, tables, question.terms, {
      text: question.text,
      calibration,
      values: [],
      near: [],
      ...options,
    }),
    coverage: groups[0]?.features.coverage ?? 0,
    searchedTables: groups.reduce((sum, { group }) => sum + group.tables.length, 0),
    ...(scored.clusterHits && { clusters: scored.clusterHits }),
  };
}

interface ScoredTable {
  readonly table: IndexedTable;
  readonly score: number;
}

/** Tables by their group and their place in it. */
const scoreInGroups = (groups: readonly ScoredGroup[], signals: TableSignals, keys: boolean): ScoredTable[] =>
  groups.slice(0, GROUPS_ORDERED).flatMap(({ group, logit }) =>
    orderTables(group, signals, { keys }).map((table, place) => ({
      table,
      score: GROUP_SHARE * logit - Math.log2(2 + place),
    })),
  );

/** Tables by their own score, whatever group they are in. */
const scoreAlone = (groups: readonly ScoredGroup[], { hybrid }: TableSignals): ScoredTable[] =>
  groups.flatMap(({ group }) => group.tables.map((table) => ({ table, score: hybrid[table.row] ?? 0 })));

/** Tables by the paper's score, with what is known of their group besides; what was not found at all stands behind. */
const scoreByColumns = (groups: readonly ScoredGroup[], { sums }: ClusterScores): ScoredTable[] =>
  groups.flatMap(({ group, added }) =>
    group.tables.map((table) => ({ table, score: added + WEIGHTS.clsr.clusters * (sums.get(table.row) ?? 0) })),
  );

/** The best logit of each database, best first: a database is as good as its best group. */
export function databaseLogits(groups: readonly ScoredGroup[]): ReadonlyMap<IndexedDatabase, number> {
  const best = new Map<IndexedDatabase, number>();
  for (const { group, logit } of groups) if (!best.has(group.database)) best.set(group.database, logit);
  return best;
}

function scoreDatabases(
  groups: readonly ScoredGroup[],
  tables: readonly ScoredTable[],
  terms: readonly Term[],
  {
    text,
    calibration,
    values,
    near,
  }: { readonly text: string; readonly calibration: Calibration } & Required<Pick<RetrieveOptions, 'values' | 'near'>>,
): DatabaseScore[] {
  const logits = [...databaseLogits(groups)].map(([database, score]) => ({ database, score }));
  return withProbabilities(logits, calibration)
    .slice(0, DATABASES_KEPT)
    .map(({ database, probability, score }) => {
      const { catalog } = database;
      const best = tables.filter(({ table }) => table.database === database).slice(0, 3);
      const named = values.filter((hit) => hit.databaseId === catalog.databaseId);
      return {
        databaseId: catalog.databaseId,
        probability,
        score,
        tables: best.map(({ table: { table } }) => tableLabel(table, catalog.engine)),
        evidence: [
          ...evidenceOf(
            database,
            best.map(({ table }) => table),
            terms,
          ),
          ...valuesAsEvidence(named),
          ...questionEvidence(
            text,
            near.find((one) => one.databaseId === catalog.databaseId),
          ),
        ],
      };
    });
}

/** One line a named value: the first place that holds it. */
function valuesAsEvidence(hits: readonly ValueHit[]): Evidence[] {
  const asked = new Map(hits.toReversed().map((hit) => [hit.asked.toLowerCase(), hit]));
  return [...asked.values()]
    .reverse()
    .map(({ asked: term, table, column }) => ({ kind: 'value', term, target: `${table.name}.${column.name}` }));
}

function heldValues(index: IndexOutline, values: readonly ValueHit[]): HeldValue[] {
  if (!values.length) return [];
  const indexed = new Map(index.tables.map((one) => [one.table, one]));
  return values.flatMap(({ table, asked, score }) => {
    const own = indexed.get(table);
    return own ? [{ table: own, stems: new Set(contentWords(asked).keys()), score }] : [];
  });
}

/** Which of the question's words name what, in the database's best tables. */
function evidenceOf(
  { catalog, name }: IndexedDatabase,
  tables: readonly IndexedTable[],
  terms: readonly Term[],
): Evidence[] {
  return terms.flatMap(({ stem, word: term }): Evidence[] => {
    const named = tables.find((one) => one.name.includes(stem));
    if (named) return [{ kind: 'table-name', term, target: named.table.name }];
    const column = tables.flatMap(({ columns }) => columns).find((one) => one.name.includes(stem));
    return [
      ...(column ? [columnEvidence(column, term)] : []),
      ...(name.includes(stem) ? [{ kind: 'database-name' as const, term, target: catalog.databaseId }] : []),
    ];
  });
}

const columnEvidence = ({ table, column }: IndexedColumn, term: string): Evidence => ({
  kind: 'column-name',
  term,
  target: `${table.table.name}.${column.name}`,
});
