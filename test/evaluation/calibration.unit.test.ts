import assert from 'node:assert/strict';
import { it } from 'vitest';
import { calibrationOf } from '#src/evaluation/calibration.ts';
import { fitLogistic } from '#src/evaluation/logistic.ts';
import { confidenceOf, EVIDENCE_NAMES } from '#src/pipeline/support/confidence.ts';

it('confidences are held against how often they are right', () => {
  const judged = [
    { confidence: 0.95, right: true },
    { confidence: 0.95, right: true },
    { confidence: 0.55, right: true },
    { confidence: 0.55, right: false },
  ];
  assert.deepEqual(calibrationOf(judged), {
    n: 4,
    ece: 0.05,
    brier: 0.1275,
    riskAtCoverage: { '0.25': 0, '0.5': 0, '0.75': 0, '1': 0.25 },
    riskCoverageArea: 0.0625,
  });
  assert.equal(calibrationOf([]), undefined);
});

it('a fitted weight says how much a feature tells, and none is below 0', () => {
  const examples = Array.from({ length: 40 }, (_, at) => ({
    // The first tells right from wrong three times of four, the second the other way round.
    features: [at % 2, at % 4 === 0 ? at % 2 : 1 - (at % 2)],
    right: at % 4 === 0 ? at % 2 === 0 : at % 2 === 1,
  }));
  const [, first = 0, second = 0] = fitLogistic(examples);
  assert.ok(first > 0.5, `${first}`);
  assert.ok(second >= 0, `${second}`);
});

it('more evidence never lowers a confidence', () => {
  const none = { agreement: 0, planner: 0, asWritten: 0, rows: 0 };
  for (const name of EVIDENCE_NAMES) assert.ok(confidenceOf({ ...none, [name]: 1 }) >= confidenceOf(none), name);
  const all = { agreement: 1, planner: 1, asWritten: 1, rows: 1 };
  assert.ok(confidenceOf(all) > confidenceOf(none));
});
