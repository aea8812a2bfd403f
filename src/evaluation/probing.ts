import { mcnemar } from '#src/domain/paired.ts';
import type { DatabaseScore } from '#src/domain/schema-slice.ts';
import type { DatabaseProbe } from '#src/domain/trace.ts';
import { isDoubtful } from '#src/pipeline/stages/clarify.ts';
import { isProbed, type ProbePorts, probeDatabases } from '#src/pipeline/stages/probe-databases.ts';
import { openPlanFor } from '#src/pipeline/support/plan-for.ts';
import {
  firstFeatures,
  PROBE_WEIGHTS,
  type ProbeCalibration,
  type ProbeWeights,
  probedProbabilities,
  probedShares,
  probeFeatures,
} from '#src/pipeline/support/probed-probabilities.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { fitConditionalLogit } from './conditional-logit.ts';
import type { BenchQuestion } from './data/questions.ts';
import { fitLogistic } from './logistic.ts';

/** A question as retrieval left it, what its near databases came to, and which of them is meant. */
export interface ProbeCase {
  readonly databases: readonly DatabaseScore[];
  readonly probes: readonly DatabaseProbe[];
  readonly right: string;
  readonly ms: number;
}

const TODAY = { today: '2026-01-05' };

/** Retrieves and probes as the product does; what retrieval is sure of is not probed. */
export async function probeCases(
  retriever: SchemaRetriever,
  ports: ProbePorts,
  questions: readonly BenchQuestion[],
  onQuestion: (done: number) => void,
): Promise<ProbeCase[]> {
  const never = new AbortController().signal;
  const cases: ProbeCase[] = [];
  for (const [at, { question: text, db_id }] of questions.entries()) {
    const slice = await retriever.retrieve({ text, limit: 15 }, never);
    const planFor = openPlanFor({ text, revised: false, calendar: TODAY }, slice, retriever.catalogOf);
    const started = performance.now();
    const probes = isProbed(slice) ? (await probeDatabases({ text, slice, planFor }, ports, never)).probes : [];
    cases.push({ databases: slice.databases, probes, right: db_id ?? '', ms: performance.now() - started });
    onQuestion(at + 1);
  }
  return cases;
}

/** How a first pick and the question about it turned out. */
export interface Pick {
  readonly right: boolean;
  readonly asked: boolean;
  readonly claimed: number;
}

export interface PickReport {
  readonly top1: number;
  readonly ece: number;
  /** Of the questions that were asked back, those whose first pick was wrong; of the wrong first picks, those asked about. */
  readonly precision: number;
  readonly recall: number;
  readonly askedWhenRight: number;
  /** Share of all questions that are asked back, and that are answered from the wrong database without being asked. */
  readonly asked: number;
  readonly wrongUnasked: number;
  /** Wrong answers a question, where one asked back counts as `price` of one. */
  readonly cost: number;
}

/** The first pick of a question, by retrieval alone or with what its probes came to. */
export function pickOf(
  { databases, probes, right }: ProbeCase,
  price: number,
  by?: { readonly weights?: ProbeWeights; readonly calibration?: ProbeCalibration },
): Pick {
  const [first] = by ? probedProbabilities(databases, probes, by) : databases;
  const claimed = first?.probability ?? 0;
  return { right: first?.databaseId === right, asked: isDoubtful(claimed, price), claimed };
}

export function scorePicks(picks: readonly Pick[], price: number): PickReport {
  const share = (all: readonly Pick[], has: (one: Pick) => boolean) => all.filter(has).length / Math.max(1, all.length);
  const [right, wrong] = [picks.filter((one) => one.right), picks.filter((one) => !one.right)];
  const asked = share(picks, (one) => one.asked);
  const wrongUnasked = share(picks, (one) => !one.right && !one.asked);
  return {
    top1: share(picks, (one) => one.right),
    ece: calibrationError(picks),
    precision: share(
      picks.filter((one) => one.asked),
      (one) => !one.right,
    ),
    recall: share(wrong, (one) => one.asked),
    askedWhenRight: share(right, (one) => one.asked),
    asked,
    wrongUnasked,
    cost: wrongUnasked + price * asked,
  };
}

const BINS = 10;

function calibrationError(picks: readonly Pick[]): number {
  const bins = Map.groupBy(picks, ({ claimed }) => Math.min(BINS - 1, Math.floor(claimed * BINS)));
  return [...bins.values()].reduce((sum, bin) => {
    const claimed = bin.reduce((total, one) => total + one.claimed, 0);
    return sum + Math.abs(claimed - bin.filter(({ right }) => right).length) / picks.length;
  }, 0);
}

/** On the same questions: those that only one of two ways answers wrongly unasked, and those whose right pick only one asks about. */
export function comparePicks(before: readonly Pick[], after: readonly Pick[]) {
  const only = (is: (one: Pick) => boolean) => {
    const pairs = before.map((one, at) => [is(one), is(after[at]!)] as const);
    const [was, now] = [pairs.filter(([a, b]) => a && !b).length, pairs.filter(([a, b]) => !a && b).length];
    return { before: was, after: now, p: mcnemar(was, now) };
  };
  return {
    wrongUnasked: only((one) => !one.right && !one.asked),
    rightAsked: only((one) => one.right && one.asked),
  };
}

/** Weights by a conditional logit over the databases of each question, then the first's own probability by a logistic. */
export function fitProbing(cases: readonly ProbeCase[]): {
  readonly weights: ProbeWeights;
  readonly calibration: ProbeCalibration;
} {
  const usable = cases.filter(({ probes }) => probes.length > 1);
  const choices = usable.map(({ databases, probes, right }) => ({
    features: databases.map(({ databaseId, probability }) =>
      probeFeatures(
        probability,
        probes.find((one) => one.databaseId === databaseId),
      ),
    ),
    right: new Set(databases.flatMap(({ databaseId }, at) => (databaseId === right ? [at] : []))),
  }));
  const [share, rows, nothing, unread, explained, unseen] = fitConditionalLogit(
    choices.filter((one) => one.right.size),
    Object.keys(PROBE_WEIGHTS).length,
  ) as [number, number, number, number, number, number];
  const weights = { share, rows, nothing, unread, explained, unseen };
  const examples = usable.map(({ databases, probes, right }) => {
    const first = probedShares(databases, probes, weights)[0]!;
    const id = first.database.databaseId;
    const others = probes.filter(({ databaseId }) => databaseId !== id);
    const probe = probes.find(({ databaseId }) => databaseId === id);
    return { features: firstFeatures(first.share, probe, others), right: id === right };
  });
  const [intercept, odds, alone, unreadElsewhere] = fitLogistic(examples) as [number, number, number, number];
  return { weights, calibration: { intercept, odds, alone, unreadElsewhere } };
}
