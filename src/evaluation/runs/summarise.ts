import { DECISIONS } from '#src/domain/confidence.ts';
import { wilson } from '#src/domain/wilson.ts';
import { calibrationOf } from '../calibration.ts';
import { COMPARISONS, type Comparison } from '../comparisons.ts';
import type { EvalMode } from '../data/items.ts';
import { scoreAccuracy } from '../execution-accuracy.ts';
import { percentile, rounded } from '../statistics.ts';
import { type EvalCase, STAGES } from './eval-case.ts';

export interface RunKind {
  readonly mode: EvalMode;
  readonly comparison: Comparison;
}

/**
 * What a run comes to, as it is printed and stored. Questions whose gold query fails count nowhere; first comes the accuracy where
 * the gold query gives rows, since any query with no answer matches one that gives none.
 */
export function summarise(all: readonly EvalCase[], { mode, comparison }: RunKind): Record<string, unknown> {
  const cases = mode === 'unanswerable' ? all : all.filter((one) => !one.goldFailed);
  const report = scoreAccuracy(cases);
  const mean = (pick: (one: EvalCase) => number) =>
    cases.length ? cases.reduce((sum, one) => sum + pick(one), 0) / cases.length : 0;
  const share = (hit: (one: EvalCase) => boolean) => rounded(mean((one) => (hit(one) ? 1 : 0)));
  const calls = cases.map((one) => one.calls).sort((a, b) => a - b);
  const modelMs = cases.map((one) => one.modelMs).sort((a, b) => a - b);
  const overhead = cases.map((one) => one.overheadMs).sort((a, b) => a - b);
  const filled = cases.filter((one) => !one.goldEmpty);
  const interval = wilson(filled.filter((one) => one.right).length, filled.length);
  return {
    exNonEmpty: rounded(report.exNonEmpty),
    exNonEmpty95: interval.map((bound) => rounded(bound)),
    nNonEmpty: filled.length,
    exOfAnsweredNonEmpty: rounded(report.exOfAnsweredNonEmpty),
    comparison,
    ...otherComparisons(cases, comparison),
    n: report.n,
    goldFailed: all.length - cases.length,
    answered: report.answered,
    ex: rounded(report.ex),
    exOfAnswered: rounded(report.exOfAnswered),
    databaseRight: rounded(report.databaseRight),
    byHardness: Object.fromEntries(
      Object.entries(report.byHardness).map(([level, one]) => [level, { ...one, ex: rounded(one.ex) }]),
    ),
    p50Ms: rounded(report.p50Ms, 1),
    p95Ms: rounded(report.p95Ms, 1),
    calls: rounded(
      mean((one) => one.calls),
      2,
    ),
    callsMedian: calls[Math.floor(calls.length / 2)] ?? 0,
    promptTokens: Math.round(mean((one) => one.promptTokens)),
    completionTokens: Math.round(mean((one) => one.completionTokens)),
    modelSeconds: rounded(mean((one) => one.modelMs) / 1_000, 2),
    modelSecondsP95: rounded(percentile(modelMs, 0.95) / 1_000, 2),
    secondsPerQuestion: rounded(mean((one) => one.ms) / 1_000, 3),
    overheadP95Ms: rounded(overhead[Math.floor(0.95 * (overhead.length - 1))] ?? 0, 1),
    oracle: share((one) => one.oracle),
    selectedFrom: rounded(
      mean((one) => one.selectedFrom),
      2,
    ),
    byGenerator: byGenerator(cases),
    ...linking(cases),
    calibration:
      calibrationOf(
        cases.flatMap(({ confidence, right }) => (confidence === undefined ? [] : [{ confidence, right }])),
      ) ?? null,
    decisions: Object.fromEntries(
      DECISIONS.map((decision) => [decision, cases.filter((one) => one.decision === decision).length]),
    ),
    ...decided(cases),
    ...Object.fromEntries(Object.entries(decided(filled)).map(([name, value]) => [`${name}NonEmpty`, value])),
    lostAt: Object.fromEntries(STAGES.map((stage) => [stage, cases.filter((one) => one.failedAt === stage).length])),
    ...(mode === 'dialogues' ? dialogues(cases) : {}),
    ...(mode === 'unanswerable' ? abstentions(cases) : {}),
  };
}

/** Of all, what is answered (posted, or posted with a check) and what is posted unasked, and how much of either is right. */
function decided(cases: readonly EvalCase[]) {
  const posted = cases.filter(({ decision }) => decision === 'post');
  const answered = cases.filter(({ decision }) => decision === 'post' || decision === 'check');
  const of = (part: readonly EvalCase[], whole: readonly EvalCase[]) =>
    rounded(part.length / Math.max(1, whole.length));
  const right = (list: readonly EvalCase[]) =>
    of(
      list.filter((one) => one.right),
      list,
    );
  return {
    coverage: of(answered, cases),
    answeredRight: right(answered),
    posted: of(posted, cases),
    postedRight: right(posted),
  };
}

/** What the prompts' schemas show of the gold queries' columns, where a database was linked for one that names some. */
function linking(cases: readonly EvalCase[]) {
  const linked = cases.flatMap((one) => one.linking ?? []);
  if (!linked.length) return {};
  const mean = (pick: (one: (typeof linked)[number]) => number) =>
    rounded(linked.reduce((sum, one) => sum + pick(one), 0) / linked.length);
  return {
    columnRecall: mean(({ recall }) => recall),
    allColumns: mean(({ recall }) => (recall === 1 ? 1 : 0)),
    columnPrecision: mean(({ precision }) => precision),
    columnsShown: mean(({ columns }) => columns),
  };
}

/** Accuracy by the other comparisons, where they say something else of any question. */
function otherComparisons(cases: readonly EvalCase[], usual: Comparison) {
  const judged = cases.flatMap(({ rightBy, goldEmpty }) => (rightBy ? [{ rightBy, goldEmpty }] : []));
  const ex = (list: typeof judged, by: Comparison) =>
    rounded(list.filter(({ rightBy }) => rightBy[by]).length / Math.max(1, list.length));
  const others = COMPARISONS.flatMap((by) => {
    const differs = judged.filter(({ rightBy }) => rightBy[by] !== rightBy[usual]).length;
    const filled = judged.filter(({ goldEmpty }) => !goldEmpty);
    return differs ? [[by, { exNonEmpty: ex(filled, by), ex: ex(judged, by), differs }] as const] : [];
  });
  return others.length ? { otherwise: Object.fromEntries(others) } : {};
}

/** For each generator: questions for which a query of its own ran, was right, and was chosen. */
function byGenerator(cases: readonly EvalCase[]) {
  const names = [...new Set(cases.flatMap((one) => Object.keys(one.byGenerator)))].sort();
  const count = (hit: (one: NonNullable<EvalCase['byGenerator'][string]>) => boolean, name: string) =>
    cases.filter((one) => one.byGenerator[name] && hit(one.byGenerator[name])).length;
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        wrote: count(({ wrote }) => wrote > 0, name),
        ran: count(({ ran }) => ran > 0, name),
        right: count(({ right }) => right > 0, name),
        chosen: count(({ chosen }) => chosen, name),
      },
    ]),
  );
}

/** A dialogue is right when all its turns are. Turns are named `dialogue/turn`. */
function dialogues(cases: readonly EvalCase[]) {
  const byDialogue = [...Map.groupBy(cases, ({ id }) => id.slice(0, id.lastIndexOf('/'))).values()];
  const byTurn = [...Map.groupBy(cases, ({ id }) => Number(id.slice(id.lastIndexOf('/') + 1)))].sort(
    ([a], [b]) => a - b,
  );
  const right = (list: readonly EvalCase[]) => list.filter((one) => one.right).length / Math.max(1, list.length);
  return {
    dialogues: byDialogue.length,
    dialoguesRight: rounded(
      byDialogue.filter((turns) => turns.every((one) => one.right)).length / Math.max(1, byDialogue.length),
    ),
    byTurn: Object.fromEntries(byTurn.map(([turn, list]) => [turn, { n: list.length, ex: rounded(right(list)) }])),
  };
}

/** Of unanswerable questions, those that were not answered; of the others, those that were wrongly refused. */
function abstentions(cases: readonly EvalCase[]) {
  const [not, are] = [cases.filter((one) => one.unanswerable), cases.filter((one) => !one.unanswerable)];
  const refused = (list: readonly EvalCase[]) =>
    list.length ? rounded(list.filter((one) => !one.answered).length / list.length) : null;
  return { unanswerable: not.length, refused: refused(not), answerable: are.length, wronglyRefused: refused(are) };
}
