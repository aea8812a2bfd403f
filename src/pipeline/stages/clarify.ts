import type { ClarificationOption } from '#src/domain/answer.ts';
import { type DatabaseCatalog, findTable } from '#src/domain/catalog.ts';
import { latestSeen } from '#src/domain/freshness.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { ClarifyDecision } from '#src/domain/trace.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** A database this much less probable than the first is no rival. */
const RIVAL_SHARE = 0.3;
/** Where the first database cannot answer, others down to this share of the probability are looked at. */
const LAST_RESORT = 0.02;
/** Less probable than this, a database is asked about whatever asking costs: it is likelier to be the wrong one. */
export const EVEN = 0.5;
/**
 * A database that alone of the near ones can answer is likelier meant than its share says: the log odds of that are these, of the log
 * odds of its share. Fitted by `npm run bench:asking` (docs/figures.md).
 */
export const ALONE = { intercept: 1.32, slope: 0.64 } as const;
/** The price at which nothing is asked back. */
const NEVER = 1;
export const MAX_OPTIONS = 4;

export type DatabaseDecision =
  | {
      readonly kind: 'settled';
      readonly database: DatabaseScore;
      readonly decision: Exclude<ClarifyDecision, 'bound' | 'doubt'>;
      /** The probability of the first database below which it is asked about. */
      readonly askedBelow: number;
      readonly assumption?: string;
    }
  | {
      readonly kind: 'doubt';
      /** The likeliest that can answer, which is the first option. */
      readonly best: DatabaseScore;
      readonly options: readonly ClarificationOption[];
      /** Databases that are as near and had no room among the options. */
      readonly more: number;
      readonly decision: 'doubt';
      readonly askedBelow: number;
      /** A likelier database that cannot answer. */
      readonly likelier?: string;
      /** What it is asked among are near copies: these. */
      readonly copies?: readonly string[];
    };

export interface ClarifyInput {
  readonly slice: SchemaSlice;
  /** Price of a question back, in wrong answers (0–1); at 1 nothing is asked. */
  readonly price: number;
  /** Databases that the last message of the thread offered, if it was a question back. */
  readonly offered: readonly string[];
  /** The tables that a database's answer would read; undefined when it cannot answer at all. */
  readonly tablesUsed: (databaseId: string) => readonly string[] | undefined;
  /** Whether that speaks for a database: with a model every one may answer, so it does not. */
  readonly abilityTells: boolean;
}

/** What is said of a database that is taken although it is more likely not meant. */
export const guessed = (databaseId: string) =>
  `This is a guess: ${databaseId} is the likeliest database that can answer, and it is not sure that it is meant.`;

/** What is said where something stays open about which was asked back as often as that is done. */
export const ASKED_ENOUGH =
  'I have asked back twice already, so this goes by what seems likeliest. Say what you mean, if it is something else.';

/**
 * Settles on a database, or says between which it cannot decide. It asks when the first is wrong with a probability above the
 * price of asking, and others that are near can answer too: a rival that cannot answer at all is no reason to ask. One that is
 * more likely wrong than right is asked about even if it is the only one that can answer. The same databases are not offered
 * twice in a row.
 */
export function clarify(
  { slice, price, offered, tablesUsed, abilityTells }: ClarifyInput,
  catalogOf: SchemaRetriever['catalogOf'],
): DatabaseDecision {
  const [first] = slice.databases;
  if (!first) throw new Error('clarify needs at least one database');
  const askedBelow = 1 - mostDoubt(price);
  type Reason = Extract<DatabaseDecision, { readonly kind: 'settled' }>['decision'];
  const settled = (database: DatabaseScore, decision: Reason, said?: string): DatabaseDecision => {
    const assumption = said ?? (database.probability < EVEN ? guessed(database.databaseId) : undefined);
    return { kind: 'settled', database, decision, askedBelow, ...(assumption ? { assumption } : {}) };
  };
  const able = (id: string) => tablesUsed(id) !== undefined;
  const firstAble = able(first.databaseId);
  if (firstAble && !isDoubtful(first.probability, price)) return settled(first, 'sure-enough');
  const { fit, left } = ableNear(slice, able);
  if (!fit[0]) return settled(first, 'none-able');
  const alone = fit.length === 1 && abilityTells;
  const best = alone ? { ...fit[0], probability: aloneProbability(fit[0].probability, left) } : fit[0];
  if (fit.length === 1 && best.probability >= EVEN) return settled(best, 'only-one-able');
  if (offered.length && fit.every(({ databaseId }) => offered.includes(databaseId)))
    return settled(
      best,
      'offered-before',
      `It is still not sure which database you mean; this is from ${best.databaseId}.`,
    );
  if (price >= NEVER) return settled(best, 'never-asks');
  return {
    kind: 'doubt',
    best,
    more: Math.max(0, near(slice, RIVAL_SHARE * first.probability).length - MAX_OPTIONS),
    decision: 'doubt',
    askedBelow,
    ...(firstAble ? {} : { likelier: first.databaseId }),
    options: optionsOf(fit, tablesUsed, catalogOf),
  };
}

/** Databases to choose among, each told by what it alone has. */
export function optionsOf(
  databases: readonly DatabaseScore[],
  tablesUsed: ClarifyInput['tablesUsed'],
  catalogOf: SchemaRetriever['catalogOf'],
): readonly ClarificationOption[] {
  const columns = matchedColumns(databases);
  const onlyHere = tablesOfOne(databases, catalogOf);
  return databases.map((one) =>
    optionOf(one, {
      tables: tablesUsed(one.databaseId) ?? one.tables,
      catalog: catalogOf(one.databaseId),
      column: columns.get(one.databaseId),
      onlyHere: onlyHere.get(one.databaseId) ?? [],
    }),
  );
}

/** The first database, and the others down to a probability. */
const near = ({ databases: [first, ...others] }: SchemaSlice, probability: number): readonly DatabaseScore[] =>
  first ? [first, ...others.filter((one) => one.probability >= probability)] : [];

/** The near databases that can answer, and the probability that is left to all that were not turned down. */
export function ableNear(
  slice: SchemaSlice,
  able: (databaseId: string) => boolean,
): { readonly fit: readonly DatabaseScore[]; readonly left: number } {
  const left = slice.databases.reduce((sum, { probability }) => sum + probability, 0);
  const [first] = slice.databases;
  const down = first && able(first.databaseId) ? RIVAL_SHARE * first.probability : LAST_RESORT * left;
  const fit = near(slice, down)
    .slice(0, MAX_OPTIONS)
    .filter((one) => able(one.databaseId));
  return { fit, left };
}

/** How probable a database is that alone can answer. What was turned down could answer, so against that it gains nothing. */
export function aloneProbability(probability: number, left: number): number {
  const share = Math.min(probability / left, 1 - 1e-12);
  return left / (1 + Math.exp(-(ALONE.intercept + ALONE.slope * Math.log(share / (1 - share)))));
}

/** Whether a first database of this probability would be asked about, if others can answer too. */
export const isDoubtful = (probability: number, price: number) => 1 - probability > mostDoubt(price);

/** The doubt that is not asked about. */
const mostDoubt = (price: number) => (price >= NEVER ? price : Math.min(price, 1 - EVEN));

/** For each option, the first column that a word of the question names there and in no other option. */
function matchedColumns(options: readonly DatabaseScore[]): ReadonlyMap<string, string> {
  const columnsOf = (one: DatabaseScore) =>
    one.evidence.flatMap(({ kind, target }) => (kind === 'column-name' ? [target] : []));
  const nameOf = (target: string) => target.slice(target.lastIndexOf('.') + 1).toLowerCase();
  const counts = Map.groupBy(
    options.flatMap((one) => [...new Set(columnsOf(one).map(nameOf))]),
    (name) => name,
  );
  return new Map(
    options.flatMap((one) => {
      const own = columnsOf(one).find((target) => counts.get(nameOf(target))!.length === 1);
      return own ? [[one.databaseId, own] as const] : [];
    }),
  );
}

/** For each option, the tables that no other option has a table of the same name for. */
function tablesOfOne(
  options: readonly DatabaseScore[],
  catalogOf: SchemaRetriever['catalogOf'],
): ReadonlyMap<string, readonly string[]> {
  const namesOf = (one: DatabaseScore) => (catalogOf(one.databaseId)?.tables ?? []).map(({ name }) => name);
  return new Map(
    options.map((one) => {
      const elsewhere = new Set(
        options.filter((other) => other !== one).flatMap((other) => namesOf(other).map((name) => name.toLowerCase())),
      );
      return [one.databaseId, namesOf(one).filter((name) => !elsewhere.has(name.toLowerCase()))];
    }),
  );
}

function optionOf(
  { databaseId }: DatabaseScore,
  of: {
    readonly tables: readonly string[];
    readonly catalog: DatabaseCatalog | undefined;
    readonly column: string | undefined;
    readonly onlyHere: readonly string[];
  },
): ClarificationOption {
  const first = of.tables[0];
  const table =
    of.catalog && first !== undefined ? findTable(of.catalog, first.slice(first.lastIndexOf('.') + 1)) : undefined;
  const rows = table?.rowEstimate;
  const latest = table && latestSeen(table)?.date;
  return {
    databaseId,
    tables: of.tables,
    ...(of.catalog?.description ? { description: of.catalog.description } : {}),
    ...(of.column === undefined ? {} : { column: of.column }),
    onlyHere: of.onlyHere,
    ...(rows === undefined ? {} : { rows }),
    ...(latest === undefined ? {} : { latest }),
  };
}
