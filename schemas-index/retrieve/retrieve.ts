import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import type { DatabaseScore, Evidence, SchemaSlice, TableScore } from '#src/domain/schema-slice.ts';
import { contentWords, splitIdentifier } from '#src/domain/words.ts';
import type { SchemaIndex } from '../index/schema-index.ts';
import type { ValueHit } from '../values/find-values.ts';
import { type Calibration, DEFAULT_CALIBRATION, probabilitiesOf } from './calibrate.ts';
import type { DenseHits } from './dense-search.ts';
import { orderTables } from './order-tables.ts';
import { readTerms, type Synonyms, type Term } from './read-question.ts';
import { type GroupFeatures, groupFeatures, logitOf } from './score-groups.ts';
import { type HeldValue, scoreTables, type TableSignals } from './score-tables.ts';

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
  /** Columns of large clusters count less: their similarity is divided by ln(1 + the cluster's size). */
  readonly clusterWeights?: boolean;
  readonly synonyms?: Synonyms;
}

export interface RetrieveOptions {
  readonly limit: number;
  /** Databases that may appear; all, if absent. */
  readonly allowed?: ReadonlySet<string>;
  readonly without?: Ablation;
  readonly extras?: UntakenSignals;
  readonly calibration?: Calibration;
  /** Stored values that the question names; found by find-values.ts. */
  readonly values?: readonly ValueHit[];
  /** What is known of a database before the question is read, as a logit to be added; 0 for those left out. */
  readonly prior?: ReadonlyMap<string, number>;
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
  /** Its place in the index. */
  readonly group: number;
  readonly features: GroupFeatures;
  readonly logit: number;
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
  index: SchemaIndex,
  text: string,
  hits: DenseHits,
  { allowed, without = {}, extras = {}, prior, values = [] }: Omit<RetrieveOptions, 'limit'>,
): { readonly terms: readonly Term[]; readonly signals: TableSignals; readonly groups: readonly ScoredGroup[] } {
  const used = {
    lexical: without.lexical ?? true,
    dense: without.dense ?? true,
    clusterWeights: extras.clusterWeights ?? false,
  };
  const terms = readTerms(index, text, extras.synonyms);
  const signals = scoreTables(index, terms, hits, used, heldValues(index, values));
  const spoken = ` ${splitIdentifier(text).join(' ')} `;
  const priorOf = (group: number) => {
    const { catalog } = index.databases[index.groups[group]!.database]!;
    return (prior?.get(catalog.databaseId) ?? 0) + (isNamed(catalog, spoken) ? NAMED : 0);
  };
  const groups = groupFeatures(index, terms, hits.groups, signals, {
    ...used,
    ...(allowed ? { databases: allowed } : {}),
  })
    .flatMap((features, group) => (features ? [{ group, features, logit: logitOf(features) + priorOf(group) }] : []))
    .sort((a, b) => b.logit - a.logit || a.group - b.group);
  return { terms, signals, groups };
}

/** Ranks the tables of all allowed databases for a question, and says how probable each database is. */
export function rankTables(
  index: SchemaIndex,
  text: string,
  hits: DenseHits,
  { limit, without = {}, calibration = DEFAULT_CALIBRATION, ...options }: RetrieveOptions,
): SchemaSlice {
  const { terms, signals, groups } = scoreGroups(index, text, hits, { without, ...options });

  const tables: (TableScore & { readonly row: number })[] = [];
  const score = (row: number, value: number) => {
    const { database, table } = index.tables[row]!;
    tables.push({ databaseId: index.databases[database]!.catalog.databaseId, table, score: value, row });
  };
  if (without.groups ?? true) {
    for (const { group, logit } of groups.slice(0, GROUPS_ORDERED)) {
      const ordered = orderTables(index, index.groups[group]!, terms, signals, { keys: without.keys ?? true });
      for (const [place, row] of ordered.entries()) score(row, GROUP_SHARE * logit - Math.log2(2 + place));
    }
  } else {
    for (const { group } of groups) for (const row of index.groups[group]!.tables) score(row, signals.hybrid[row]!);
  }
  tables.sort((a, b) => b.score - a.score || a.row - b.row);

  return {
    tables: tables.slice(0, limit).map(({ row: _, ...table }) => table),
    databases: scoreDatabases(index, groups, tables, terms, { calibration, values: options.values ?? [] }),
    coverage: groups[0]?.features.coverage ?? 0,
    searchedTables: groups.reduce((sum, { group }) => sum + index.groups[group]!.tables.length, 0),
  };
}

/** The best logit of each database, best first: a database is as good as its best group. */
export function databaseLogits(index: SchemaIndex, groups: readonly ScoredGroup[]): ReadonlyMap<number, number> {
  const best = new Map<number, number>();
  for (const { group, logit } of groups) {
    const { database } = index.groups[group]!;
    if (!best.has(database)) best.set(database, logit);
  }
  return best;
}

function scoreDatabases(
  index: SchemaIndex,
  groups: readonly ScoredGroup[],
  tables: readonly (TableScore & { readonly row: number })[],
  terms: readonly Term[],
  { calibration, values }: { readonly calibration: Calibration; readonly values: readonly ValueHit[] },
): DatabaseScore[] {
  const best = databaseLogits(index, groups);
  const probabilities = probabilitiesOf([...best.values()], calibration);
  return [...best].slice(0, DATABASES_KEPT).map(([database, logit], rank) => {
    const { catalog } = index.databases[database]!;
    const rows = tables.filter((one) => index.tables[one.row]!.database === database).slice(0, 3);
    return {
      databaseId: catalog.databaseId,
      probability: probabilities[rank]!,
      score: logit,
      tables: rows.map(({ table }) => tableLabel(table, catalog.engine)),
      evidence: [
        ...evidenceOf(
          index,
          database,
          rows.map(({ row }) => row),
          terms,
        ),
        ...valuesAsEvidence(values.filter((hit) => hit.databaseId === catalog.databaseId)),
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

function heldValues(index: SchemaIndex, values: readonly ValueHit[]): HeldValue[] {
  if (!values.length) return [];
  const rows = new Map(index.tables.map(({ table }, row) => [table, row]));
  return values.flatMap(({ table, asked, score }) => {
    const row = rows.get(table);
    return row === undefined ? [] : [{ table: row, stems: new Set(contentWords(asked).keys()), score }];
  });
}

/** Which of the question's words name what, in the database's best tables. */
function evidenceOf(index: SchemaIndex, database: number, rows: readonly number[], terms: readonly Term[]): Evidence[] {
  const found: Evidence[] = [];
  const { catalog, name } = index.databases[database]!;
  for (const { stem, word: term } of terms) {
    const tableRow = rows.find((row) => index.tables[row]!.name.includes(stem));
    if (tableRow !== undefined) {
      found.push({ kind: 'table-name', term, target: index.tables[tableRow]!.table.name });
      continue;
    }
    for (const row of rows) {
      const at = index.tables[row]!.columns.findIndex((column) => column.includes(stem));
      if (at === -1) continue;
      const { table } = index.tables[row]!;
      found.push({ kind: 'column-name', term, target: `${table.name}.${table.columns[at]!.name}` });
      break;
    }
    if (name.includes(stem)) found.push({ kind: 'database-name', term, target: catalog.databaseId });
  }
  return found;
}
