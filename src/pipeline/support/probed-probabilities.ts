import type { DatabaseScore } from '#src/domain/schema-slice.ts';
import type { DatabaseProbe } from '#src/domain/trace.ts';

/** What a probe says for and against a database, each a part of its logit; the logarithm of its share before is the first. */
export interface ProbeWeights {
  readonly share: number;
  /** Its best reading ran and something came back; it ran and nothing did. */
  readonly rows: number;
  readonly nothing: number;
  /** Each word that the planner could make nothing of there, and each that the database has a name or a value for. */
  readonly unread: number;
  readonly explained: number;
  /** A database that was not looked at. */
  readonly unseen: number;
}

/** How probable the first is then, beside what that leaves: a logistic of its log odds and of what is known of the others. */
export interface ProbeCalibration {
  readonly intercept: number;
  readonly odds: number;
  /** Of the probed ones something came back from the first alone. */
  readonly alone: number;
  /** The fewest words that another one leaves unread, to MOST_UNREAD_ELSEWHERE. */
  readonly unreadElsewhere: number;
}

/** Both are fitted by `npm run bench:asking -- --probe` on every fourth of Spider's training questions (docs/figures.md). */
export const PROBE_WEIGHTS: ProbeWeights = {
  share: 0.78,
  rows: 1.02,
  nothing: -1.21,
  unread: -0.24,
  explained: 0.49,
  unseen: 0.18,
};
export const PROBE_CALIBRATION: ProbeCalibration = { intercept: -0.47, odds: 0.98, alone: 0.84, unreadElsewhere: 0.37 };

const MOST_UNREAD = 4;
const MOST_EXPLAINED = 8;
const MOST_UNREAD_ELSEWHERE = 3;
const LEAST = 1e-9;

/** What a probe shows of one database, in the order of the weights. */
export function probeFeatures(share: number, probe: DatabaseProbe | undefined): readonly number[] {
  const before = Math.log(Math.max(LEAST, share));
  if (!probe) return [before, 0, 0, 0, 0, 1];
  return [
    before,
    probe.found === 'rows' ? 1 : 0,
    probe.found === 'nothing' ? 1 : 0,
    Math.min(MOST_UNREAD, probe.unread),
    Math.min(MOST_EXPLAINED, probe.explained),
    0,
  ];
}

/** What a calibration reads of the first database and of the other probed ones, besides the bias. */
export function firstFeatures(
  share: number,
  first: DatabaseProbe | undefined,
  others: readonly DatabaseProbe[],
): readonly number[] {
  const bounded = Math.min(1 - 1e-6, Math.max(1e-6, share));
  const alone = first?.found === 'rows' && others.every(({ found }) => found !== 'rows');
  const elsewhere = Math.min(MOST_UNREAD_ELSEWHERE, ...others.map(({ unread }) => unread));
  return [Math.log(bounded / (1 - bounded)), alone ? 1 : 0, elsewhere];
}

export interface ProbeModel {
  readonly weights?: ProbeWeights;
  readonly calibration?: ProbeCalibration;
  /** What was known before the question was read, as logits: habits and choices count beside what probes say, as they were. */
  readonly prior?: ReadonlyMap<string, number> | undefined;
}

/** Databases by how probable each is once they were probed, the likeliest first. What all of them had together stays the same. */
export function probedProbabilities(
  databases: readonly DatabaseScore[],
  probes: readonly DatabaseProbe[],
  { weights = PROBE_WEIGHTS, calibration = PROBE_CALIBRATION, prior }: ProbeModel = {},
): readonly DatabaseScore[] {
  if (!probes.length || databases.length < 2) return databases;
  const known = (sign: number) => (id: string) => sign * (prior?.get(id) ?? 0);
  const unbiased = shifted(databases, known(-1));
  return shifted(byProbes(unbiased, probes, weights, calibration), known(1));
}

/** Log odds moved by as much as is said of each; what all have together stays. */
function shifted(databases: readonly DatabaseScore[], by: (id: string) => number): readonly DatabaseScore[] {
  const sum = (all: readonly DatabaseScore[]) => all.reduce((total, { probability }) => total + probability, 0);
  const moved = databases.map((one) => ({ ...one, probability: one.probability * Math.exp(by(one.databaseId)) }));
  const scale = sum(databases) / (sum(moved) || 1);
  return moved
    .map((one) => ({ ...one, probability: one.probability * scale }))
    .sort((a, b) => b.probability - a.probability);
}

function byProbes(
  databases: readonly DatabaseScore[],
  probes: readonly DatabaseProbe[],
  weights: ProbeWeights,
  calibration: ProbeCalibration,
): readonly DatabaseScore[] {
  const shares = probedShares(databases, probes, weights);
  const [first, second] = shares;
  if (!first || !second) return databases;
  const left = databases.reduce((sum, { probability }) => sum + probability, 0);
  const others = probes.filter(({ databaseId }) => databaseId !== first.database.databaseId);
  const probe = probes.find(({ databaseId }) => databaseId === first.database.databaseId);
  const [odds = 0, alone = 0, elsewhere = 0] = firstFeatures(first.share, probe, others);
  const { intercept, odds: slope, alone: byAlone, unreadElsewhere } = calibration;
  const claimed = 1 / (1 + Math.exp(-(intercept + slope * odds + byAlone * alone + unreadElsewhere * elsewhere)));
  const rest = 1 - first.share || LEAST;
  const next = second.share / rest;
  // Never less probable than the second.
  const kept = Math.max(claimed, next / (1 + next));
  return shares.map(({ database, share }, at) => ({
    ...database,
    probability: left * (at === 0 ? kept : (share / rest) * (1 - kept)),
  }));
}

/** Shares of what all databases have together, by the weights alone, the largest first. */
export function probedShares(
  databases: readonly DatabaseScore[],
  probes: readonly DatabaseProbe[],
  weights: ProbeWeights,
): readonly { readonly database: DatabaseScore; readonly share: number }[] {
  const left = databases.reduce((sum, { probability }) => sum + probability, 0) || 1;
  const { share, rows, nothing, unread, explained, unseen } = weights;
  const by = [share, rows, nothing, unread, explained, unseen];
  const logits = databases.map((database) => {
    const probe = probes.find(({ databaseId }) => databaseId === database.databaseId);
    return probeFeatures(database.probability / left, probe).reduce((sum, value, at) => sum + value * by[at]!, 0);
  });
  const top = Math.max(...logits);
  const odds = logits.map((logit) => Math.exp(logit - top));
  const all = odds.reduce((sum, one) => sum + one, 0);
  return databases.map((database, at) => ({ database, share: odds[at]! / all })).sort((a, b) => b.share - a.share);
}
