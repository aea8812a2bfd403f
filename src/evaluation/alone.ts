// Measures an index that its bench has built, so it takes the index itself.
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Retrieval } from '#src/domain/retrieval.ts';
import { ableNear, aloneProbability, isDoubtful } from '#src/pipeline/stages/clarify.ts';
import { openPlanFor } from '#src/pipeline/support/plan-for.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { BenchQuestion } from './data/questions.ts';

/** A question of which one alone of the near databases can be read by the planner: that one's share, and whether it is right. */
export interface AloneCase {
  readonly share: number;
  readonly right: boolean;
}

export interface AloneReport {
  readonly n: number;
  /** Share of them that are right, and what is claimed of them on average: by their share alone, and as the product says it. */
  readonly right: number;
  readonly byShare: number;
  readonly claimed: number;
}

const TODAY = { today: '2026-01-05' };

/** Finds these questions by the product's own rule; `price` is what it asks by, `retrieval` how it ranks. */
export async function aloneCases(
  index: SchemaIndex,
  questions: readonly BenchQuestion[],
  {
    embedder,
    retrieval,
    price,
  }: { readonly embedder: Embedder; readonly retrieval: Retrieval; readonly price: number },
  onQuestion: (done: number) => void,
): Promise<AloneCase[]> {
  const retriever = indexRetriever(index, embedder, { retrieval });
  const cases: AloneCase[] = [];
  for (const [at, { question, db_id }] of questions.entries()) {
    const slice = await retriever.retrieve({ text: question, limit: 15 }, new AbortController().signal);
    const planFor = openPlanFor({ text: question, revised: false, calendar: TODAY }, slice, retriever.catalogOf);
    const able = (databaseId: string) => planFor(databaseId)?.plan.kind === 'planned';
    onQuestion(at + 1);
    const [first] = slice.databases;
    if (!first || (able(first.databaseId) && !isDoubtful(first.probability, price))) continue;
    const { fit, left } = ableNear(slice, able);
    const [only, second] = fit;
    if (only && !second) cases.push({ share: only.probability / left, right: only.databaseId === db_id });
  }
  return cases;
}

export function scoreAlone(cases: readonly AloneCase[]): AloneReport {
  const mean = (of: (one: AloneCase) => number) =>
    cases.reduce((sum, one) => sum + of(one), 0) / Math.max(cases.length, 1);
  return {
    n: cases.length,
    right: mean(({ right }) => Number(right)),
    byShare: mean(({ share }) => share),
    claimed: mean(({ share }) => aloneProbability(share, 1)),
  };
}

const STEPS = 5_000;
const RATE = 0.1;

/** The log odds of being right as a line over the log odds of the share: logistic regression by gradient descent, the same each time. */
export function fitAlone(cases: readonly AloneCase[]): { readonly intercept: number; readonly slope: number } {
  let [intercept, slope] = [0, 1];
  const rows = cases.map(({ share, right }) => ({ x: Math.log(share / (1 - share)), y: Number(right) }));
  for (let step = 0; step < STEPS; step += 1) {
    let [byIntercept, bySlope] = [0, 0];
    for (const { x, y } of rows) {
      const error = (1 / (1 + Math.exp(-(intercept + slope * x))) - y) / rows.length;
      byIntercept += error;
      bySlope += error * x;
    }
    intercept -= RATE * byIntercept;
    slope -= RATE * bySlope;
  }
  return { intercept, slope };
}
